//! The settings: the defaults in `config/default.toml`, a file over them, and the environment over both.
//!
//! The `config` crate merges these layers. Before that, each key that somebody set is looked up among the
//! defaults, and afterwards the merged values are checked against the types of [`Config`]; an error names the
//! file and the line, or the variable, in which the key was set.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};

use config::{Environment, File, FileFormat, Source};
use serde::{Deserialize, Serialize};
use toml::{Spanned, Table, Value};

use crate::dialogue::{Language, Reader, ScriptChoice};
use retrieval::{index, search};
use transcript::text::line_number;

use crate::editor::enrichment;
use crate::secret::Secret;
use crate::{picture, store, telegram, web};

/// The defaults, each with its unit and its reason.
pub const DEFAULTS: &str = include_str!("../config/default.toml");
/// The file that is read where the command line names none.
const LOCAL: &str = "config/local.toml";
/// Variables are named `WENJIAN__SECTION__KEY`.
const PREFIX: &str = "WENJIAN";
const SEPARATOR: &str = "__";
/// Another variable for the token, which all bots that use teloxide read.
const TOKEN_VARIABLE: &str = "TELOXIDE_TOKEN";
/// How alike an unknown name and a known one must be (Jaro-Winkler, 0 to 1) to be suggested.
const LIKENESS: f64 = 0.8;

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("cannot read the configuration file `{path}`: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{origin}: {message}; hint: `[section]` lines, and `key = value` lines below them")]
    Syntax { origin: SettingSource, message: String },
    #[error("{origin}: there is no setting `{name}`; hint: {hint}")]
    Unknown { origin: SettingSource, name: String, hint: String },
    #[error("{origin}: `{name}`: {message}; hint: {hint}")]
    Value { origin: SettingSource, name: String, message: String, hint: String },
    #[error("the settings cannot be merged: {0}")]
    Merge(#[from] config::ConfigError),
}

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingSource {
    /// In this line, counted from 1, of this file.
    File(PathBuf, usize),
    /// In this environment variable.
    Variable(String),
}

impl fmt::Display for SettingSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "environment variable `{name}`"),
        }
    }
}

/// All settings; each field is a section of the file.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub corpus: transcript::Options,
    pub repair: transcript::repair::Options,
    pub index: index::Options,
    pub search: search::Options,
    pub reader: ReaderOptions,
    pub store: store::Options,
    pub telegram: telegram::Options,
    pub web: web::Options,
    pub picture: picture::Options,
    pub enrich: enrichment::Options,
    pub log: LogOptions,
}

/// `[reader]`: how a reader is answered whose preferences are not known.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderOptions {
    pub language: Language,
    pub script: ScriptChoice,
}

impl From<ReaderOptions> for Reader {
    fn from(options: ReaderOptions) -> Self {
        Self { language: options.language, script: options.script }
    }
}

