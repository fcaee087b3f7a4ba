//! Input that is broken, hostile or random: it must neither crash the reader nor be taken for somebody's
//! words that it does not contain.

use std::collections::HashMap;

use proptest::prelude::*;

use crate::marks;
use crate::parse::Kind;
use crate::parse::Voice;
use crate::{FrontMatter, ParsedFile, read};

fn reading(name: &str, text: &str) -> Result<ParsedFile, crate::Finding> {
    let options = crate::repair::Options { min_confidence: 0.88, min_readings: 3 };
    read(name, text.as_bytes(), &FrontMatter::default(), &[], &options)
}

/// Checks that the file is refused as no interview, with a message that says what to do.
#[track_caller]
fn check_refused(name: &str, text: &str) {
    let refused = match reading(name, text) {
        Ok(file) => file.is_interview().err().map(|finding| finding.message),
        Err(finding) => Some(finding.message),
    };
    let message = refused.unwrap_or_else(|| panic!("help: {name} is no interview"));
    assert!(message.contains("hint") || message.contains("empty"), "help: {name}: {message}");
}

/// Checks that the file is read, with one question and one answer.
#[track_caller]
fn check_read(name: &str, text: &str) {
    let file = reading(name, text).unwrap();
    let says = |is: fn(&Voice) -> bool| {
        file.transcript.blocks.iter().any(|block| matches!(&block.kind, Kind::Speech(v) if is(v)))
    };
    assert!(says(|voice| matches!(voice, Voice::Interviewer(_))), "help: nobody asks in {name}");
    assert!(says(|voice| matches!(voice, Voice::Interviewee)), "help: nobody answers in {name}");
}

const TALK: &str = "<p>问：桥呢？</p><p>答：修好了。</p><p>问：路呢？</p><p>答：还没有。</p>";

#[test]
fn elements_and_attributes_without_end() {
    for open in ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "<blockquote>", "<section><p>"] {
        check_read("deep.html", &format!("{}{TALK}", open.repeat(1500)));
    }
    check_read("attributes.html", &format!("<div {}>{TALK}</div>", "a=b ".repeat(2000)));
    check_read("ends.html", &format!("<html>{}{TALK}", "</p></div></b>".repeat(1000)));
    check_refused("comment.html", &"<!--".repeat(3000));
    check_refused("script.html", &format!("<html><script>{TALK}"));
    check_refused("details.html", &"<details>".repeat(2000));
}

#[test]
fn data_that_is_nested_or_broken() {
    let data = format!("<script type=\"application/ld+json\">{}</script>", "[".repeat(5000));
    check_read("data.html", &format!("<html>{data}{TALK}"));
    let header = "key: value\n".repeat(300);
    check_read("header.md", &format!("---\n{header}---\n问：桥呢？\n\n答：修好了。\n"));
    let feed = format!("<?xml version=\"1.0\"?><rss>{}", "<item><title>".repeat(1000));
    check_refused("feed.xml", &feed);
}

#[test]
fn marks_without_end() {
    for text in
        ["：", "> ", "**", "[", "（笑", "# ", "| 问 |\n", "甲：乙\n", "——", "\u{fdd0}", "▍\n"]
    {
        let text = text.repeat(2000);
        for name in ["marks.txt", "marks.md", "marks.html"] {
            // Whether there is anything to read is not the point: it ends, and says what it is.
            if let Err(finding) = reading(name, &text) {
                assert!(!finding.message.is_empty(), "help: {name}");
            }
        }
    }
    let zalgo = format!("问：桥呢？\n答：好{}。\n", "\u{301}".repeat(3000));
    check_read("zalgo.txt", &zalgo);
}

