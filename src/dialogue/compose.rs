//! Composes quote cards from passages. All rules about how words are quoted are in this file.

use super::phrases::{Phrases, fill};
use super::{
    Attribution, Block, Card, CardBody, Extent, Locus, QuestionResult, Quotation, QuotedPassage,
    Reader, ShownExcerpt, SpokenPart, Utterance, View, Weight, Words,
};
use retrieval::Library;
use transcript::text::{CharSpan, Script, clause_ends, sentences};
use transcript::{Part, Passage, Turn};

/// The most characters that the context shows of each neighbouring answer.
const NEIGHBOUR: usize = 160;
/// The length in characters to which interviewers' questions are shortened on cards and in lists.
const LONG_QUESTION: usize = 60;
/// The length in characters to which questions are shortened in a table of contents.
const SHORT_TITLE: usize = 36;

/// Composes quote cards for one reader.
pub(super) struct Composer<'s> {
    pub(super) library: &'s Library,
    pub(super) reader: Reader,
    pub(super) phrases: &'static Phrases,
}

/// Finds the matched words of a passage, as ranges of its stored text.
pub(super) type Marks<'m> = &'m dyn Fn(&Passage) -> Vec<CharSpan>;

impl<'s> Composer<'s> {
    pub(super) fn new(library: &'s Library, reader: Reader) -> Self {
        Self { library, reader, phrases: Phrases::of(reader.language) }
    }

    /// Returns the card in the state `view`; `None` if its open passage is not in the corpus any more.
    pub(super) fn card(&self, view: &View, marks: Marks<'_>) -> Option<Card> {
        let shown = view.open()?;
        let passage = self.library.passage(shown.key)?;
        let body = match (view.extent, self.library.turn(passage)) {
            (Extent::Full, Some(turn)) => {
                CardBody::Turns(self.whole_turn(passage, turn, view.script, marks))
            }
            (Extent::Context, Some(turn)) => {
                CardBody::Turns(self.context(passage, turn, view.script, marks))
            }
            // A lead belongs to no turn.
            (Extent::Excerpt, _) | (_, None) => self.excerpt(passage, shown, view.script, marks),
        };
        Some(Card {
            notes: Vec::new(),
            attribution: self.attribution(passage, &body),
            body,
            copy: self.copy(view, passage),
            buttons: self.buttons(view, passage),
            view: view.clone(),
            outcome: None,
        })
    }

    /// Returns the script for quotations where no question was asked.
    pub(super) fn script(&self) -> Option<Script> {
        self.reader.script.resolve(None, self.reader.language)
    }

    /// Converts a name or an example to the script of the reader's language.
    pub(super) fn own_script(&self, text: &str) -> String {
        match self
            .reader
            .language
            .script()
            .filter(|script| Script::of(text).is_some_and(|own| own != *script))
        {
            Some(script) => script.convert(text).into_owned(),
            None => text.to_owned(),
        }
    }

    /// Returns a note that only one interview was searched, if that is so.
    pub(super) fn kept_to(&self, asked: &QuestionResult) -> Option<String> {
        let interview = self.library.named(asked.within.as_deref()?)?;
        let source = self.source(self.library.passages_in(interview).first()?, self.script());
        Some(fill(&self.phrases.answer.within, &[("source", &source)]))
    }

    fn excerpt(
        &self,
        passage: &Passage,
        shown: &ShownExcerpt,
        script: Option<Script>,
        marks: Marks<'_>,
    ) -> CardBody {
        let excerpt = passage.excerpt(shown.excerpt.clone()).span();
        let length = passage.text.chars().count();
        let rest = |span: CharSpan| {
            (!span.is_empty()).then(|| self.quotation(passage, span, script, Weight::Rest, &[]))
        };
        CardBody::Passage(Box::new(QuotedPassage {
            question: self.short_question(passage, script),
            before: rest(0..excerpt.start),
            after: rest(excerpt.end..length),
            excerpt: self.quotation(passage, excerpt, script, Weight::Main, &marks(passage)),
        }))
    }

