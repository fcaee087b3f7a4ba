//! Checks rules for the source code that the compiler does not check.
//!
//! Each failure names the file and says what to do.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::program::project;

/// The layers of a package: each module with the modules that it may use, lowest layer first. The
/// crates that a package may use are in its Cargo.toml.
type Layers = &'static [(&'static str, &'static [&'static str])];

/// The folders of sources that have layers.
const PACKAGES: &[(&str, Layers)] = &[("src", BOT), ("crates/retrieval/src", RETRIEVAL)];

const RETRIEVAL: Layers = &[
    ("library", &[]),
    ("forward", &[]),
    ("index", &["forward", "library"]),
    ("search", &["index", "forward", "library"]),
    ("answer", &["search", "index", "library"]),
];

const BOT: Layers = &[
    ("secret", &[]),
    ("dialogue", &[]),
    ("store", &["secret"]),
    ("service", &["dialogue"]),
    ("editor", &["dialogue", "secret"]),
    ("picture", &["dialogue"]),
    ("reload", &["service", "store"]),
    ("terminal", &["service", "dialogue"]),
    ("telegram", &["reload", "picture", "service", "store", "dialogue", "secret"]),
    ("mcp", &["service", "dialogue"]),
    // The web face receives the updates that Telegram delivers, and hands them to the Telegram face.
    ("web", &["mcp", "telegram", "reload", "service", "store", "picture", "dialogue", "secret"]),
    ("config", EVERYTHING_BUT_COMMANDS),
    ("commands", EVERYTHING),
];
const EVERYTHING_BUT_COMMANDS: &[&str] = &[
    "secret", "dialogue", "store", "service", "editor", "picture", "reload", "terminal",
    "telegram", "web", "mcp",
];
const EVERYTHING: &[&str] = &[
    "secret", "dialogue", "store", "service", "editor", "picture", "reload", "terminal",
    "telegram", "web", "mcp", "config",
];

/// Crates that only these modules of the root package may use, so that each can be
/// replaced in one place.
const HOMES: &[(&str, &[&str])] = &[
    ("unicode_normalization", &["telegram"]),
    ("sqlx", &["store"]),
    ("arc_swap", &["service"]),
    ("teloxide", &["telegram"]),
    ("chrono", &["telegram"]),
    ("chrono_tz", &["telegram"]),
    ("governor", &["telegram", "web"]),
    ("hyper", &["web"]),
    ("tower", &["web"]),
    ("tower_http", &["web"]),
    ("metrics_exporter_prometheus", &["web"]),
    ("notify", &["reload"]),
    ("axum", &["web"]),
    ("askama", &["web"]),
    ("rmcp", &["mcp"]),
    ("resvg", &["picture"]),
    ("skrifa", &["picture"]),
    ("textwrap", &["terminal", "picture"]),
    ("unicode_width", &["picture"]),
    ("config", &["config"]),
    ("clap", &["commands", "main"]),
    ("anyhow", &["commands", "main"]),
    ("rustyline", &["commands"]),
    ("indicatif", &["commands"]),
    ("tracing_subscriber", &["commands"]),
    ("tokio", &["store", "service", "editor", "reload", "telegram", "web", "commands"]),
];

pub(crate) struct Source {
    /// Path relative to the project's folder.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl Source {
    /// Reads the Rust files below `folder`, sorted by path.
    pub(crate) fn below(folder: &str) -> Vec<Self> {
        let mut folders = vec![project().join(folder)];
        let mut paths = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.extension() {
                    _ if path.is_dir() => folders.push(path),
                    Some(extension) if extension == "rs" => paths.push(path),
                    _ => {}
                }
            }
        }
        paths.sort();
        let read = |path: PathBuf| Self {
            text: fs::read_to_string(&path).unwrap(),
            path: path.strip_prefix(project()).unwrap().to_path_buf(),
        };
        paths.into_iter().map(read).collect()
    }

    /// Returns the top-level module of the file in the package whose sources are in `folder`.
    fn module(&self, folder: &str) -> String {
        let first = self.path.strip_prefix(folder).unwrap().components().next().unwrap();
        Path::new(&first).file_stem().unwrap().to_str().unwrap().to_owned()
    }

    /// Returns the lines before the unit tests, with their numbers.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().take_while(|line| *line != "#[cfg(test)]");
        lines.enumerate().map(|(at, line)| (at + 1, line))
    }

    /// Returns the same lines without comments.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines().map(|(at, line)| (at, line.split_once("//").map_or(line, |(code, _)| code)))
    }

    fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }
}

