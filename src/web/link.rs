//! Links between the pages.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::visitor::Visitor;
use crate::dialogue::Permalink;
use transcript::PassageId;

/// A link as the templates draw it.
pub(super) struct Link {
    pub(super) label: String,
    pub(super) href: String,
}

/// Returns the link to `passage`.
pub(super) fn turn_link(visitor: &Visitor, passage: &PassageId) -> String {
    visitor.address(&Permalink::of(passage.clone()))
}

/// Returns the path of the search page for `question`, limited to the interview `within` if there is one.
pub(super) fn search_path(question: &str, within: Option<&str>) -> String {
    let question = utf8_percent_encode(question, NON_ALPHANUMERIC);
    let within = within.map(|slug| format!("&in={slug}")).unwrap_or_default();
    format!("/search?q={question}{within}")
}

/// Returns the path of the picture for the permanent link `path`, for example `/card/talk/3.2.png?r=12-48`.
pub(super) fn image_path(path: &str) -> String {
    let (place, query) = path.split_once('?').unwrap_or((path, ""));
    let place = place.strip_prefix("/i").unwrap_or(place);
    let joint = if query.is_empty() { "" } else { "?" };
    format!("/card{place}.png{joint}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_named_after_the_link() {
        assert_eq!(image_path("/i/talk/3.2"), "/card/talk/3.2.png");
        assert_eq!(
            image_path("/i/talk/3.2?r=1-9&script=hant"),
            "/card/talk/3.2.png?r=1-9&script=hant"
        );
    }
}
