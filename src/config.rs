//! All settings: `config/default.toml`, a file over it, the environment over that, checked.

use std::path::{Path, PathBuf};

use config::{Environment, File, FileFormat};
use serde::{Deserialize, Serialize};

use crate::dialogue::{Language, Reader, ScriptChoice};
use crate::{index, search};

/// The defaults, each with its unit and reason.
pub const DEFAULTS: &str = include_str!("../config/default.toml");
/// Looked for where no file is named.
const LOCAL: &str = "config/local.toml";

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file that was named is not there.
    #[error("there is no configuration file `{0}`")]
    Missing(PathBuf),
    /// A key is unknown or its value is not allowed.
    #[error(
        "configuration: {message}{origin}; hint: config/default.toml lists every key with its values"
    )]
    Invalid {
        /// What is wrong.
        message: String,
        /// Where it was set, if known.
        origin: String,
    },
}

/// All settings.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Transcripts.
    pub corpus: CorpusOptions,
    /// Generations.
    pub index: index::Options,
    /// Ranking.
    pub search: search::Options,
    /// Readers of whom nothing is known.
    pub reader: ReaderOptions,
    /// Logs.
    pub log: LogOptions,
}

/// `[corpus]`: the transcripts.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CorpusOptions {
    /// Folder of the transcripts.
    pub dir: PathBuf,
    /// A larger file is refused, bytes.
    pub max_bytes: u64,
}

/// `[reader]`: a reader of whom nothing is known.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderOptions {
    /// Language of the bot's own words.
    pub language: Language,
    /// Script of quotations.
    pub script: ScriptChoice,
}

impl From<ReaderOptions> for Reader {
    fn from(options: ReaderOptions) -> Self {
        Self { language: options.language, script: options.script }
    }
}

/// `[log]`: what is logged.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LogOptions {
    /// How.
    pub format: LogFormat,
    /// How much: a level, or a filter.
    pub level: String,
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

impl Config {
    /// Reads the settings; `file` instead of `config/local.toml`, which need not exist.
    pub fn load(file: Option<&Path>) -> Result<Self, Error> {
        if let Some(file) = file.filter(|file| !file.is_file()) {
            return Err(Error::Missing(file.to_path_buf()));
        }
        let over = file.map_or_else(|| File::from(Path::new(LOCAL)).required(false), File::from);
        let environment = Environment::with_prefix("WENJIAN")
            .prefix_separator("__")
            .separator("__")
            .try_parsing(true);
        let settings = config::Config::builder()
            .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
            .add_source(over)
            .add_source(environment)
            .build();
        settings.and_then(config::Config::try_deserialize).map_err(|error| invalid(&error))
    }
}

fn invalid(error: &config::ConfigError) -> Error {
    Error::Invalid { message: error.to_string(), origin: String::new() }
}
