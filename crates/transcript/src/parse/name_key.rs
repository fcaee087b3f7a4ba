//! The form in which names and words are compared.

use crate::text::fold_char;

/// The form in which names are compared: folded letters and digits only.
pub(crate) fn key(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).map(fold_char).collect()
}
