//! Saved quotations: the button that saves one, and the list of them, which its user can export as Markdown.

use std::sync::Arc;

use teloxide::types::{CallbackQuery, InlineKeyboardButton};

use super::api::Attachment;
use super::context::{Audience, BotContext, line};
use super::deep_link::DeepLink;
use super::effects::{Effect, Effects, replace, toast};
use super::outbox::{OutgoingFile, OutgoingMessage};
use super::quote_range::QuoteRange;
use super::render::render_blocks;
use super::user_request::{UpdateOrigin, user_id};
use crate::dialogue::{
    Attribution, Block, Card, Citation, Permalink, Quotation, Reply, View, fill,
};
use crate::store::{MAX_SAVED, SaveResult};

/// The number of quotations on a page. Their buttons fit into one row.
const PAGE: usize = 5;
/// The prefix of the callback data of these buttons.
const PREFIX: &str = "saved:";

/// What a button of the list does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SavedButton {
    /// Shows a page, on which quotations can be opened or, if `is_editing`, removed.
    Page { page: usize, is_editing: bool },
    /// Shows a quotation as a card.
    Open(QuoteRange),
    /// Removes a quotation from the list, which shows this page.
    Remove(QuoteRange, usize),
    /// Sends the whole list as a file.
    Export,
}

impl SavedButton {
    pub(super) fn decode(data: &str) -> Option<Self> {
        let (kind, rest) = data.strip_prefix(PREFIX)?.split_once(':')?;
        match kind {
            "page" => Some(Self::Page { page: rest.parse().ok()?, is_editing: false }),
            "edit" => Some(Self::Page { page: rest.parse().ok()?, is_editing: true }),
            "open" => QuoteRange::decode(rest).map(Self::Open),
            "remove" => {
                let (range, page) = rest.rsplit_once(':')?;
                Some(Self::Remove(QuoteRange::decode(range)?, page.parse().ok()?))
            }
            "export" => rest.is_empty().then_some(Self::Export),
            _ => None,
        }
    }

    fn encode(&self) -> String {
        match self {
            Self::Page { page, is_editing: false } => format!("{PREFIX}page:{page}"),
            Self::Page { page, is_editing: true } => format!("{PREFIX}edit:{page}"),
            Self::Open(range) => format!("{PREFIX}open:{}", range.encode()),
            Self::Remove(range, page) => format!("{PREFIX}remove:{}:{page}", range.encode()),
            Self::Export => format!("{PREFIX}export:"),
        }
    }
}

/// Handles `/saved`. The list is personal, so it is shown in private chats only.
pub(super) async fn list(
    context: Arc<BotContext>,
    origin: UpdateOrigin,
    audience: Audience,
) -> Effects {
    if !origin.is_private() {
        return vec![Effect::reply(
            &origin,
            line(&audience.phrases.telegram.saved_quotes.only_private),
        )];
    }
    let page = context.saved_page(origin.sender_id, (0, false), &audience).await;
    vec![Effect::reply(&origin, page)]
}

/// Handles a button of the list.
pub(super) async fn press(
    context: Arc<BotContext>,
    query: CallbackQuery,
    audience: Audience,
    button: SavedButton,
) -> Effects {
    let user = user_id(&query.from);
    let words = &audience.phrases.telegram;
    let Some(origin) = UpdateOrigin::of_press(&query).filter(UpdateOrigin::is_private) else {
        return vec![toast(&query, Some(&words.old_button))];
    };
    let mut said = None;
    let state = match button {
        SavedButton::Page { page, is_editing } => (page, is_editing),
        SavedButton::Remove(range, page) => {
            let person = context.store.person(user);
            if context.store.remove_quote(person, &range.to_saved()).await.is_err() {
                return vec![toast(&query, Some(&words.not_kept))];
            }
            said = Some(words.saved_quotes.removed.as_str());
            (page, true)
        }
        SavedButton::Open(range) => {
            let draft =
                context.draw(&context.saved_card(&range, &audience), Some(origin.chat_type));
            return vec![toast(&query, None), Effect::reply(&origin, draft)];
        }
        SavedButton::Export => {
            return vec![toast(&query, None), context.export_saved(&origin, &audience).await];
        }
    };
    let page = context.saved_page(user, state, &audience).await;
    let mut effects = vec![toast(&query, said)];
    effects.extend(replace(&query, page));
    effects
}

