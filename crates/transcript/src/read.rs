//! A transcript's file, in any encoding and shape, to what it says.

use super::front_matter::{self, FrontMatter};
use super::parse::{self, Position, Transcript};
use super::repair::{self, Repair};
use super::{
    Date, Finding, Interview, Provenance, Provenances, RepairedSpan, Turn, decode, marks, mojibake,
    page, source_line,
};
use crate::text::{CharSpan, Script, slug};

/// A file that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedFile {
    /// What is known of the interview.
    pub front: FrontMatter,
    /// The text, repaired.
    pub text: String,
    /// The file's line on which it begins, from 1.
    pub first_line: usize,
    /// What was repaired; lines count in the file, where it is plain text.
    pub repairs: Vec<Repair>,
    /// Who says what.
    pub transcript: Transcript,
    /// What a person may want to look at.
    pub findings: Vec<Finding>,
    /// An editor said whose words they are, so that nobody needs to ask.
    pub is_monologue: bool,
    /// Where the values of `front` were found.
    pub provenances: Provenances,
}

/// A repaired spot, located by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRepair {
    /// Line of the text, from 1.
    pub line: usize,
    /// Characters of the line.
    pub span: CharSpan,
    /// What was received there.
    pub received: String,
    /// Which of these characters were guessed, counted from the first.
    pub guessed: Vec<usize>,
}

/// Reads a file. What is `given` stands over what the file says; `legend` pairs labels with names.
///
/// # Errors
/// Where it cannot be read at all.
pub fn read(
    name: &str,
    bytes: &[u8],
    given: &FrontMatter,
    legend: &[(String, String)],
    options: &repair::Options,
) -> Result<ParsedFile, Finding> {
    let file = decode::as_it_stands(bytes)
        .map_err(|error| Finding { line: error.line(), message: error.to_string() })?;
    if file.chars().all(char::is_whitespace) {
        return Err(Finding { line: 1, message: "the file is empty".to_owned() });
    }
    let restored = mojibake::restore(&file);
    if restored.is_none() && mojibake::is_garbled(&file) {
        let message = "the text was read in a wrong encoding once, and bytes of it were lost; hint: get it from its source again";
        return Err(Finding { line: 1, message: message.to_owned() });
    }
    let reread = restored.as_ref().map(|restored| Finding {
        line: 1,
        message: format!(
            "the text had been read as {}; its bytes were read again",
            restored.read_as
        ),
    });
    let file = decode::with_newlines(&restored.map_or(file, |restored| restored.text));
    let (front, body, first_line) = front_matter::split(&file)?;
    let front = given.clone().or(front.unwrap_or_default());
    let stated = front.clone();
    let is_monologue = front.interviewee.is_some();
    let body = marks::without(body.to_owned());
    // What names all speakers is a corpus file already, whatever its words look like.
    let page = match front.guests {
        Some(_) => page::Page { text: body.clone(), ..page::Page::default() },
        None => page::read(name, &body),
    };
    let is_page = page.text != body;
    let mut provenances = provenances(&stated, &page);
    let front = front.or(FrontMatter {
        title: value(&page.title),
        publisher: value(&page.site),
        date: value(&page.date),
        url: value(&page.url),
        interviewee: value(&page.interviewee),
        interviewers: page.interviewers,
        ..FrontMatter::default()
    });
    let repaired = repair::repair(&page.text, options);
    let hints =
        parse::Hints { legend: legend.to_vec(), about: page.about, is_monologue, ..front.hints() };
    let (transcript, mut findings) = parse::parse(&repaired.text, &hints);
    provenances.title =
        provenances.title.or(transcript.title.as_ref().map(|_| Provenance::Headline));
    provenances.date = provenances.date.or(transcript.date.as_ref().map(|_| Provenance::Byline));
    provenances.interviewee = provenances.interviewee.or(transcript.interviewee_from);
    if is_page {
        source_line::locate(&mut findings, &repaired.text, &body);
    }
    for finding in &mut findings {
        finding.line += first_line - 1;
    }
    findings.splice(0..0, reread);
    let mut repairs = repaired.repairs;
    for repair in &mut repairs {
        repair.line += first_line - 1;
    }
    Ok(ParsedFile {
        front: found(front, &transcript),
        text: repaired.text,
        first_line,
        repairs,
        transcript,
        findings,
        is_monologue,
        provenances,
    })
}

