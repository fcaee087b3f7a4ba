//! Sends a quotation as a picture to the chat in which its button was pressed.

use std::sync::Arc;

use teloxide::types::{CallbackQuery, ChatAction};

use super::activity::Activity;
use super::api::Attachment;
use super::context::{Audience, BotContext};
use super::effects::{Effect, Effects, toast};
use super::outbox::OutgoingFile;
use super::user_request::UpdateOrigin;
use crate::dialogue::{Intent, Reply, View};
use crate::picture::Error;

/// The most characters of a caption.
const MAX_CAPTION: usize = 1024;

impl BotContext {
    /// Sends the open quotation of a card as a picture.
    pub(super) async fn picture(
        self: &Arc<Self>,
        query: &CallbackQuery,
        view: View,
        audience: &Audience,
    ) -> Effects {
        let words = audience.phrases;
        let Some(origin) = UpdateOrigin::of_press(query) else {
            return vec![toast(query, Some(&words.telegram.old_button))];
        };
        let intent = Intent::Show { view, question: None };
        let card = match self.ask_service(&intent, audience.reader).0 {
            Reply::Card(card) => card,
            Reply::Notice(notice) => return vec![toast(query, Some(&notice))],
            _ => return vec![toast(query, Some(&words.telegram.old_button))],
        };
        let _activity = Activity::announce(self, &origin, ChatAction::UploadPhoto);
        let caption = card.attribution.line.clone();
        let bytes = match self.pictures.draw(card, &words.web.name).await {
            Some(Ok(bytes)) => bytes,
            None => return vec![toast(query, Some(&words.telegram.flooded))],
            Some(Err(error)) => {
                tracing::error!(%error, "a picture could not be drawn");
                let is_fontless = matches!(error, Error::NoFont(_));
                let why =
                    if is_fontless { &words.telegram.no_font } else { &words.telegram.no_picture };
                return vec![toast(query, Some(why))];
            }
        };
        let file = picture_file(bytes, &caption);
        vec![toast(query, None), Effect::SendFile { to: origin.destination(), file }]
    }
}

/// Returns a picture to send, with a caption that is cut if it is too long.
pub(super) fn picture_file(bytes: Vec<u8>, caption: &str) -> OutgoingFile {
    let attachment = Attachment { field: "photo", name: "quotation.png".to_owned(), bytes };
    let caption = caption.chars().take(MAX_CAPTION).collect();
    OutgoingFile { method: "SendPhoto", attachment, caption }
}
