//! Tokenizers, which turn a text into tokens as a `tokenizer.json` describes.
//!
//! They are written here and not taken from the `tokenizers` crate, because with the
//! vocabulary of XLM-RoBERTa (250,000 pieces) that crate needs a second and 300 MB to load,
//! and minutes to compile.

mod charsmap;
mod unigram;
mod word_piece;

use std::fs;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Error;
use unigram::Unigram;
use word_piece::WordPiece;

/// A token and its range in the text, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SubwordToken {
    pub(crate) id: u32,
    pub(crate) span: Range<usize>,
}

pub(crate) struct Tokenizer {
    model: Algorithm,
    /// The special tokens before and after a text.
    pub(crate) first: u32,
    pub(crate) last: u32,
}

enum Algorithm {
    Unigram(Unigram),
    WordPiece(WordPiece),
}

/// The parts of `tokenizer.json` that are used.
#[derive(Deserialize)]
struct TokenizerFile<'a> {
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
    normalizer: Option<Value>,
    post_processor: Option<Value>,
    #[serde(borrow)]
    model: AlgorithmFile<'a>,
}

#[derive(Deserialize)]
struct AddedToken {
    id: u32,
    #[serde(default)]
    special: bool,
}

/// The fields of all kinds of models. The vocabulary is large, and is parsed when
/// the kind is known.
#[derive(Deserialize)]
struct AlgorithmFile<'a> {
    #[serde(rename = "type")]
    kind: Option<String>,
    unk_id: Option<u32>,
    unk_token: Option<String>,
    continuing_subword_prefix: Option<String>,
    #[serde(borrow)]
    vocab: &'a RawValue,
}

impl Tokenizer {
    pub(crate) fn load(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|error| Error::io(path, error))?;
        let damaged = |error: serde_json::Error| Error::damaged(path, error.to_string());
        let file: TokenizerFile<'_> = serde_json::from_str(&text).map_err(damaged)?;
        let (first, last) = file
            .post_processor
            .as_ref()
            .and_then(frame)
            .ok_or_else(|| Error::unsupported(path, "a tokenizer that does not frame texts"))?;
        let special = file.added_tokens.iter().filter(|token| token.special);
        let special: Vec<u32> = special.map(|token| token.id).collect();
        let normalizers = file.normalizer.as_ref().map(steps).unwrap_or_default();
        let unsupported = |what: String| Error::unsupported(path, what);
        let model = match file.model.kind.as_deref() {
            Some("Unigram") => {
                let vocabulary = serde_json::from_str(file.model.vocab.get()).map_err(damaged)?;
                let charsmap = charsmap::of(&normalizers).map_err(unsupported)?;
                let unknown = file.model.unk_id.unwrap_or_default();
                Algorithm::Unigram(Unigram::new(vocabulary, unknown, &special, charsmap))
            }
            // Old files do not say that they are WordPiece, but have its prefix.
            Some("WordPiece") | None if file.model.continuing_subword_prefix.is_some() => {
                let vocabulary = serde_json::from_str(file.model.vocab.get()).map_err(damaged)?;
                let prefix = file.model.continuing_subword_prefix.as_deref().unwrap_or_default();
                let unknown = file.model.unk_token.as_deref().unwrap_or("[UNK]");
                let cleaning = word_piece::Cleaning::of(&normalizers).map_err(unsupported)?;
                WordPiece::new(vocabulary, prefix, unknown, cleaning)
                    .map(Algorithm::WordPiece)
                    .ok_or_else(|| Error::damaged(path, format!("it has no token `{unknown}`")))?
            }
            kind => {
                let kind = kind.unwrap_or("unnamed");
                return Err(unsupported(format!("a tokenizer of the type `{kind}`")));
            }
        };
        Ok(Self { model, first, last })
    }

    /// Returns the largest id of a token.
    pub(crate) fn max_id(&self) -> u32 {
        let model = match &self.model {
            Algorithm::Unigram(model) => model.max_id(),
            Algorithm::WordPiece(model) => model.max_id(),
        };
        model.max(self.first).max(self.last)
    }

    /// Returns the tokens of `text`, without the special tokens before and after it.
    pub(crate) fn tokens(&self, text: &str) -> Vec<SubwordToken> {
        match &self.model {
            Algorithm::Unigram(model) => model.tokens(text),
            Algorithm::WordPiece(model) => model.tokens(text),
        }
    }
}

/// Returns the steps of a normalizer, with nested sequences flattened.
fn steps(normalizer: &Value) -> Vec<&Value> {
    match normalizer["normalizers"].as_array() {
        Some(steps) => steps.iter().flat_map(self::steps).collect(),
        None => vec![normalizer],
    }
}

/// Returns the tokens that a post-processor puts before and after a text.
fn frame(processor: &Value) -> Option<(u32, u32)> {
    let id = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
    if let Some(steps) = processor["processors"].as_array() {
        return steps.iter().find_map(frame);
    }
    // `BertProcessing` and `RobertaProcessing` name them with their ids.
    if let (Some(first), Some(last)) = (id(&processor["cls"][1]), id(&processor["sep"][1])) {
        return Some((first, last));
    }
    // `TemplateProcessing` has the order in `single` and the ids in `special_tokens`.
    let single = processor["single"].as_array()?;
    let named = |part: &Value| {
        let name = part["SpecialToken"]["id"].as_str()?;
        id(&processor["special_tokens"][name]["ids"][0])
    };
    Some((named(single.first()?)?, named(single.last()?)?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_tokens_that_frame_a_text_are_found_in_all_processors() {
        let bert = json!({"type": "BertProcessing", "sep": ["[SEP]", 102], "cls": ["[CLS]", 101]});
        assert_eq!(frame(&bert), Some((101, 102)));
        let template = json!({
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "<s>", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "</s>", "type_id": 0}},
            ],
            "special_tokens": {
                "<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
                "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]},
            },
        });
        assert_eq!(frame(&template), Some((0, 2)));
        let sequence = json!({"type": "Sequence", "processors": [{"type": "ByteLevel"}, template]});
        assert_eq!(frame(&sequence), Some((0, 2)));
        assert_eq!(frame(&json!({"type": "ByteLevel"})), None);
    }

    #[test]
    fn sequences_of_normalizers_are_flattened() {
        let nested = json!({"type": "Sequence", "normalizers": [
            {"type": "Nmt"}, {"type": "Sequence", "normalizers": [{"type": "NFKC"}]},
        ]});
        let names: Vec<&Value> = steps(&nested).into_iter().map(|step| &step["type"]).collect();
        assert_eq!(names, ["Nmt", "NFKC"]);
    }
}
