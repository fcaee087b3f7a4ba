//! Sends the quotations that are due.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::order::next_of;
use super::schedule::{Due, TimeOfDay, due};
use crate::dialogue::{Card, Phrases, Reply};
use crate::store::{DailyProgress, DailyQuote};
use crate::telegram::context::BotContext;
use crate::telegram::deep_link::DeepLink;
use crate::telegram::outbox::{Destination, OutgoingFile, OutgoingMessage};
use crate::telegram::picture::picture_file;
use crate::telegram::subscription::SendOutcome;
use crate::telegram::user_request::chat_type_of;

/// How many quotations are under way at the same time.
const AT_ONCE: usize = 8;

/// What the log calls the message.
const WHAT: &str = "a quotation of the day";

/// A quotation that is ready to be sent.
struct DailyMessage {
    /// The place of the quotation in the chat's order.
    place: i64,
    draft: OutgoingMessage,
    picture: Option<OutgoingFile>,
}

/// Sends the quotations that are due now. Stops when `ending` is true, and when Telegram cannot be reached.
pub(in crate::telegram) async fn send_due(
    context: &Arc<BotContext>,
    ending: &watch::Receiver<bool>,
) -> SendOutcome {
    let Some(now) = context.clock.now() else { return SendOutcome::TryLater };
    let all = context.store.due_daily_quotes(now).await.unwrap_or_default();
    if all.is_empty() || !context.sends_notices().await {
        return SendOutcome::Done;
    }
    for some in all.chunks(AT_ONCE) {
        if *ending.borrow() {
            return SendOutcome::Done;
        }
        let mut under_way = JoinSet::new();
        for daily in some {
            let (context, daily) = (Arc::clone(context), daily.clone());
            under_way.spawn(async move { context.send_daily(&daily, now).await });
        }
        if under_way.join_all().await.contains(&SendOutcome::TryLater) {
            return SendOutcome::TryLater;
        }
    }
    SendOutcome::Done
}

impl BotContext {
    /// Claims a quotation and sends it. If it was surely not sent, it is given back.
    async fn send_daily(&self, daily: &DailyQuote, now: i64) -> SendOutcome {
        let chat_id = daily.subscriber.chat_id;
        let (Some(due_at), Ok(minute), Ok(zone)) =
            (daily.progress.next_at, u16::try_from(daily.minute_of_day), daily.zone.parse())
        else {
            // A version of the program that knows other zones has written the row.
            tracing::warn!(
                zone = daily.zone,
                "a quotation of the day has an unknown time zone and is switched off"
            );
            let _ = self.store.stop_daily_quote(chat_id).await;
            return SendOutcome::Done;
        };
        let time = TimeOfDay { minute, zone };
        let skipped = DailyProgress {
            next_at: Some(time.next_after(now, daily.progress.sent_at)),
            ..daily.progress
        };
        let state = due(due_at, now);
        let message = match state {
            Due::Later => return SendOutcome::Done,
            Due::Skip => None,
            Due::Now => self.daily_message(daily).await,
        };
        let Some(DailyMessage { place, draft, picture }) = message else {
            tracing::info!(?state, "a quotation of the day is skipped");
            // If the store fails, the next try finds the same.
            let _ = self.store.advance_daily_quote(chat_id, daily.progress, skipped).await;
            return SendOutcome::Done;
        };
        let claimed =
            DailyProgress { next_at: Some(time.next_after(now, due_at)), sent_at: due_at, place };
        let is_claimed = self.store.advance_daily_quote(chat_id, daily.progress, claimed).await;
        if !is_claimed.unwrap_or(false) {
            return SendOutcome::Done;
        }
        let to = Destination::of_subscriber(&daily.subscriber);
        let outcome = self.send_daily_message(to, draft, picture).await;
        if outcome == SendOutcome::TryLater {
            // If this fails as well, the quotation is lost, and is not sent twice.
            let _ = self.store.advance_daily_quote(chat_id, claimed, daily.progress).await;
        }
        outcome
    }

    /// Sends a quotation that was claimed, as a picture if there is one. If Telegram refuses the picture, which it has not
    /// sent then, the quotation is sent as a text.
    async fn send_daily_message(
        &self,
        to: Destination,
        draft: OutgoingMessage,
        picture: Option<OutgoingFile>,
    ) -> SendOutcome {
        if let Some(picture) = picture {
            let sent = self.outbox.send_file_once(to, &picture).await;
            let refusal = sent.as_ref().err().and_then(|failure| failure.refused_with(400));
            let Some(why) = refusal else { return self.settle_claimed(to, &sent, WHAT).await };
            tracing::warn!(why, "Telegram refused the picture of a quotation of the day");
        }
        self.send_claimed(to, draft, WHAT).await
    }

    /// Draws a quotation of the day. Returns `None` if that fails, so that it is sent as a text.
    async fn daily_picture(&self, card: &Card, phrases: &'static Phrases) -> Option<OutgoingFile> {
        match self.pictures.draw(Box::new(card.clone()), &phrases.web.name).await {
            Some(Ok(bytes)) => {
                let heading = &phrases.telegram.daily.heading;
                let caption = format!("{heading}\n{}", card.attribution.line);
                Some(picture_file(bytes, &caption))
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "a quotation of the day could not be drawn and is sent as a text");
                None
            }
            None => None,
        }
    }

    /// Returns the next quotation of a chat; `None` if there is none.
    async fn daily_message(&self, daily: &DailyQuote) -> Option<DailyMessage> {
        let audience =
            self.audience_of(daily.subscriber.chat_id, &daily.subscriber.language_code).await;
        let engine = self.service.engine();
        let within = self.chosen_interview(&audience.settings);
        let quotes = engine.standalone_quotes_of(within.as_deref());
        let (place, quote) = next_of(quotes, daily.subscriber.chat_id, daily.progress.place)?;
        let intent = DeepLink::to(quote.key, quote.excerpt.clone()).intent(audience.reader);
        let mut reply = engine.handle(&intent, audience.reader);
        let Reply::Card(card) = &mut reply else { return None };
        let picture =
            if daily.as_picture { self.daily_picture(card, audience.phrases).await } else { None };
        card.notes.insert(0, audience.phrases.telegram.daily.heading.clone());
        let draft = self.draw(&reply, Some(chat_type_of(&daily.subscriber.chat_kind)));
        Some(DailyMessage { place, draft, picture })
    }
}
