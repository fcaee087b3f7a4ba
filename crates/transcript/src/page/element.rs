//! The elements of a page and their attributes.

use html5gum::emitters::default::StartTag;

/// An element of the page, open or not.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Element {
    /// The element around it; the first one is its own.
    pub(super) parent: u32,
    /// Its class or id says that it is no part of the article.
    pub(super) suspect: bool,
}

/// The attributes of a start tag.
pub(super) struct Attributes<'a>(pub(super) &'a StartTag<()>);

impl Attributes<'_> {
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let value = self.0.attributes.get(name.as_bytes())?;
        Some(String::from_utf8_lossy(value).into_owned())
    }
}
