//! A quotation as a picture, sent into the chat where its button was pressed.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::api::Attachment;
use super::handler::{Handler, unsent};
use super::update::CallbackQuery;
use crate::dialogue::{Card, Intent, Phrases, Reader, Reply, View};
use crate::picture::{Error, Painter};
use crate::store::Done;

/// Pictures that are drawn or waited for at once; who comes then is asked to try again.
const IN_LINE: usize = 16;
/// Characters of a caption.
const MAX_CAPTION: usize = 1024;

/// Draws pictures, one at a time: each takes a whole processor, and questions come first.
pub(super) struct Gallery {
    painter: Arc<Painter>,
    line: Semaphore,
    easel: Semaphore,
}

impl Gallery {
    pub(super) fn new(painter: Arc<Painter>) -> Self {
        Self { painter, line: Semaphore::new(IN_LINE), easel: Semaphore::new(1) }
    }

    /// The picture of a card; `None` while too many are in line.
    async fn draw(&self, card: Box<Card>) -> Option<Result<Vec<u8>, Error>> {
        let _place = self.line.try_acquire().ok()?;
        let _easel = self.easel.acquire().await.ok()?;
        let painter = Arc::clone(&self.painter);
        let drawn = tokio::task::spawn_blocking(move || painter.paint(&card)).await;
        Some(drawn.unwrap_or_else(|error| Err(Error::Drawing(error.to_string()))))
    }
}

impl Handler {
    /// Sends the open quotation of a card as a picture.
    pub(super) async fn send_picture(
        &self,
        press: &CallbackQuery,
        view: View,
        reader: Reader,
        done: &Done,
    ) {
        let words = Phrases::of(reader.language);
        let Some(place) = press.place() else {
            return self.answer(press, Some(&words.telegram.old_button)).await;
        };
        let card = match self.ask_service(&Intent::Show { view, question: None }, reader).0 {
            Reply::Card(card) => card,
            Reply::Notice(notice) => return self.answer(press, Some(&notice)).await,
            _ => return self.answer(press, Some(&words.telegram.old_button)).await,
        };
        let caption = card.attribution.line.chars().take(MAX_CAPTION).collect();
        let bytes = match self.gallery.draw(card).await {
            Some(Ok(bytes)) => bytes,
            None => return self.answer(press, Some(&words.telegram.flooded)).await,
            Some(Err(error)) => {
                tracing::error!(%error, "a picture could not be drawn");
                let is_fontless = matches!(error, Error::NoFont(_));
                let why = if is_fontless { &words.telegram.no_font } else { &words.answer.failed };
                return self.answer(press, Some(why)).await;
            }
        };
        self.answer(press, None).await;
        let photo = Attachment { field: "photo", name: "quotation.png".to_owned(), bytes };
        if let Err(failure) =
            self.outbox.send_file(place.address(), "SendPhoto", photo, caption).await
        {
            unsent(done, &failure);
        }
    }
}
