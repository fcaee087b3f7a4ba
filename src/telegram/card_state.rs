//! The state of a card, as it is kept in the store for what people say about the card later.

use crate::dialogue::callback_data::{self, Press};
use crate::dialogue::{Intent, Reply, View};

/// Returns the state of the card in a reply, if there is a card.
pub(super) fn encode(reply: &Reply) -> Option<String> {
    let Reply::Card(card) = reply else { return None };
    let view = card.view.with_all_buttons(false);
    callback_data::encode(&Press::Do(Intent::Show { view, question: None }))
}

/// Reads a state that was kept. Returns `None` if another version of the program has written it.
pub(super) fn decode(state: &str) -> Option<View> {
    match callback_data::decode(state)? {
        Press::Do(Intent::Show { view, .. }) => Some(view),
        _ => None,
    }
}
