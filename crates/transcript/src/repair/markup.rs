//! Removes remnants of HTML that a copy left in the text: tags, comments and entities.

use super::DamageKind;
use super::code_spans::{is_within, marked_spans};
use super::edited_text::Edit;
use crate::text::CharSpan;

/// Tags that become a line break.
const BREAKING: [&str; 12] =
    ["br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section"];
/// Tags that are removed.
const OTHER: [&str; 20] = [
    "a",
    "b",
    "i",
    "u",
    "em",
    "strong",
    "span",
    "font",
    "img",
    "ul",
    "ol",
    "table",
    "tbody",
    "td",
    "th",
    "sup",
    "sub",
    "blockquote",
    "center",
    "article",
];
/// The entities that occur in Chinese pages, and their characters.
const ENTITIES: [(&str, &str); 22] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("ensp", " "),
    ("emsp", " "),
    ("thinsp", " "),
    ("zwnj", ""),
    ("zwj", ""),
    ("shy", ""),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("middot", "·"),
    ("hellip", "…"),
    ("mdash", "—"),
    ("ndash", "–"),
    ("laquo", "«"),
    ("raquo", "»"),
];
/// The longest tag or comment that is looked for, in characters.
const LONGEST: usize = 2_000;
/// Words after a tag that the text mentions, as in `<br> 标签`.
const SPOKEN_OF: [&str; 6] = ["标签", "標籤", "标记", "標記", "元素", " tag"];

/// Proposes to remove tags and comments, and to replace entities by their characters.
pub(super) fn edits(text: &[char]) -> Vec<Edit> {
    if !text.iter().any(|c| matches!(c, '<' | '&')) {
        return Vec::new();
    }
    let verbatim = marked_spans(text);
    let mut edits = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let found = match text[at] {
            '<' if !is_within(&verbatim, at) => tag(text, at),
            '&' if !is_within(&verbatim, at) => entity(text, at),
            _ => None,
        };
        at = found.as_ref().map_or(at + 1, |edit| edit.span.end);
        edits.extend(found);
    }
    edits
}

fn tag(text: &[char], start: usize) -> Option<Edit> {
    let rest = &text[start..text.len().min(start + LONGEST)];
    if rest.starts_with(&['<', '!', '-', '-']) {
        let length = rest.windows(3).position(|end| end == ['-', '-', '>'])? + 3;
        return Some(Edit::sure(start..start + length, "", DamageKind::Markup, "an HTML comment"));
    }
    let length = rest.iter().position(|c| *c == '>')? + 1;
    let span = start..start + length;
    let inner: String = text[start + 1..span.end - 1].iter().collect();
    let name = tag_name(&inner)?;
    let is_spoken_of = SPOKEN_OF
        .iter()
        .any(|word| text[span.end..].iter().copied().take(word.chars().count()).eq(word.chars()));
    if is_spoken_of {
        return None;
    }
    let after =
        if BREAKING.contains(&name.as_str()) && parts_lines(text, &span) { "\n" } else { "" };
    Some(Edit::sure(span, after, DamageKind::Markup, "an HTML tag"))
}

/// Returns the name of the tag with the content `inner`, if it is one that pages have in their text.
fn tag_name(inner: &str) -> Option<String> {
    let inner = inner.trim_start_matches('/').trim_end_matches('/').trim_end();
    let (name, attributes) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let name = name.to_ascii_lowercase();
    let is_known = BREAKING.contains(&name.as_str()) || OTHER.contains(&name.as_str());
    let is_plausible =
        !attributes.contains('<') && (attributes.trim().is_empty() || attributes.contains('='));
    (is_known && is_plausible).then_some(name)
}

/// Returns whether there is text on both sides of `span` in its line.
fn parts_lines(text: &[char], span: &CharSpan) -> bool {
    let is_text = |c: Option<&char>| c.is_some_and(|c| *c != '\n' && *c != '\r');
    is_text(text[..span.start].last()) && is_text(text.get(span.end))
}

/// Reads the entity at `start`. It may have been escaped more than once: `&amp;lt;` is `<`.
fn entity(text: &[char], start: usize) -> Option<Edit> {
    let mut at = start + 1;
    while text[at..].starts_with(&['a', 'm', 'p', ';'])
        && text.get(at + 4).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '#')
    {
        let inner = name(text, at + 4);
        if inner.is_none_or(|inner| character(&inner).is_none()) {
            break;
        }
        at += 4;
    }
    let name = name(text, at)?;
    let character = character(&name)?;
    let end = at + name.chars().count() + 1;
    Some(Edit::sure(start..end, &character, DamageKind::Markup, "an HTML entity"))
}

/// Returns the name of an entity: the characters from `start` up to a semicolon.
fn name(text: &[char], start: usize) -> Option<String> {
    let length = text.get(start..)?.iter().take(9).position(|c| *c == ';')?;
    Some(text[start..start + length].iter().collect())
}

/// Returns the character of an entity by its name or number.
fn character(name: &str) -> Option<String> {
    let number = name.strip_prefix('#');
    let code = number.and_then(|number| match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
        None => number.parse().ok(),
    });
    if let Some(c) = code.and_then(char::from_u32) {
        return Some(if c == '\u{a0}' { ' ' } else { c }.to_string()).filter(|_| !c.is_control());
    }
    ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, character)| (*character).to_owned())
}

#[cfg(test)]
mod tests {
    use crate::repair::tests::{check, check_clean};

    #[test]
    fn tags_go_and_those_between_paragraphs_part_lines() {
        check("<strong>王坚：</strong>你好。<br/>再见。</p>", "王坚：你好。\n再见。");
        check("他说<span style=\"color:red\">创新</span>很难<!-- x -->。", "他说创新很难。");
    }

    #[test]
    fn entities_become_their_characters() {
        check("R&amp;D&nbsp;和&ldquo;创新&rdquo;&#12290;&#x4e2d;", "R&D 和“创新”。中");
        check("他说&amp;ldquo;好&amp;amp;rdquo;", "他说“好”");
    }

    #[test]
    fn what_only_looks_like_markup_stays() {
        check_clean("a<b且c>d，AT&T 和 Q&A；");
        check_clean("我們用<div>標籤，和`<br>`。");
        check_clean("http://a.cn/?a=1&lt=2&copy;");
        check_clean("《<创新>的机制》");
    }
}
