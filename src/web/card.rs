//! Prepares quote cards for the templates.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::day::CalendarDay;
use super::link::image_path;
use super::text_runs::{TextRun, runs};
use super::visitor::Visitor;
use crate::dialogue::{Card, Citation, Permalink, Quotation, QuotedPassage};

/// A quote card as the templates draw it.
pub(super) struct CardView {
    pub(super) interviewer: String,
    pub(super) question: String,
    /// The words of the excerpt.
    pub(super) runs: Vec<TextRun>,
    /// The rest of the passage before the excerpt.
    pub(super) before: Vec<TextRun>,
    /// The rest of the passage after the excerpt.
    pub(super) after: Vec<TextRun>,
    /// The attribution: who said it, and where it was published.
    pub(super) line: String,
    /// The path of the permanent link, without the reader's choice of script and language.
    pub(super) path: String,
    /// The same path with the reader's choice of script and language.
    pub(super) href: String,
    /// The quotation with its source, for a clipboard.
    pub(super) copy: String,
    /// Citations in several formats, with the names of the formats.
    pub(super) citations: [(&'static str, String); 4],
    /// The address that shares the quotation on Telegram. There is none if the server has no public address.
    pub(super) share: Option<String>,
    /// The link to the picture of the quotation. A static site need not have pictures.
    pub(super) picture: Option<String>,
}

impl CardView {
    /// Prepares `card`; `None` if it shows whole turns.
    pub(super) fn of(visitor: &Visitor, card: &Card) -> Option<Self> {
        let QuotedPassage { question, before, excerpt, after } = card.passage()?;
        let rest = |rest: &Option<Quotation>| rest.as_ref().map(runs).unwrap_or_default();
        let address = Permalink::of(card.attribution.passage.clone());
        let address = if excerpt.cut_before || excerpt.cut_after {
            address.range(excerpt.words.span.clone())
        } else {
            address
        };
        let url = visitor.absolute(&address.to_string());
        let citation = Citation {
            words: &excerpt.words.text,
            attribution: &card.attribution,
            url: url.as_deref(),
            accessed: &CalendarDay::today().iso_8601(),
        };
        let lines: Vec<&str> = [card.copy.as_str()].into_iter().chain(url.as_deref()).collect();
        let citations = [
            (visitor.phrases().web.plain_text.as_str(), lines.join("\n")),
            ("Markdown", citation.markdown()),
            ("GB/T 7714", citation.gb_t_7714()),
            ("BibTeX", citation.bibtex()),
        ];
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let share = url.map(|url| {
            let (url, text) = (encoded(&url), encoded(&card.copy));
            format!("https://t.me/share/url?url={url}&text={text}")
        });
        Some(Self {
            interviewer: question.speaker.clone(),
            question: question.text(),
            runs: runs(excerpt),
            before: rest(before),
            after: rest(after),
            line: card.attribution.line.clone(),
            path: address.to_string(),
            href: visitor.address(&address),
            copy: card.copy.clone(),
            citations,
            share,
            picture: visitor
                .has_pictures()
                .then(|| visitor.link(&image_path(&address.to_string()))),
        })
    }

    /// Returns the words of the excerpt without marks.
    pub(super) fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }
}
