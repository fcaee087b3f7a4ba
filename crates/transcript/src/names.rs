//! Names with their variants, from a lexicon file.

use serde::{Deserialize, Serialize};

/// Ways to write one name or term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// The ways; order does not matter.
    pub variants: Vec<String>,
    /// What a variant weighs beside the word that was typed, 0 to 1.
    pub strength: f32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    name: Vec<Name>,
}

impl Name {
    /// The names of a lexicon file.
    pub fn read(text: &str) -> Result<Vec<Self>, toml::de::Error> {
        toml::from_str(text).map(|file: File| file.name)
    }
}
