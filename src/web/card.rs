//! A quote card: the blocks of a reply as a template draws them.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Site;
use super::draw::{Run, runs};
use super::image::image_path;
use super::visitor::Visitor;
use crate::dialogue::{Action, Address, Block, Quotation, Reply, Weight};

/// A quotation with where it stands.
pub(super) struct Card {
    /// Who asked, and what.
    pub(super) interviewer: String,
    pub(super) question: String,
    /// The words.
    pub(super) runs: Vec<Run>,
    /// The rest of the passage, before and after them.
    pub(super) before: Vec<Run>,
    pub(super) after: Vec<Run>,
    /// Who said it, and where it stands.
    pub(super) line: String,
    /// The permanent link, without what its reader chose.
    pub(super) path: String,
    /// The link to follow.
    pub(super) href: String,
    /// The quotation with its source, for a clipboard.
    pub(super) copy: String,
    /// Hands the link and the quotation to Telegram; none where nobody else could open the link.
    pub(super) share: Option<String>,
    /// The picture of it.
    pub(super) picture: String,
}

impl Card {
    /// The card of a reply; `None` where the reply quotes nothing.
    pub(super) fn of(site: &Site, visitor: &Visitor, reply: &Reply) -> Option<Self> {
        let main = quotations(reply).find(|quotation| quotation.weight == Weight::Main)?;
        let rest = |before: bool| {
            let mut rest = quotations(reply).filter(move |quotation| {
                quotation.weight == Weight::Rest
                    && before == (quotation.words.span.start < main.words.span.start)
            });
            rest.next().map(runs).unwrap_or_default()
        };
        let attribution = reply.blocks.iter().find_map(|block| match block {
            Block::Attribution(attribution) => Some(attribution),
            _ => None,
        })?;
        let question = reply.blocks.iter().find_map(|block| match block {
            Block::Question(question) => Some(question),
            _ => None,
        });
        let copy = reply.buttons.iter().flatten().find_map(|button| match &button.action {
            Action::Copy(text) => Some(text.clone()),
            _ => None,
        });
        let copy = copy.unwrap_or_default();
        let address = Address::of(attribution.passage.clone());
        let address = if main.cut_before || main.cut_after {
            address.range(main.words.span.clone())
        } else {
            address
        };
        let public = &site.options.public_url;
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let share = (!public.is_empty()).then(|| {
            let url = encoded(&format!("{public}{address}"));
            format!("https://t.me/share/url?url={url}&text={}", encoded(&copy))
        });
        Some(Self {
            interviewer: question.map(|question| question.speaker.clone()).unwrap_or_default(),
            question: question.map(|question| question.words.text.clone()).unwrap_or_default(),
            runs: runs(main),
            before: rest(true),
            after: rest(false),
            line: attribution.line.clone(),
            path: address.to_string(),
            href: visitor.address(&address),
            copy,
            share,
            picture: visitor.link(&image_path(&address.to_string())),
        })
    }

    /// The words.
    pub(super) fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }
}

fn quotations(reply: &Reply) -> impl Iterator<Item = &Quotation> {
    reply.blocks.iter().filter_map(|block| match block {
        Block::Quotation(quotation) => Some(quotation),
        _ => None,
    })
}
