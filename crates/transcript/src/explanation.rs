//! Why a text was read as it was, and what a person should check.

use super::Turn;
use super::parse::{Kind, Voice};
use super::read::ParsedFile;

/// Characters of a page's speech below which a share of them means little.
const FEW: usize = 400;
/// Share of the text that is left out from which on an editor should look.
const MUCH: f64 = 0.25;
/// Paragraphs that an answer seldom exceeds.
const LONG_ANSWER: usize = 12;

/// A paragraph of the text, what it is taken for, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedBlock {
    /// What it is taken for: `question`, `answer`, `lead`, `caption`, …
    pub role: &'static str,
    /// Who says it, if somebody does.
    pub speaker: Option<String>,
    /// Its label and its words.
    pub text: String,
    /// The line of the text, from 1.
    pub line: usize,
    /// Why.
    pub why: &'static str,
}

/// How sure a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// An editor should compare the reading with the source.
    Low,
    /// Something is inferred.
    Medium,
    /// Labels or marks tell everything.
    High,
}

impl Confidence {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl ParsedFile {
    /// Every paragraph with its role and the reason.
    pub fn explanation(&self) -> Vec<ExplainedBlock> {
        let blocks = self.transcript.blocks.iter();
        blocks
            .map(|block| {
                let (role, speaker) = self.role(&block.kind);
                let line = if block.label.is_empty() { &block.text } else { &block.label }.line();
                let text = format!("{}{}", block.label, block.text);
                ExplainedBlock { role, speaker, text, line, why: block.why }
            })
            .collect()
    }

    fn role(&self, kind: &Kind) -> (&'static str, Option<String>) {
        match kind {
            Kind::Title => ("title", None),
            Kind::Furniture => ("left out", None),
            Kind::Caption => ("caption", None),
            Kind::Lead => ("lead", None),
            Kind::Heading => ("heading", None),
            Kind::Aside | Kind::Speech(Voice::Nobody) => ("aside", None),
            Kind::Speech(Voice::Interviewee) => ("answer", self.front.interviewee.clone()),
            Kind::Speech(Voice::CoInterviewee(name)) => ("answer", Some(name.clone())),
            Kind::Speech(Voice::Interviewer(name)) => ("question", Some(name.clone())),
            Kind::Speech(Voice::Guest(name)) => ("guest", Some(name.clone())),
        }
    }

    /// How sure the reading is, and what a person should check.
    pub fn confidence(&self) -> (Confidence, Vec<String>) {
        let mut checks: Vec<(Confidence, String)> = Vec::new();
        let turns = self.transcript.turns(|_| Vec::new());
        if let Some(provenance) = self.provenances.interviewee.filter(|from| from.is_inferred()) {
            let name = self.front.interviewee.as_deref().unwrap_or_default();
            checks.push((
                Confidence::Medium,
                format!("whether {name} is interviewed: the name is {}", provenance.as_str()),
            ));
        }
        if self.front.interviewee.is_none() {
            checks.push((Confidence::Low, "whose words the answers are: nobody is named; a list of questions and answers may have no author".to_owned()));
        }
        if !self.transcript.scheme.contains("label") && self.front.guests.is_none() {
            checks.push((
                Confidence::Medium,
                format!(
                    "which lines ask: nobody is named, questions are told by {}",
                    self.transcript.scheme
                ),
            ));
        }
        checks.extend(self.left_out());
        if turns.len() < 3 {
            checks.push((
                Confidence::Medium,
                format!("whether this is the whole conversation: it has {} turns", turns.len()),
            ));
        }
        let long = turns.iter().filter(|turn| n_answers(turn) > LONG_ANSWER);
        for turn in long.take(2) {
            checks.push((
                Confidence::Medium,
                format!(
                    "whether all {} paragraphs of turn {} are answers",
                    n_answers(turn),
                    turn.number
                ),
            ));
        }
        if !self.transcript.guests.is_empty() {
            checks.push((
                Confidence::Medium,
                format!(
                    "whether {} are other guests: their words are shown and never quoted",
                    self.transcript.guests.join(", ")
                ),
            ));
        }
        for finding in self.findings.iter().take(3) {
            checks.push((Confidence::Medium, finding.message.clone()));
        }
        let confidence = checks.iter().map(|(confidence, _)| *confidence).min();
        (
            confidence.unwrap_or(Confidence::High),
            checks.into_iter().map(|(_, check)| check).collect(),
        )
    }

    /// Much of the text is not part of the conversation.
    fn left_out(&self) -> Option<(Confidence, String)> {
        let length = |is: fn(&Kind) -> bool| -> usize {
            let blocks = self.transcript.blocks.iter().filter(|block| is(&block.kind));
            blocks.map(|block| block.text.chars().len()).sum()
        };
        let left_out = length(|kind| matches!(kind, Kind::Furniture | Kind::Aside));
        let speech = length(|kind| matches!(kind, Kind::Speech(_)));
        let much = left_out > FEW && left_out as f64 > (left_out + speech) as f64 * MUCH;
        much.then(|| {
            (
                Confidence::Low,
                format!("what is left out: {left_out} characters beside {speech} of conversation"),
            )
        })
    }
}

fn n_answers(turn: &Turn) -> usize {
    turn.parts.iter().filter(|part| matches!(part, super::Part::Answer(_))).count()
}
