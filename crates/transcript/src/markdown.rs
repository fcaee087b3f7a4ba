//! Markdown to the light marks that `parse` reads: headings and bold type stay, all else is words.
//!
//! No Markdown library: by the rules of `CommonMark` `**王坚：**一是` is not bold, since the closing mark
//! stands between a mark of punctuation and a letter; and a line end, which Chinese authors use to end
//! a paragraph, would be a space. Each line stays on its line.

use std::sync::LazyLock;

use regex::Regex;

/// Lines of a YAML or TOML header at most.
const HEADER: usize = 60;

static IMAGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"!\[[^\]\n]*\]\([^)\n]*\)"));
static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[([^\]\n]+)\]\([^)\n]*\)"));
static ESCAPE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\\([!-/:-@\[-`{-~])"));
static EMPHASIS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(^|[^*\w])\*([^*\s](?:[^*\n]*[^*\s])?)\*($|[^*\w])"));
static HEADER_LINE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^(title|date|url|link|source)\s*:\s*["']?(.*?)["']?\s*$"#));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a valid pattern")
}

/// A Markdown file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// The header's title.
    pub title: Option<String>,
    /// The header's date, as written.
    pub date: Option<String>,
    /// The header's address.
    pub url: Option<String>,
    /// The text: as many lines as the file has.
    pub text: String,
}

/// Reads a Markdown file.
pub(super) fn read(markdown: &str) -> Page {
    let lines: Vec<&str> = markdown.split('\n').collect();
    let header = header_length(&lines);
    let mut page = Page::default();
    for found in lines[..header].iter().filter_map(|line| HEADER_LINE.captures(line)) {
        let value = Some(found[2].to_owned()).filter(|value| !value.is_empty());
        match &found[1] {
            "title" => page.title = value,
            "date" => page.date = value,
            _ => page.url = value.filter(|value| value.starts_with("http")),
        }
    }
    let mut text: Vec<String> = vec![String::new(); header];
    text.extend(lines[header..].iter().map(|line| words(line)));
    underlined_headings(&mut text);
    page.text = text.join("\n");
    page
}

/// Lines of the header between two lines of `---`.
fn header_length(lines: &[&str]) -> usize {
    let fence = |line: &&str| line.trim_end() == "---";
    let close = lines
        .iter()
        .skip(1)
        .take(HEADER)
        .position(fence)
        .filter(|_| lines.first().is_some_and(fence));
    close.map_or(0, |close| close + 2)
}

fn words(line: &str) -> String {
    let line = IMAGE.replace_all(line, "");
    let line = LINK.replace_all(&line, "$1");
    let line = EMPHASIS.replace_all(&line, "$1$2$3");
    let closed = line.trim_end().trim_end_matches('#');
    let line = if line.starts_with('#') { closed.trim_end() } else { &line };
    ESCAPE.replace_all(line, "$1").into_owned()
}

/// A line of `===` or `---` right below words makes them a heading.
fn underlined_headings(lines: &mut [String]) {
    for at in 1..lines.len() {
        let rule = lines[at].trim();
        let underline = rule.len() > 2
            && (rule.bytes().all(|byte| byte == b'=') || rule.bytes().all(|byte| byte == b'-'));
        let above = lines[at - 1].trim();
        if underline
            && !above.is_empty()
            && !above.starts_with(['#', '>', '-', '*', '|'])
            && above.chars().count() < 80
        {
            lines[at - 1] = format!("# {above}");
            lines[at] = String::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_images_and_escapes_become_words() {
        let page = read(
            "---\ntitle: \"山里的图书馆\"\ndate: 2024-05-06\n---\n小标题\n---\n![图](a.png)**记者：**见[这里](http://a.b/c)，3\\*4，*真的*。\n## 钱 ##",
        );
        assert_eq!(
            (page.title.as_deref(), page.date.as_deref()),
            (Some("山里的图书馆"), Some("2024-05-06"))
        );
        assert_eq!(page.text, "\n\n\n\n# 小标题\n\n**记者：**见这里，3*4，真的。\n## 钱");
    }

    #[test]
    fn a_rule_is_not_taken_for_a_header() {
        assert_eq!(read("---\n問：好？\n").text, "---\n問：好？\n");
    }
}