impl BotContext {
    /// Saves the open quotation of a card for the user who presses.
    pub(super) async fn save_quote(
        &self,
        query: &CallbackQuery,
        view: View,
        audience: &Audience,
    ) -> Effects {
        let words = &audience.phrases.telegram;
        let is_known =
            |range: &QuoteRange| self.service.engine().library().passage(range.key).is_some();
        let Some(range) = QuoteRange::open_in(&view).filter(is_known) else {
            return vec![toast(query, Some(&words.old_button))];
        };
        let person = self.store.person(user_id(&query.from));
        let said = match self.store.save_quote(person, &range.to_saved()).await {
            Err(_) => return vec![toast(query, Some(&words.not_kept))],
            Ok(SaveResult::Saved) => words.saved_quotes.added.clone(),
            Ok(SaveResult::Known) => words.saved_quotes.known.clone(),
            Ok(SaveResult::Full) => {
                fill(&words.saved_quotes.full, &[("limit", &MAX_SAVED.to_string())])
            }
        };
        let mut effects = vec![toast(query, Some(&said))];
        // In a group the card is everybody's.
        if UpdateOrigin::of_press(query).is_some_and(|origin| origin.is_private()) {
            let question = self.question_of(query).await;
            effects.extend(self.private_card(query, view, question, audience).await);
        }
        effects
    }

    /// Returns a saved quotation as a card, or a notice if its passage does not exist any more.
    fn saved_card(&self, range: &QuoteRange, audience: &Audience) -> Reply {
        let intent = DeepLink::to(range.key, range.span.clone()).intent(audience.reader);
        self.ask_service(&intent, audience.reader).0
    }

    async fn saved_by(&self, user: i64) -> Option<Vec<QuoteRange>> {
        let quotes = self.store.saved_quotes(self.store.person(user)).await.ok()?;
        Some(quotes.iter().filter_map(QuoteRange::of).collect())
    }

    /// Returns a page of what a user has saved. `state` is its number, and whether its quotations can
    /// be removed.
    async fn saved_page(
        &self,
        user: i64,
        (page, is_editing): (usize, bool),
        audience: &Audience,
    ) -> OutgoingMessage {
        let words = &audience.phrases.telegram;
        let Some(quotes) = self.saved_by(user).await else { return line(&words.not_kept) };
        if quotes.is_empty() {
            return line(&words.saved_quotes.empty);
        }
        let n_pages = quotes.len().div_ceil(PAGE);
        let page = page.min(n_pages - 1);
        let on_page: Vec<(usize, &QuoteRange)> =
            (1..).zip(&quotes).skip(page * PAGE).take(PAGE).collect();
        let items: Vec<(String, Reply)> = on_page
            .iter()
            .map(|(number, range)| (format!("{number}."), self.saved_card(range, audience)))
            .collect();
        let (number, of) = ((page + 1).to_string(), n_pages.to_string());
        let heading = fill(&words.saved_quotes.heading, &[("page", &number), ("pages", &of)]);
        let mut blocks = vec![Block::Heading(&heading)];
        for (number, reply) in &items {
            blocks.push(Block::Note(number));
            blocks.extend(listed(reply, &words.saved_quotes.gone));
        }
        let mut message = render_blocks(&blocks, &self.public_url);
        message.keyboard.inline_keyboard = rows(&on_page, (page, n_pages), is_editing, audience);
        message
    }

    /// Sends everything that a user has saved as a file in Markdown.
    async fn export_saved(&self, origin: &UpdateOrigin, audience: &Audience) -> Effect {
        let words = &audience.phrases.telegram;
        let Some(quotes) = self.saved_by(origin.sender_id).await else {
            return Effect::reply(origin, line(&words.not_kept));
        };
        let replies = quotes.iter().map(|range| self.saved_card(range, audience));
        let cited: Vec<String> = replies.filter_map(|reply| self.cited(reply.card()?)).collect();
        if cited.is_empty() {
            return Effect::reply(origin, line(&words.saved_quotes.empty));
        }
        let text = format!("# {}\n\n{}\n", words.saved_quotes.file, cited.join("\n\n"));
        let attachment = Attachment {
            field: "document",
            name: "quotations.md".to_owned(),
            bytes: text.into_bytes(),
        };
        let caption = fill(&words.saved_quotes.caption, &[("count", &cited.len().to_string())]);
        let file = OutgoingFile { method: "SendDocument", attachment, caption };
        Effect::SendFile { to: origin.destination(), file }
    }

