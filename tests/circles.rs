//! Checks that no file or folder uses another beside it that uses it in turn.
//!
//! What a file names with `crate::` and `super::` counts. What a folder's `mod.rs` names, and re-exports, belongs to the
//! folder.

use std::collections::{BTreeMap, BTreeSet};

use crate::tidy::{Source, none};

/// The folders of sources that are checked: all packages.
const PACKAGES: [&str; 4] =
    ["src", "crates/transcript/src", "crates/retrieval/src", "crates/encoder/src"];

/// The path of a module or of an item, from the root of its package.
type ModulePath<'s> = Vec<&'s str>;

/// For each file or folder, those beside it that it uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// Returns the module that is in the file at `path` of a package.
fn module_of(path: &str) -> ModulePath<'_> {
    let mut module: ModulePath<'_> = path.trim_end_matches(".rs").split('/').collect();
    if let Some(&("mod" | "lib" | "main")) = module.last() {
        module.pop();
    }
    module
}

/// Adds the paths at the start of `text` to `found`, such as `a::b` and `a::c` of `a::{b, c}`, each after `parent`. Returns
/// the text behind them.
fn read_paths<'s>(
    mut text: &'s str,
    parent: &[&'s str],
    found: &mut Vec<ModulePath<'s>>,
) -> &'s str {
    let mut path = parent.to_vec();
    loop {
        if let Some(mut list) = text.strip_prefix('{') {
            while !list.starts_with('}') {
                list = read_paths(list.trim_start(), &path, found);
                // `as NAME` and a `*` are left out.
                let end = list.find([',', '}']).unwrap_or(list.len());
                list = list.split_at(end).1.trim_start_matches(',').trim_start();
                if list.is_empty() {
                    return list;
                }
            }
            return list.split_at(1).1;
        }
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        path.extend(Some(name).filter(|name| !name.is_empty()));
        let Some(after) = rest.strip_prefix("::") else {
            found.push(path);
            return rest;
        };
        text = after;
    }
}

/// Returns the paths in `code` that begin with `crate` or `super`.
fn paths_in(code: &str) -> Vec<ModulePath<'_>> {
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let (before, path) = code.split_at(at);
            if !before.ends_with(|c: char| c == ':' || c == '_' || c.is_alphanumeric()) {
                read_paths(path, &[], &mut found);
            }
        }
    }
    found
}

/// Returns the module of `modules` that `path` names, or in which the item stands that it names, when read in `module`.
fn resolve<'s>(
    path: &[&'s str],
    module: &[&'s str],
    modules: &BTreeSet<ModulePath<'s>>,
) -> ModulePath<'s> {
    let mut full = module.to_vec();
    for name in path {
        match *name {
            "crate" => full.clear(),
            "super" => drop(full.pop()),
            name => full.push(name),
        }
    }
    while !full.is_empty() && !modules.contains(&full) {
        full.pop();
    }
    full
}

/// Returns which files and folders use others beside them. `files` are the paths and the code of a package's files.
fn uses_in(files: &[(String, String)]) -> Uses {
    let modules: BTreeSet<ModulePath<'_>> = files.iter().map(|(path, _)| module_of(path)).collect();
    let mut uses = Uses::new();
    for (path, code) in files {
        let module = module_of(path);
        for used in paths_in(code).iter().map(|path| resolve(path, &module, &modules)) {
            let common = module.iter().zip(&used).take_while(|(one, other)| one == other).count();
            // A folder and what is in it are not beside each other.
            if common < module.len().min(used.len()) {
                let beside = |path: &[&str]| path[..=common].join("/");
                uses.entry(beside(&module)).or_default().insert(beside(&used));
            }
        }
    }
    uses
}

