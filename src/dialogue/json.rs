//! An answer as JSON: what `ask --json` prints and the web API returns. Texts are as stored.

use serde::Serialize;

use super::{Engine, Language, QuestionResult, Reader, ScriptChoice, Talk};
use retrieval::Library;
use retrieval::answer::{Quote, Verdict};

/// An answer to a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerJson {
    /// The question as it was typed.
    pub question: String,
    /// The text that was searched.
    pub searched: String,
    /// What was said, if it is small talk.
    pub talk: Option<Talk>,
    /// The bot's own words to what is no question.
    pub reply: Option<String>,
    /// How well the interviews answer it.
    pub verdict: Verdict,
    /// The quotations, best first.
    pub quotes: Vec<QuoteJson>,
    /// The nearest questions that were really asked.
    pub nearest_questions: Vec<String>,
    /// Time that it took, microseconds.
    pub elapsed_us: u64,
}

/// A passage that answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuoteJson {
    /// Id of the passage.
    pub passage: String,
    /// Where it is from.
    pub interview: InterviewJson,
    /// The interviewer's utterance that it answers; empty for a lead.
    pub question: String,
    /// Who said it: the interviewee, or the publication whose lead it is.
    pub speaker: String,
    /// Text of the whole passage.
    pub text: String,
    /// The words to quote.
    pub excerpt: ExcerptJson,
    /// Words of the question, as character ranges of `text`.
    pub matches: Vec<[usize; 2]>,
    /// Score of the passage for the question; higher is better.
    pub score: f32,
    /// Where nearly the same words stand too: the same talk from other sources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_in: Vec<SourceJson>,
}

/// A passage and where it is from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceJson {
    /// Id of the passage.
    pub passage: String,
    /// Where it is from.
    pub interview: InterviewJson,
}

/// A slice of a passage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExcerptJson {
    /// Position of the first character in `text` of the passage.
    pub start: usize,
    /// Position after the last character.
    pub end: usize,
    /// The characters between them.
    pub text: String,
}

/// Where words are from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InterviewJson {
    /// Short name in ids and addresses.
    pub slug: String,
    /// Title of the interview.
    pub title: String,
    /// Name of the publisher, if known.
    pub publisher: Option<String>,
    /// Date of publication as the corpus writes it, if known.
    pub date: Option<String>,
}

impl AnswerJson {
    /// The JSON of what came of a question that was put to `engine`.
    pub fn new(engine: &Engine, asked: &QuestionResult) -> Self {
        let library = engine.library();
        let reader = Reader { language: Language::ZhHans, script: ScriptChoice::Original };
        let quotes =
            asked.answer.quotes.iter().map(|quote| QuoteJson::new(library, quote)).collect();
        let nearest =
            asked.answer.nearest.iter().map(|nearest| nearest.question(library).to_owned());
        Self {
            question: asked.question.clone(),
            searched: asked.searched.clone(),
            talk: asked.talk.filter(|talk| talk.is_small_talk()),
            reply: engine.small_talk(asked, reader),
            verdict: asked.answer.verdict,
            quotes,
            nearest_questions: nearest.collect(),
            elapsed_us: u64::try_from(asked.elapsed.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

impl QuoteJson {
    fn new(library: &Library, quote: &Quote) -> Self {
        let passage = library.at(quote.position);
        let span = quote.excerpt.span();
        Self {
            passage: passage.id.to_string(),
            interview: InterviewJson::new(library.interview(passage)),
            question: library.question(passage).to_owned(),
            speaker: library.speaker(passage).to_owned(),
            text: passage.text.clone(),
            excerpt: ExcerptJson {
                start: span.start,
                end: span.end,
                text: quote.excerpt.text().to_owned(),
            },
            matches: quote.matches.iter().map(|span| [span.start, span.end]).collect(),
            score: quote.score,
            also_in: quote.also.iter().map(|at| SourceJson::new(library, *at)).collect(),
        }
    }
}

impl SourceJson {
    fn new(library: &Library, position: usize) -> Self {
        let passage = &library.passages()[position];
        Self {
            passage: passage.id.to_string(),
            interview: InterviewJson::new(library.interview(passage)),
        }
    }
}

impl InterviewJson {
    /// The JSON of an interview's source.
    pub fn new(interview: &transcript::Interview) -> Self {
        Self {
            slug: interview.slug.clone(),
            title: interview.title.clone(),
            publisher: interview.publisher.clone(),
            date: interview.date.as_ref().map(|date| date.text.clone()),
        }
    }
}