    fn whole_turn(
        &self,
        passage: &Passage,
        turn: &Turn,
        script: Option<Script>,
        marks: Marks<'_>,
    ) -> Vec<SpokenPart> {
        let mut spoken = vec![SpokenPart::Other(self.question(passage, script))];
        let mut answers = self.library.passages_of(passage.interview, passage.turn).peekable();
        for (number, part) in turn.parts.iter().enumerate() {
            match part {
                Part::Answer(paragraph) => {
                    let pieces = std::iter::from_fn(|| {
                        answers.next_if(|piece| piece.paragraph == paragraph.number)
                    });
                    spoken.extend(pieces.map(|piece| {
                        let whole = 0..piece.text.chars().count();
                        let marks = marks(piece);
                        let quotation = self.quotation(piece, whole, script, Weight::Main, &marks);
                        SpokenPart::Interviewee(quotation)
                    }));
                }
                Part::Guest { speaker, text } => {
                    let source = Locus::PartOf(passage.id.clone(), number);
                    let whole = 0..text.chars().count();
                    spoken.push(SpokenPart::Other(Utterance {
                        speaker: self.convert(speaker, passage, script),
                        cut_before: false,
                        cut_after: false,
                        words: self.words(source, passage, text, whole, script),
                    }));
                }
                // Remarks and headings are no speech.
                Part::Aside(_) | Part::Heading(_) => {}
            }
        }
        spoken
    }

    fn context(
        &self,
        passage: &Passage,
        turn: &Turn,
        script: Option<Script>,
        marks: Marks<'_>,
    ) -> Vec<SpokenPart> {
        let mut spoken = self.end_of(passage.interview, passage.turn - 1, script);
        spoken.extend(self.whole_turn(passage, turn, script, marks));
        spoken.extend(self.opening_of(passage.interview, passage.turn + 1, script));
        spoken
    }

    /// Returns the question of a turn and the end of its answer; nothing if there is no such turn.
    fn end_of(&self, interview: usize, turn: usize, script: Option<Script>) -> Vec<SpokenPart> {
        let Some(last) = self.library.passages_of(interview, turn).last() else {
            return Vec::new();
        };
        let mut words =
            self.quotation(last, ending(&last.text, NEIGHBOUR), script, Weight::Rest, &[]);
        words.cut_before |= self.library.passages_of(interview, turn).nth(1).is_some();
        vec![SpokenPart::Other(self.short_question(last, script)), SpokenPart::Interviewee(words)]
    }

    /// Returns the question of a turn and the beginning of its answer; nothing if there is no such turn.
    fn opening_of(&self, interview: usize, turn: usize, script: Option<Script>) -> Vec<SpokenPart> {
        let mut answers = self.library.passages_of(interview, turn);
        let Some(first) = answers.next() else { return Vec::new() };
        let mut words =
            self.quotation(first, opening(&first.text, NEIGHBOUR), script, Weight::Rest, &[]);
        words.cut_after |= answers.next().is_some();
        vec![SpokenPart::Other(self.short_question(first, script)), SpokenPart::Interviewee(words)]
    }

    /// Returns the question that the passage answers.
    pub(super) fn question(&self, passage: &Passage, script: Option<Script>) -> Utterance {
        self.asked(passage, script, |text| 0..text.chars().count())
    }

    /// Returns the question that the passage answers. If it is long, only its last sentences or clauses are taken, because
    /// the question itself comes last.
    pub(super) fn short_question(&self, passage: &Passage, script: Option<Script>) -> Utterance {
        self.asked(passage, script, |text| last_clauses(text, LONG_QUESTION))
    }

    fn asked(
        &self,
        passage: &Passage,
        script: Option<Script>,
        part: impl Fn(&str) -> CharSpan,
    ) -> Utterance {
        let turn = self.library.turn(passage);
        let text = turn.map_or("", |turn| turn.question.as_str());
        let speaker =
            turn.map(|turn| self.convert(&turn.interviewer, passage, script)).unwrap_or_default();
        let source = Locus::QuestionOf(passage.id.clone());
        let span = part(text);
        Utterance {
            speaker,
            cut_before: span.start > 0,
            cut_after: span.end < text.chars().count(),
            words: self.words(source, passage, text, span, script),
        }
    }

