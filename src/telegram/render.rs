//! Lays a reply out as a Telegram message: HTML within the limit, and a keyboard.
//!
//! A message may have 4,096 UTF-16 code units, without its markup. If a reply is longer, its parts
//! get room in the order of their importance, and are cut at the end of a sentence. The ellipsis
//! stands outside the quotation.

use reqwest::Url;
use teloxide::types::{
    ChatType, CopyTextButton, InlineKeyboardButton, InlineKeyboardButtonKind, InlineKeyboardMarkup,
    SwitchInlineQueryChosenChat, WebAppInfo,
};

use super::html::{cut, push_escaped, units};
use super::outbox::OutgoingMessage;
use crate::dialogue::callback_data::{self, Press};
use crate::dialogue::{Action, Block, Button, Quotation, Reply, Weight};
use transcript::text::CharSpan;

/// The most UTF-16 code units of a message, without its markup.
const MAX_UNITS: usize = 4096;
/// The UTF-16 code units that a block needs besides its text, for line breaks and ellipses.
const FRAME: usize = 6;
/// The most UTF-16 code units of a note if a quotation has to be cut.
const MAX_NOTE: usize = 600;
/// The most marked words in a message. Telegram keeps at most 100 entities and drops the others,
/// and blocks are entities as well.
const MAX_MARKS: usize = 70;
/// The most characters that a button can copy to the clipboard.
const MAX_COPY: usize = 256;
/// The most characters of an inline query that a button can insert.
const MAX_QUERY: usize = 256;

/// Where a rendered message is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct RenderTarget<'a> {
    /// The type of the chat; `None` for a message in inline mode, which may go to any chat.
    pub(super) chat: Option<ChatType>,
    /// The address of the reader pages, or an empty text if there are none.
    pub(super) public_url: &'a str,
}

/// Lays a reply out as a message for `target`.
pub(super) fn render(reply: &Reply, target: RenderTarget<'_>) -> OutgoingMessage {
    draw(&reply.blocks(), &reply.buttons(), target)
}