    /// Returns the quotation of a card in Markdown, with a link to where it can be read.
    fn cited(&self, card: &Card) -> Option<String> {
        let attribution = &card.attribution;
        let words = &card.passage()?.excerpt.words;
        let page = Permalink::of(attribution.passage.clone()).range(words.span.clone());
        let url = if self.public_url.is_empty() {
            attribution.url.clone().filter(|url| !url.is_empty())
        } else {
            Some(format!("{}{page}", self.public_url))
        };
        let url = url.as_deref();
        Some(Citation { words: &words.text, attribution, url, accessed: "" }.markdown())
    }
}

/// Returns what the list shows of a quotation: its words and their source.
fn listed<'r>(reply: &'r Reply, gone: &'r str) -> Vec<Block<'r>> {
    let quotation = |card: &'r Card| -> Option<(&'r Quotation, &'r Attribution)> {
        Some((&card.passage()?.excerpt, &card.attribution))
    };
    match reply.card().and_then(quotation) {
        Some((quotation, attribution)) => {
            vec![Block::Quotation(quotation), Block::Attribution(attribution)]
        }
        None => vec![Block::Note(gone)],
    }
}

/// Returns the rows of buttons below a page: one to open or to remove its quotations, one to switch
/// between the two and to export the list, and one to turn to other pages.
fn rows(
    on_page: &[(usize, &QuoteRange)],
    (page, n_pages): (usize, usize),
    is_editing: bool,
    audience: &Audience,
) -> Vec<Vec<InlineKeyboardButton>> {
    let words = &audience.phrases.telegram.saved_quotes;
    let labels = &audience.phrases.button;
    let key = |label: &str, button: SavedButton| {
        InlineKeyboardButton::callback(label.to_owned(), button.encode())
    };
    let numbered = on_page.iter().map(|(number, range)| {
        let range = (*range).clone();
        if is_editing {
            key(&format!("✕ {number}"), SavedButton::Remove(range, page))
        } else {
            key(&number.to_string(), SavedButton::Open(range))
        }
    });
    let switch = if is_editing { &words.done } else { &words.remove };
    let switch = key(switch, SavedButton::Page { page, is_editing: !is_editing });
    let turn = |label: &str, page| key(label, SavedButton::Page { page, is_editing });
    let back = page.checked_sub(1).map(|page| turn(&labels.back, page));
    let more = (page + 1 < n_pages).then(|| turn(&labels.more, page + 1));
    let mut rows = vec![
        numbered.collect(),
        vec![switch, key(&words.export, SavedButton::Export)],
        back.into_iter().chain(more).collect(),
    ];
    rows.retain(|row: &Vec<_>| !row.is_empty());
    rows
}

#[cfg(test)]
mod tests {
    use transcript::PassageKey;

    use super::*;

    #[test]
    fn a_button_decodes_to_what_was_encoded_and_fits() {
        let range = QuoteRange { key: PassageKey::from_bytes(*b"tower"), span: 1000..1023 };
        for button in [
            SavedButton::Page { page: 99, is_editing: false },
            SavedButton::Page { page: 0, is_editing: true },
            SavedButton::Open(range.clone()),
            SavedButton::Remove(range.clone(), 99),
            SavedButton::Export,
        ] {
            let data = button.encode();
            assert!(data.len() <= 64, "`{data}`");
            assert_eq!(SavedButton::decode(&data), Some(button));
        }
        for data in ["saved:", "saved:page:x", "saved:open:aaaaaaab:1", "saved:export:1", "page:1"]
        {
            assert_eq!(SavedButton::decode(data), None, "`{data}`");
        }
        assert_eq!(QuoteRange::of(&range.to_saved()), Some(range));
    }
}
