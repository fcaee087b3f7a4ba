//! A web page to lines with marks.
//!
//! The page is read token by token with a stack of open elements, so that time and memory grow with
//! its length only, however deep it is nested. Elements that end implicitly (`<p>`, `<li>`, cells)
//! are ended where browsers end them.

use std::borrow::Cow;
use std::collections::HashMap;

use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};
use html5gum::{HtmlString, Tokenizer};

use super::content;
use super::element::{Attributes, Element};
use super::metadata::{self, Metadata};
use super::writer::{RowWriter, Style};
use super::{Page, filled, tidy};
use crate::{Provenance, marks};

/// Elements nested deeper than this are read as if their tags were not there.
const DEPTH: usize = 256;
/// Attributes of a tag that are read.
const ATTRIBUTES: usize = 200;
/// Looks of elements that are told apart.
const LOOKS: u16 = 500;
/// Characters of a script that may be a description of the page.
const LONGEST_SCRIPT: usize = 1 << 20;

/// Whether the text is a page or a piece of one.
pub(super) fn is_html(text: &str) -> bool {
    let head: String = text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .chars()
        .take(1000)
        .collect::<String>()
        .to_lowercase();
    let opens =
        ["<!doctype html", "<html", "<head", "<body", "<article", "<div", "<section", "<p>", "<p "]
            .iter()
            .any(|tag| head.starts_with(tag));
    let xhtml = head.starts_with("<?xml") && head.contains("<html");
    opens || xhtml || head.contains("<html") || head.contains("<!doctype html")
}

