//! The buttons below the reply to `/daily`, and the times that they and its argument name.

use chrono_tz::Tz;

use super::schedule::TimeOfDay;

/// The prefix of the callback data of these buttons.
const PREFIX: &str = "daily:";

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::telegram) enum DailyButton {
    /// Sends a quotation every day at this time.
    Time(TimeOfDay),
    /// Shows the list of time zones.
    Zones,
    /// Chooses a time zone.
    Zone(Tz),
    /// Chooses whether the quotation is sent as a picture.
    Picture(bool),
    Off,
}

impl DailyButton {
    pub(in crate::telegram) fn decode(data: &str) -> Option<Self> {
        let (kind, rest) = data.strip_prefix(PREFIX)?.split_once(':')?;
        match kind {
            "time" => {
                let (minute, zone) = rest.split_once(':')?;
                let minute = minute.parse().ok().filter(|minute| *minute < 24 * 60)?;
                Some(Self::Time(TimeOfDay { minute, zone: zone.parse().ok()? }))
            }
            "zone" => rest.parse().ok().map(Self::Zone),
            "zones" => rest.is_empty().then_some(Self::Zones),
            "picture" => match rest {
                "on" => Some(Self::Picture(true)),
                "off" => Some(Self::Picture(false)),
                _ => None,
            },
            "off" => rest.is_empty().then_some(Self::Off),
            _ => None,
        }
    }

    pub(super) fn encode(self) -> String {
        match self {
            Self::Time(TimeOfDay { minute, zone }) => {
                format!("{PREFIX}time:{minute}:{}", zone.name())
            }
            Self::Zones => format!("{PREFIX}zones:"),
            Self::Zone(zone) => format!("{PREFIX}zone:{}", zone.name()),
            Self::Picture(true) => format!("{PREFIX}picture:on"),
            Self::Picture(false) => format!("{PREFIX}picture:off"),
            Self::Off => format!("{PREFIX}off:"),
        }
    }
}

/// Parses a time of the day: `7:30`, `07：30` or `7`.
pub(super) fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once([':', '：']).unwrap_or((text, "00"));
    let is_number = |text: &str| {
        (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(hour) || !is_number(minute) || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// Returns the time as it is shown: `7:30`.
pub(super) fn clock_time(minute: u16) -> String {
    format!("{}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_decodes_to_what_was_encoded_and_fits() {
        let longest = chrono_tz::TZ_VARIANTS.into_iter().max_by_key(|zone| zone.name().len());
        let zone = longest.unwrap();
        let time = DailyButton::Time(TimeOfDay { minute: 1439, zone });
        let pictures = [true, false].map(DailyButton::Picture);
        let others = [time, DailyButton::Zone(zone), DailyButton::Zones, DailyButton::Off];
        for button in others.into_iter().chain(pictures) {
            let data = button.encode();
            assert!(data.len() <= 64, "`{data}`");
            assert_eq!(DailyButton::decode(&data), Some(button));
        }
        for data in [
            "daily:",
            "daily:time:1440:UTC",
            "daily:time:1:Moon",
            "daily:off:1",
            "daily:picture:",
            "off:",
        ] {
            assert_eq!(DailyButton::decode(data), None, "`{data}`");
        }
    }

    #[test]
    fn times_are_read_as_they_are_written() {
        for (text, minute) in
            [("7:30", 450), ("07：05", 425), ("0", 0), ("23:59", 1439), ("8", 480)]
        {
            assert_eq!(minute_of_day(text), Some(minute), "`{text}`");
        }
        for text in ["24:00", "7:60", "7:5", "7:", ":30", "-1:00", "7:30:00", "七点", "007:30", ""]
        {
            assert_eq!(minute_of_day(text), None, "`{text}`");
        }
        assert_eq!(clock_time(425), "7:05");
    }
}
