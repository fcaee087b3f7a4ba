//! A web page to the text of its article: a paragraph a line, headings after `# `, bold type between
//! `**`, so that names set in bold stay recognisable.
//!
//! The article is what readability finds. Pages that hide it (as `WeChat` does) or that part it into
//! blocks which look like trimmings lose speech that way: then it is the smallest element that holds
//! all speech.

use dom_query::{Document, NodeRef};
use dom_smoothie::{Config, Readability};

use super::parse::{self, Hints, Kind};
use crate::text::is_han;

/// Elements nested deeper than this are not looked at: libraries recurse, and no article needs it.
const DEPTH: usize = 300;
/// How much more speech the whole page must hold than the article for the article to be mistrusted.
const MORE_SPEECH: f64 = 1.05;

/// What a page holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// The article's title, without the site's name.
    pub title: Option<String>,
    /// The site's name.
    pub site: Option<String>,
    /// When it was published: `2025-02-28`.
    pub date: Option<String>,
    /// Its address, as the page gives it.
    pub url: Option<String>,
    /// The article.
    pub text: String,
}

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

/// Reads a page. Whatever is broken in it is read as browsers do.
pub(super) fn read(html: &str) -> Page {
    let whole = Document::from(html);
    if is_too_deep(&whole) {
        return Page { text: text_of(&whole.root()), ..Page::default() };
    }
    let config = Config { disable_json_ld: false, ..Config::default() };
    let Ok(mut readability) = Readability::with_document(with_bold_tags(html), None, Some(config))
    else {
        return Page { text: text_of(&whole.root()), ..Page::default() };
    };
    let metadata = readability.get_article_metadata(readability.parse_json_ld());
    let article = readability
        .parse()
        .map(|article| text_of(&Document::from(article.content).root()))
        .unwrap_or_default();
    let filled = |value: Option<String>| {
        value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let site = filled(metadata.site_name).filter(|site| site != "微信公众平台");
    let address = attribute(&whole, "link[rel=canonical]", "href")
        .or_else(|| attribute(&whole, "meta[property='og:url']", "content"));
    Page {
        title: title(&whole, &metadata.title, site.as_deref()),
        date: filled(metadata.published_time).as_deref().and_then(parse::date_in),
        url: filled(metadata.url).or(filled(address)).filter(|url| url.starts_with("http")),
        site,
        text: fuller(article, &whole),
    }
}

/// The page with bold type as `<b>`: readability drops styles.
fn with_bold_tags(html: &str) -> Document {
    let document = Document::from(html);
    for node in document
        .try_select("[style*='font-weight']")
        .iter()
        .flat_map(|found| found.nodes().to_vec())
    {
        let name = node.node_name().unwrap_or_default();
        if weight(&name, &node) == Some(true) && !is_heading(&name) {
            node.set_html(format!("<b>{}</b>", node.inner_html()));
        }
    }
    document
}

fn attribute(document: &Document, selector: &str, name: &str) -> Option<String> {
    document.try_select(selector)?.attr(name).map(|value| value.to_string())
}

/// The article, or where it lost speech, the smallest element that holds all of it.
fn fuller(article: String, whole: &Document) -> String {
    let body = text_of(&whole.root());
    if speech(&body) as f64 <= speech(&article) as f64 * MORE_SPEECH && !article.is_empty() {
        return article;
    }
    let all = speech(&body);
    let mut node = whole.root();
    let mut text = body;
    'descend: loop {
        for child in node.children_it(false).filter(NodeRef::is_element) {
            let inner = text_of(&child);
            if all > 0 && inner.len() < text.len() && speech(&inner) >= all {
                (node, text) = (child, inner);
                continue 'descend;
            }
            if all > 0 && inner.len() == text.len() {
                node = child;
                continue 'descend;
            }
        }
        return text;
    }
}

/// Characters that somebody says.
fn speech(text: &str) -> usize {
    let (transcript, _) = parse::parse(text, &Hints::default());
    let spoken = transcript.blocks.iter().filter(|block| matches!(block.kind, Kind::Speech(_)));
    spoken.map(|block| block.text.chars().len()).sum()
}

/// The headline, if it is part of what the page calls itself, or that without the site's name.
fn title(document: &Document, named: &str, site: Option<&str>) -> Option<String> {
    let tidy = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let named = tidy(named);
    let window = document.try_select("title").map(|title| tidy(&title.text())).unwrap_or_default();
    let headlines: Vec<String> = document
        .try_select("h1")
        .map(|h1| h1.iter().map(|h1| tidy(&h1.text())).collect())
        .unwrap_or_default();
    let held = |headline: &&String| {
        let headline = parse::key(headline);
        !headline.is_empty()
            && (parse::key(&named).contains(&headline) || parse::key(&window).contains(&headline))
    };
    let title = headlines.iter().find(held).cloned();
    let called = if named.is_empty() { window } else { named };
    let only = || headlines.first().filter(|_| headlines.len() == 1 && called.is_empty()).cloned();
    title
        .or_else(only)
        .or_else(|| Some(without_site(&called, site)))
        .filter(|title| !title.is_empty())
}

