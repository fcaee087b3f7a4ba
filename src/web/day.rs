//! Calendar days, for dates of access, feeds and the quotation of the day.

use std::time::{SystemTime, UNIX_EPOCH};

/// A day, counted from 1 January 1970, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CalendarDay(u64);

/// The days of 400 years, after which the Gregorian calendar repeats.
const DAYS_IN_ERA: u64 = 146_097;

impl CalendarDay {
    pub(super) fn today() -> Self {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(elapsed.as_secs() / 86_400)
    }

    pub(super) fn number(self) -> u64 {
        self.0
    }

    /// Returns the day that is `days` days earlier.
    pub(super) fn before(self, days: u64) -> Self {
        Self(self.0.saturating_sub(days))
    }

    /// Returns year, month and day of the month, by the algorithm `civil_from_days` of Howard Hinnant ("chrono-Compatible
    /// Low-Level Date Algorithms"), in which a year begins in March.
    fn date(self) -> (u64, u64, u64) {
        let days = self.0 + 719_468;
        let era = days / DAYS_IN_ERA;
        let day_of_era = days % DAYS_IN_ERA;
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        (year, month, day)
    }

    /// Formats the day as in `2026-11-24`.
    pub(super) fn iso_8601(self) -> String {
        let (year, month, day) = self.date();
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// Formats the day as in `Tue, 24 Nov 2026 00:00:00 GMT`, which RSS requires.
    pub(super) fn rfc_2822(self) -> String {
        const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let (year, month, day) = self.date();
        let name = |names: &[&'static str], at: u64| {
            usize::try_from(at).ok().and_then(|at| names.get(at).copied()).unwrap_or_default()
        };
        let (weekday, month) = (name(&WEEKDAYS, self.0 % 7), name(&MONTHS, month - 1));
        format!("{weekday}, {day:02} {month} {year} 00:00:00 GMT")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        for (number, iso) in
            [(0, "1970-01-01"), (59, "1970-03-01"), (11_016, "2000-02-29"), (20_781, "2026-11-24")]
        {
            assert_eq!(CalendarDay(number).iso_8601(), iso);
        }
        assert_eq!(CalendarDay(20_781).rfc_2822(), "Tue, 24 Nov 2026 00:00:00 GMT");
        assert_eq!(CalendarDay(0).rfc_2822(), "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
