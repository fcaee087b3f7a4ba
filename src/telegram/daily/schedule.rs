//! When the quotation of the day is due: a minute of the day in a time zone.
//!
//! All functions take the time as an argument, in Unix seconds.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

use crate::store::MAX_DAILY_AHEAD;

/// How late a quotation may be sent. After a longer outage it is skipped, because yesterday's quotation and
/// today's would arrive together.
const MAX_DELAY: i64 = 3600;
/// Minutes by which clocks are ever put forward at once.
const MAX_GAP_MINUTES: i64 = 180;

/// The time of the day at which a chat gets its quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::telegram) struct TimeOfDay {
    /// The minute of the day, from 0 to 1,439.
    pub(super) minute: u16,
    pub(super) zone: Tz,
}

/// What to do about a quotation whose time may have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Send it now.
    Now,
    /// It is too late for it, or its time was wrong.
    Skip,
    /// Its time has not come.
    Later,
}

/// Returns what to do at `now` about a quotation that is due at `next_at`.
pub(super) fn due(next_at: i64, now: i64) -> Due {
    match now - next_at {
        0..=MAX_DELAY => Due::Now,
        late if late > -MAX_DAILY_AHEAD && late < 0 => Due::Later,
        _ => Due::Skip,
    }
}

impl TimeOfDay {
    /// Returns the first time after `now` that is on a later day than `sent_at`, the time of the last quotation. So a
    /// chat gets one a day, even if its clock, its time or its zone is changed.
    pub(super) fn next_after(self, now: i64, sent_at: i64) -> i64 {
        // What was sent in the future was sent by a clock that ran wrong.
        let sent_on = if sent_at > now + MAX_DAILY_AHEAD { None } else { self.date(sent_at) };
        let today = self.date(now);
        let days = (0..=3).filter_map(|days| today?.checked_add_days(Days::new(days)));
        let times = days.filter(|day| sent_on.is_none_or(|sent| *day > sent));
        times.filter_map(|day| self.on(day)).find(|time| *time > now).unwrap_or(now + 24 * 3600)
    }

    fn date(self, time: i64) -> Option<NaiveDate> {
        Some(DateTime::from_timestamp(time, 0)?.with_timezone(&self.zone).date_naive())
    }

    /// Returns the time on a day. A time that the clocks jump over is moved behind the gap, and of a time that comes
    /// twice the first is taken.
    fn on(self, day: NaiveDate) -> Option<i64> {
        let seconds = u32::from(self.minute) * 60;
        let time = day.and_time(NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0)?);
        let shifted = (0..=MAX_GAP_MINUTES).map(|minutes| time + TimeDelta::minutes(minutes));
        let mut times = shifted.filter_map(|time| self.zone.from_local_datetime(&time).earliest());
        Some(times.next()?.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unix(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp()
    }

    fn check(zone: Tz, minute: u16, now: &str, sent_at: &str, expected: &str) {
        let sent_at = if sent_at.is_empty() { 0 } else { unix(sent_at) };
        let next = TimeOfDay { minute, zone }.next_after(unix(now), sent_at);
        assert_eq!(next, unix(expected), "help: after {now}");
    }

    #[test]
    fn the_next_time_is_later_today_or_tomorrow() {
        let shanghai = chrono_tz::Asia::Shanghai;
        check(shanghai, 480, "2026-11-24T07:59:59+08:00", "", "2026-11-24T08:00:00+08:00");
        check(shanghai, 480, "2026-11-24T08:00:00+08:00", "", "2026-11-25T08:00:00+08:00");
        check(shanghai, 0, "2026-12-31T23:59:00+08:00", "", "2027-01-01T00:00:00+08:00");
    }

    #[test]
    fn a_chat_gets_one_a_day_even_if_its_time_is_changed() {
        let shanghai = chrono_tz::Asia::Shanghai;
        let (sent, now) = ("2026-11-24T08:00:00+08:00", "2026-11-24T09:00:00+08:00");
        check(shanghai, 600, now, sent, "2026-11-25T10:00:00+08:00");
        check(shanghai, 420, now, sent, "2026-11-25T07:00:00+08:00");
        // A clock that is set back does not bring the same day again.
        check(shanghai, 480, "2026-11-24T05:00:00+08:00", sent, "2026-11-25T08:00:00+08:00");
        // A quotation of next year was sent by a clock that ran wrong.
        check(shanghai, 600, now, "2027-11-24T08:00:00+08:00", "2026-11-24T10:00:00+08:00");
    }

    #[test]
    fn clocks_that_change_neither_lose_nor_double_a_day() {
        let new_york = chrono_tz::America::New_York;
        // 2:30 does not exist on 8 March 2026, and 1:30 comes twice on 1 November.
        check(new_york, 150, "2026-03-08T00:00:00-05:00", "", "2026-03-08T03:00:00-04:00");
        check(new_york, 90, "2026-11-01T00:00:00-04:00", "", "2026-11-01T01:30:00-04:00");
        let sent = "2026-11-01T01:30:00-04:00";
        check(new_york, 90, "2026-11-01T01:00:00-05:00", sent, "2026-11-02T01:30:00-05:00");
        check(new_york, 480, "2026-03-07T09:00:00-05:00", "", "2026-03-08T08:00:00-04:00");
    }

    #[test]
    fn every_day_of_some_years_has_one_time_in_every_zone() {
        for zone in
            [chrono_tz::Asia::Shanghai, chrono_tz::Europe::London, chrono_tz::Australia::Lord_Howe]
        {
            for minute in [0, 119, 150, 1439] {
                let time = TimeOfDay { minute, zone };
                let mut now = unix("2026-01-01T12:00:00Z");
                for _ in 0..800 {
                    let next = time.next_after(now, now);
                    assert_eq!(
                        time.date(next),
                        time.date(now).unwrap().succ_opt(),
                        "{zone} {minute}"
                    );
                    now = next;
                }
            }
        }
    }

    #[test]
    fn what_is_late_is_skipped_after_an_hour() {
        let at = unix("2026-11-24T08:00:00+08:00");
        for (seconds, expected) in [
            (-1, Due::Later),
            (0, Due::Now),
            (3600, Due::Now),
            (3601, Due::Skip),
            (-200_000, Due::Skip),
        ] {
            assert_eq!(due(at, at + seconds), expected, "{seconds} seconds later");
        }
    }
}