/// Returns the modules that a line names after `crate::`, also in a list such as `crate::{index, search}`.
fn modules_named(line: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for after in line.split("crate::").skip(1) {
        let list = after.strip_prefix('{').and_then(|list| list.split('}').next());
        let items = list.map_or_else(|| vec![after], |list| list.split(',').collect());
        names.extend(items.into_iter().map(|item| {
            let end = |c: char| !c.is_ascii_lowercase() && c != '_';
            item.trim().split(end).next().unwrap_or_default()
        }));
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Returns whether `line` names the crate, as in `tantivy::` and `use tantivy;`, but not in `my_tantivy::`.
fn names_crate(line: &str, name: &str) -> bool {
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(name) {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let inside = before.ends_with(|c| is_word(c) || c == ':') && !before.ends_with(" ::");
        let own = before.ends_with("crate::") || before.ends_with("super::");
        let ends = after.starts_with("::") || line.trim_start().starts_with("use ");
        if !inside && !own && ends && !after.starts_with(is_word) {
            return true;
        }
        rest = after;
    }
    false
}

#[track_caller]
pub(crate) fn none(found: &[String], what_to_do: &str) {
    assert!(found.is_empty(), "\n{}\n{what_to_do}\n", found.join("\n"));
}

fn uses_of_layers_above(source: &Source, module: &str, layers: Layers) -> Vec<String> {
    if ["lib", "main"].contains(&module) {
        return Vec::new();
    }
    let Some((_, below)) = layers.iter().find(|(name, _)| *name == module) else {
        return vec![format!("{}: no layer for `{module}`", source.path.display())];
    };
    let mut found = Vec::new();
    for (at, line) in source.code() {
        let others = modules_named(line).into_iter().filter(|name| *name != module);
        for name in others.filter(|name| layers.iter().any(|(layer, _)| layer == name)) {
            if !below.contains(&name) {
                found.push(format!("{}: `{module}` uses `{name}`", source.at(at)));
            }
        }
    }
    found
}

#[test]
fn a_module_uses_only_the_layers_below_it() {
    let mut found = Vec::new();
    for (folder, layers) in PACKAGES {
        for source in Source::below(folder) {
            found.extend(uses_of_layers_above(&source, &source.module(folder), layers));
        }
    }
    none(
        &found,
        "a module may only use lower layers: move the code to a layer that may use both, or add a new module to PACKAGES in tests/tidy.rs and to lib.rs",
    );
}

#[test]
fn lib_lists_the_layers_in_reading_order() {
    let mut found = Vec::new();
    for (folder, layers) in PACKAGES {
        let lib = format!("{folder}/lib.rs");
        let text = fs::read_to_string(project().join(&lib)).unwrap();
        let items = text.lines().map(|line| line.strip_prefix("pub ").unwrap_or(line));
        let modules = items.filter_map(|item| item.strip_prefix("mod ")?.strip_suffix(';'));
        let listed: Vec<&str> = modules.collect();
        for (module, below) in *layers {
            let Some(at) = listed.iter().position(|name| name == module) else {
                found.push(format!("{lib}: there is no module `{module}`"));
                continue;
            };
            let above = listed.iter().skip(at + 1).filter(|name| below.contains(name));
            found.extend(above.map(|name| format!("{lib}: `{name}` stands after `{module}`")));
        }
    }
    none(&found, "list all layers of PACKAGES in tests/tidy.rs, the lower ones first");
}

#[test]
fn a_crate_is_used_only_in_its_home_modules() {
    let mut found = Vec::new();
    for source in Source::below("src") {
        let module = source.module("src");
        for (name, homes) in HOMES.iter().filter(|(_, homes)| !homes.contains(&module.as_str())) {
            let strangers = source.code().filter(|(_, line)| names_crate(line, name));
            found.extend(strangers.map(|(at, _)| {
                format!("{}: `{name}` may only be used in {homes:?}", source.at(at))
            }));
        }
    }
    none(&found, "let the home module offer what is needed, in types of its own");
}

#[test]
fn every_file_has_a_module_comment() {
    let sources = ["src", "crates", "tests", "benches"].map(Source::below);
    let silent = sources.iter().flatten().filter(|source| !source.text.starts_with("//! "));
    let found: Vec<String> = silent.map(|source| source.path.display().to_string()).collect();
    none(&found, "begin the file with a line `//! …` that says what the file is for");
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    let mut found = Vec::new();
    for source in ["src", "crates", "tests", "benches"].map(Source::below).iter().flatten() {
        let allowed = ["#[", "#!["].map(|open| format!("{open}allow("));
        let lines = source.text.lines().enumerate();
        let guilty = lines.filter(|(_, line)| allowed.iter().any(|allow| line.contains(allow)));
        found.extend(guilty.map(|(at, _)| source.at(at + 1)));
    }
    none(&found, "write #[expect(lint, reason = \"…\")]");
}

#[test]
fn every_setting_has_a_comment() {
    let text = fs::read_to_string(project().join("config/default.toml")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let bare = lines.windows(2).enumerate().filter(|(_, pair)| {
        pair[1].contains(" = ") && !pair[1].starts_with('#') && !pair[0].starts_with("# ")
    });
    let found: Vec<String> =
        bare.map(|(at, pair)| format!("config/default.toml:{}: {}", at + 2, pair[1])).collect();
    none(
        &found,
        "write a comment above the key that explains it, with its unit or its values and the reason for the default",
    );
}

#[test]
fn every_locale_has_the_same_keys_and_placeholders() {
    let locales: Vec<(String, BTreeSet<String>)> = ["zh-Hans", "zh-Hant", "en"]
        .map(|name| {
            let path = format!("config/locales/{name}.toml");
            let text = fs::read_to_string(project().join(&path)).unwrap();
            let mut keys = BTreeSet::new();
            entries("", &toml::Value::Table(toml::from_str(&text).unwrap()), &mut keys);
            (path, keys)
        })
        .into();
    let all: BTreeSet<&String> = locales.iter().flat_map(|(_, keys)| keys).collect();
    let mut found = Vec::new();
    for (path, keys) in &locales {
        let missing = all.iter().filter(|key| !keys.contains(**key));
        found.extend(missing.map(|key| format!("{path}: no {key}")));
    }
    none(&found, "add the key to every locale, with the same {placeholders}");
}

/// Collects `section.key` for every text, and `section.key {placeholder}` for every placeholder in it.
fn entries(path: &str, value: &toml::Value, keys: &mut BTreeSet<String>) {
    match value {
        toml::Value::Table(table) => {
            let dot = if path.is_empty() { "" } else { "." };
            table
                .iter()
                .for_each(|(key, value)| entries(&format!("{path}{dot}{key}"), value, keys));
        }
        toml::Value::Array(items) => {
            keys.insert(path.to_owned());
            for item in items {
                entries(path, item, keys);
            }
        }
        other => {
            keys.insert(path.to_owned());
            for after in other.as_str().unwrap_or_default().split('{').skip(1) {
                let name = after.split('}').next().unwrap_or_default();
                keys.insert(format!("{path} {{{name}}}"));
            }
        }
    }
}

#[test]
fn the_checks_find_violations() {
    assert_eq!(modules_named("use crate::{index, search::Hit};"), ["index", "search"]);
    assert_eq!(modules_named("let a = crate::text::fold(crate::CONSTANT);"), ["text"]);
    assert!(names_crate("use tantivy::Index;", "tantivy"));
    assert!(names_crate("    let a: tantivy::Index = b;", "tantivy"));
    assert!(names_crate("use tokio;", "tokio"));
    for innocent in
        ["use crate::pinyin::plain;", "let pinyin = 1;", "my_tokio::spawn()", "tokio_x::y"]
    {
        assert!(!names_crate(innocent, "pinyin") && !names_crate(innocent, "tokio"), "{innocent}");
    }
}