/// Where the values were found that an editor or the page states.
fn provenances(stated: &FrontMatter, page: &page::Page) -> Provenances {
    let of = |given: &Option<String>, found: &page::Sourced| {
        let given = given.as_ref().map(|_| Provenance::Given);
        given.or(found.as_ref().map(|(_, provenance)| *provenance))
    };
    Provenances {
        title: of(&stated.title, &page.title),
        publisher: of(&stated.publisher, &page.site),
        date: of(&stated.date, &page.date),
        url: of(&stated.url, &page.url),
        interviewee: of(&stated.interviewee, &page.interviewee),
    }
}

fn value(sourced: &page::Sourced) -> Option<String> {
    sourced.as_ref().map(|(value, _)| value.clone())
}

/// What is known once the text was read.
fn found(front: FrontMatter, transcript: &Transcript) -> FrontMatter {
    let mut aliases = front.interviewee_aliases.clone();
    for label in &transcript.aliases {
        if !aliases.contains(label) {
            aliases.push(label.clone());
        }
    }
    let interviewers = if front.guests.is_some() {
        front.interviewers.clone()
    } else {
        transcript.interviewers.clone()
    };
    let text = FrontMatter {
        title: transcript.title.clone(),
        date: transcript.date.clone(),
        interviewee: transcript.interviewee.clone(),
        ..FrontMatter::default()
    };
    let co_interviewees = if front.guests.is_some() {
        front.co_interviewees.clone()
    } else {
        transcript.co_interviewees.clone()
    };
    FrontMatter { interviewee_aliases: aliases, co_interviewees, interviewers, ..front.or(text) }
}

impl ParsedFile {
    /// Returns the repairs that changed words, which readers are told about.
    pub fn line_repairs(&self) -> Vec<LineRepair> {
        let words =
            self.repairs.iter().filter(|repair| repair.applied && changes_words(repair.kind));
        words
            .map(|repair| LineRepair {
                line: repair.place.line,
                span: repair.place.span.clone(),
                received: repair.before.clone(),
                guessed: repair.guessed_characters.clone(),
            })
            .collect()
    }

    /// The interview, with a title that describes it where it has none, and with `repairs` noted on its answers.
    ///
    /// # Errors
    /// Nobody answers, or it cannot be told who does.
    pub fn interview(&self, stem: &str, repairs: &[LineRepair]) -> Result<Interview, Finding> {
        let front = &self.front;
        let fault = |message: &str| Finding { line: self.first_line, message: message.to_owned() };
        self.is_interview()?;
        let interviewee = front.interviewee.clone().ok_or_else(|| {
            fault("the name of who answers is not to be found; hint: name them with `interviewee = \"…\"` in the front matter, or --interviewee")
        })?;
        let title = front.title.clone().unwrap_or_else(|| self.description(&interviewee));
        Ok(Interview {
            slug: self.slug(stem).ok_or_else(|| fault("no slug can be made of the file's name; hint: `slug = \"…\"` in the front matter, or --slug"))?,
            title,
            title_inferred: front.title.is_none() || front.title_inferred,
            publisher: front.publisher.clone(),
            date: front.date.clone().map(|text| Date { text, inferred: front.date_inferred }),
            url: front.url.clone(),
            interviewee,
            interviewee_aliases: front.interviewee_aliases.clone(),
            co_interviewees: front.co_interviewees.clone(),
            interviewers: front.interviewers.clone(),
            lead: self.transcript.lead(),
            turns: self.transcript.turns(|positions| repaired_spans(positions, repairs)),
        })
    }