/// `[log]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LogOptions {
    pub format: LogFormat,
    /// A level, or a filter such as `wenjian=debug`.
    pub level: String,
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One line for each event, for people to read.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// Reads the settings from `file`, which must exist, or else from `config/local.toml`, which need not.
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
        let mut config = Self::layered((path, &text), variables.collect())?;
        if config.telegram.token.is_empty()
            && let Ok(token) = std::env::var(TOKEN_VARIABLE)
        {
            config.telegram.token = Secret::from(token);
        }
        Ok(config)
    }

    /// Returns `text` with every secret of the settings masked.
    pub fn mask_secrets(&self, text: &str) -> String {
        let Self { telegram, store, web, enrich, .. } = self;
        let secrets = [
            &telegram.token,
            &telegram.webhook_secret,
            &store.hash_key,
            &web.admin_token,
            &enrich.key,
        ];
        secrets.into_iter().fold(text.to_owned(), |text, secret| secret.masked_in(&text))
    }

    /// Merges the defaults, the text of the file at `path`, and `variables`.
    fn layered(
        (path, text): (&Path, &str),
        variables: HashMap<String, String>,
    ) -> Result<Self, Error> {
        let defaults: Table =
            toml::from_str(DEFAULTS).expect("a unit test reads the file that is compiled in");
        let mut settings = in_file(path, text)?;
        let environment = Environment::with_prefix(PREFIX).separator(SEPARATOR);
        let variables = environment.source(Some(variables)).collect()?;
        settings.extend(variables.keys().map(|path| Setting::in_variable(path)));
        for setting in &settings {
            setting.check_name(&defaults)?;
        }
        let mut layers = config::Config::builder()
            .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
            .add_source(File::from_str(text, FileFormat::Toml));
        for (path, value) in variables {
            let default =
                path.split_once('.').and_then(|(section, key)| defaults.get(section)?.get(key));
            layers = layers.set_override(path, like(default, value.into_string()?))?;
        }
        // Through a table, because the crate's own conversion is too lenient: it takes 1.5 for 2 and `on` for 1.
        let merged: Table = layers.build()?.try_deserialize()?;
        serde_path_to_error::deserialize(merged)
            .map_err(|error| Setting::blame(&settings, &error.path().to_string(), error.inner()))
    }
}

/// A key that was set in the file or in the environment.
struct Setting {
    origin: SettingSource,
    section: String,
    key: String,
}

impl Setting {
    /// The setting of a variable, by its path as the `config` crate gives it: `section.key`.
    fn in_variable(path: &str) -> Self {
        let (section, key) = path.split_once('.').unwrap_or((path, ""));
        let name = format!("{PREFIX}{SEPARATOR}{}", path.replace('.', SEPARATOR).to_uppercase());
        Self {
            origin: SettingSource::Variable(name),
            section: section.to_owned(),
            key: key.to_owned(),
        }
    }

    fn name(&self) -> String {
        format!("{}.{}", self.section, self.key)
    }

    /// Fails if the defaults have no such key.
    fn check_name(&self, defaults: &Table) -> Result<(), Error> {
        let unknown =
            |hint| Error::Unknown { origin: self.origin.clone(), name: self.name(), hint };
        let Some(section) = defaults.get(&self.section).and_then(Value::as_table) else {
            let hint = format!(
                "{}the sections are {}",
                suggestion(&self.section, defaults),
                listed(defaults)
            );
            return Err(unknown(hint));
        };
        if !section.contains_key(&self.key) {
            let hint = format!(
                "{}[{}] has {}",
                suggestion(&self.key, section),
                self.section,
                listed(section)
            );
            return Err(unknown(hint));
        }
        Ok(())
    }