/// Returns whether `from` uses `to`, itself or by way of others.
fn reaches(uses: &Uses, from: &str, to: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(next) = open.pop() {
        if next == to {
            return true;
        }
        if seen.insert(next) {
            open.extend(uses.get(next).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

/// Returns each use that is part of a circle.
fn circles(uses: &Uses) -> Vec<String> {
    let pairs = uses.iter().flat_map(|(user, used)| used.iter().map(move |used| (user, used)));
    pairs
        .filter(|(user, used)| reaches(uses, used, user))
        .map(|(user, used)| format!("`{user}` uses `{used}`, which uses it in turn"))
        .collect()
}

/// Returns the modules that the file at `path` declares for unit tests.
fn test_modules<'s>(path: &'s str, text: &'s str) -> impl Iterator<Item = ModulePath<'s>> {
    text.split("#[cfg(test)]\nmod ").skip(1).filter_map(move |after| {
        let (name, _) = after.split_once(';').filter(|(name, _)| !name.contains('{'))?;
        Some(module_of(path).into_iter().chain([name]).collect())
    })
}

/// Returns the paths and the code of a package's files, without unit tests.
fn files_of(package: &str) -> Vec<(String, String)> {
    let sources: Vec<(String, Source)> = Source::below(package)
        .into_iter()
        .map(|source| {
            let path = source.path.strip_prefix(package).unwrap();
            (path.to_str().unwrap().to_owned(), source)
        })
        .collect();
    let tests: Vec<ModulePath<'_>> =
        sources.iter().flat_map(|(path, source)| test_modules(path, &source.text)).collect();
    let is_test = |path: &str| tests.iter().any(|test| module_of(path).starts_with(test));
    let code = |source: &Source| source.code().map(|(_, line)| line).collect::<Vec<_>>().join("\n");
    let files = sources.iter().filter(|(path, _)| !is_test(path));
    files.map(|(path, source)| (path.clone(), code(source))).collect()
}

#[test]
fn no_file_uses_another_that_uses_it_in_turn() {
    let found: Vec<String> =
        PACKAGES.iter().flat_map(|package| circles(&uses_in(&files_of(package)))).collect();
    none(&found, "move what both need to the file where it belongs, or to a file of its own");
}

#[test]
fn the_check_finds_circles() {
    let package = |files: &[(&str, &str)]| {
        let owned = |(path, code): &(&str, &str)| ((*path).to_owned(), (*code).to_owned());
        circles(&uses_in(&files.iter().map(owned).collect::<Vec<_>>()))
    };
    // `ask` and `card` by way of `link`, and the folders `a` and `b` by way of files in them.
    let circle = [
        ("web/ask.rs", "use super::{link::{self, Link as L}, mod_x};\nuse super::*;"),
        ("web/link.rs", "use crate::web::{\n    day,\n    card::Card,\n};"),
        ("web/card.rs", "fn new(ask: super::ask::Ask) {}"),
        ("web/day.rs", "use std::ask;"),
        ("a/mod.rs", "use crate::b::B;"),
        ("b/mod.rs", ""),
        ("b/c/mod.rs", "use super::super::a::A;"),
    ];
    assert_eq!(
        package(&circle),
        [
            "`a` uses `b`, which uses it in turn",
            "`b` uses `a`, which uses it in turn",
            "`web/ask` uses `web/link`, which uses it in turn",
            "`web/card` uses `web/ask`, which uses it in turn",
            "`web/link` uses `web/card`, which uses it in turn",
        ]
    );
    // A folder's own files may use what it re-exports.
    let no_circle = [
        ("web/mod.rs", "pub use ask::Ask;"),
        ("web/ask.rs", "use super::Card;\nuse crate::web::card;"),
        ("web/card.rs", "use super::{Ask, day::Day};"),
        ("web/day.rs", "use my_crate::web::ask;"),
    ];
    assert_eq!(package(&no_circle), Vec::<String>::new());
    let declared: Vec<_> = test_modules("a/mod.rs", "#[cfg(test)]\nmod tests;\nmod b;").collect();
    assert_eq!(declared, [["a", "tests"]]);
}
