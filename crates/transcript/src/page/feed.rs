//! RSS and Atom feeds to the page of their longest entry.

use std::sync::LazyLock;

use regex::Regex;

use super::{Page, filled, html};
use crate::{Provenance, dates};

/// Elements that hold an entry's text, the fullest one first.
const CONTENT: [&str; 4] = ["content:encoded", "content", "description", "summary"];

static ENTRY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)<(?:item|entry)[\s>].*?</(?:item|entry)>").expect("a valid pattern")
});

/// Whether the text is a feed.
pub(super) fn is_feed(text: &str) -> bool {
    let head: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(600).collect();
    let is_xml = head.starts_with("<?xml") || head.starts_with("<rss") || head.starts_with("<feed");
    is_xml && (head.contains("<rss") || head.contains("<feed") || head.contains("<rdf:RDF"))
}

/// Reads a feed. Of several entries the longest one is taken.
pub(super) fn read(feed: &str) -> Page {
    let entry = ENTRY.find_iter(feed).map(|found| found.as_str()).max_by_key(|entry| entry.len());
    let entry = entry.unwrap_or(feed);
    let content = CONTENT.iter().find_map(|name| element(entry, name)).unwrap_or_default();
    let page = html::read(&content);
    let value =
        |names: &[&str]| names.iter().find_map(|name| element(entry, name)).and_then(filled);
    let sourced = |value: Option<String>| value.map(|value| (value, Provenance::MetaElement));
    let date = value(&["pubDate", "published", "dc:date", "updated"]);
    let head = ENTRY.find(feed).and_then(|first| feed.get(..first.start())).unwrap_or_default();
    let site = element(head, "title").and_then(filled);
    // Atom's author is a `<name>` and addresses, that of RSS is text.
    let author = element(entry, "author").map(|author| element(&author, "name").unwrap_or(author));
    let author = value(&["dc:creator"]).or(author.and_then(filled));
    Page {
        title: sourced(value(&["title"])).or(page.title),
        date: sourced(date.as_deref().and_then(dates::date_in)).or(page.date),
        url: sourced(value(&["link"]).filter(|url| url.starts_with("http"))).or(page.url),
        site: sourced(site).or(page.site),
        about: author.into_iter().collect(),
        ..page
    }
}

/// What the first element of this name holds, without its `CDATA` marks or its escapes.
fn element(xml: &str, name: &str) -> Option<String> {
    let start = xml.match_indices(&format!("<{name}")).find_map(|(at, tag)| {
        let after = xml.get(at + tag.len()..)?;
        after
            .starts_with(['>', ' ', '\n', '\t'])
            .then(|| Some(at + tag.len() + after.find('>')? + 1))?
    })?;
    let rest = xml.get(start..)?;
    let text = rest.get(..rest.find(&format!("</{name}>"))?)?.trim();
    let data = text.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>"));
    Some(data.map_or_else(|| unescaped(text), str::to_owned))
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_entry_is_read() {
        let feed = "<?xml version=\"1.0\"?><rss><channel><title>山路</title><item><title>短</title><description>一句。</description></item><item><title>桥</title><link>https://a.example/b</link><pubDate>Tue, 18 Apr 2023 02:00:00 GMT</pubDate><content:encoded><![CDATA[<p>问：桥呢？</p><p>答：修好了。</p>]]></content:encoded></item></channel></rss>";
        assert!(is_feed(feed) && !is_feed("<?xml version=\"1.0\"?><html>"));
        let page = read(feed);
        assert_eq!(
            page.text.split_whitespace().collect::<Vec<_>>(),
            ["问：桥呢？", "答：修好了。"]
        );
        assert_eq!(page.title.unwrap().0, "桥");
        assert_eq!(page.url.unwrap().0, "https://a.example/b");
        assert_eq!(page.site.unwrap().0, "山路");
    }

    #[test]
    fn escaped_content_of_atom_is_read() {
        let feed = "<feed><title>A</title><entry><title>B</title><content type=\"html\">&lt;p&gt;Q: Why?&lt;/p&gt;</content></entry></feed>";
        assert_eq!(read(feed).text.trim(), "Q: Why?");
    }

    #[test]
    fn an_author_is_known_by_name() {
        let feed = |author: &str| {
            format!("<rss><channel><item><title>B</title>{author}</item></channel></rss>")
        };
        for author in [
            "<author><name>Ada Marsh</name><uri>https://a.example</uri></author>",
            "<author>Ada Marsh</author>",
            "<dc:creator><![CDATA[Ada Marsh]]></dc:creator>",
        ] {
            assert_eq!(read(&feed(author)).about, ["Ada Marsh"], "help: {author}");
        }
    }

    #[test]
    fn the_title_of_another_entry_is_not_the_name_of_the_site() {
        let entries = "<entry><title>A</title></entry><entry><title>B</title><summary>Longer.</summary></entry>";
        assert_eq!(read(&format!("<feed>{entries}</feed>")).site, None);
        let named = read(&format!("<feed><title>Roads</title>{entries}</feed>"));
        assert_eq!(named.site.unwrap().0, "Roads");
    }
}
