//! All settings: `config/default.toml`, a file over it, the environment over that, checked.
//!
//! Each value is tried alone over what lies below it, so that an error names the one place and key
//! that caused it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::{Spanned, Table, Value};

use crate::dialogue::{Language, Reader, ScriptChoice};
use retrieval::{index, search};

use crate::editor::enrichment;
use crate::{picture, store, telegram, web};

/// The defaults, each with its unit and reason.
pub const DEFAULTS: &str = include_str!("../config/default.toml");
/// Looked for where no file is named.
const LOCAL: &str = "config/local.toml";
/// What the names of variables begin with: `WENJIAN__SECTION__KEY`.
const PREFIX: &str = "WENJIAN__";

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file that was named is not there, or is no text.
    #[error("cannot read the configuration file `{path}`: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The file is not TOML with one level of sections.
    #[error("{origin}: {message}; hint: `[section]` lines, and `key = value` lines below them")]
    Syntax {
        /// Where.
        origin: Origin,
        /// What is wrong.
        message: String,
    },
    /// There is no such key.
    #[error("{origin}: there is no setting `{name}`; hint: {hint}")]
    Unknown {
        /// Where it was set.
        origin: Origin,
        /// `section.key`.
        name: String,
        /// Those that there are.
        hint: String,
    },
    /// The value is not allowed.
    #[error("{origin}: `{name}`: {message}; hint: {hint}")]
    Value {
        /// Where it was set.
        origin: Origin,
        /// `section.key`.
        name: String,
        /// What was set, and why it cannot be.
        message: String,
        /// What is allowed.
        hint: String,
    },
}

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In this file, in this line, from 1.
    File(PathBuf, usize),
    /// In this environment variable.
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "environment variable `{name}`"),
        }
    }
}

/// All settings.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Transcripts.
    pub corpus: transcript::Options,
    /// Their damage.
    pub repair: transcript::repair::Options,
    /// Generations.
    pub index: index::Options,
    /// Ranking.
    pub search: search::Options,
    /// Readers of whom nothing is known.
    pub reader: ReaderOptions,
    /// What survives a restart.
    pub store: store::Options,
    /// The bot on Telegram.
    pub telegram: telegram::Options,
    /// Reader pages and API.
    pub web: web::Options,
    /// Quote cards as pictures.
    pub picture: picture::Options,
    /// Drafts of readers' questions.
    pub enrich: enrichment::Options,
    /// Logs.
    pub log: LogOptions,
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
        let path = file.unwrap_or(Path::new(LOCAL));
        let text = match std::fs::read_to_string(path) {
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                String::new()
            }
            read => {
                read.map_err(|source| Error::Unreadable { path: path.to_path_buf(), source })?
            }
        };
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        Self::layered((path, &text), variables)
    }

    /// The defaults, `text` of the file at `path` over them, and `variables` over that.
    fn layered(
        (path, text): (&Path, &str),
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let mut settings: Table =
            toml::from_str(DEFAULTS).expect("a unit test reads the file that is compiled in");
        for setting in in_file(path, text)? {
            setting.apply(&mut settings)?;
        }
        let mut variables: Vec<(String, String)> =
            variables.filter(|(name, _)| name.starts_with(PREFIX)).collect();
        variables.sort();
        for (name, value) in variables {
            in_variable(&name, &value, &settings).apply(&mut settings)?;
        }
        Ok(settings.try_into().expect("each value was tried when it was laid over the others"))
    }
}

/// One value that is laid over the defaults.
struct Setting {
    origin: Origin,
    section: String,
    key: String,
    value: Value,
}

impl Setting {
    fn apply(self, settings: &mut Table) -> Result<(), Error> {
        let name = format!("{}.{}", self.section, self.key);
        let Some(Value::Table(section)) = settings.get_mut(&self.section) else {
            let hint = format!("the sections are {}", listed(settings));
            return Err(Error::Unknown { origin: self.origin, name, hint });
        };
        if !section.contains_key(&self.key) {
            let hint = format!("[{}] has {}", self.section, listed(section));
            return Err(Error::Unknown { origin: self.origin, name, hint });
        }
        section.insert(self.key.clone(), self.value);
        match settings.clone().try_into::<Config>() {
            Ok(_) => Ok(()),
            Err(error) => Err(Error::Value {
                origin: self.origin,
                name,
                message: error.message().to_owned(),
                hint: description(&self.section, &self.key),
            }),
        }
    }
}

