//! What an event asks of us: whether we are addressed at all, and with which words.
//!
//! In a private chat everything is meant for us. Elsewhere only a command, a mention, or a reply to
//! one of our messages is; what does not address us is dropped here and never looked at again.

use super::operator::{self, Order};
use super::settings::Choice;
use super::update::{
    CallbackQuery, ChatKind, ChatMemberUpdated, ChosenInlineResult, Entity, Event, InlineQuery,
    Message,
};
use crate::dialogue::callback_data::{self, Press};
use crate::dialogue::{Extent, Intent, Reader, Shown, View};
use transcript::PassageKey;
use transcript::text::CharSpan;

/// Who we are.
#[derive(Debug, Clone)]
pub(super) struct Me {
    pub(super) id: i64,
    /// Without the `@`.
    pub(super) username: String,
    /// The users who run us.
    pub(super) operators: Vec<i64>,
}

impl Me {
    /// Whether this user is in their own chat with us, and runs us. A private chat has the number of
    /// its user.
    pub(super) fn obeys(&self, chat_id: i64, user_id: i64) -> bool {
        chat_id == user_id && self.operators.contains(&user_id)
    }
}

/// What somebody wants.
#[derive(Debug)]
pub(super) enum Wish {
    /// An answer to a message.
    Reply { place: Place, saying: Saying },
    /// Another answer, as they changed the question.
    Correct { place: Place, saying: Saying },
    /// What a button does.
    Press(Box<CallbackQuery>, Pressed),
    /// Results while they type.
    Inline(InlineQuery),
    /// Nothing: a result was sent.
    Chosen(ChosenInlineResult),
    /// We came into a chat or left it.
    Member(ChatMemberUpdated),
    /// A group became a supergroup.
    Migrated { from: i64, to: i64 },
}

/// Where and by whom something was said.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) chat_id: i64,
    pub(super) kind: ChatKind,
    pub(super) topic: Option<i32>,
    pub(super) message_id: i32,
    /// The user, or the chat in whose name it was said.
    pub(super) sender_id: i64,
    /// The user's language, where Telegram tells it.
    pub(super) language_code: Option<String>,
}

/// What was said to us.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Saying {
    /// Something that needs no more than saying so.
    Plain(Intent),
    /// A link to a passage was followed.
    Open(Link),
    /// A question; in reply to the message of ours with this number.
    Ask { question: String, about: Option<i32> },
    /// How to choose language and script.
    Settings,
    /// What is kept, and how to have it deleted.
    Privacy,
    /// Something that only operators may ask for, from one.
    Operator(Order),
    /// Addressed, without a question.
    Nothing,
    /// A sticker, a voice, a picture: something without words.
    Wordless,
    /// A command that there is not.
    UnknownCommand,
}

/// What a pressed button asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pressed {
    /// Another reply, or a rating.
    Dialogue(Press),
    /// A setting.
    Choice(Choice),
    /// Something that only operators may do.
    Operator(operator::Press),
    /// A button of an older program, or none of ours.
    Unknown,
}

/// What `event` asks of us; `None` for nothing.
pub(super) fn read(event: Event, me: &Me) -> Option<Wish> {
    match event {
        Event::Message(message) | Event::ChannelPost(message) => match message.migrate_to_chat_id {
            Some(to) => Some(Wish::Migrated { from: message.chat.id, to }),
            None => said(&message, me).map(|(place, saying)| Wish::Reply { place, saying }),
        },
        Event::EditedMessage(message) | Event::EditedChannelPost(message) => {
            said(&message, me).map(|(place, saying)| Wish::Correct { place, saying })
        }
        Event::CallbackQuery(press) => {
            let pressed = pressed(press.data.as_deref().unwrap_or_default());
            Some(Wish::Press(press, pressed))
        }
        Event::InlineQuery(query) => Some(Wish::Inline(query)),
        Event::ChosenInlineResult(chosen) => Some(Wish::Chosen(chosen)),
        Event::MyChatMember(change) => Some(Wish::Member(change)),
    }
}

/// A passage, or a range of it, as a deep link or a shared quotation names it: `p_KEY` or
/// `p_KEY_START-END`, in characters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    key: PassageKey,
    excerpt: Option<CharSpan>,
}

