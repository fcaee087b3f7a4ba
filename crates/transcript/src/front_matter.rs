//! What is known of an interview, in TOML between two `+++` lines at the top of its file.

use std::fmt::Write;

use serde::Deserialize;

use super::Finding;
use super::parse::Hints;
use crate::text::line_number;

/// The line before the front matter and after it.
const FENCE: &str = "+++";

/// What stands in front of a transcript; everything may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FrontMatter {
    /// Short name in ids and addresses: `[a-z0-9-]+`.
    #[serde(deserialize_with = "slug")]
    pub slug: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// The source carries no title: this one says who talks with whom.
    pub title_inferred: bool,
    /// Who published it.
    pub publisher: Option<String>,
    /// `2025`, `2025-02` or `2025-02-14`.
    #[serde(deserialize_with = "date")]
    pub date: Option<String>,
    /// The source carries no date: this one was concluded from the text.
    pub date_inferred: bool,
    /// Where it was published.
    pub url: Option<String>,
    /// The received file, from the corpus folder.
    pub received: Option<String>,
    /// Whose words the quotations are.
    pub interviewee: Option<String>,
    /// Other names and labels of the interviewee.
    pub interviewee_aliases: Vec<String>,
    /// Labels of others who answer and are quoted under their own names.
    pub co_interviewees: Vec<String>,
    /// Labels of who asks.
    pub interviewers: Vec<String>,
    /// Labels of all others. Where this stands, the speakers are complete.
    pub guests: Option<Vec<String>>,
}

/// A file's front matter and its text, which begins on line `first_line` (from 1). A file that does
/// not begin with `+++` is all text.
///
/// # Errors
/// The line that is wrong.
pub(super) fn split(file: &str) -> Result<(Option<FrontMatter>, &str, usize), Finding> {
    let Some((opening, rest)) =
        file.split_once('\n').filter(|(first, _)| first.trim_end() == FENCE)
    else {
        return Ok((None, file, 1));
    };
    let mut length = 0;
    let mut lines = 1;
    for line in rest.split_inclusive('\n') {
        lines += 1;
        if line.trim_end() == FENCE {
            let (front, body) = rest.split_at(length);
            let front = read(front)?;
            return Ok((Some(front), body.strip_prefix(line).unwrap_or_default(), lines + 1));
        }
        length += line.len();
    }
    Err(Finding {
        line: 1,
        message: format!(
            "the front matter that `{opening}` opens is not closed; hint: end it with a line of `{FENCE}`"
        ),
    })
}

fn read(front: &str) -> Result<FrontMatter, Finding> {
    toml::from_str(front).map_err(|error| {
        let before = error.span().map_or(0, |span| span.start);
        // The opening fence is line 1 of the file.
        Finding { line: 1 + line_number(front, before), message: error.message().to_owned() }
    })
}

fn slug<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let slug = String::deserialize(deserializer)?;
    is_slug(&slug).then_some(Some(slug.clone())).ok_or_else(|| {
        serde::de::Error::custom(format!(
            "`{slug}` is not a slug; hint: lower-case letters a-z, digits, and hyphens between them"
        ))
    })
}

/// Returns whether the text can be used in ids, addresses, file names and commands: lower-case letters
/// a-z, digits, and hyphens between them.
pub fn is_slug(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty()
        && text.len() <= 80
        && text.bytes().all(is_allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// A date as text, a year as a number, or TOML's own date.
fn date<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => text,
        other => other.to_string(),
    };
    is_date(&text).then_some(Some(text.clone())).ok_or_else(|| {
        serde::de::Error::custom(format!(
            "`{text}` is no date; hint: `2025`, `2025-02` or `2025-02-14`"
        ))
    })
}

/// Whether the text is `2025`, `2025-02` or `2025-02-14`.
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits: usize| {
        (part.len() == digits).then(|| part.parse::<u32>().ok()).flatten()
    };
    let within = |at: usize, last: u32| {
        parts
            .get(at)
            .is_none_or(|part| number(part, 2).is_some_and(|value| (1..=last).contains(&value)))
    };
    parts.len() <= 3
        && parts.first().is_some_and(|year| number(year, 4).is_some())
        && within(1, 12)
        && within(2, 31)
}

