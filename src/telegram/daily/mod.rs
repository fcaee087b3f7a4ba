//! A quotation a day: `/daily` chooses the time and the time zone, and [`send_due`] sends it.

mod button;
mod order;
mod schedule;
mod send;

use std::sync::Arc;

use chrono_tz::Tz;
use teloxide::types::{CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup};

use super::context::{Audience, BotContext, line};
use super::effects::{Effect, Effects, replace, toast};
use super::outbox::OutgoingMessage;
use super::user_request::UpdateOrigin;
use crate::dialogue::{Phrases, fill};
use crate::store::{DailyProgress, DailyQuote};

pub(super) use button::DailyButton;
pub(super) use send::send_due;

use schedule::TimeOfDay;

/// The minutes of the day that have a button.
const TIMES: [u16; 8] = [7 * 60, 8 * 60, 9 * 60, 12 * 60, 18 * 60, 20 * 60, 21 * 60, 22 * 60];
const TIMES_IN_ROW: usize = 4;
const ZONES_IN_ROW: usize = 2;
/// The arguments of `/daily` that switch it off.
const OFF: [&str; 5] = ["off", "关", "關", "关闭", "關閉"];

/// What a chat has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct DailyChoice {
    zone: Tz,
    /// `None` while the quotation of the day is switched off.
    minute: Option<u16>,
    as_picture: bool,
}

impl DailyChoice {
    /// Reads what is kept of a chat's choice. A chat that has chosen no zone has the one of its language.
    fn of(kept: Option<&DailyQuote>, phrases: &Phrases) -> Self {
        let zone = kept.and_then(|kept| kept.zone.parse().ok());
        // The default of each locale is in its list of zones, which a unit test reads.
        let zone = zone.or_else(|| phrases.telegram.daily.default_zone.parse().ok());
        let on = kept.filter(|kept| kept.progress.next_at.is_some());
        let minute = on.and_then(|kept| u16::try_from(kept.minute_of_day).ok());
        let as_picture = kept.is_some_and(|kept| kept.as_picture);
        Self { zone: zone.unwrap_or(Tz::UTC), minute, as_picture }
    }
}

/// Handles `/daily`, which may have a time of the day as its argument. In groups and channels, only admins may choose.
pub(super) async fn command(
    context: Arc<BotContext>,
    origin: UpdateOrigin,
    audience: Audience,
    argument: String,
) -> Effects {
    let words = &audience.phrases.telegram;
    if !context.may_set(&origin).await {
        return vec![Effect::personal(&origin, line(&words.admins_only))];
    }
    let Ok(kept) = context.store.daily_quote(origin.chat_id).await else {
        return vec![Effect::personal(&origin, line(&words.not_kept))];
    };
    let choice = DailyChoice::of(kept.as_ref(), audience.phrases);
    let argument = argument.trim().to_lowercase();
    let choice = if argument.is_empty() {
        choice
    } else if OFF.contains(&argument.as_str()) {
        DailyChoice { minute: None, ..choice }
    } else if let Some(minute) = button::minute_of_day(&argument) {
        DailyChoice { minute: Some(minute), ..choice }
    } else {
        return vec![Effect::personal(&origin, line(&words.daily.bad_time))];
    };
    let is_kept = argument.is_empty() || context.keep_daily(&origin, kept, choice).await;
    let draft = if is_kept { context.daily_page(choice, &audience) } else { line(&words.not_kept) };
    vec![Effect::personal(&origin, draft)]
}

/// Handles a button below the reply to `/daily`.
pub(super) async fn press(
    context: Arc<BotContext>,
    query: CallbackQuery,
    audience: Audience,
    button: DailyButton,
) -> Effects {
    let words = &audience.phrases.telegram;
    let Some(origin) = UpdateOrigin::of_press(&query) else {
        return vec![toast(&query, Some(&words.old_button))];
    };
    if !context.may_set(&origin).await {
        return vec![toast(&query, Some(&words.admins_only))];
    }
    let Ok(kept) = context.store.daily_quote(origin.chat_id).await else {
        return vec![toast(&query, Some(&words.not_kept))];
    };
    let before = DailyChoice::of(kept.as_ref(), audience.phrases);
    let choice = match button {
        DailyButton::Zones => {
            let mut effects = vec![toast(&query, None)];
            effects.extend(replace(&query, zones_page(before, audience.phrases)));
            return effects;
        }
        DailyButton::Time(time) => {
            DailyChoice { zone: time.zone, minute: Some(time.minute), ..before }
        }
        DailyButton::Picture(as_picture) => DailyChoice { as_picture, ..before },
        DailyButton::Zone(zone) => DailyChoice { zone, ..before },
        DailyButton::Off => DailyChoice { minute: None, ..before },
    };
    if choice != before && !context.keep_daily(&origin, kept, choice).await {
        return vec![toast(&query, Some(&words.not_kept))];
    }
    let said = if choice == before { None } else { Some(words.saved.as_str()) };
    let mut effects = vec![toast(&query, said)];
    effects.extend(replace(&query, context.daily_page(choice, &audience)));
    effects
}

