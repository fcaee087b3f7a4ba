//! Transcripts that speech recognition and editors of recordings export as data: CSV with a column for the
//! speaker and one for the words, and JSON with a list of segments that hold both.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::speech::Speech;
use super::tidy;
use crate::parse;

/// Levels of a JSON document on which the list is looked for.
const DEPTH: usize = 6;

/// How the fields are called, as [`parse::key`] compares names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldNames {
    speakers: HashSet<String>,
    words: HashSet<String>,
}

static NAMES: LazyLock<FieldNames> = LazyLock::new(|| {
    toml::from_str(include_str!("../../lexicon/segments.toml"))
        .expect("the word lists are compiled in and a test reads them")
});

/// Reads a CSV file, if its head names a column of speakers and one of words.
pub(super) fn csv(text: &str) -> Option<String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let head = reader.headers().ok()?.clone();
    let column =
        |names: &HashSet<String>| head.iter().position(|name| names.contains(&parse::key(name)));
    let (speaker, words) = (column(&NAMES.speakers)?, column(&NAMES.words)?);
    let mut speech = Speech::default();
    for row in reader.records() {
        // A row that cannot be read would be lost: the file is then read as the text that it is.
        let row = row.ok()?;
        say(&mut speech, row.get(speaker), row.get(words).unwrap_or_default());
    }
    Some(speech.finish())
}

/// Reads a JSON document that holds a list of segments.
pub(super) fn json(text: &str) -> Option<String> {
    let document: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let mut speech = Speech::default();
    for Segment { speaker, words } in segments(&document, DEPTH)? {
        say(&mut speech, speaker.as_deref(), &words);
    }
    Some(speech.finish())
}

fn say(speech: &mut Speech, speaker: Option<&str>, words: &str) {
    let speaker = speaker.map(str::trim).filter(|speaker| !speaker.is_empty());
    let words = tidy(words);
    if !words.is_empty() {
        speech.say(speaker, &words);
    }
}

/// A piece of recorded speech.
struct Segment {
    speaker: Option<String>,
    words: String,
}

impl Segment {
    fn of(value: &Value) -> Option<Self> {
        Some(Self { words: field(value, &NAMES.words)?, speaker: field(value, &NAMES.speakers) })
    }
}

/// The first list whose elements all hold words, and one of which names a speaker.
fn segments(value: &Value, depth: usize) -> Option<Vec<Segment>> {
    if depth == 0 {
        return None;
    }
    let inside: Vec<&Value> = match value {
        Value::Array(list) => {
            let segments: Option<Vec<Segment>> = list.iter().map(Segment::of).collect();
            let is_named = |segments: &Vec<Segment>| segments.iter().any(|s| s.speaker.is_some());
            if let Some(segments) = segments.filter(is_named) {
                return Some(segments);
            }
            list.iter().collect()
        }
        Value::Object(fields) => fields.values().collect(),
        _ => return None,
    };
    inside.into_iter().find_map(|value| segments(value, depth - 1))
}

/// The text, or the number, of the first field with one of these names.
fn field(segment: &Value, names: &HashSet<String>) -> Option<String> {
    let fields = segment.as_object()?.iter();
    let wanted = fields.filter(|(name, _)| names.contains(&parse::key(name)));
    wanted.map(|(_, value)| value).find_map(|value| match value {
        Value::String(text) => Some(text.clone()),
        // Some services number the speakers.
        Value::Number(number) => Some(format!("Speaker {number}")),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_speakers_and_words_are_found_by_name() {
        let table = "时间,说话人,内容\n00:01,记者,路有多长？\n00:09,林远,\"十二公里，\n全是石头。\"\n00:12,林远,修了三年。\n";
        let lines = "记者：路有多长？\n林远：十二公里， 全是石头。修了三年。\n";
        assert_eq!(csv(table).as_deref(), Some(lines));
        assert_eq!(csv("年,产量\n2024,12\n"), None);
    }

    #[test]
    fn segments_are_found_in_a_document() {
        let document = r#"{"version":1,"result":{"segments":[
            {"start":0.0,"speaker":"SPEAKER_00","text":" Why stay?"},
            {"start":2.5,"speaker":"SPEAKER_01","text":" The children"},
            {"start":3.5,"speaker":"SPEAKER_01","text":" are there."}]}}"#;
        let lines = "SPEAKER_00: Why stay?\nSPEAKER_01: The children are there.\n";
        assert_eq!(json(document).as_deref(), Some(lines));
        let numbered = r#"[{"spk":0,"text":"路呢？"},{"spk":1,"text":"修好了。"}]"#;
        assert_eq!(json(numbered).as_deref(), Some("Speaker 0: 路呢？\nSpeaker 1: 修好了。\n"));
    }

    #[test]
    fn other_documents_are_left_alone() {
        for document in ["{}", "[1, 2]", r#"{"text": "路"}"#, "[", r#"[{"text":"路"}]"#] {
            assert_eq!(json(document), None, "help: {document}");
        }
    }
}