impl FrontMatter {
    /// What is known here, and where that is nothing, in `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let list =
            |mine: Vec<String>, others: Vec<String>| if mine.is_empty() { others } else { mine };
        Self {
            slug: self.slug.or(other.slug),
            title_inferred: if self.title.is_some() {
                self.title_inferred
            } else {
                other.title_inferred
            },
            title: self.title.or(other.title),
            publisher: self.publisher.or(other.publisher),
            date_inferred: if self.date.is_some() {
                self.date_inferred
            } else {
                other.date_inferred
            },
            date: self.date.or(other.date),
            url: self.url.or(other.url),
            received: self.received.or(other.received),
            interviewee: self.interviewee.or(other.interviewee),
            interviewee_aliases: list(self.interviewee_aliases, other.interviewee_aliases),
            co_interviewees: list(self.co_interviewees, other.co_interviewees),
            interviewers: list(self.interviewers, other.interviewers),
            guests: self.guests.or(other.guests),
        }
    }

    /// What is known before the text is read.
    pub fn hints(&self) -> Hints {
        Hints {
            title: self.title.clone(),
            interviewee: self.interviewee.clone(),
            aliases: self.interviewee_aliases.clone(),
            co_interviewees: self.co_interviewees.clone(),
            interviewers: self.interviewers.clone(),
            about: Vec::new(),
            is_monologue: false,
            guests: self.guests.clone(),
            legend: Vec::new(),
        }
    }
}

impl std::fmt::Display for FrontMatter {
    /// As it stands in a file, fences included.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut lines = String::new();
        let mut line = |key: &str, value: Option<toml::Value>, comment: &str| {
            value.map_or(Ok(()), |value| writeln!(lines, "{key} = {value}{comment}"))
        };
        let text = |value: &Option<String>| value.clone().map(toml::Value::String);
        let flag = |value: bool| value.then_some(toml::Value::Boolean(true));
        let list = |values: &[String]| {
            toml::Value::Array(values.iter().cloned().map(toml::Value::String).collect())
        };
        line("slug", text(&self.slug), "")?;
        line("title", text(&self.title), "")?;
        line(
            "title_inferred",
            flag(self.title_inferred),
            " # the source carries no title: this one says who talks with whom",
        )?;
        line("publisher", text(&self.publisher), "")?;
        line("date", text(&self.date), "")?;
        line(
            "date_inferred",
            flag(self.date_inferred),
            " # the source carries no date: this one is concluded from the text",
        )?;
        line("url", text(&self.url), "")?;
        line("received", text(&self.received), "")?;
        line("interviewee", text(&self.interviewee), "")?;
        line(
            "interviewee_aliases",
            (!self.interviewee_aliases.is_empty()).then(|| list(&self.interviewee_aliases)),
            "",
        )?;
        line(
            "co_interviewees",
            (!self.co_interviewees.is_empty()).then(|| list(&self.co_interviewees)),
            "",
        )?;
        line(
            "interviewers",
            (!self.interviewers.is_empty()).then(|| list(&self.interviewers)),
            "",
        )?;
        line(
            "guests",
            self.guests.as_deref().map(list),
            " # with this line the speakers are complete: no other name before a colon speaks",
        )?;
        write!(f, "{FENCE}\n{lines}{FENCE}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(file: &str) -> (usize, String) {
        let fault = split(file).unwrap_err();
        (fault.line, fault.message)
    }

    #[test]
    fn a_file_has_front_matter_and_text() {
        let (front, body, first_line) =
            split("+++\nslug = \"talk\"\ndate = 2025\n+++\n\n問：好？\n").unwrap();
        let front = front.unwrap();
        assert_eq!((front.slug.as_deref(), front.date.as_deref()), (Some("talk"), Some("2025")));
        assert_eq!((body, first_line), ("\n問：好？\n", 5));
        assert_eq!(split("問：好？").unwrap(), (None, "問：好？", 1));
    }

    #[test]
    fn faults_name_their_line_and_what_is_allowed() {
        assert_eq!(fault("+++\nslug = \"talk\"\n").0, 1);
        assert_eq!(fault("+++\nslug = \"talk\"\ntitle = \"no end\n+++\n").0, 3);
        let (line, message) = fault("+++\ntitle = \"t\"\ncolour = 1\n+++\n");
        assert!(
            line == 3 && message.contains("`colour`") && message.contains("`publisher`"),
            "{message}"
        );
        let (line, message) = fault("+++\ntitle = \"t\"\n\ndate = \"May\"\n+++\n");
        assert!(
            line == 4 && message.contains("`May`") && message.contains("hint: "),
            "{line} {message}"
        );
        for slug in ["No Slug", "-", "--force", "talk-", "", "../talk"] {
            assert_eq!(fault(&format!("+++\nslug = \"{slug}\"\n+++\n")).0, 2, "{slug}");
        }
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let front = FrontMatter {
            slug: Some("talk".to_owned()),
            title: Some("他說\"好\"\\嗎".to_owned()),
            title_inferred: true,
            date: Some("2025-02".to_owned()),
            date_inferred: true,
            interviewee: Some("王堅".to_owned()),
            interviewers: vec!["《財經》".to_owned()],
            guests: Some(Vec::new()),
            ..FrontMatter::default()
        };
        assert_eq!(split(&front.to_string()).unwrap(), (Some(front), "", 10 + 1));
    }
}