    /// The error for the value at `path` of the merged settings, with the place where it was set last.
    fn blame(settings: &[Self], path: &str, error: &toml::de::Error) -> Error {
        let set = settings.iter().rev().find(|setting| {
            path.strip_prefix(&setting.name()).is_some_and(|rest| !rest.starts_with(is_word))
        });
        let Some(setting) = set else {
            // The defaults by themselves are valid: a unit test reads them.
            return Error::Merge(config::ConfigError::Message(error.message().to_owned()));
        };
        Error::Value {
            origin: setting.origin.clone(),
            name: setting.name(),
            message: error.message().to_owned(),
            hint: description(&setting.section, &setting.key),
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The keys that `text` sets, with their lines.
fn in_file(path: &Path, text: &str) -> Result<Vec<Setting>, Error> {
    type Sections = BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Value>>;
    let origin = |byte: usize| SettingSource::File(path.to_path_buf(), line_number(text, byte));
    let sections: Sections = toml::from_str(text).map_err(|error| Error::Syntax {
        origin: origin(error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let settings = sections.into_iter().flat_map(|(section, keys)| {
        keys.into_keys().map(move |key| Setting {
            origin: origin(key.span().start),
            section: section.get_ref().clone(),
            key: key.into_inner(),
        })
    });
    Ok(settings.collect())
}

/// The text of a variable as a value of the kind that it replaces.
fn like(default: Option<&Value>, text: String) -> config::Value {
    let kind = match default {
        Some(Value::Array(_)) => config::ValueKind::Array(items(&text).map(scalar).collect()),
        Some(Value::String(_)) | None => text.into(),
        Some(_) => return scalar(&text),
    };
    config::Value::new(None, kind)
}

/// The items of a list, written as `a, b` or as TOML does: `["a", "b"]`.
fn items(text: &str) -> impl Iterator<Item = &str> {
    let list = text.trim();
    let list = list.strip_prefix('[').and_then(|list| list.strip_suffix(']')).unwrap_or(list);
    let items = list.split(',').map(|item| item.trim().trim_matches(['"', '\'']));
    items.filter(|item| !item.is_empty())
}

fn scalar(text: &str) -> config::Value {
    let integer = text.parse::<i64>().map(config::ValueKind::from);
    let kind = integer
        .or_else(|_| text.parse::<f64>().map(config::ValueKind::from))
        .or_else(|_| text.parse::<bool>().map(config::ValueKind::from))
        .unwrap_or_else(|_| config::ValueKind::from(text));
    config::Value::new(None, kind)
}

fn listed(table: &Table) -> String {
    table.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// `did you mean ...? ` where a key of `table` is spelt much like `name`, else nothing.
fn suggestion(name: &str, table: &Table) -> String {
    let likeness = |known: &str| strsim::jaro_winkler(name, known);
    let best = table.keys().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    match best.filter(|best| likeness(best) >= LIKENESS) {
        Some(best) => format!("did you mean `{best}`? "),
        None => String::new(),
    }
}

/// The comment on a key in `config/default.toml`, and its default.
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
        Config::layered((Path::new("my.toml"), text), owned.collect())
            .map_err(|error| error.to_string())
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
        let operators = |text| {
            layered("", &[("WENJIAN__TELEGRAM__OPERATORS", text)]).unwrap().telegram.operators
        };
        assert_eq!(operators("1, 2,"), [1, 2]);
        assert_eq!(operators("[1, 2]"), [1, 2]);
        assert_eq!(operators("7"), [7]);
        assert!(operators("").is_empty());
        let networks = items("::1,\"10.0.0.0/8\"").collect::<Vec<_>>();
        assert_eq!(networks, ["::1", "10.0.0.0/8"]);
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_an_error_and_not_converted() {
        for text in ["candidates = 1.5", "candidates = true", "candidates = \"9\""] {
            let error = layered(&format!("[search]\n{text}"), &[]).unwrap_err();
            assert!(error.starts_with("my.toml:2: `search.candidates`: invalid type"), "{error}");
        }
    }

    #[test]
    fn a_secret_of_the_wrong_kind_is_not_repeated() {
        for text in [
            "[telegram]\ntoken = 987654",
            "[enrich]\nkey = [987654]",
            "[web]\nadmin_token = 987654",
        ] {
            let error = layered(text, &[]).unwrap_err();
            assert!(error.starts_with("my.toml:2: `") && !error.contains("987654"), "{error}");
        }
        let error = layered("[store]\nurl = 987654", &[]).unwrap_err();
        assert!(error.contains("`store.url`") && !error.contains("987654"), "{error}");
    }

    #[test]
    fn a_misspelt_name_is_answered_with_the_likely_one() {
        let hint = layered("[serach]\nlimit = 1", &[]).unwrap_err();
        assert!(hint.contains("did you mean `search`?"), "{hint}");
        let hint = layered("", &[("WENJIAN__SEARCH__CANDIDATE", "1")]).unwrap_err();
        assert!(hint.contains("did you mean `candidates`?"), "{hint}");
        let hint = layered("[search]\nvolume = 1", &[]).unwrap_err();
        assert!(!hint.contains("did you mean"), "{hint}");
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
                "my.toml:2: there is no setting `serach.limit`; hint: did you mean `search`? the sections are ",
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
