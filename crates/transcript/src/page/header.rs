//! The header of a Markdown or HTML file: `key: value` lines between two lines of `---` (YAML), or
//! lines of `[#]: key: "value"` as the translators of Linux.cn write them.
//!
//! Only what site generators write is understood: scalars, quoted scalars and lists of scalars.

use std::collections::BTreeMap;

use super::{Page, Sourced, filled};
use crate::Provenance;
use crate::dates;

/// A header has at most this many lines.
const LONGEST: usize = 400;

/// The values of each key, in order.
pub(super) type Header = BTreeMap<String, Vec<String>>;

/// The header, if there is one, and what follows it.
pub(super) fn split(text: &str) -> (Option<Header>, &str) {
    let text = text.trim_start_matches('\u{feff}');
    fenced(text)
        .or_else(|| bracketed(text))
        .map_or((None, text), |(header, rest)| (Some(header), rest))
}

/// The header between two lines of `---`, if each of its lines is one that YAML has.
fn fenced(text: &str) -> Option<(Header, &str)> {
    let mut rest = text.trim_start().strip_prefix("---")?;
    rest = rest.trim_start_matches(['-', ' ']).trim_start_matches('\r').strip_prefix('\n')?;
    let mut header = Header::new();
    let mut last_key = String::new();
    for _ in 0..LONGEST {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let line = line.trim_end();
        if line.len() >= 3 && line.chars().all(|c| c == '-') || line == "..." {
            return (!header.is_empty()).then_some((header, after));
        }
        if let Some((key, value)) = entry(line) {
            header.entry(key.clone()).or_default().extend(values(value));
            last_key = key;
        } else if !line.trim().is_empty() && !line.starts_with('#') {
            let item = line.trim().strip_prefix("- ").unwrap_or(line.trim());
            let continues = line.starts_with([' ', '\t', '-']) && !last_key.is_empty();
            header.get_mut(&last_key).filter(|_| continues)?.extend(values(item));
        }
        if after.is_empty() {
            return None;
        }
        rest = after;
    }
    None
}

/// `[#]: subject: "…"` at the top of the file.
fn bracketed(text: &str) -> Option<(Header, &str)> {
    let mut header = Header::new();
    let mut rest = text;
    while let Some((line, after)) = rest.trim_start().split_once('\n') {
        let Some(comment) = line.trim().strip_prefix("[#]:") else { break };
        let comment = comment.trim().trim_start_matches('(').trim_end_matches(')');
        if let Some((key, value)) = entry(comment) {
            header.entry(key).or_default().extend(values(value));
        }
        rest = after;
    }
    (!header.is_empty()).then_some((header, rest))
}

/// `key: value` with a key of Latin letters that begins the line.
fn entry(line: &str) -> Option<(String, &str)> {
    let (key, value) = line.split_once(':')?;
    let is_key = !key.is_empty()
        && key.len() <= 40
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        && key.starts_with(|c: char| c.is_ascii_alphabetic());
    let spaced = value.is_empty() || value.starts_with([' ', '\t', '\'', '"', '[']);
    (is_key && spaced).then(|| (key.to_lowercase(), value.trim()))
}

/// The scalars of `"a"`, `a`, `[a, "b"]`.
fn values(value: &str) -> Vec<String> {
    let list = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
    let items: Vec<&str> = list.map_or_else(|| vec![value], |list| list.split(',').collect());
    items.into_iter().filter_map(|item| filled(unquoted(item.trim()))).collect()
}

fn unquoted(value: &str) -> String {
    let inner = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    match (inner('"'), inner('\'')) {
        (Some(text), _) => text.replace("\\\"", "\""),
        (None, Some(text)) => text.replace("''", "'"),
        (None, None) if matches!(value, "|" | ">" | "|-" | ">-" | "~" | "null") => String::new(),
        (None, None) => value.to_owned(),
    }
}

