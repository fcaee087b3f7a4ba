//! Inline mode: quotations to look up from any chat.

use teloxide_core::payloads::AnswerInlineQuery;
use teloxide_core::types::{
    InlineQueryId, InlineQueryResult, InlineQueryResultArticle, InlineQueryResultsButton,
    InlineQueryResultsButtonKind, InputMessageContent, InputMessageContentText, ParseMode,
};

use super::handler::Handler;
use super::outbox::NO_PREVIEW;
use super::read::Link;
use super::update::{ChosenInlineResult, InlineQuery};
use crate::dialogue::{Card, Language, Phrases, Reader, Reply};
use crate::store::{Asked, AskedAt, Done, LoggedQuestion, Settings};
use transcript::text::Script;

/// Results a page; a client asks for the next when they are scrolled through.
const PAGE: usize = 20;
/// Results in all: nobody scrolls further.
const MAX_RESULTS: usize = 200;
/// Characters of a title and of a description that a client shows.
const TITLE: usize = 80;
const DESCRIPTION: usize = 160;
/// The parameter of the start that leads here from an empty list.
const START_PARAMETER: &str = "inline";

/// The results of one page.
struct Page {
    results: Vec<InlineQueryResult>,
    next_offset: Option<usize>,
}

impl Handler {
    /// Answers an inline query.
    pub(super) async fn answer_inline(&self, query: &InlineQuery) {
        let settings = self.chats.settings(query.from.id).await;
        let (reader, is_personal) = self.inline_reader(query, &settings);
        let page = self.page(query, reader);
        let mut answer = AnswerInlineQuery::new(InlineQueryId(query.id.clone()), page.results);
        answer.cache_time = Some(self.options.inline_cache_seconds);
        answer.is_personal = Some(is_personal);
        answer.next_offset =
            Some(page.next_offset.map(|offset| offset.to_string()).unwrap_or_default());
        if answer.results.is_empty() && query.offset.is_empty() {
            answer.button = Some(InlineQueryResultsButton {
                text: Phrases::of(reader.language).telegram.inline_none.clone(),
                kind: InlineQueryResultsButtonKind::StartParameter(START_PARAMETER.to_owned()),
            });
        }
        if let Err(failure) = self.outbox.answer_inline(&answer).await {
            tracing::warn!(error = %failure, "an inline query could not be answered");
        }
    }

    /// Counts a result that was sent, and remembers what it answers.
    pub(super) fn count_chosen(&self, chosen: ChosenInlineResult, done: &mut Done) {
        let person = Some(self.store.person(chosen.from.id));
        let passage = chosen.result_id.parse().ok().and_then(|key| {
            self.service.engine().library().passage(key).map(|passage| passage.id.to_string())
        });
        let is_question = !chosen.query.trim().is_empty() && Link::of(&chosen.query).is_none();
        if let Some(inline_id) = chosen.inline_message_id.filter(|_| is_question) {
            let at = AskedAt::Inline(inline_id);
            done.asked = Some(Asked { at, person, question: chosen.query.clone() });
        }
        done.question = Some(LoggedQuestion {
            person,
            chat_kind: "inline",
            question: chosen.query,
            verdict: "chosen",
            passage,
            elapsed_us: 0,
        });
    }

    /// Who reads the results, and whether they differ from anybody else's. The card goes to a chat
    /// of others, so that the script of the query tells best in which language to speak there; then
    /// the results are the same for everybody, and Telegram may keep them for all.
    fn inline_reader(&self, query: &InlineQuery, settings: &Settings) -> (Reader, bool) {
        let own = self.reader(settings, query.from.language_code.as_deref());
        let of_query = match Script::of(&query.query) {
            Some(Script::Hans) => Some(Language::ZhHans),
            Some(Script::Hant) => Some(Language::ZhHant),
            None => None,
        };
        match of_query {
            Some(language) if *settings == Settings::default() => {
                (Reader { language, ..self.reader }, false)
            }
            _ => (own, true),
        }
    }

    fn page(&self, query: &InlineQuery, reader: Reader) -> Page {
        if let Some(link) = Link::of(&query.query) {
            let (reply, _) = self.ask_service(&link.intent(reader), reader);
            let card = if let Reply::Card(card) = reply { Some(*card) } else { None };
            let results = card.into_iter().map(|card| self.result(card)).collect();
            return Page { results, next_offset: None };
        }
        let offset = query.offset.parse().unwrap_or(0);
        if offset >= MAX_RESULTS {
            return Page { results: Vec::new(), next_offset: None };
        }
        let cards = self.service.cards(&query.query, offset, PAGE, reader);
        let next_offset = (cards.len() == PAGE).then_some(offset + PAGE);
        Page { results: cards.into_iter().map(|card| self.result(card)).collect(), next_offset }
    }

    fn result(&self, card: Card) -> InlineQueryResult {
        let key = card.attribution.passage.key();
        let (title, description) = match card.passage() {
            Some(passage) => {
                (passage.question.words.text.clone(), passage.excerpt.words.text.clone())
            }
            None => (String::new(), card.attribution.line.clone()),
        };
        let draft = self.draw(&Reply::Card(Box::new(card)), None);
        let mut content = InputMessageContentText::new(draft.html).parse_mode(ParseMode::Html);
        content.link_preview_options = Some(NO_PREVIEW);
        let description = shorten(&description, DESCRIPTION);
        let title = shorten(&title, TITLE);
        let title = if title.is_empty() { shorten(&description, TITLE) } else { title };
        let content = InputMessageContent::Text(content);
        let article = InlineQueryResultArticle::new(key.to_string(), title, content)
            .description(description)
            .reply_markup(draft.keyboard);
        InlineQueryResult::Article(article)
    }
}

/// The first characters of a line, with an ellipsis where more follows.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    let mut characters = text.chars();
    let mut short: String = characters.by_ref().take(limit).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}