impl Link {
    pub(super) fn of(text: &str) -> Option<Self> {
        let link = text.trim().strip_prefix("p_")?;
        let Some((key, range)) = link.split_once('_') else {
            return Some(Self { key: link.parse().ok()?, excerpt: None });
        };
        let (start, end) = range.split_once('-')?;
        let excerpt = start.parse().ok()?..end.parse().ok()?;
        Some(Self { key: key.parse().ok()?, excerpt: Some(excerpt) })
    }

    /// What opens it for a reader.
    pub(super) fn intent(self, reader: Reader) -> Intent {
        let Some(excerpt) = self.excerpt else { return Intent::Open { key: self.key } };
        let view = View {
            shown: vec![Shown { key: self.key, excerpt }],
            at: 0,
            extent: Extent::Excerpt,
            script: reader.script.resolve(None, reader.language),
            related: false,
        };
        Intent::Show { view, question: None }
    }
}

fn pressed(data: &str) -> Pressed {
    if let Some(press) = callback_data::decode(data) {
        return Pressed::Dialogue(press);
    }
    if let Some(press) = operator::Press::decode(data) {
        return Pressed::Operator(press);
    }
    Choice::decode(data).map_or(Pressed::Unknown, Pressed::Choice)
}

/// What a message says to us, if anything.
fn said(message: &Message, me: &Me) -> Option<(Place, Saying)> {
    let by_us = message.via_bot.as_ref().is_some_and(|bot| bot.id == me.id);
    // Anonymous admins and channels speak through bots of Telegram's.
    let by_bot = message.sender_chat.is_none() && message.from.as_ref().is_some_and(|u| u.is_bot);
    if message.is_automatic_forward || by_us || by_bot {
        return None;
    }
    let saying = saying(message, me)?;
    let place = Place {
        chat_id: message.chat.id,
        kind: message.chat.kind,
        topic: message.topic(),
        message_id: message.id,
        sender_id: message.sender_id(),
        language_code: message.from.as_ref().and_then(|user| user.language_code.clone()),
    };
    Some((place, saying))
}

fn saying(message: &Message, me: &Me) -> Option<Saying> {
    let kind = message.chat.kind;
    if let Some(document) = &message.document
        && me.obeys(message.chat.id, message.sender_id())
    {
        let caption = message.words().unwrap_or_default().to_owned();
        return Some(Saying::Operator(Order::Import { document: document.clone(), caption }));
    }
    let Some(words) = message.words() else {
        return (kind == ChatKind::Private && message.has_media()).then_some(Saying::Wordless);
    };
    let (words, is_mentioned) = without_mention(words, message.entities(), me);
    if let Some(command) = Command::of(&words, message.entities()) {
        if command.target.is_some_and(|target| !target.eq_ignore_ascii_case(&me.username)) {
            return None;
        }
        let saying = command.saying(message, me);
        return match kind {
            ChatKind::Private => Some(saying.unwrap_or(Saying::UnknownCommand)),
            // A channel speaks to its readers: only a question is meant for us.
            ChatKind::Channel => {
                saying.filter(|saying| matches!(saying, Saying::Ask { .. } | Saying::Nothing))
            }
            _ => saying,
        };
    }
    let is_reply_to_us = replied_to_us(message, me).is_some();
    (kind == ChatKind::Private || is_mentioned || is_reply_to_us).then(|| ask(&words, message, me))
}

/// A command at the start of a message.
struct Command<'t> {
    name: &'t str,
    target: Option<&'t str>,
    argument: &'t str,
}

impl<'t> Command<'t> {
    fn of(words: &'t str, entities: &[Entity]) -> Option<Self> {
        let entity = entities.iter().find(|e| e.kind == "bot_command" && e.offset == 0)?;
        let (_, command, argument) = parts(words, entity)?;
        let command = command.strip_prefix('/')?;
        let (name, target) = match command.split_once('@') {
            Some((name, target)) => (name, Some(target)),
            None => (command, None),
        };
        Some(Self { name, target, argument: argument.trim() })
    }