    pub(super) fn quotation(
        &self,
        passage: &Passage,
        span: CharSpan,
        script: Option<Script>,
        weight: Weight,
        marks: &[CharSpan],
    ) -> Quotation {
        let length = passage.text.chars().count();
        let received = passage.repairs.iter();
        let received = received
            .filter_map(|repair| Some((within(&repair.span, &span)?, repair.received.clone())))
            .collect();
        let guessed = passage.repairs.iter().flat_map(|repair| &repair.guessed);
        Quotation {
            speaker: self.convert(self.library.speaker(passage), passage, script),
            words: self.words(
                Locus::Passage(passage.id.clone()),
                passage,
                &passage.text,
                span.clone(),
                script,
            ),
            marks: marks.iter().filter_map(|mark| within(mark, &span)).collect(),
            guessed: guessed.filter_map(|guess| within(guess, &span)).collect(),
            received,
            cut_before: span.start > 0,
            cut_after: span.end < length,
            weight,
        }
    }

    pub(super) fn words(
        &self,
        source: Locus,
        passage: &Passage,
        stored: &str,
        span: CharSpan,
        script: Option<Script>,
    ) -> Words {
        let slice: String = stored.chars().skip(span.start).take(span.len()).collect();
        let text = self.convert(&slice, passage, script);
        let script = script.filter(|_| text != slice);
        Words { source, text, span, script }
    }

    /// Converts `text` of the passage's interview to `script`. A text that is stored in that script stays as it is, except
    /// that Traditional text with Simplified characters in it is made Traditional throughout.
    pub(super) fn convert(&self, text: &str, passage: &Passage, script: Option<Script>) -> String {
        let is_other = |script: &Script| match self.library.script(passage) {
            Some(stored) => stored != *script || self.library.is_half_converted(passage),
            None => false,
        };
        match script.filter(is_other) {
            Some(script) => script.convert(text).into_owned(),
            None => text.to_owned(),
        }
    }

    fn attribution(&self, passage: &Passage, body: &CardBody) -> Attribution {
        let interview = self.library.interview(passage);
        let words = body.blocks().into_iter().filter_map(Block::words);
        let script = words.fold(None, |script, words| script.or(words.script));
        let guessed = body.quotations().any(|quotation| !quotation.guessed.is_empty());
        let named = |text: &str| self.convert(text, passage, script);
        let speaker = named(self.library.speaker(passage));
        let mut line = self.source_line(passage, script);
        let notes = [
            script.map(|script| match (script, self.library.script(passage)) {
                (Script::Hans, _) => &self.phrases.card.to_hans,
                (Script::Hant, Some(Script::Hant)) => &self.phrases.card.made_hant,
                (Script::Hant, _) => &self.phrases.card.to_hant,
            }),
            guessed.then_some(&self.phrases.card.guessed),
        ];
        let also = self.also(body).into_iter().map(|passage| {
            let source = self.source(passage, script);
            fill(&self.phrases.card.also, &[("source", &source)])
        });
        for note in also.chain(notes.into_iter().flatten().cloned()) {
            line.push('｜');
            line.push_str(&note);
        }
        Attribution {
            passage: passage.id.clone(),
            speaker,
            publisher: interview.publisher.as_deref().map(named),
            title: named(&interview.title),
            date: interview.date.as_ref().map(|date| date.text.clone()),
            turn: passage.turn,
            url: interview.url_of(passage.turn, passage.paragraph),
            line,
        }
    }

    /// Returns the line that says who said it and where it was published.
    pub(super) fn source_line(&self, passage: &Passage, script: Option<Script>) -> String {
        let speaker = self.convert(self.library.speaker(passage), passage, script);
        let (source, turn) = (self.source(passage, script), passage.turn.to_string());
        let card = &self.phrases.card;
        let line = if passage.turn == 0 { &card.lead } else { &card.line };
        fill(line, &[("speaker", &speaker), ("source", &source), ("turn", &turn)])
    }