    /// Whether somebody asks and somebody answers.
    ///
    /// # Errors
    /// Why the text is no interview, and what can be done.
    pub fn is_interview(&self) -> Result<(), Finding> {
        let fault =
            |message: &str| Err(Finding { line: self.first_line, message: message.to_owned() });
        let turns = self.transcript.turns(|_| Vec::new());
        if !turns.iter().any(Turn::has_answers) {
            return fault(
                "nobody answers in this file: no speaker's name stands before a colon, and no questions are set apart by their type; hint: a portrait or a column is no interview; if the words are one person's, name them with --interviewee; `wenjian import --dry-run --explain FILE` shows how it is read",
            );
        }
        let is_known = self.front.guests.is_some() || self.is_monologue;
        if !is_known && turns.iter().all(|turn| turn.question.is_empty()) {
            return fault(
                "nobody asks in this file: it reads like a monologue; hint: if the words are one person's, name them with --interviewee; `wenjian import --dry-run --explain FILE` shows how it is read",
            );
        }
        Ok(())
    }

    /// The slug that is given, or one made of the file's name or the title.
    pub fn slug(&self, stem: &str) -> Option<String> {
        let title = self.front.title.as_deref().unwrap_or_default();
        let made = || [stem, title].into_iter().map(slug).find(|slug| !slug.is_empty());
        self.front.slug.clone().or_else(made)
    }

    /// A title that says who talks with whom, in the text's script.
    pub fn description(&self, interviewee: &str) -> String {
        let publication = self.front.interviewers.iter().find(|name| parse::is_publication(name));
        let who = self.front.publisher.as_ref().or(publication).cloned().unwrap_or_default();
        match Script::of(&self.text) {
            Some(Script::Hant) if who.is_empty() => format!("{interviewee}訪談"),
            Some(Script::Hant) => format!("{who}對話{interviewee}"),
            None if self.text.is_ascii() && who.is_empty() => {
                format!("Interview with {interviewee}")
            }
            None if self.text.is_ascii() => format!("{who}: Interview with {interviewee}"),
            Some(Script::Hans) | None if who.is_empty() => format!("{interviewee}访谈"),
            Some(Script::Hans) | None => format!("{who}对话{interviewee}"),
        }
    }
}

/// Whether a repair gave back words: readers are shown what was received there. Marks, spaces and
/// remnants of markup are put right without a word.
pub(super) fn changes_words(kind: repair::DamageKind) -> bool {
    matches!(kind, repair::DamageKind::HalfShift)
}

/// Returns the repaired spans of a text whose characters stand at `positions`.
fn repaired_spans(positions: &[Position], repairs: &[LineRepair]) -> Vec<RepairedSpan> {
    let mut spans: Vec<RepairedSpan> =
        repairs.iter().filter_map(|repair| repaired_span(positions, repair)).collect();
    spans.sort_by_key(|repaired| repaired.span.start);
    spans
}

fn repaired_span(positions: &[Position], repair: &LineRepair) -> Option<RepairedSpan> {
    let at = |column: usize| Position::new(repair.line, column);
    let inside =
        |position: &Position| (at(repair.span.start)..at(repair.span.end)).contains(position);
    let first = positions.iter().position(inside)?;
    let last = positions.iter().rposition(inside)?;
    let guessed = repair.guessed.iter().filter_map(|offset| {
        let guess = at(repair.span.start + offset);
        positions.iter().position(|position| *position == guess)
    });
    Some(RepairedSpan {
        span: first..last + 1,
        received: repair.received.clone(),
        guessed: runs(guessed),
    })
}

/// Neighbouring characters as ranges.
fn runs(characters: impl Iterator<Item = usize>) -> Vec<CharSpan> {
    let mut runs: Vec<CharSpan> = Vec::new();
    for at in characters {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end += 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}