    fn saying(&self, message: &Message, me: &Me) -> Option<Saying> {
        Some(match self.name.to_ascii_lowercase().as_str() {
            "start" => Link::of(self.argument).map_or(Saying::Plain(Intent::Start), Saying::Open),
            "ask" => ask(self.argument, message, me),
            "help" => Saying::Plain(Intent::Help),
            "topics" => Saying::Plain(Intent::Topics {
                page: self.argument.parse::<usize>().unwrap_or(1).saturating_sub(1),
            }),
            "source" => Saying::Plain(Intent::Source),
            "random" => Saying::Plain(Intent::Random),
            "settings" => Saying::Settings,
            "privacy" => Saying::Privacy,
            name => {
                let order = Order::named(name)?;
                if me.obeys(message.chat.id, message.sender_id()) {
                    Saying::Operator(order)
                } else if message.chat.kind == ChatKind::Private {
                    Saying::Plain(Intent::Help)
                } else {
                    return None;
                }
            }
        })
    }
}

/// The question in somebody's own words, or else in the message that they reply to.
fn ask(own_words: &str, message: &Message, me: &Me) -> Saying {
    let about = replied_to_us(message, me);
    let question = if !own_words.trim().is_empty() {
        own_words.trim().to_owned()
    } else if about.is_none()
        && let Some(replied) = &message.replied
    {
        let quoted = message.quote.as_ref().map(|quote| quote.text.as_str());
        let words = quoted.or(replied.words()).unwrap_or_default();
        // What was asked of another bot, or of us before, without the command.
        let command = Command::of(words, replied.entities()).filter(|_| quoted.is_none());
        command.map_or(words, |command| command.argument).trim().to_owned()
    } else {
        String::new()
    };
    if question.is_empty() { Saying::Nothing } else { Saying::Ask { question, about } }
}

/// The number of our message that this one replies to.
fn replied_to_us(message: &Message, me: &Me) -> Option<i32> {
    let replied = message.replied.as_ref()?;
    replied.from.as_ref().filter(|user| user.id == me.id).map(|_| replied.id)
}

/// The words without mentions of us, and whether there are any.
fn without_mention(words: &str, entities: &[Entity], me: &Me) -> (String, bool) {
    let is_us = |entity: &&Entity| match entity.kind.as_str() {
        "mention" => parts(words, entity).is_some_and(|(_, name, _)| {
            name.strip_prefix('@').is_some_and(|name| name.eq_ignore_ascii_case(&me.username))
        }),
        "text_mention" => entity.user.as_ref().is_some_and(|user| user.id == me.id),
        _ => false,
    };
    let mut own = words.to_owned();
    let mut is_mentioned = false;
    // From the last to the first, so that the offsets of those before stay true.
    let mut mentions: Vec<&Entity> = entities.iter().filter(is_us).collect();
    mentions.sort_by_key(|entity| std::cmp::Reverse(entity.offset));
    for entity in mentions {
        is_mentioned = true;
        if let Some((before, _, after)) = parts(&own, entity) {
            own = format!("{before}{after}");
        }
    }
    if !is_mentioned {
        return (own, false);
    }
    let joint = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | ':' | '：' | '、');
    (own.trim_start_matches(joint).trim_end().to_owned(), true)
}

/// The text before an entity, its own, and that after it; `None` if its range is none of the text.
fn parts<'t>(text: &'t str, entity: &Entity) -> Option<(&'t str, &'t str, &'t str)> {
    let (before, rest) = text.split_at_checked(byte_of(text, entity.offset)?)?;
    let (own, after) = rest.split_at_checked(byte_of(rest, entity.length)?)?;
    Some((before, own, after))
}

