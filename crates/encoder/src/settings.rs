//! The settings of an encoder, from its files in the format of the sentence-transformers library.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// What is done with texts before the network, and with its rows after it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EncoderSettings {
    pub(crate) pooling: Pooling,
    /// The texts that are put before a question and before a passage.
    pub(crate) query_prefix: String,
    pub(crate) passage_prefix: String,
    /// The most tokens that the encoder was trained to see at once.
    pub(crate) max_tokens: Option<usize>,
}

/// How the rows of a text become its vector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Pooling {
    /// Takes the mean of the vectors of all tokens.
    Mean,
    /// Takes the vector of the first token.
    First,
}

#[derive(Deserialize)]
struct Module {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    path: String,
}

#[derive(Deserialize)]
struct PoolingFile {
    #[serde(default)]
    pooling_mode_cls_token: bool,
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
}

#[derive(Default, Deserialize)]
struct SentenceTransformers {
    #[serde(default)]
    prompts: Prompts,
}

#[derive(Default, Deserialize)]
struct Prompts {
    #[serde(default)]
    query: String,
    #[serde(default, alias = "document")]
    passage: String,
}

#[derive(Deserialize)]
struct SentenceBert {
    max_seq_length: Option<usize>,
}

impl EncoderSettings {
    /// Reads the files in `folder`, each of which may be missing. The default is the mean of all
    /// rows, and no prefixes.
    pub(crate) fn read(folder: &Path) -> Result<Self, Error> {
        let modules: Vec<Module> = read_json(&folder.join("modules.json"))?.unwrap_or_default();
        let mut pooling_folder = "1_Pooling";
        for module in &modules {
            match module.kind.rsplit('.').next().unwrap_or_default() {
                "Transformer" | "Normalize" => {}
                "Pooling" => pooling_folder = &module.path,
                other => {
                    let what = format!("a module of the type `{other}`");
                    return Err(Error::unsupported(&folder.join("modules.json"), what));
                }
            }
        }
        let path = folder.join(pooling_folder).join("config.json");
        let pooling = match read_json::<PoolingFile>(&path)? {
            Some(PoolingFile { pooling_mode_cls_token: true, .. }) => Pooling::First,
            Some(PoolingFile { pooling_mode_mean_tokens: true, .. }) | None => Pooling::Mean,
            Some(_) => {
                let what = "pooling other than of the mean or the first token";
                return Err(Error::unsupported(&path, what));
            }
        };
        let prompts: SentenceTransformers =
            read_json(&folder.join("config_sentence_transformers.json"))?.unwrap_or_default();
        let sentence_bert: Option<SentenceBert> =
            read_json(&folder.join("sentence_bert_config.json"))?;
        Ok(Self {
            pooling,
            query_prefix: prompts.prompts.query,
            passage_prefix: prompts.prompts.passage,
            max_tokens: sentence_bert.and_then(|file| file.max_seq_length),
        })
    }
}

/// Reads the JSON file at `path`. Returns `None` if it does not exist.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Error> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(path, error)),
    };
    serde_json::from_str(&text).map(Some).map_err(|error| Error::damaged(path, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_hold_where_nothing_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let settings = EncoderSettings::read(folder.path()).unwrap();
        assert_eq!(settings.pooling, Pooling::Mean);
        assert_eq!((settings.query_prefix.as_str(), settings.max_tokens), ("", None));
    }

    #[test]
    fn what_the_files_say_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("1_Pooling/config.json", r#"{"pooling_mode_cls_token": true}"#);
        write("config_sentence_transformers.json", r#"{"prompts": {"query": "query: "}}"#);
        write("sentence_bert_config.json", r#"{"max_seq_length": 512, "do_lower_case": false}"#);
        let settings = EncoderSettings::read(folder.path()).unwrap();
        assert_eq!(settings.pooling, Pooling::First);
        assert_eq!(settings.query_prefix, "query: ");
        assert_eq!(settings.passage_prefix, "");
        assert_eq!(settings.max_tokens, Some(512));
        write("modules.json", r#"[{"type": "sentence_transformers.models.Dense", "path": "2"}]"#);
        assert!(matches!(EncoderSettings::read(folder.path()), Err(Error::Unsupported { .. })));
    }
}
