//! Dates as bylines write them, to `2025-02-28`, `2025-02` or `2025`.

use std::sync::LazyLock;

use regex::Regex;

pub(crate) static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}\s*日?|\s*月)?",
        r"|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2},?\s+(?:19|20)\d{2}",
        r"|\d{1,2}\s+(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+(?:19|20)\d{2}",
    ))
    .expect("a valid pattern")
});

/// The first date in `text`, as `2025-02-28`, `2025-02` or `2025`.
pub(crate) fn date_in(text: &str) -> Option<String> {
    let found = DATE.find(text)?.as_str();
    let numbers: Vec<&str> =
        found.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let month = found
        .split(|c: char| !c.is_alphabetic())
        .find(|part| part.len() >= 3 && part.is_ascii())
        .and_then(month);
    match (month, numbers.as_slice()) {
        (Some(month), [day, year]) => dated(year, &month.to_string(), Some(day)),
        (None, [year, month, day, ..]) => dated(year, month, Some(day)),
        (None, [year, month]) => dated(year, month, None),
        _ => None,
    }
}

fn month(word: &str) -> Option<usize> {
    let months =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let word = word.to_lowercase();
    months.iter().position(|month| word.starts_with(month)).map(|at| at + 1)
}

fn dated(year: &str, month: &str, day: Option<&str>) -> Option<String> {
    let month: u32 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    let day: Option<u32> =
        day.and_then(|day| day.parse().ok()).filter(|day| (1..=31).contains(day));
    Some(
        day.map_or_else(
            || format!("{year}-{month:02}"),
            |day| format!("{year}-{month:02}-{day:02}"),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_all_their_forms() {
        for (text, expected) in [
            ("2025年2月8日", Some("2025-02-08")),
            ("发布于2025-02-28 10:00", Some("2025-02-28")),
            ("2025年2月", Some("2025-02")),
            ("March 3, 2025", Some("2025-03-03")),
            ("3 Mar 2025", Some("2025-03-03")),
            ("2025年13月", None),
        ] {
            assert_eq!(date_in(text).as_deref(), expected, "help: date in `{text}`");
        }
    }
}