/// The page with what its header says, which is worth more than what the page shows.
pub(super) fn apply(header: &Header, page: Page) -> Page {
    let first = |keys: &[&str]| -> Option<String> {
        keys.iter().find_map(|key| header.get(*key)?.first().cloned())
    };
    let sourced =
        |value: Option<String>| -> Sourced { value.map(|value| (value, Provenance::Header)) };
    let address = [
        "original_url",
        "canonical_url",
        "canonical",
        "url",
        "link",
        "permalink",
        "source",
        "from",
        "via",
    ]
    .iter()
    .filter_map(|key| header.get(*key)?.first())
    .find(|value| value.starts_with("http"));
    let date = first(&["date", "published", "publish_date", "pubdate", "created", "updated"]);
    let site = first(&["site", "site_name", "publication", "publisher", "media", "magazine"]);
    let mut about = Vec::new();
    for key in [
        "author",
        "authors",
        "guest",
        "guests",
        "speaker",
        "people",
        "title",
        "subject",
        "description",
        "summary",
        "tags",
        "keywords",
        "meta_extra",
    ] {
        about.extend(header.get(key).into_iter().flatten().cloned());
    }
    about.extend(page.about.iter().cloned());
    let extra = header.get("meta_extra").into_iter().flatten();
    let credits: Vec<(String, String)> = extra
        .flat_map(|line| line.split(['；', ';']))
        .filter_map(|part| part.split_once(['：', ':']))
        .map(|(word, names)| (word.trim().to_owned(), names.trim().to_owned()))
        .collect();
    let credited = |of: fn(&str) -> bool| {
        credits.iter().find(|(word, _)| of(word)).map(|(_, names)| names.clone())
    };
    let interviewee =
        first(&["interviewee"]).or_else(|| credited(crate::parse::is_interviewee_role));
    let interviewers = first(&["interviewer", "interviewers"])
        .or_else(|| credited(crate::parse::is_interviewer_role))
        .map(|names| {
            names.split(['、', '，', ',', '/']).filter_map(|name| filled(name.to_owned())).collect()
        });
    Page {
        title: sourced(first(&["title", "subject"])).or(page.title),
        site: sourced(site).or(page.site),
        date: sourced(date.as_deref().and_then(dates::date_in)).or(page.date),
        url: sourced(address.cloned()).or(page.url),
        interviewee: sourced(interviewee).or(page.interviewee),
        interviewers: interviewers.unwrap_or(page.interviewers),
        about,
        text: page.text,
        lines_before: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_with_empty_lines_quotes_and_lists_is_a_header() {
        let text = "---\n\ntitle: \"山路：十二公里\"\n\ndate: '2024-05-06T10:00:00+00:00'\nauthor:\n  - 林远\n  - 周小川\ntags: [路, \"石头\"]\nmeta_extra: 受访人：林远；编辑：方舟\n---\n正文";
        let (header, rest) = split(text);
        let page = apply(&header.unwrap(), Page::default());
        assert_eq!(rest, "正文");
        assert_eq!(page.title, Some(("山路：十二公里".to_owned(), Provenance::Header)));
        assert_eq!(page.date, Some(("2024-05-06".to_owned(), Provenance::Header)));
        assert_eq!(page.interviewee, Some(("林远".to_owned(), Provenance::Header)));
        assert!(
            page.about.contains(&"周小川".to_owned()) && page.about.contains(&"石头".to_owned())
        );
    }

    #[test]
    fn rules_around_speech_are_no_header() {
        for text in ["---\n問：好？\n", "---\n問：好？\n---\n答：好。", "---\n\n---\n", "a: b\n"]
        {
            assert_eq!(split(text), (None, text), "help: `{text}`");
        }
    }

    #[test]
    fn comments_of_translators_are_a_header() {
        let (header, rest) =
            split("[#]: subject: \"The road\"\n[#]: via: \"https://a.example/b\"\n\nText");
        let page = apply(&header.unwrap(), Page::default());
        assert_eq!(page.title, Some(("The road".to_owned(), Provenance::Header)));
        assert_eq!(page.url, Some(("https://a.example/b".to_owned(), Provenance::Header)));
        assert_eq!(rest.trim(), "Text");
    }
}