impl BotContext {
    /// Keeps what a chat has chosen instead of what was `kept`. Returns false if that failed.
    async fn keep_daily(
        &self,
        origin: &UpdateOrigin,
        kept: Option<DailyQuote>,
        choice: DailyChoice,
    ) -> bool {
        let DailyChoice { zone, minute, as_picture } = choice;
        let Some(now) = self.clock.now() else { return false };
        let before = kept.as_ref().map(|kept| kept.progress);
        let before = before.unwrap_or(DailyProgress { next_at: None, sent_at: 0, place: i64::MIN });
        let next_at =
            minute.map(|minute| TimeOfDay { minute, zone }.next_after(now, before.sent_at));
        let minute_of_day = match (minute, kept) {
            (Some(minute), _) => minute.into(),
            (None, Some(kept)) => kept.minute_of_day,
            (None, None) => 0,
        };
        let daily = DailyQuote {
            subscriber: origin.subscriber(),
            minute_of_day,
            zone: zone.name().to_owned(),
            as_picture,
            progress: DailyProgress { next_at, ..before },
        };
        self.store.set_daily_quote(&daily).await.is_ok()
    }

    fn daily_page(&self, choice: DailyChoice, audience: &Audience) -> OutgoingMessage {
        let words = &audience.phrases.telegram.daily;
        if self.service.engine().standalone_quotes().is_empty() {
            return line(&words.no_quotes);
        }
        page(choice, audience.phrases)
    }
}

/// Returns the message with which the time is chosen.
fn page(choice: DailyChoice, phrases: &Phrases) -> OutgoingMessage {
    let words = &phrases.telegram.daily;
    let DailyChoice { zone, minute, as_picture } = choice;
    let zone_name = zone_name(zone, phrases);
    let text = match minute {
        Some(minute) => {
            fill(&words.on, &[("time", &button::clock_time(minute)), ("zone", zone_name)])
        }
        None => words.off.clone(),
    };
    let time_key = |at: u16| {
        let mark = if minute == Some(at) { "✓ " } else { "" };
        let label = format!("{mark}{}", button::clock_time(at));
        key(label, DailyButton::Time(TimeOfDay { minute: at, zone }))
    };
    let times = TIMES.map(time_key);
    let mut rows: Vec<Vec<InlineKeyboardButton>> =
        times.chunks(TIMES_IN_ROW).map(<[_]>::to_vec).collect();
    let mut last = vec![key(fill(&words.zone, &[("zone", zone_name)]), DailyButton::Zones)];
    last.extend(minute.map(|_| key(words.stop.clone(), DailyButton::Off)));
    rows.push(last);
    let mark = if as_picture { "✓ " } else { "" };
    let picture = key(format!("{mark}{}", words.picture), DailyButton::Picture(!as_picture));
    rows.push(vec![picture]);
    OutgoingMessage { keyboard: InlineKeyboardMarkup::new(rows), ..line(&text) }
}

/// Returns the message with which the time zone is chosen.
fn zones_page(choice: DailyChoice, phrases: &Phrases) -> OutgoingMessage {
    let words = &phrases.telegram.daily;
    let zones = words.zones.iter().filter_map(|(zone, name)| {
        let zone: Tz = zone.parse().ok()?;
        let mark = if zone == choice.zone { "✓ " } else { "" };
        Some(key(format!("{mark}{name}"), DailyButton::Zone(zone)))
    });
    let zones: Vec<InlineKeyboardButton> = zones.collect();
    let rows = zones.chunks(ZONES_IN_ROW).map(<[_]>::to_vec);
    OutgoingMessage { keyboard: InlineKeyboardMarkup::new(rows), ..line(&words.choose_zone) }
}

/// Returns the name of a zone in the language of `phrases`.
fn zone_name(zone: Tz, phrases: &Phrases) -> &str {
    phrases.telegram.daily.zones.get(zone.name()).map_or(zone.name(), String::as_str)
}

fn key(label: String, button: DailyButton) -> InlineKeyboardButton {
    InlineKeyboardButton::callback(label, button.encode())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::Language;

    #[test]
    fn every_zone_of_the_list_exists_and_the_default_is_among_them() {
        for language in Language::ALL {
            let words = &Phrases::of(language).telegram.daily;
            assert!(words.zones.contains_key(&words.default_zone));
            for zone in words.zones.keys() {
                assert!(zone.parse::<Tz>().is_ok(), "`{zone}`");
            }
        }
    }
}