/// Reads a page. Whatever is broken in it is read about as browsers do.
pub(super) fn read(html: &str) -> Page {
    let mut reader = HtmlReader::new();
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let html = bounded_tags(html);
    for token in Tokenizer::new_with_emitter(html.as_ref(), emitter).flatten() {
        match token {
            Token::StartTag(tag) => reader.start(&tag),
            Token::EndTag(tag) => reader.end(&name_of(&tag.name)),
            Token::String(text) => reader.text(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    reader.finish()
}

/// The page without the attributes of a tag beyond [`ATTRIBUTES`]: the tokenizer recurses for each.
fn bounded_tags(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let mut kept: Vec<&str> = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(start) =
        bytes[at..].iter().position(|byte| *byte == b'<').map(|start| at + start)
    {
        at = start + 1;
        if !bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let (end, cut) = tag_end(bytes, at);
        if let Some(cut) = cut {
            kept.extend(html.get(from..cut));
            from = end;
        }
        at = end;
    }
    if kept.is_empty() {
        return Cow::Borrowed(html);
    }
    kept.extend(html.get(from..));
    Cow::Owned(kept.concat())
}

/// Where the tag that is open at `at` ends (its `>`), and where its first attribute too many begins.
fn tag_end(bytes: &[u8], mut at: usize) -> (usize, Option<usize>) {
    let (mut quote, mut attributes, mut cut) = (None, 0, None);
    while let Some(byte) = bytes.get(at) {
        match (quote, byte) {
            (Some(open), byte) if open == *byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') if bytes[at - 1] == b'=' => quote = Some(*byte),
            (None, b'>') => break,
            (None, byte) if byte.is_ascii_whitespace() => {
                attributes += 1;
                if attributes > ATTRIBUTES && cut.is_none() {
                    cut = Some(at);
                }
            }
            (None, _) => {}
        }
        at += 1;
    }
    (at, cut)
}

fn name_of(name: &HtmlString) -> String {
    String::from_utf8_lossy(name).to_lowercase()
}

/// An element that is open.
struct Open {
    name: String,
    element: u32,
    /// What the element itself changes.
    change: fn(&mut Style),
    weight: Option<bool>,
    /// The style inside it.
    style: Style,
    /// Number of the next item, for an ordered list.
    next_item: Option<usize>,
}

struct HtmlReader {
    writer: RowWriter,
    open: Vec<Open>,
    elements: Vec<Element>,
    metadata: Metadata,
    script: Option<String>,
    /// The looks of the page's elements (colour and class), numbered from 1.
    looks: HashMap<String, u16>,
}

impl HtmlReader {
    fn new() -> Self {
        Self {
            writer: RowWriter::default(),
            open: Vec::new(),
            elements: vec![Element::default()],
            metadata: Metadata::default(),
            script: None,
            looks: HashMap::new(),
        }
    }

    fn style(&self) -> Style {
        self.open.last().map_or(Style::default(), |open| open.style)
    }

    fn element(&self) -> u32 {
        self.open.last().map_or(0, |open| open.element)
    }

    fn start(&mut self, tag: &StartTag<()>) {
        let name = name_of(&tag.name);
        let attributes = Attributes(tag);
        self.metadata.element(&name, &attributes);
        match name.as_str() {
            "br" => return self.writer.end_line(),
            "hr" => {
                if !self.style().skipped {
                    self.writer.rule(self.element());
                }
                return;
            }
            "img" | "picture" | "video" | "iframe" | "amp-img" if !self.style().skipped => {
                self.writer.image();
            }
            _ => {}
        }
        if is_void(&name) {
            return;
        }
        self.end_implied(&name);
        if matches!(name.as_str(), "td" | "th") {
            self.writer.end_cell(self.style(), self.element());
        } else if is_block(&name) {
            self.writer.end_paragraph();
        }
        if name == "li" {
            let list =
                self.open.iter_mut().rev().find(|open| matches!(open.name.as_str(), "ol" | "ul"));
            let number = list.and_then(|list| {
                let number = list.next_item?;
                list.next_item = Some(number + 1);
                Some(number)
            });
            self.writer.begin_item(number);
        }
        if self.open.len() < DEPTH {
            self.push(name, &attributes, tag.self_closing);
        }
    }

    fn push(&mut self, name: String, attributes: &Attributes<'_>, self_closing: bool) {
        let foreign = matches!(name.as_str(), "svg" | "math" | "path" | "use");
        if self_closing && foreign {
            return;
        }
        let parent = self.element();
        let classes = format!(
            "{} {}",
            attributes.get("class").unwrap_or_default(),
            attributes.get("id").unwrap_or_default()
        );
        let css = attributes
            .get("style")
            .map(|css| css.replace(char::is_whitespace, "").to_lowercase())
            .unwrap_or_default();
        let element = u32::try_from(self.elements.len()).unwrap_or(u32::MAX);
        let suspect = is_block(&name) && metadata::is_boilerplate(&name, &classes);
        self.elements.push(Element { parent, suspect });
        let is_hidden = attributes.get("hidden").is_some() || css.contains("display:none");
        let target = attributes.get("href").unwrap_or_default();
        let is_hidden = is_hidden || is_note_mark(&name, &classes, &target);
        let change = change(&name, &classes, is_hidden);
        let weight = weight(&name, &css);
        let next_item = (name == "ol")
            .then(|| attributes.get("start").and_then(|start| start.parse().ok()).unwrap_or(1));
        if name == "script" && attributes.get("type").is_some_and(|kind| kind.contains("ld+json")) {
            self.script = Some(String::new());
        }
        let mut style = self.style();
        apply(&mut style, change, weight);
        style.look = self.look(style.look, &css, attributes);
        self.open.push(Open { name, element, change, weight, style, next_item });
    }

    /// The look of an element inside one that looks like `outer`: its class or its colour, if it has one.
    fn look(&mut self, outer: u16, css: &str, attributes: &Attributes<'_>) -> u16 {
        let colour = css.split(';').find_map(|rule| rule.strip_prefix("color:").map(str::to_owned));
        let colour = colour.or_else(|| attributes.get("color"));
        let class = attributes.get("class").filter(|class| !class.trim().is_empty());
        if colour.is_none() && class.is_none() {
            return outer;
        }
        let name = format!("{}|{}", class.unwrap_or_default(), colour.unwrap_or_default());
        let name = name.to_lowercase();
        let next = u16::try_from(self.looks.len() + 1).unwrap_or(u16::MAX);
        if next > LOOKS {
            return self.looks.get(&name).copied().unwrap_or(outer);
        }
        *self.looks.entry(name).or_insert(next)
    }

    /// Ends the elements that end where an element called `name` begins.
    fn end_implied(&mut self, name: &str) {
        let (ended, within): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol", "menu"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tr" => (&["tr"], &["table"]),
            "option" => (&["option"], &["select"]),
            _ if is_block(name) => (
                &["p"],
                &["div", "td", "th", "li", "section", "article", "blockquote", "body", "button"],
            ),
            _ => return,
        };
        let at = self.open.iter().rposition(|open| {
            ended.contains(&open.name.as_str()) || within.contains(&open.name.as_str())
        });
        if let Some(at) = at.filter(|at| ended.contains(&self.open[*at].name.as_str())) {
            self.close_from(at);
        }
    }

    fn end(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else {
            if is_block(name) {
                self.writer.end_paragraph();
            }
            return;
        };
        if name == "script"
            && let Some(script) = self.script.take()
        {
            self.metadata.json_ld(&script);
        }
        let is_crossed = !is_block(name) && self.open[at..].iter().any(|open| is_block(&open.name));
        if !is_crossed {
            return self.close_from(at);
        }
        // `<b><p>…</b>`: the type ends, the paragraph goes on.
        self.open.remove(at);
        let mut style = at.checked_sub(1).map_or(Style::default(), |outer| self.open[outer].style);
        for open in &mut self.open[at..] {
            apply(&mut style, open.change, open.weight);
            style.look = open.style.look;
            open.style = style;
        }
    }

    fn close_from(&mut self, at: usize) {
        if self.open[at..].iter().any(|open| is_block(&open.name)) {
            self.writer.end_paragraph();
        }
        self.open.truncate(at);
    }

    fn text(&mut self, text: &str) {
        if let Some(script) = &mut self.script
            && script.len() + text.len() <= LONGEST_SCRIPT
        {
            script.push_str(text);
        }
        let style = self.style();
        match self.open.last().map(|open| open.name.as_str()) {
            Some("title") => self.metadata.window_title.get_or_insert_default().push_str(text),
            _ if style.skipped => {}
            _ => self.writer.text(text, style, self.element()),
        }
    }

    fn finish(mut self) -> Page {
        self.writer.end_paragraph();
        let rows = self.writer.rows;
        let headline = |row: &super::writer::Row| {
            filled(row.text.replace(marks::is_mark, "").trim_start_matches(['#', ' ']).to_owned())
        };
        let headlines: Vec<String> =
            rows.iter().filter(|row| row.heading == 1).filter_map(headline).collect();
        let article = content::article(&rows, &self.elements);
        let before = article.before.iter().map(|text| tidy(text)).collect::<Vec<_>>();
        let page = self.metadata.page(&headlines, &before);
        // The nearest heading above an article whose page has no title of its own.
        let above =
            rows[..article.start].iter().rev().find(|row| row.heading > 0).and_then(headline);
        let title = page.title.or(above.map(|title| (title, Provenance::Headline)));
        let about = page.about.into_iter().chain(article.near).collect();
        Page { title, text: article.text, about, ..page }
    }
}

fn apply(style: &mut Style, change: fn(&mut Style), weight: Option<bool>) {
    change(style);
    if let Some(bold) = weight {
        style.bold = bold;
    }
}

/// What an element changes in the style of what it holds.
fn change(name: &str, classes: &str, is_hidden: bool) -> fn(&mut Style) {
    if is_hidden || is_skipped(name) {
        return |style| style.skipped = true;
    }
    match name {
        "a" => |style| style.link = true,
        "i" | "em" | "cite" => |style| style.italic = true,
        "blockquote" => |style| style.quote = true,
        "figcaption" => |style| style.caption = true,
        "pre" => |style| style.code = true,
        "details" => |style| style.folded = true,
        "li" => |style| style.item = true,
        "h1" => |style| style.heading = 1,
        "h2" => |style| style.heading = 2,
        "h3" => |style| style.heading = 3,
        "h4" => |style| style.heading = 4,
        "h5" => |style| style.heading = 5,
        "h6" => |style| style.heading = 6,
        _ if metadata::is_caption(classes) => |style| style.caption = true,
        _ => |_| {},
    }
}

/// Whether the element's type is bold, if the element says so.
fn weight(name: &str, css: &str) -> Option<bool> {
    let by_style = css.split("font-weight:").nth(1).map(|rest| {
        let value = rest.split(';').next().unwrap_or_default();
        value.starts_with("bold") || value.parse::<u32>().is_ok_and(|weight| weight >= 600)
    });
    by_style.or_else(|| matches!(name, "b" | "strong" | "dt").then_some(true))
}

/// Whether the element is the number of a footnote within the text.
fn is_note_mark(name: &str, classes: &str, target: &str) -> bool {
    let is_reference = ["#fn", "#_ftn", "#_edn", "#cite_note", "#footnote", "#note"]
        .iter()
        .any(|start| target.starts_with(start));
    match name {
        "sup" => classes.contains("footnote") || classes.contains("reference"),
        "a" => is_reference,
        _ => false,
    }
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

fn is_block(name: &str) -> bool {
    const BLOCKS: [&str; 38] = [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "thead",
        "tr",
        "ul",
    ];
    BLOCKS.contains(&name)
}

fn is_skipped(name: &str) -> bool {
    const SKIPPED: [&str; 23] = [
        "script", "style", "noscript", "template", "iframe", "svg", "canvas", "button", "select",
        "option", "textarea", "nav", "footer", "audio", "video", "object", "head", "form", "label",
        "dialog", "menu", "rt", "rp",
    ];
    SKIPPED.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &str) {
        let text = read(html).text;
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.join("\n"), expected, "help: `{html}`");
    }

    #[test]
    fn paragraphs_line_ends_type_and_headings_are_kept() {
        check(
            "<div><h2>路</h2><p><strong>记者：</strong>路有\n多长？<br>说说。<p><span style='font-weight: 700'>林远：</span>十二&nbsp;公里</div>",
            "## 路\n**记者：**路有多长？\n说说。\n**林远：**十二 公里",
        );
    }

    #[test]
    fn what_is_no_part_of_the_article_is_left_out_or_marked() {
        check(
            "<body><nav><a>首页</a></nav><div class=content><p>路是人走出来的，走的人多了。<p>这是第二段，也很长，说的还是路。</div><aside>另一条路</aside><footer>版权</footer></body>",
            "路是人走出来的，走的人多了。\n这是第二段，也很长，说的还是路。",
        );
        check("<p>路<span hidden>看不见</span><b>桥</p><p>山</b>。</p>", "路**桥**\n山。");
    }

    /// Classes are compared without regard to case, also those that follow the last look that is told apart.
    #[test]
    fn a_look_is_recognised_among_more_looks_than_are_told_apart() {
        let mut page = "<p class=\"Q\">路呢？</p>".to_owned();
        page.extend((0..LOOKS).map(|n| format!("<p class=\"C{n}\">路很长，走一天。</p>")));
        page.push_str("<p class=\"Q\">桥呢？</p>");
        let text = read(&page).text;
        let looks = text.lines().filter(|line| line.ends_with('？'));
        let looks = looks.map(|line| line.chars().next().and_then(marks::look_of));
        assert_eq!(looks.collect::<Vec<_>>(), [Some(0), Some(0)]);
    }

    #[test]
    fn attributes_without_end_and_depth_without_end_are_bounded() {
        let many = " a=\"b\"".repeat(50_000);
        check(&format!("<p{many}>好。</p><p>再见。</p>"), "好。\n再见。");
        let deep = format!("{}好。{}", "<div>".repeat(50_000), "</div>".repeat(50_000));
        check(&deep, "好。");
        check("<p title=\"a>b\">好。</p>", "好。");
    }
}
