//! Draws pictures, one at a time.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::dialogue::Card;
use crate::picture::{Error, Painter};

/// The most pictures that are drawn or waited for at the same time. Further users are
/// asked to try again.
const MAX_WAITING: usize = 16;

/// Draws pictures one at a time, because each takes a whole processor, which questions need more.
pub(super) struct RenderQueue {
    painter: Arc<Painter>,
    waiting: Semaphore,
    drawing: Semaphore,
}

impl RenderQueue {
    pub(super) fn new(painter: Arc<Painter>) -> Self {
        Self { painter, waiting: Semaphore::new(MAX_WAITING), drawing: Semaphore::new(1) }
    }

    /// Draws the picture of a card. Returns `None` if too many pictures are waited for.
    pub(super) async fn draw(
        &self,
        card: Box<Card>,
        site_name: &'static str,
    ) -> Option<Result<Vec<u8>, Error>> {
        let _waiting = self.waiting.try_acquire().ok()?;
        let _drawing = self.drawing.acquire().await.ok()?;
        let painter = Arc::clone(&self.painter);
        let drawn = tokio::task::spawn_blocking(move || painter.paint(&card, site_name)).await;
        Some(drawn.unwrap_or_else(|error| Err(Error::Drawing(error.to_string()))))
    }
}
