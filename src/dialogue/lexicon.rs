//! Reads the lists in `config/lexicon` and `config/talk`.

use regex::Regex;

/// Returns the entries of a list: its lines without comments and empty lines.
pub(super) fn lines(file: &str) -> Vec<&str> {
    file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
}

/// Returns the entries of a list, each as its characters.
pub(super) fn words(file: &str) -> Vec<Vec<char>> {
    lines(file).into_iter().map(|word| word.chars().collect()).collect()
}

/// Compiles `pattern`, an entry of the list `name`.
pub(super) fn compile(pattern: &str, name: &str) -> Regex {
    // The lists are compiled in and read by unit tests: a faulty pattern does not get as far as a release.
    Regex::new(pattern).unwrap_or_else(|error| panic!("{name}: {error}"))
}
