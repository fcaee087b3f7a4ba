//! The times that recordings' transcripts carry beside a name: `00:01:02`, `[12:30]`.

use super::name::trimmed;

/// A time at the start of some characters.
struct Timestamp {
    /// Characters, with brackets around the time and a date before it.
    length: usize,
    /// Seconds from the start of the recording, unless a date stands before the time.
    seconds: Option<u32>,
}

/// The length of the timestamp that `chars` begins with. A date may stand before the time.
pub(super) fn length(chars: &[char]) -> Option<usize> {
    timestamp(chars).map(|timestamp| timestamp.length)
}

/// Returns the first timestamp in `chars` in seconds from the start of the recording, unless it has a date.
pub(super) fn seconds(chars: &[char]) -> Option<u32> {
    let is_start = |at: &usize| {
        let before = at.checked_sub(1).map(|before| chars[before]);
        is_opening(chars[*at]) || before.is_none_or(|c| !c.is_alphanumeric())
    };
    let mut starts = (0..chars.len()).filter(is_start);
    starts.find_map(|at| timestamp(&chars[at..]))?.seconds
}

fn timestamp(chars: &[char]) -> Option<Timestamp> {
    let open = chars.first().is_some_and(|c| is_opening(*c));
    let start = usize::from(open);
    let date = date_length(&chars[start..]);
    let mut at = start + date;
    let (mut fields, mut seconds) = (0, 0);
    loop {
        let digits = digits(&chars[at..]);
        let wanted = if fields == 0 { 1..=2 } else { 2..=2 };
        if !wanted.contains(&digits) {
            return None;
        }
        let number = chars[at..at + digits].iter().filter_map(|c| c.to_digit(10));
        seconds = seconds * 60 + number.fold(0, |number, digit| number * 10 + digit);
        at += digits;
        fields += 1;
        let more = matches!(chars.get(at), Some(':' | '：'))
            && fields < 3
            && chars.get(at + 1).is_some_and(char::is_ascii_digit);
        if !more {
            break;
        }
        at += 1;
    }
    if let Some('.' | ',') = chars.get(at) {
        let fraction = digits(&chars[at + 1..]);
        at += if (1..=3).contains(&fraction) { fraction + 1 } else { 0 };
    }
    let closed = chars.get(at).is_some_and(|c| matches!(c, ']' | ')' | '）' | '】' | '］'));
    (fields > 1 && open == closed).then_some(Timestamp {
        length: at + usize::from(closed),
        seconds: (date == 0).then_some(seconds),
    })
}

/// Whether a timestamp in brackets may begin with the character.
pub(super) fn is_opening(c: char) -> bool {
    matches!(c, '[' | '(' | '（' | '【' | '［')
}

/// The length of `2026-03-12 `, `2026/3/12 ` or `2026年3月12日 `, the white space included, or 0.
fn date_length(chars: &[char]) -> usize {
    let mut at = 0;
    for (field, marks) in [(4..=4, "-/.年"), (1..=2, "-/.月"), (1..=2, " ,，日T")] {
        let digits = digits(&chars[at..]);
        let is_marked = chars.get(at + digits).is_some_and(|c| marks.contains(*c));
        if !field.contains(&digits) || !is_marked {
            return 0;
        }
        at += digits + 1;
    }
    at + chars[at..].iter().take_while(|c| c.is_whitespace()).count()
}

fn digits(chars: &[char]) -> usize {
    chars.iter().take_while(|c| c.is_ascii_digit()).count()
}

/// `chars` without a timestamp at the end, and without a colon there.
pub(super) fn without(chars: &[char]) -> &[char] {
    let mut rest = trimmed(chars);
    while let Some((':' | '：', before)) = rest.split_last() {
        rest = trimmed(before);
    }
    let starts = (1..rest.len()).filter(|at| rest[at - 1].is_whitespace() || is_opening(rest[*at]));
    let stamp = starts.into_iter().find(|at| length(&rest[*at..]) == Some(rest.len() - at));
    stamp.map_or(rest, |at| trimmed(&rest[..at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn timestamps_are_measured() {
        for (text, expected) in [
            ("00:01:02 王坚", Some(8)),
            ("[12:30]", Some(7)),
            ("(1:02.5) 好", Some(8)),
            ("[2026-03-12 14:00:11] 好", Some(21)),
            ("2026年3月12日 14:00", Some(16)),
            ("2026/3/12", None),
            ("12点", None),
            ("2025年", None),
        ] {
            assert_eq!(length(&chars(text)), expected, "help: timestamp of `{text}`");
        }
    }

    #[test]
    fn timestamps_are_counted_in_seconds() {
        for (text, expected) in [
            ("[12:30] 王坚：", Some(750)),
            ("王坚（01:00:05）：", Some(3605)),
            ("王坚 0:03.5", Some(3)),
            ("王坚 2026/3/12 14:00:11", None),
            ("王坚：", None),
        ] {
            assert_eq!(seconds(&chars(text)), expected, "help: seconds of `{text}`");
        }
    }

    #[test]
    fn a_timestamp_after_a_name_is_taken_off() {
        for text in ["王坚 00:05", "王坚（00:00:05）", "王坚 [00:05]：", "王坚："] {
            assert_eq!(without(&chars(text)), chars("王坚"), "help: name in `{text}`");
        }
    }
}
