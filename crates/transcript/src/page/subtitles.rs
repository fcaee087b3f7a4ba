//! Subtitles (`SubRip`, `WebVTT`) to lines of speech.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::speech::Speech;
use crate::parse;

static TIMING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}")
});
static VOICE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*<v(?:\.[\w.]+)?\s+([^>]+)>"));
static TAG: LazyLock<Regex> = LazyLock::new(|| pattern(r"</?[a-zA-Z][^>]*>|<[\d:.]+>|\{\\[^}]*\}"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a valid pattern")
}

/// Whether the text is a file of subtitles.
pub(super) fn is_subtitles(text: &str) -> bool {
    let mut lines =
        text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default();
    let timed = |line: Option<&str>| line.is_some_and(|line| TIMING.is_match(line));
    if first.trim_end().starts_with("WEBVTT") {
        return lines.take(40).any(|line| TIMING.is_match(line));
    }
    let numbered = first.trim().parse::<u32>().is_ok();
    numbered && timed(lines.next()) || timed(Some(first))
}

/// Reads subtitles.
pub(super) fn read(text: &str) -> String {
    let labels = labels(text);
    let mut speech = Speech::default();
    let mut in_cue = false;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim();
        if TIMING.is_match(line) {
            in_cue = true;
        } else if line.is_empty() {
            in_cue = false;
        } else if in_cue {
            add(&mut speech, line, &labels);
        }
    }
    speech.finish()
}

/// Adds a line of a cue. A line that begins with a dash, `>>` or one of the speakers' `labels` begins a
/// paragraph.
fn add(speech: &mut Speech, line: &str, labels: &HashSet<String>) {
    let voice = VOICE.captures(line).map(|found| found[1].trim().to_owned());
    let words = TAG.replace_all(line, "");
    let words = words.trim();
    let is_turn = words.starts_with("- ") || words.starts_with(">>");
    let start = parse::speaker_start(words);
    if is_turn || start.is_some_and(|start| labels.contains(&start.key)) {
        speech.end_paragraph();
    }
    speech.say(voice.as_deref(), words.trim_start_matches(['>', ' ']));
}

/// The names before a colon that are a speaker's: those of persons and roles, and any other with which at
/// least two lines begin.
fn labels(text: &str) -> HashSet<String> {
    let mut seen = HashSet::new();
    let mut labels = HashSet::new();
    for line in text.lines() {
        let words = TAG.replace_all(line, "");
        let Some(start) = parse::speaker_start(&words) else { continue };
        if !seen.insert(start.key.clone()) || start.is_certain {
            labels.insert(start.key);
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_sentence_are_joined() {
        let srt = "1\n00:00:01,000 --> 00:00:03,000\nHOST: Why did you\n\n2\n00:00:03,000 --> 00:00:05,000\nstay?\n\n3\n00:00:05,500 --> 00:00:07,000\nADA MARSH: The children\nare there.\n";
        assert!(is_subtitles(srt));
        assert_eq!(read(srt), "HOST: Why did you stay?\nADA MARSH: The children are there.\n");
    }

    #[test]
    fn a_word_before_a_colon_that_occurs_once_begins_no_line() {
        let srt = "1\n00:00:01,000 --> 00:00:03,000\n主持人：水有多深？\n\n2\n00:00:03,000 --> 00:00:05,000\n林远：有人在对岸\n\n3\n00:00:05,000 --> 00:00:07,000\n喊：“别过来！”\n";
        assert_eq!(read(srt), "主持人：水有多深？\n林远：有人在对岸 喊：“别过来！”\n");
    }

    #[test]
    fn voices_of_webvtt_are_labels() {
        let vtt = "WEBVTT\n\n00:01.000 --> 00:03.000\n<v 主持人>路有多长？\n\n00:03.000 --> 00:05.000\n<v 林远>十二公里，\n\n00:05.000 --> 00:06.000\n<v 林远>全是石头。\n";
        assert!(is_subtitles(vtt));
        assert_eq!(read(vtt), "主持人：路有多长？\n林远：十二公里，全是石头。\n");
    }

    #[test]
    fn a_transcript_with_times_is_not_subtitles() {
        assert!(!is_subtitles("00:00:01 主持人：好。\n00:00:05 林远：好。"));
        assert!(!is_subtitles("1. 路呢？\n修。"));
    }
}
