//! Markdown to HTML by the rules of `CommonMark`, with what Chinese authors and translators write
//! besides: a line end ends a paragraph, `###标题` without a space is a heading, an indented paragraph
//! is no program.
//!
//! Bold type that `CommonMark` does not recognise (`**王坚：**一是`: the closing mark stands between a
//! mark of punctuation and a letter) stays as written, and `parse` reads it.

use std::borrow::Cow;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, html};

use super::{Page, html as html_page};

/// Quotations and lists are nested at most this deep.
const NESTED: usize = 12;

/// Reads a Markdown file without its header.
pub(super) fn read(markdown: &str) -> Page {
    let prepared: String =
        markdown.split('\n').flat_map(|line| [prepared(line), Cow::Borrowed("\n")]).collect();
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut page = String::with_capacity(prepared.len() * 2);
    html::push_html(&mut page, events(Parser::new_ext(&prepared, options)));
    html_page::read(&page)
}

/// The line as `CommonMark` reads it: a space after a heading's marks, none of these at its end, and
/// no deeper nesting than an article has.
fn prepared(line: &str) -> Cow<'_, str> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let trimmed = line.trim_start_matches(' ');
    let marks = trimmed.bytes().take_while(|byte| *byte == b'#').count();
    if (2..=6).contains(&marks) && indent < 4 {
        let words = trimmed.trim_start_matches('#').trim().trim_end_matches('#').trim_end();
        return Cow::Owned(format!("{} {words}", "#".repeat(marks)));
    }
    let nested =
        trimmed.bytes().take_while(|byte| matches!(byte, b'>' | b' ' | b'-' | b'*' | b'+'));
    let containers = nested.filter(|byte| *byte != b' ').count();
    if containers > NESTED && trimmed.contains(['>', ' ']) && !is_rule(trimmed) {
        return Cow::Owned(trimmed.trim_start_matches(['>', ' ', '-', '*', '+']).to_owned());
    }
    Cow::Borrowed(line)
}

fn is_rule(line: &str) -> bool {
    let mut marks = line.chars().filter(|c| !c.is_whitespace());
    let first = marks.next();
    first != Some('>') && marks.all(|c| Some(c) == first)
}

/// The events, with line ends kept and indented paragraphs read as paragraphs.
fn events(parser: Parser<'_>) -> impl Iterator<Item = Event<'_>> {
    let mut indented = false;
    parser.map(move |event| match event {
        Event::SoftBreak => Event::HardBreak,
        // Pairs that `CommonMark` finds where the author meant others: written out again, they are those
        // of the source, and `parse` pairs them one after the other.
        Event::Start(Tag::Strong) | Event::End(TagEnd::Strong) => Event::Text("**".into()),
        Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
            indented = true;
            Event::Start(Tag::Paragraph)
        }
        Event::End(TagEnd::CodeBlock) if indented => {
            indented = false;
            Event::End(TagEnd::Paragraph)
        }
        Event::Text(text) if indented => Event::InlineHtml(with_breaks(&text).into()),
        event => event,
    })
}

fn with_breaks(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.split('\n').map(str::trim).collect::<Vec<_>>().join("<br />")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, expected: &str) {
        let text = read(markdown).text;
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.join("\n"), expected, "help: `{markdown}`");
    }

    #[test]
    fn links_images_and_escapes_become_words() {
        check(
            "小标题\n---\n![图](a.png)**记者：**见[这里](http://a.b/c)，3\\*4，*真的*。\n## 钱 ##\n[1]: http://a.b\n",
            "## 小标题\n\u{fdd5}**记者：**见这里，3*4，\u{fdd4}真的\u{fdd4}。\n## 钱",
        );
    }

    #[test]
    fn bold_type_beside_chinese_punctuation_stays_as_written() {
        check("**林远：**好。**山**也**好**。", "**林远：**好。**山**也**好**。");
        check("**林远** ：好。", "**林远** ：好。");
    }

    #[test]
    fn headings_without_a_space_and_indented_answers() {
        check(
            "###问：路呢？\n\n答：\n    修好了。\n\n#### 问：钱呢？####\n\n    捐的。\n    还有借的。\n",
            "### 问：路呢？\n答：\n修好了。\n#### 问：钱呢？\n捐的。\n还有借的。",
        );
    }

    #[test]
    fn html_within_is_read_as_html() {
        check(
            "问：好？\n\n<figure>\n<img src=\"a.png\">\n<figcaption>林远：《山路》</figcaption>\n</figure>\n\n答：好。<!--more-->\n\n<details>\n<summary>Original</summary>\n\nA: Good.\n\n</details>\n",
            "问：好？\n\u{fdd0}\u{fdd5}林远：《山路》\n答：好。\n\u{fdd3}Original\n\u{fdd3}A: Good.",
        );
    }

    #[test]
    fn lists_keep_their_numbers_and_depth_is_bounded() {
        check(
            "3. 修路\n4. 买书\n\n- 一\n- 二\n",
            "\u{fdd7}3. 修路\n\u{fdd7}4. 买书\n\u{fdd7}一\n\u{fdd7}二",
        );
        check(&format!("{}深", "> ".repeat(100_000)), "深");
    }
}