fn in_file(path: &Path, text: &str) -> Result<Vec<Setting>, Error> {
    type Sections = BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Value>>;
    let origin = |byte: usize| {
        let line = text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1;
        Origin::File(path.to_path_buf(), line)
    };
    let sections: Sections = toml::from_str(text).map_err(|error| Error::Syntax {
        origin: origin(error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let settings = sections.into_iter().flat_map(|(section, keys)| {
        keys.into_iter().map(move |(key, value)| Setting {
            origin: origin(key.span().start),
            section: section.get_ref().clone(),
            key: key.into_inner(),
            value,
        })
    });
    Ok(settings.collect())
}

/// A variable is text: what it is read as follows from the value that it replaces.
fn in_variable(name: &str, text: &str, settings: &Table) -> Setting {
    let path = name.trim_start_matches(PREFIX).to_lowercase();
    let (section, key) = path.split_once("__").unwrap_or((&path, ""));
    let value = match settings.get(section).and_then(|section| section.get(key)) {
        Some(Value::Array(_)) => list(text),
        Some(Value::String(_)) | None => Value::from(text),
        Some(_) => scalar(text),
    };
    let origin = Origin::Variable(name.to_owned());
    Setting { origin, section: section.to_owned(), key: key.to_owned(), value }
}

/// `1, 2`, or an array as TOML writes it.
fn list(text: &str) -> Value {
    let items = || text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(scalar);
    let array = text.parse::<Value>().ok().filter(Value::is_array);
    array.unwrap_or_else(|| Value::Array(items().collect()))
}

fn scalar(text: &str) -> Value {
    let integer = text.parse::<i64>().map(Value::from);
    integer
        .or_else(|_| text.parse::<f64>().map(Value::from))
        .or_else(|_| text.parse::<bool>().map(Value::from))
        .unwrap_or_else(|_| Value::from(text))
}

fn listed(table: &Table) -> String {
    table.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// What the comment in `config/default.toml` says of a key, and its default.
fn description(section: &str, key: &str) -> String {
    let header = format!("[{section}]");
    let mut comment: Vec<&str> = Vec::new();
    for line in DEFAULTS.lines().skip_while(|line| *line != header) {
        if let Some(text) = line.strip_prefix("# ") {
            comment.push(text);
        } else if let Some(default) =
            line.strip_prefix(key).and_then(|rest| rest.strip_prefix(" = "))
        {
            let comment = comment.join(" ");
            return format!("{} (default: {default})", comment.trim_end_matches('.'));
        } else {
            comment.clear();
        }
    }
    "config/default.toml lists the values".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layered(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::layered((Path::new("my.toml"), text), owned).map_err(|error| error.to_string())
    }

    #[test]
    fn the_environment_lies_over_the_file_and_the_file_over_the_defaults() {
        let file = "[index]\ndir = \"here\"\n[search]\ncandidates = 7\n";
        let config = layered(file, &[("WENJIAN__SEARCH__CANDIDATES", "9"), ("HOME", "/")]).unwrap();
        assert_eq!((config.index.dir, config.search.candidates), (PathBuf::from("here"), 9));
        assert_eq!(config.corpus.dir, layered("", &[]).unwrap().corpus.dir);
    }

    #[test]
    fn a_number_is_text_where_text_is_expected() {
        let config = layered("", &[("WENJIAN__CORPUS__DIR", "2025")]).unwrap();
        assert_eq!(config.corpus.dir, PathBuf::from("2025"));
    }

    #[test]
    fn a_list_is_written_with_commas_or_as_toml_does() {
        let numbers = Value::Array(vec![Value::from(1), Value::from(2)]);
        assert_eq!(list("1, 2,"), numbers);
        assert_eq!(list("[1, 2]"), numbers);
        assert_eq!(list(""), Value::Array(Vec::new()));
        assert_eq!(list("::1,10.0.0.0/8"), Value::from(vec!["::1", "10.0.0.0/8"]));
    }

    #[test]
    fn an_error_names_the_place_the_key_and_what_is_allowed() {
        let cases = [
            (
                "[search]\n\nlimit = 1",
                "my.toml:3: there is no setting `search.limit`; hint: [search] has ",
            ),
            (
                "[serach]\nlimit = 1",
                "my.toml:2: there is no setting `serach.limit`; hint: the sections are ",
            ),
            ("[search]\ncandidates = -1", "my.toml:2: `search.candidates`: invalid "),
            ("[reader]\nscript = \"x\"", "expected one of `auto`, `hans`, `hant`, `original`"),
            ("[search\n", "my.toml:1: "),
            ("search = 1", "my.toml:1: "),
        ];
        for (text, expected) in cases {
            let error = layered(text, &[]).unwrap_err();
            assert!(error.contains(expected), "{error}\ndoes not say\n{expected}");
        }
        let error = layered("", &[("WENJIAN__SEARCH__CANDIDATES", "many")]).unwrap_err();
        let expected = "environment variable `WENJIAN__SEARCH__CANDIDATES`: `search.candidates`: invalid type: string \"many\"";
        assert!(error.starts_with(expected), "{error}");
        assert!(error.contains("hint: Candidates") && error.ends_with(')'), "{error}");
    }

    #[test]
    fn a_variable_without_a_key_is_an_error() {
        assert!(layered("", &[("WENJIAN__SEARCH", "1")]).unwrap_err().contains("no setting"));
    }
}
