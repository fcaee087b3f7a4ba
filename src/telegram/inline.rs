//! Answers inline queries, by which quotations can be looked up in any chat.

use std::sync::Arc;

use teloxide::payloads::AnswerInlineQuery;
use teloxide::types::{
    ChosenInlineResult, InlineQuery, InlineQueryResult, InlineQueryResultArticle,
    InlineQueryResultsButton, InlineQueryResultsButtonKind, InputMessageContent,
    InputMessageContentText, ParseMode,
};

use super::context::BotContext;
use super::deep_link::DeepLink;
use super::effects::{Effect, Effects};
use super::outbox::{NO_PREVIEW, OutgoingMessage};
use super::user_request::user_id;
use crate::dialogue::{Card, Language, Phrases, Reader, Reply};
use crate::store::{AnswerMessage, AnswerMessageId, LoggedQuestion, Settings};
use transcript::text::Script;

/// The number of results on a page. Clients ask for the next page when the user
/// has scrolled through one.
const PAGE: usize = 20;
/// The most results for one query.
const MAX_RESULTS: usize = 200;
/// The most characters that clients show of a title and of a description.
const TITLE: usize = 80;
const DESCRIPTION: usize = 160;
/// The parameter of `/start` behind the button above an empty list.
const START_PARAMETER: &str = "inline";

/// The results on one page.
struct ResultPage {
    results: Vec<InlineQueryResult>,
    next_offset: Option<usize>,
}

/// Answers an inline query.
pub(super) async fn answer(context: Arc<BotContext>, query: InlineQuery) -> Effects {
    let settings = context.chats.settings(user_id(&query.from)).await;
    let language_code = query.from.language_code.as_deref();
    let (reader, is_personal) = context.reader_of(&query.query, language_code, settings);
    let page = context.page(&query, reader);
    let mut answer = AnswerInlineQuery::new(query.id, page.results);
    answer.cache_time = Some(context.options.inline_cache_seconds);
    answer.is_personal = Some(is_personal);
    answer.next_offset =
        Some(page.next_offset.map(|offset| offset.to_string()).unwrap_or_default());
    if answer.results.is_empty() && query.offset.is_empty() {
        answer.button = Some(InlineQueryResultsButton {
            text: Phrases::of(reader.language).telegram.inline_none.clone(),
            kind: InlineQueryResultsButtonKind::StartParameter(START_PARAMETER.to_owned()),
        });
    }
    vec![Effect::AnswerInline(Box::new(answer))]
}

/// Logs the question of a result that was sent, and keeps which question it answers.
pub(super) async fn record_choice(context: Arc<BotContext>, chosen: ChosenInlineResult) -> Effects {
    let person = Some(context.store.person(user_id(&chosen.from)));
    let passage = chosen.result_id.parse().ok().and_then(|key| {
        context.service.engine().library().passage(key).map(|passage| passage.id.to_string())
    });
    let is_question = !chosen.query.trim().is_empty() && DeepLink::parse(&chosen.query).is_none();
    let inline_id = chosen.inline_message_id.filter(|_| is_question);
    let question = chosen.query.clone();
    let answer = inline_id.map(|id| AnswerMessage {
        id: AnswerMessageId::Inline(id),
        person,
        question,
        is_missed: false,
        card: None,
    });
    let logged = LoggedQuestion {
        person,
        chat_kind: "inline",
        question: chosen.query,
        verdict: "chosen",
        passage,
        elapsed_us: 0,
    };
    vec![Effect::Record { answer, logged }]
}

impl BotContext {
    /// Returns the reader of the answer to a query, and whether the answer is personal. A card is sent to
    /// a chat with other people, so the language follows the script of the query where it is known. Then
    /// the answer is the same for everybody, and Telegram may cache it for all users.
    pub(super) fn reader_of(
        &self,
        query: &str,
        language_code: Option<&str>,
        settings: Settings,
    ) -> (Reader, bool) {
        let is_default = settings == Settings::default();
        let own = self.audience_with(settings, language_code).reader;
        let of_query = match Script::of(query) {
            Some(Script::Hans) => Some(Language::ZhHans),
            Some(Script::Hant) => Some(Language::ZhHant),
            None => None,
        };
        match of_query {
            Some(language) if is_default => (Reader { language, ..self.default_reader }, false),
            _ => (own, true),
        }
    }

    fn page(&self, query: &InlineQuery, reader: Reader) -> ResultPage {
        if let Some(link) = DeepLink::parse(&query.query) {
            let (reply, _) = self.ask_service(&link.intent(reader), reader);
            let card = if let Reply::Card(card) = reply { Some(*card) } else { None };
            let results = card.into_iter().map(|card| self.result(card)).collect();
            return ResultPage { results, next_offset: None };
        }
        let offset = query.offset.parse().unwrap_or(0);
        if offset >= MAX_RESULTS {
            return ResultPage { results: Vec::new(), next_offset: None };
        }
        let cards = self.service.cards(&query.query, offset, PAGE, reader);
        let next_offset = (cards.len() == PAGE).then_some(offset + PAGE);
        ResultPage {
            results: cards.into_iter().map(|card| self.result(card)).collect(),
            next_offset,
        }
    }

    fn result(&self, card: Card) -> InlineQueryResult {
        let key = card.attribution.passage.key();
        let (title, description) = match card.passage() {
            Some(passage) => (passage.question.text(), passage.excerpt.words.text.clone()),
            None => (String::new(), card.attribution.line.clone()),
        };
        let draft = self.draw(&Reply::Card(Box::new(card)), None);
        let title = if title.is_empty() { &description } else { &title };
        let article = article(key.to_string(), title, draft);
        InlineQueryResult::Article(article.description(shorten(&description, DESCRIPTION)))
    }
}

/// Returns the result that sends a message. Its title must not be empty.
pub(super) fn article(
    id: String,
    title: &str,
    message: OutgoingMessage,
) -> InlineQueryResultArticle {
    let mut content = InputMessageContentText::new(message.html).parse_mode(ParseMode::Html);
    content.link_preview_options = Some(NO_PREVIEW);
    let content = InputMessageContent::Text(content);
    let mut article = InlineQueryResultArticle::new(id, shorten(title, TITLE), content);
    if !message.keyboard.inline_keyboard.is_empty() {
        article = article.reply_markup(message.keyboard);
    }
    article
}

/// Returns the first characters of a line, with an ellipsis if it goes on.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    let mut characters = text.chars();
    let mut short: String = characters.by_ref().take(limit).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}
