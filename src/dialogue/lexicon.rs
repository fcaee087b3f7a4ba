//! Reads the lists in `config/lexicon`.

/// Returns the entries of a list: its lines without comments and empty lines.
pub(super) fn lines(file: &'static str) -> Vec<&'static str> {
    file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
}