/// Where the character at a UTF-16 position begins.
fn byte_of(text: &str, position: usize) -> Option<usize> {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= position {
            return (units == position).then_some(at);
        }
        units += c.len_utf16();
    }
    (units == position).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::update::event;
    use super::*;

    fn me() -> Me {
        Me { id: 7, username: "asker_bot".to_owned(), operators: vec![42] }
    }

    /// What a message in a chat of this kind says to us.
    fn says(kind: &str, text: &str, entities: &Value, extra: &Value) -> Option<Saying> {
        let mut message = json!({
            "message_id": 3, "date": 1, "chat": {"id": -5, "type": kind}, "text": text,
            "entities": entities, "from": {"id": 42, "is_bot": false, "first_name": "U"},
        });
        message.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let event = event(&json!({"update_id": 1, "message": message})).unwrap().unwrap();
        match read(event, &me())? {
            Wish::Reply { saying, .. } => Some(saying),
            other => panic!("{other:?}"),
        }
    }

    fn check(said: Option<Saying>, question: &str) {
        let Some(Saying::Ask { question: asked, about: None }) = said else { panic!("{said:?}") };
        assert_eq!(asked, question);
    }

    fn command(length: usize) -> Value {
        json!([{"type": "bot_command", "offset": 0, "length": length}])
    }

    #[test]
    fn a_command_takes_what_follows_it() {
        let says = |kind, text, length| says(kind, text, &command(length), &json!({}));
        check(says("group", "/ask 杭州", 4), "杭州");
        check(says("group", "/ask\n杭州\n為什麼", 4), "杭州\n為什麼");
        check(says("group", "/ask杭州", 4), "杭州");
        check(says("group", "/Ask@ASKER_bot 杭州", 14), "杭州");
        assert_eq!(says("group", "/ask@other_bot 杭州", 14), None);
        assert_eq!(says("private", "/ask", 4), Some(Saying::Nothing));
        let page = Saying::Plain(Intent::Topics { page: 2 });
        assert_eq!(says("private", "/topics 3", 7), Some(page));
    }

    #[test]
    fn operators_are_obeyed_in_their_own_chat_and_nowhere_else() {
        let says = |kind, chat: i64, user: i64| {
            let extra = json!({
                "chat": {"id": chat, "type": kind},
                "from": {"id": user, "is_bot": false, "first_name": "U"},
            });
            says(kind, "/stats", &command(6), &extra)
        };
        assert_eq!(says("private", 42, 42), Some(Saying::Operator(Order::Stats)));
        assert_eq!(says("private", 43, 43), Some(Saying::Plain(Intent::Help)));
        assert_eq!(says("supergroup", -5, 42), None);
        assert_eq!(says("channel", -6, 42), None);
    }

    #[test]
    fn a_mention_is_found_behind_characters_of_two_units_and_taken_out() {
        let says = |text, entity: Value| says("supergroup", text, &json!([entity]), &json!({}));
        let mention = |offset| json!({"type": "mention", "offset": offset, "length": 10});
        check(says("👍 @asker_bot，杭州", mention(3)), "👍 ，杭州");
        check(says("@asker_bot：杭州", mention(0)), "杭州");
        assert_eq!(says("@asker_box 杭州", mention(0)), None);
        let us = json!({"id": 7, "is_bot": true, "first_name": "B"});
        let by_id = json!({"type": "text_mention", "offset": 0, "length": 2, "user": us});
        check(says("問堅 杭州", by_id), "杭州");
    }

    #[test]
    fn ranges_that_are_none_of_the_text_do_no_harm() {
        for (offset, length) in [(1, 10), (0, 999), (999, 1), (0, 1)] {
            for kind in ["mention", "bot_command", "text_mention"] {
                let entities = json!([{"type": kind, "offset": offset, "length": length}]);
                check(says("private", "👍杭州", &entities, &json!({})), "👍杭州");
            }
        }
    }

    #[test]
    fn a_reply_without_words_of_its_own_asks_what_it_replies_to() {
        let replied = |text: &str| {
            json!({"reply_to_message": {
                "message_id": 2, "date": 1, "chat": {"id": -5, "type": "group"}, "text": text,
                "from": {"id": 43, "is_bot": false, "first_name": "V"}, "entities": command(14),
            }})
        };
        let says = |text, entities: Value, to| says("group", text, &entities, &replied(to));
        check(says("/ask", command(4), "杭州"), "杭州");
        check(says("/ask", command(4), "/ask@other_bot 杭州"), "杭州");
        check(says("/ask 谷", command(4), "杭州"), "谷");
        assert_eq!(says("谷", json!([]), "杭州"), None, "not a reply to us");
    }

    #[test]
    fn links_open_a_passage_or_a_range_of_it() {
        let range = Link::of("p_aaaaaaab_12-48").unwrap();
        assert_eq!((range.key.to_string().as_str(), range.excerpt), ("aaaaaaab", Some(12..48)));
        assert_eq!(Link::of(" p_aaaaaaab ").unwrap().excerpt, None);
        for text in ["p_", "p_short", "p_aaaaaaab_", "p_aaaaaaab_x-1", "杭州", "p_aaaaaaab_-"] {
            assert_eq!(Link::of(text), None, "`{text}`");
        }
    }
}
