//! Why a text was read as it was, and what a person should check.

use std::fmt;

use super::parse::{Kind, TRANSLATION, Voice};
use super::read::ParsedFile;
use super::{Finding, Provenance};

/// Characters of a page's speech below which a share of them means little.
const FEW: usize = 400;
/// Share of the text that is left out from which on an editor should look.
const MUCH: f64 = 0.25;
/// Turns below which a conversation may well be incomplete.
const FEW_TURNS: usize = 3;
/// Paragraphs that an answer seldom exceeds.
const LONG_ANSWER: usize = 12;

/// What a paragraph is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockRole {
    /// The title.
    Title,
    /// The text before the conversation.
    Lead,
    /// A section heading.
    Heading,
    /// An interviewer's words.
    Question,
    /// The words of somebody who is interviewed.
    Answer,
    /// The words of somebody else, which are shown and never quoted.
    Guest,
    /// A remark of an editor or a reporter.
    Aside,
    /// The caption of a picture.
    Caption,
    /// Credits, advertisements, links and the like.
    LeftOut,
}

impl BlockRole {
    /// All roles.
    pub const ALL: [Self; 9] = [
        Self::Question,
        Self::Answer,
        Self::Guest,
        Self::Lead,
        Self::Heading,
        Self::Aside,
        Self::Caption,
        Self::Title,
        Self::LeftOut,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Lead => "lead",
            Self::Heading => "heading",
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Guest => "guest",
            Self::Aside => "aside",
            Self::Caption => "caption",
            Self::LeftOut => "left out",
        }
    }

    /// The role that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

impl fmt::Display for BlockRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a person should compare with the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// The interviewee's name is concluded from wording.
    InferredName(String, Provenance),
    /// Nobody is named whose words the answers are.
    NobodyNamed,
    /// Nobody is named who asks: this tells the questions.
    UnnamedQuestions(&'static str),
    /// So many characters are left out beside so many of conversation.
    MuchLeftOut(usize, usize),
    /// So many paragraphs say the one above them in another language, and are left out.
    Translations(usize),
    /// So few turns.
    FewTurns(usize),
    /// So many paragraphs of answer in the turn of this number.
    LongTurn(usize, usize),
    /// Guests, who are never quoted.
    Guests(Vec<String>),
    /// Something that was found while reading.
    Finding(Finding),
}

impl Check {
    fn confidence(&self) -> Confidence {
        match self {
            Self::NobodyNamed | Self::MuchLeftOut(..) => Confidence::Low,
            _ => Confidence::Medium,
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InferredName(name, from) => {
                write!(f, "whether {name} is interviewed: the name is {}", from.as_str())
            }
            Self::NobodyNamed => f.write_str("whose words the answers are: nobody is named; a list of questions and answers may have no author"),
            Self::UnnamedQuestions(scheme) => {
                write!(f, "which lines ask: nobody is named, questions are told by {scheme}")
            }
            Self::MuchLeftOut(left_out, speech) => {
                write!(f, "what is left out: {left_out} characters beside {speech} of conversation")
            }
            Self::Translations(paragraphs) => write!(
                f,
                "whether the right language is kept: {paragraphs} paragraphs say the one above them in another language"
            ),
            Self::FewTurns(turns) => {
                write!(f, "whether this is the whole conversation: it has {turns} turns")
            }
            Self::LongTurn(paragraphs, turn) => {
                write!(f, "whether all {paragraphs} paragraphs of turn {turn} are answers")
            }
            Self::Guests(names) => write!(
                f,
                "whether {} are other guests: their words are shown and never quoted",
                names.join(", ")
            ),
            Self::Finding(finding) => write!(f, "line {}: {}", finding.line, finding.message),
        }
    }
}

/// A paragraph of the text, what it is taken for, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedBlock {
    /// What it is taken for.
    pub role: BlockRole,
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

    fn role(&self, kind: &Kind) -> (BlockRole, Option<String>) {
        match kind {
            Kind::Title => (BlockRole::Title, None),
            Kind::Furniture => (BlockRole::LeftOut, None),
            Kind::Caption => (BlockRole::Caption, None),
            Kind::Lead => (BlockRole::Lead, None),
            Kind::Heading => (BlockRole::Heading, None),
            Kind::Aside | Kind::Speech(Voice::Nobody) => (BlockRole::Aside, None),
            Kind::Speech(Voice::Interviewee) => (BlockRole::Answer, self.front.interviewee.clone()),
            Kind::Speech(Voice::CoInterviewee(name)) => (BlockRole::Answer, Some(name.clone())),
            Kind::Speech(Voice::Interviewer(name)) => (BlockRole::Question, Some(name.clone())),
            Kind::Speech(Voice::Guest(name)) => (BlockRole::Guest, Some(name.clone())),
        }
    }

    /// How sure the reading is, and what a person should check.
    pub fn confidence(&self) -> (Confidence, Vec<Check>) {
        let turns = self.transcript.turns(|_| Vec::new());
        let scheme = self.transcript.scheme;
        let name = self.front.interviewee.clone();
        let inferred = self.provenances.interviewee.filter(|from| from.is_inferred());
        let mut checks = Vec::new();
        checks.extend(
            inferred.map(|from| Check::InferredName(name.clone().unwrap_or_default(), from)),
        );
        checks.extend(name.is_none().then_some(Check::NobodyNamed));
        let is_unnamed = !scheme.contains("label") && self.front.guests.is_none();
        checks.extend(is_unnamed.then_some(Check::UnnamedQuestions(scheme)));
        checks.extend(self.left_out());
        let translations = self.transcript.blocks.iter().filter(|block| block.why == TRANSLATION);
        let translations = translations.count();
        checks.extend((translations > 0).then_some(Check::Translations(translations)));
        checks.extend((turns.len() < FEW_TURNS).then_some(Check::FewTurns(turns.len())));
        let lengths = turns.iter().map(|turn| (turn.answers().count(), turn.number));
        let long = lengths.filter(|(answers, _)| *answers > LONG_ANSWER).take(2);
        checks.extend(long.map(|(answers, number)| Check::LongTurn(answers, number)));
        let guests = &self.transcript.guests;
        checks.extend((!guests.is_empty()).then(|| Check::Guests(guests.clone())));
        checks.extend(self.findings.iter().take(3).cloned().map(Check::Finding));
        let confidence = checks.iter().map(Check::confidence).min();
        (confidence.unwrap_or(Confidence::High), checks)
    }

    /// Much of the text is not part of the conversation.
    fn left_out(&self) -> Option<Check> {
        let length = |is: fn(&Kind) -> bool| -> usize {
            let blocks = self.transcript.blocks.iter();
            let blocks = blocks.filter(|block| is(&block.kind) && block.why != TRANSLATION);
            blocks.map(|block| block.text.chars().len()).sum()
        };
        let left_out = length(|kind| matches!(kind, Kind::Furniture | Kind::Aside));
        let speech = length(|kind| matches!(kind, Kind::Speech(_)));
        let much = left_out > FEW && left_out as f64 > (left_out + speech) as f64 * MUCH;
        much.then_some(Check::MuchLeftOut(left_out, speech))
    }
}