#[test]
fn many_speakers_and_many_symbols() {
    let name = |at: u32| char::from_u32(0x4e00 + at).unwrap_or('人');
    let speakers: Vec<String> =
        (0..600).map(|at| format!("人{}{}：你好吗？\n", name(at), name(at + 7))).collect();
    let speakers = speakers.concat();
    assert!(reading("speakers.txt", &speakers).is_ok());
    let symbols = (0..600).filter_map(|at| char::from_u32(0x2500 + at));
    let symbols: Vec<String> = symbols.map(|c| format!("{c} 好吗？\n{c} 好。\n")).collect();
    let symbols = symbols.concat();
    assert!(reading("symbols.txt", &symbols).is_ok());
}

/// Pieces of pages that show all their text.
fn piece() -> impl Strategy<Value = String> {
    let tags = vec![
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<b>",
        "</b>",
        "<br>",
        "<i>",
        "</i>",
        "<h2>",
        "</h2>",
        "<li>",
        "<ul>",
        "</ul>",
        "<blockquote>",
        "</blockquote>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<hr>",
        "<strong>",
        "</strong>",
        "<span style='color:red'>",
        "<span class=q>",
        "</span>",
        "<section class=related>",
        "</section>",
        "<img src=a>",
        "<figcaption>",
        "<a href=b>",
        "</a>",
        "<dt>",
        "<dd>",
        "&nbsp;",
        "\n",
        "<",
        "</",
        "<p class=\"",
        "<!-- -->",
    ];
    let words = vec![
        "问：",
        "答：",
        "记者：",
        "林远：",
        "桥修好了吗？",
        "修好了。",
        "我天天去看，",
        "Q: ",
        "A: ",
        "Why?",
        "（笑）",
        "00:31",
        "▍",
        "【路】",
        "图：林远摄",
        "扫码关注",
        "——",
        "1. ",
    ];
    prop_oneof![prop::sample::select(tags), prop::sample::select(words)].prop_map(str::to_owned)
}

const SENTENCES: [&str; 6] =
    ["桥修好了吗？", "去年秋天就修好了。", "我天天去看，", "路呢？", "还差三公里。", "您累不累？"];

fn label() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "", "问：", "答：", "记者：", "林远："])
}

fn counts(text: &str) -> HashMap<char, usize> {
    let mut counts = HashMap::new();
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        *counts.entry(c).or_default() += 1;
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    /// Nothing crashes, no mark of the page reader is shown, and nothing stands in the reading more often
    /// than on the page.
    #[test]
    fn pages_of_random_pieces_are_read(pieces in prop::collection::vec(piece(), 0..60)) {
        let page = format!("<html><body>{}</body></html>", pieces.concat());
        if let Ok(file) = reading("a.html", &page) {
            let shown: String =
                file.explanation().into_iter().map(|block| block.text).collect();
            prop_assert!(!shown.contains(marks::is_mark), "a mark is shown: {shown:?}");
            let on_page = counts(&page);
            for (c, count) in counts(&shown) {
                // Numbers of list items are added by the reader.
                prop_assert!(
                    c.is_ascii_digit() || on_page.get(&c).is_some_and(|there| *there >= count),
                    "{c} is shown {count} times"
                );
            }
            let _ = file.is_interview();
        }
    }

    /// Paragraphs beside each other are all kept, however long each of them is.
    #[test]
    fn no_paragraph_of_a_page_is_lost(
        words in prop::collection::vec((label(), prop::sample::select(&SENTENCES), 1..12_usize), 2..10)
    ) {
        let words: Vec<String> =
            words.iter().map(|(label, words, times)| format!("{label}{}", words.repeat(*times))).collect();
        let paragraphs: Vec<String> = words.iter().map(|words| format!("<p>{words}</p>\n")).collect();
        let paragraphs = paragraphs.concat();
        let file = reading("a.html", &format!("<html><body><div>{paragraphs}</div></body></html>")).unwrap();
        let shown: String = file.explanation().into_iter().map(|block| block.text).collect();
        prop_assert_eq!(counts(&shown), counts(&words.concat()));
    }
}