/// `标题_新浪财经_新浪网`, `标题 - 虎嗅网`.
fn without_site(title: &str, site: Option<&str>) -> String {
    let first = title.split('_').next().unwrap_or(title).trim();
    let Some((head, tail)) = first.rsplit_once(['|', '｜', '-', '–', '—']) else {
        return first.to_owned();
    };
    let known = site.is_some_and(|site| parse::key(site) == parse::key(tail))
        || parse::is_publication(tail.trim());
    let like_a_site = ["网", "客户端", "频道", "公众号", ".com", ".cn", ".net"]
        .iter()
        .any(|end| tail.trim().ends_with(end));
    if known || like_a_site { without_site(head.trim(), site) } else { first.to_owned() }
}

fn is_too_deep(document: &Document) -> bool {
    let mut deepest = 0;
    walk(
        &document.root(),
        |_, depth| {
            deepest = deepest.max(depth);
            deepest <= DEPTH
        },
        |_, _| {},
    );
    deepest > DEPTH
}

/// Visits the nodes below `root` in order; `enter` says whether to go into the node.
fn walk<'a>(
    root: &NodeRef<'a>,
    mut enter: impl FnMut(&NodeRef<'a>, usize) -> bool,
    mut leave: impl FnMut(&NodeRef<'a>, usize),
) {
    let mut depth = 0;
    let mut next = root.first_child();
    let mut path: Vec<NodeRef<'a>> = Vec::new();
    loop {
        while let Some(node) = next {
            depth += 1;
            let inside = enter(&node, depth);
            next = if inside { node.first_child() } else { None };
            path.push(node);
        }
        let Some(node) = path.pop() else { return };
        leave(&node, depth);
        depth -= 1;
        next = node.next_sibling();
    }
}

/// The text below a node.
fn text_of(root: &NodeRef<'_>) -> String {
    let mut writer = Writer::default();
    let writer_cell = std::cell::RefCell::new(&mut writer);
    walk(
        root,
        |node, _| writer_cell.borrow_mut().enter(node),
        |node, _| writer_cell.borrow_mut().leave(node),
    );
    writer.end_paragraph();
    writer.out
}

/// Lines in the making.
#[derive(Default)]
struct Writer {
    out: String,
    line: Vec<(char, bool)>,
    /// Characters of the line that are outside links.
    words: usize,
    /// Open links.
    links: usize,
    /// White space was read: a space is due before the next word, if it held no line end between Chinese.
    space: Option<char>,
    /// For each open element that says so, whether its type is bold.
    bold: Vec<bool>,
    heading: usize,
}

impl Writer {
    fn enter(&mut self, node: &NodeRef<'_>) -> bool {
        if node.is_text() {
            self.text(&node.text());
            return false;
        }
        let name = node.node_name().unwrap_or_default();
        if !node.is_element() || is_skipped(&name, node) {
            return false;
        }
        match name.as_ref() {
            "br" | "hr" => self.end_line(),
            "td" | "th" if !self.line.is_empty() => self.push('\t'),
            name if is_block(name) => self.end_paragraph(),
            _ => {}
        }
        self.heading += usize::from(is_heading(&name));
        self.links += usize::from(name.as_ref() == "a");
        let inherited = self.bold.last().copied().unwrap_or(false);
        self.bold.push(weight(&name, node).unwrap_or(inherited));
        true
    }

    fn leave(&mut self, node: &NodeRef<'_>) {
        let name = node.node_name().unwrap_or_default();
        if !node.is_element() || is_skipped(&name, node) {
            return;
        }
        if is_block(&name) {
            self.end_paragraph();
        }
        self.heading -= usize::from(is_heading(&name));
        self.links -= usize::from(name.as_ref() == "a");
        self.bold.pop();
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{a0}' | '\u{c}') {
                self.space = Some(if c == '\n' || self.space == Some('\n') { '\n' } else { ' ' });
            } else {
                self.due_space(c);
                self.push(c);
            }
        }
    }

    /// A line end between Chinese characters is none in print.
    fn due_space(&mut self, next: char) {
        let Some(space) = self.space.take() else { return };
        let wide = |c: char| is_han(c) || ('\u{3000}'..='\u{ffef}').contains(&c);
        match self.line.last() {
            None => {}
            Some((last, _)) if space == '\n' && wide(*last) && wide(next) => {}
            Some(_) => self.push(' '),
        }
    }

    fn push(&mut self, c: char) {
        let bold = self.bold.last().copied().unwrap_or(false) && self.heading == 0;
        self.line.push((c, bold));
        self.words += usize::from(self.links == 0 && c.is_alphanumeric());
    }

    fn end_paragraph(&mut self) {
        self.end_line();
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn end_line(&mut self) {
        self.space = None;
        let line = std::mem::take(&mut self.line);
        let words = std::mem::take(&mut self.words);
        let linked = words == 0 && line.iter().any(|(c, _)| c.is_alphanumeric());
        if linked || line.iter().all(|(c, _)| c.is_whitespace()) {
            return;
        }
        if self.heading > 0 {
            self.out.push_str("# ");
        }
        let mut bold = false;
        for (c, is_bold) in line {
            if is_bold != bold {
                self.out.push_str("**");
                bold = is_bold;
            }
            self.out.push(c);
        }
        self.out.push_str(if bold { "**\n" } else { "\n" });
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

fn is_block(name: &str) -> bool {
    const BLOCKS: [&str; 27] = [
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "body",
        "html",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "tbody",
        "thead",
        "tr",
        "blockquote",
        "pre",
        "figure",
        "address",
        "center",
        "details",
        "summary",
        "fieldset",
        "hgroup",
    ];
    BLOCKS.contains(&name) || is_heading(name)
}

fn is_skipped(name: &str, node: &NodeRef<'_>) -> bool {
    const SKIPPED: [&str; 24] = [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "svg",
        "canvas",
        "button",
        "select",
        "option",
        "textarea",
        "nav",
        "footer",
        "aside",
        "audio",
        "video",
        "object",
        "head",
        "figcaption",
        "form",
        "label",
        "dialog",
        "menu",
        "rt",
    ];
    let style =
        |node: &NodeRef<'_>| node.attr("style").map(|style| style.replace(' ', "").to_lowercase());
    SKIPPED.contains(&name)
        || node.has_attr("hidden")
        || style(node).is_some_and(|style| style.contains("display:none"))
}

/// Whether the element's type is bold, if it says so.
fn weight(name: &str, node: &NodeRef<'_>) -> Option<bool> {
    let style =
        node.attr("style").map(|style| style.replace(' ', "").to_lowercase()).unwrap_or_default();
    let by_style = style.split("font-weight:").nth(1).map(|rest| {
        let value = rest.split(';').next().unwrap_or_default();
        value.starts_with("bold") || value.parse::<u32>().is_ok_and(|weight| weight >= 600)
    });
    by_style.or_else(|| matches!(name, "b" | "strong").then_some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!DOCTYPE html><html><head><title>对话林远：小镇的机制_新浪财经_新浪网</title>
<meta property="og:site_name" content="新浪财经"><link rel="canonical" href="https://example.org/a"></head><body>
<nav><a href="/">首页</a><a href="/tech">科技</a></nav><div class="main"><h1>对话林远：小镇的机制</h1>
<div class="info">2025-02-28 10:00 来源：财经</div><div class="content"><p>　　小镇上来了很多人，他们谈的是图书馆，也谈这些年的得失，一谈就是一个下午。</p>
<p><strong>记者：</strong>您怎么看小镇？它和谷有什么不同，能不能先请您说一说？</p><p><span style="font-weight: bold">林远：</span>小镇是一种机制，<br>它的本质是开放、流动和互通有无，
这一点和谷很不一样。</p></div><div class="share"><a>分享到微博</a></div></div><footer>版权所有</footer></body></html>"#;

    #[test]
    fn an_article_is_read_with_its_title_date_and_site() {
        let page = read(PAGE);
        assert_eq!(page.title.as_deref(), Some("对话林远：小镇的机制"));
        assert_eq!(page.site.as_deref(), Some("新浪财经"));
        assert_eq!(page.url.as_deref(), Some("https://example.org/a"));
        assert!(
            page.text.contains("**记者：**您怎么看小镇？") && page.text.contains("**林远：**小镇"),
            "{}",
            page.text
        );
        assert!(
            page.text.contains("互通有无，这一点")
                && !page.text.contains("首页")
                && !page.text.contains("版权"),
            "{}",
            page.text
        );
    }

    #[test]
    fn a_hidden_article_is_found_where_the_speech_is() {
        let html = r#"<html><body><div>关注我们</div><div id="js_content" style="visibility: hidden"><section><span>记者：</span><span>您怎么看？</span></section>
<section><strong>林远：</strong>很好。</section></div></body></html>"#;
        assert_eq!(read(html).text.trim(), "记者：您怎么看？\n\n**林远：**很好。");
    }

    #[test]
    fn deep_nesting_and_broken_pages_do_no_harm() {
        let deep = format!("{}问：好吗？{}", "<div>".repeat(1_000), "</div>".repeat(1_000));
        let _ = read(&deep);
        let _ = read("<p><b>问：<p></i>好<<<");
        assert_eq!(read("").text, "");
    }

    #[test]
    fn pages_are_told_from_text_with_stray_tags() {
        assert!(
            is_html("\u{feff}<!DOCTYPE html>")
                && is_html("<p>问：</p>")
                && !is_html("问：<b>好</b>吗？")
        );
    }
}