    /// Returns a passage of each other interview that contains all the words of the main quotations.
    fn also(&self, body: &CardBody) -> Vec<&'s Passage> {
        let main = body.quotations().filter(|quotation| quotation.weight == Weight::Main);
        let quoted = main.filter_map(|Quotation { words, .. }| match &words.source {
            Locus::Passage(id) => Some(self.library.holding(id, words.span.clone())),
            Locus::QuestionOf(_) | Locus::PartOf(..) => None,
        });
        let both = |mut all: Vec<&'s Passage>, next: Vec<&'s Passage>| {
            all.retain(|passage| next.iter().any(|held| held.interview == passage.interview));
            all
        };
        let mut also = quoted.reduce(both).unwrap_or_default();
        also.dedup_by_key(|passage| passage.interview);
        also
    }

    /// Returns publisher, title and date as far as they are known, separated by dots. The publisher is left out if the title
    /// names it.
    pub(super) fn source(&self, passage: &Passage, script: Option<Script>) -> String {
        let interview = self.library.interview(passage);
        let publisher = interview
            .publisher
            .as_deref()
            .filter(|publisher| !interview.title.contains(*publisher))
            .map(|publisher| self.convert(publisher, passage, script));
        let title = Some(self.convert(&interview.title, passage, script));
        let date = interview.date.as_ref().map(|date| date.text.clone());
        let parts: Vec<String> = [publisher, title, date].into_iter().flatten().collect();
        parts.join(" · ")
    }
}

/// Returns the first sentences of `text` that fit into `limit` characters, but at least one.
fn opening(text: &str, limit: usize) -> CharSpan {
    let text: Vec<char> = text.chars().collect();
    let sentences = sentences(&text);
    let first = sentences.first().map_or(text.len(), |sentence| sentence.end);
    let last = sentences.iter().map(|sentence| sentence.end).take_while(|end| *end <= limit).last();
    0..last.unwrap_or(first)
}

/// Returns the last sentences of `text` that fit into `limit` characters, but at least one.
fn ending(text: &str, limit: usize) -> CharSpan {
    let text: Vec<char> = text.chars().collect();
    let sentences = sentences(&text);
    let last = sentences.last().map_or(0, |sentence| sentence.start);
    let starts = sentences.iter().rev().map(|sentence| sentence.start);
    let first = starts.take_while(|start| text.len() - start <= limit).last();
    first.unwrap_or(last)..text.len()
}

/// Shortens `text` for a table of contents, with an ellipsis where it is cut.
pub(super) fn shortened(text: &str) -> String {
    let span = last_clauses(text, SHORT_TITLE);
    let ellipsis = |is_cut| if is_cut { "…" } else { "" };
    let words: String = text.chars().skip(span.start).take(span.len()).collect();
    let (before, after) = (ellipsis(span.start > 0), ellipsis(span.end < text.chars().count()));
    format!("{before}{}{after}", words.trim())
}

/// Returns the last sentences of `text` that fit into `limit` characters. If the last sentence is longer, its last clauses
/// are returned, and if the last clause is longer, its first characters.
fn last_clauses(text: &str, limit: usize) -> CharSpan {
    let span = ending(text, limit);
    if span.len() <= limit {
        return span;
    }
    let characters: Vec<char> = text.chars().collect();
    let ends = clause_ends(&characters, &span);
    let mut starts = ends.iter().copied().filter(|start| *start < span.end);
    let last = starts.clone().next_back();
    let start = starts.find(|start| span.end - start <= limit).or(last).unwrap_or(span.start);
    start..span.end.min(start + limit)
}

/// Returns the part of `inner` that lies within `outer`, counted from the start of `outer`.
fn within(inner: &CharSpan, outer: &CharSpan) -> Option<CharSpan> {
    let start = inner.start.max(outer.start);
    let end = inner.end.min(outer.end);
    (start < end).then(|| start - outer.start..end - outer.start)
}