/// Lays blocks out as a message without buttons.
pub(super) fn render_blocks(blocks: &[Block<'_>], public_url: &str) -> OutgoingMessage {
    draw(blocks, &[], RenderTarget { chat: None, public_url })
}

fn draw(
    blocks: &[Block<'_>],
    buttons: &[Vec<Button>],
    target: RenderTarget<'_>,
) -> OutgoingMessage {
    let parts: Vec<MessagePart<'_>> = blocks.iter().map(|block| MessagePart::of(*block)).collect();
    let rooms = share(&parts);
    let mut html = String::with_capacity(1024);
    let mut marks_left = MAX_MARKS;
    // If two quotations of one passage stand side by side, the second goes on where the first ends.
    let is_quoted = |at: usize| {
        parts.get(at).is_some_and(|part| matches!(part.style, PartStyle::Quotation(_)))
            && rooms[at] > 0
    };
    for (at, (part, room)) in parts.iter().zip(&rooms).enumerate() {
        let beside = (at > 0 && is_quoted(at - 1), is_quoted(at + 1));
        part.draw(*room, beside, &mut marks_left, &mut html);
    }
    OutgoingMessage { html: html.trim_end().to_owned(), keyboard: keyboard(buttons, target) }
}

/// Renders the buttons that Telegram allows in this place.
fn keyboard(rows: &[Vec<Button>], target: RenderTarget<'_>) -> InlineKeyboardMarkup {
    let keys = |row: &Vec<Button>| row.iter().filter_map(|button| key(button, target)).collect();
    let rows = rows.iter().map(keys);
    InlineKeyboardMarkup::new(rows.filter(|row: &Vec<_>| !row.is_empty()))
}

fn key(button: &Button, target: RenderTarget<'_>) -> Option<InlineKeyboardButton> {
    let label = button.label.clone();
    let press =
        |press| Some(InlineKeyboardButton::callback(label.clone(), callback_data::encode(&press)?));
    match &button.action {
        Action::Do(intent) => press(Press::Do(intent.clone())),
        // Whoever meets the message there did not ask for it.
        Action::Rate { .. } if matches!(target.chat, None | Some(ChatType::Channel)) => None,
        Action::Rate { view, good } => press(Press::Rate { view: view.clone(), good: *good }),
        Action::Copy(text) => (text.encode_utf16().count() <= MAX_COPY).then(|| {
            InlineKeyboardButton::copy_text_button(label, CopyTextButton { text: text.clone() })
        }),
        Action::Share(query) => {
            let share = SwitchInlineQueryChosenChat {
                query: Some(query.chars().take(MAX_QUERY).collect()),
                allow_user_chats: true,
                allow_bot_chats: false,
                allow_group_chats: true,
                allow_channel_chats: true,
            };
            let kind = InlineKeyboardButtonKind::SwitchInlineQueryChosenChat(share);
            Some(InlineKeyboardButton::new(label, kind))
        }
        // In a channel or in inline mode there is nobody to whom a new message could be sent.
        Action::Picture(_) | Action::GetLink(_)
            if matches!(target.chat, None | Some(ChatType::Channel)) =>
        {
            None
        }
        Action::Picture(view) => press(Press::Picture(view.clone())),
        Action::Save(view) => press(Press::Save(view.clone())),
        Action::GetLink(view) => press(Press::GetLink(view.clone())),
        Action::Read(_) if target.public_url.is_empty() => None,
        Action::Read(address) => {
            let url: Url = format!("{}{address}", target.public_url).parse().ok()?;
            // Telegram refuses a message with a link to an address that only this machine knows.
            url.domain().filter(|domain| domain.contains('.'))?;
            // Telegram opens pages within itself in private chats only.
            Some(if target.chat == Some(ChatType::Private) && url.scheme() == "https" {
                InlineKeyboardButton::web_app(label, WebAppInfo { url })
            } else {
                InlineKeyboardButton::url(label, url)
            })
        }
        Action::Link(url) => Some(InlineKeyboardButton::url(label, url.parse().ok()?)),
    }
}

/// A block of a message, ready to be measured and cut.
struct MessagePart<'r> {
    /// The name of the speaker before the text, which is never cut.
    lead: String,
    text: Vec<char>,
    style: PartStyle<'r>,
}

/// How a block is rendered.
#[derive(PartialEq, Eq)]
enum PartStyle<'r> {
    Attribution { url: Option<&'r str> },
    Heading,
    Quotation(&'r Quotation),
    Note,
    Topic,
    Question,
}

impl<'r> MessagePart<'r> {
    fn of(block: Block<'r>) -> Self {
        let part =
            |style, text: &str| Self { lead: String::new(), text: text.chars().collect(), style };
        match block {
            Block::Note(text) => part(PartStyle::Note, text),
            Block::Heading(text) => part(PartStyle::Heading, text),
            Block::List(items) => part(PartStyle::Note, &items.join("\n")),
            Block::Question(question) => Self {
                lead: format!("{}：", question.speaker),
                ..part(PartStyle::Question, &question.text())
            },
            Block::Topic(topic) => Self {
                lead: format!("{}. ", topic.number),
                ..part(PartStyle::Topic, &topic.question.text())
            },
            Block::Quotation(quotation) => {
                part(PartStyle::Quotation(quotation), &quotation.words.text)
            }
            Block::Attribution(attribution) => {
                part(PartStyle::Attribution { url: attribution.url.as_deref() }, &attribution.line)
            }
        }
    }

    /// The rank of the block when room is given out: smaller numbers come first.
    fn rank(&self) -> u8 {
        match &self.style {
            PartStyle::Attribution { .. } | PartStyle::Heading => 0,
            PartStyle::Quotation(quotation) if quotation.weight == Weight::Main => 2,
            PartStyle::Note => 1,
            PartStyle::Topic | PartStyle::Question => 3,
            PartStyle::Quotation(_) => 4,
        }
    }

    /// The most UTF-16 code units that the block may have.
    fn limit(&self) -> usize {
        if self.style == PartStyle::Note { MAX_NOTE } else { MAX_UNITS }
    }

    /// Appends the first `room` UTF-16 code units of the text. Where the stored text goes on, there
    /// is an ellipsis, unless the neighbouring quotation (`beside`) goes on with it.
    fn draw(&self, room: usize, beside: (bool, bool), marks_left: &mut usize, html: &mut String) {
        let end = cut(&self.text, room);
        if end == 0 {
            return;
        }
        let text = &self.text[..end];
        let is_cut = end < self.text.len();
        let (before, after) = match &self.style {
            PartStyle::Quotation(quotation) => {
                (quotation.cut_before && !beside.0, is_cut || (quotation.cut_after && !beside.1))
            }
            _ => (false, is_cut),
        };
        if before {
            html.push_str("…\n");
        }
        match &self.style {
            PartStyle::Quotation(quotation) => quote(quotation, text, marks_left, html),
            style => {
                let (open, close) = style.tags();
                html.push_str(&open);
                push_escaped(html, self.lead.chars());
                push_escaped(html, text.iter().copied());
                html.push_str(close);
            }
        }
        html.push_str(if after { "\n…\n" } else { "\n" });
    }
}

impl PartStyle<'_> {
    fn tags(&self) -> (String, &'static str) {
        match self {
            Self::Attribution { url: Some(url) } => {
                (format!("<a href=\"{}\">", super::html::escape(url)), "</a>")
            }
            Self::Heading => ("<b>".to_owned(), "</b>"),
            Self::Question => ("<i>".to_owned(), "</i>"),
            _ => (String::new(), ""),
        }
    }
}

/// Returns how many UTF-16 code units each part may have, so that all parts fit into a message.
fn share(parts: &[MessagePart<'_>]) -> Vec<usize> {
    let fixed: usize = parts.iter().map(|part| FRAME + part.lead.encode_utf16().count()).sum();
    let mut left = MAX_UNITS.saturating_sub(fixed);
    let wanted: Vec<usize> = parts.iter().map(|part| units(&part.text)).collect();
    if wanted.iter().sum::<usize>() <= left {
        return wanted;
    }
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&at| parts[at].rank());
    let mut rooms = vec![0; parts.len()];
    for at in order {
        rooms[at] = wanted[at].min(parts[at].limit()).min(left);
        left -= rooms[at];
    }
    rooms
}

/// Renders a quotation with the matched words in bold and guessed characters underlined.
fn quote(quotation: &Quotation, text: &[char], marks_left: &mut usize, html: &mut String) {
    html.push_str(match quotation.weight {
        Weight::Main => "<blockquote>",
        Weight::Rest => "<blockquote expandable>",
    });
    for (span, tag) in runs(quotation, text.len()) {
        let tag = tag.filter(|_| *marks_left > 0);
        let characters = text[span].iter().copied();
        match tag {
            None => push_escaped(html, characters),
            Some(tag) => {
                *marks_left -= 1;
                html.extend(['<', tag, '>']);
                push_escaped(html, characters);
                html.extend(['<', '/', tag, '>']);
            }
        }
    }
    html.push_str("</blockquote>");
}

/// Splits the text into runs of one style. A character that is both matched and guessed
/// is shown as guessed.
fn runs(quotation: &Quotation, end: usize) -> Vec<(CharSpan, Option<char>)> {
    let mut tags = vec![None; end];
    let marks = quotation.marks.iter().map(|span| (span, 'b'));
    for (span, tag) in marks.chain(quotation.guessed.iter().map(|span| (span, 'u'))) {
        tags[span.start.min(end)..span.end.min(end)].fill(Some(tag));
    }
    let mut start = 0;
    tags.chunk_by(|one, other| one == other)
        .map(|run| {
            let span = start..start + run.len();
            start = span.end;
            (span, run[0])
        })
        .collect()
}

#[cfg(test)]
#[path = "../../tests/support/bot_api/html.rs"]
mod strict;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dialogue::{Locus, Permalink, Utterance, Words};
    use transcript::PassageId;

    const FRAME: RenderTarget<'_> =
        RenderTarget { chat: Some(ChatType::Private), public_url: "https://read.er" };

    fn words(text: &str) -> Words {
        let source = Locus::Passage(PassageId::new("talk", 1, 1, None));
        Words { source, text: text.to_owned(), span: 0..text.chars().count(), script: None }
    }

    fn quotation(text: &str, weight: Weight, marks: Vec<CharSpan>) -> Quotation {
        Quotation {
            speaker: "王堅".to_owned(),
            words: words(text),
            marks,
            guessed: Vec::new(),
            received: Vec::new(),
            cut_before: false,
            cut_after: false,
            weight,
        }
    }

    fn card(blocks: &[Block<'_>]) -> strict::Parsed {
        strict::parse(&draw(blocks, &[], FRAME).html).unwrap()
    }

    #[test]
    fn matched_words_are_bold_and_guessed_ones_underlined() {
        let marked = |at: usize, length: usize| std::iter::once(at..at + length).collect();
        let quotation = quotation("杭州<現象>不只是谷", Weight::Main, marked(0, 2));
        let card = card(&[Block::Quotation(&Quotation { guessed: marked(9, 1), ..quotation })]);
        assert_eq!(card.marked("b"), ["杭州"]);
        assert_eq!(card.marked("u"), ["谷"]);
        assert_eq!(card.marked("blockquote"), ["杭州<現象>不只是谷"]);
    }

    #[test]
    fn what_is_too_long_is_cut_at_a_sentence_and_the_answer_last() {
        let sentence = "這是很長的一段話，沒有人會讀完。";
        let question = Utterance {
            speaker: "《財經》".to_owned(),
            words: words(&sentence.repeat(300)),
            cut_before: false,
            cut_after: false,
        };
        let answer = sentence.repeat(200);
        let card = card(&[
            Block::Question(&question),
            Block::Quotation(&quotation(&answer, Weight::Main, Vec::new())),
            Block::Quotation(&quotation(&sentence.repeat(90), Weight::Rest, Vec::new())),
        ]);
        assert_eq!(card.marked("blockquote"), [answer]);
        let asked = card.marked("i")[0];
        assert!(asked.ends_with('。') && card.text.contains(&format!("{asked}\n…\n")));
        assert!(card.units() <= MAX_UNITS);
    }

    #[test]
    fn buttons_that_telegram_would_refuse_are_left_out() {
        let button = |action| Button { label: "x".to_owned(), action };
        let rows = [
            vec![button(Action::Copy("長".repeat(257)))],
            vec![
                button(Action::Link("no address".to_owned())),
                button(Action::Copy("短".to_owned())),
            ],
        ];
        let keyboard = keyboard(&rows, FRAME).inline_keyboard;
        assert_eq!(keyboard.iter().map(Vec::len).collect::<Vec<_>>(), [1]);
    }

    /// What the way to the reader pages is, there.
    fn way(target: RenderTarget<'_>) -> Option<InlineKeyboardButtonKind> {
        let address = Permalink::of(PassageId::new("talk", 3, 2, None)).range(12..48);
        let read = Button { label: "x".to_owned(), action: Action::Read(address) };
        Some(keyboard(&[vec![read]], target).inline_keyboard.pop()?.pop()?.kind)
    }

    #[test]
    fn the_reader_opens_within_telegram_only_in_private_chats_and_only_by_https() {
        let url: Url = "https://read.er/i/talk/3.2?r=12-48".parse().unwrap();
        let web_app = InlineKeyboardButtonKind::WebApp(WebAppInfo { url: url.clone() });
        assert_eq!(way(FRAME), Some(web_app));
        for chat in [None, Some(ChatType::Supergroup), Some(ChatType::Channel)] {
            assert_eq!(
                way(RenderTarget { chat, ..FRAME }),
                Some(InlineKeyboardButtonKind::Url(url.clone()))
            );
        }
        let plain = RenderTarget { public_url: "http://read.er", ..FRAME };
        assert!(matches!(way(plain), Some(InlineKeyboardButtonKind::Url(_))));
        for none in ["", "http://localhost:8080", "http://127.0.0.1:8080"] {
            assert_eq!(way(RenderTarget { public_url: none, ..FRAME }), None, "`{none}`");
        }
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "\\PC{0,80}",
            "[<>&\"'/a-z ]{0,60}",
            "(👍|👨‍👩‍👧|e\u{301}|ש|م|\u{202e}|。|，|杭州){0,1500}",
            "[杭州。]{0,10000}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn any_text_becomes_html_that_telegram_takes_and_quotes_exactly(
            main in text(),
            rest in text(),
            note in text(),
            marks in prop::collection::vec((0_usize..9000, 1_usize..9), 0..150),
        ) {
            let length = main.chars().count();
            let mut marks: Vec<CharSpan> = marks.into_iter()
                .map(|(start, length)| start..start + length)
                .filter(|mark| mark.end <= length)
                .collect();
            marks.sort_by_key(|mark| mark.start);
            let card = card(&[
                Block::Note(&note),
                Block::Quotation(&quotation(&main, Weight::Main, marks)),
                Block::Quotation(&quotation(&rest, Weight::Rest, Vec::new())),
            ]);
            prop_assert!(card.units() <= MAX_UNITS, "{} units", card.units());
            prop_assert!(card.entities.len() <= 100);
            for quoted in card.marked("blockquote") {
                prop_assert!(main.starts_with(quoted));
                prop_assert!(quoted == main || main.encode_utf16().count() > 3000);
            }
            for quoted in card.marked("blockquote expandable") {
                prop_assert!(rest.starts_with(quoted));
            }
        }
    }
}
