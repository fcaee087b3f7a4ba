//! Replies that need no search: the welcome, small talk, the sources, the topics, and a passage by its key.

use std::ops::RangeInclusive;
use std::sync::OnceLock;

use super::compose::Composer;
use super::phrases::fill;
use super::{
    Action, Button, Engine, Intent, Language, Outcome, QuestionResult, Reader, Reply, ShownExcerpt,
    Sources, Talk, Topics, Understanding, View, Welcome,
};
use rand::seq::IndexedRandom;
use retrieval::answer::Verdict;
use transcript::text::is_han;
use transcript::{Interview, Passage, PassageKey};

/// Questions on one page of topics.
const TOPICS_PAGE: usize = 6;
/// The most interviewees that are named in a sentence.
const MAX_SPEAKERS: usize = 3;
/// The number of example questions in the welcome.
const EXAMPLES: usize = 3;
/// The length of an example in characters. It has to fit on a button, where Latin letters are half as wide as Chinese
/// characters.
const EXAMPLE_LENGTH: RangeInclusive<usize> = 8..=24;
const ENGLISH_EXAMPLE_LENGTH: RangeInclusive<usize> = 12..=48;
/// How many readers' questions are tried for each example.
const TRIES: usize = 8;

/// A question that readers ask of a passage: its number, from 0, among those of the passage.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExampleQuestion {
    key: PassageKey,
    number: usize,
}

/// Example questions in one language, one for each part of the corpus. `None` stands for a part without any.
pub(super) type Examples = [OnceLock<Option<ExampleQuestion>>; EXAMPLES];

impl Engine {
    /// Returns the reply to small talk, in the language of the message if it has one, or in that of `reader`.
    pub(super) fn talk_reply(&self, reader: Reader, talk: Talk, asked: &QuestionResult) -> Reply {
        let composer = self.composer_for(asked, reader);
        if talk == Talk::Summary {
            return self.topics(&composer, 0, Some(asked.outcome()));
        }
        let has_examples = matches!(talk, Talk::Greeting | Talk::About | Talk::Help | Talk::More);
        Reply::Welcome(Welcome {
            text: self.talk_text(&composer, talk, asked),
            hint: None,
            examples: if has_examples { self.example_buttons(&composer) } else { Vec::new() },
            topics: None,
            outcome: Some(asked.outcome()),
        })
    }

    fn composer_for(&self, asked: &QuestionResult, reader: Reader) -> Composer<'_> {
        Composer::new(self.library(), reader.following(&asked.question))
    }

    /// Returns the bot's words in reply to small talk; `None` if the message is a question or asks for more of a topic.
    pub fn small_talk(&self, asked: &QuestionResult, reader: Reader) -> Option<String> {
        let talk = asked.talk.filter(|talk| *talk != Talk::Who)?;
        if !asked.answer.quotes.is_empty() {
            return None;
        }
        Some(self.talk_text(&self.composer_for(asked, reader), talk, asked))
    }

    fn talk_text(&self, composer: &Composer<'_>, talk: Talk, asked: &QuestionResult) -> String {
        let phrases = &composer.phrases.talk;
        let template = match talk {
            Talk::Greeting => &phrases.greeting,
            Talk::Thanks => &phrases.thanks,
            Talk::Goodbye => &phrases.goodbye,
            Talk::About => &phrases.about,
            Talk::Help => &phrases.help,
            Talk::Praise => &phrases.praise,
            Talk::Insult => &phrases.insult,
            Talk::More if asked.understanding == Understanding::MoreOf => &phrases.no_more,
            Talk::More => &phrases.more,
            // `Who` does not get here, because the interviews answer it.
            Talk::Summary | Talk::Who => &phrases.summary,
        };
        // Finding an example takes several searches the first time.
        let example = if template.contains("{example}") {
            self.example_question(composer)
        } else {
            String::new()
        };
        fill(template, &[("speaker", &self.speaker(composer)), ("example", &example)])
    }

    /// Returns a question that the interviews answer.
    pub(super) fn example_question(&self, composer: &Composer<'_>) -> String {
        let questions =
            self.library().corpus().interviews.iter().flat_map(|interview| &interview.turns);
        let examples = self.examples(composer.reader.language);
        let asked = examples.filter_map(|example| self.question(example));
        let example = asked.chain(questions.map(|turn| turn.question.as_str())).next();
        composer.own_script(example.unwrap_or_default())
    }

    pub(super) fn start(&self, composer: &Composer<'_>) -> Reply {
        let phrases = &composer.phrases.start;
        Reply::Welcome(Welcome {
            text: fill(&phrases.welcome, &[("speaker", &self.speaker(composer))]),
            hint: Some(phrases.r#try.clone()),
            examples: self.example_buttons(composer),
            topics: Some(topics_button(composer)),
            outcome: None,
        })
    }

    /// Returns the names of the interviewees, of at most [`MAX_SPEAKERS`] of them.
    fn speaker(&self, composer: &Composer<'_>) -> String {
        let mut names: Vec<String> = Vec::new();
        for interview in &self.library().corpus().interviews {
            let name = name_for(composer, interview);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let more =
            if names.len() > MAX_SPEAKERS { composer.phrases.talk.and_others.as_str() } else { "" };
        names.truncate(MAX_SPEAKERS);
        let separator = if composer.reader.language == Language::En { ", " } else { "、" };
        names.join(separator) + more
    }

    pub(super) fn source(&self, composer: &Composer<'_>) -> Reply {
        let phrases = &composer.phrases.source;
        let mut items = Vec::new();
        for (position, interview) in self.library().corpus().interviews.iter().enumerate() {
            let mut passages = self
                .library()
                .passages()
                .iter()
                .filter(|passage| passage.interview == position)
                .peekable();
            let Some(first) = passages.peek() else { continue };
            let source = composer.source(first, composer.script());
            let (turns, passages) =
                (interview.turns.len().to_string(), passages.count().to_string());
            let item = fill(
                &phrases.interview,
                &[("source", &source), ("turns", &turns), ("passages", &passages)],
            );
            items.push(interview.url.as_ref().map_or(item.clone(), |url| format!("{item}\n{url}")));
        }
        Reply::Sources(Sources {
            heading: phrases.heading.clone(),
            items,
            note: None,
            topics: topics_button(composer),
        })
    }

    /// Returns a page of the interviewers' questions. `outcome` is that of a request for a summary, instead of which they
    /// are shown.
    pub(super) fn topics(
        &self,
        composer: &Composer<'_>,
        page: usize,
        outcome: Option<Outcome>,
    ) -> Reply {
        let first_answers: Vec<&Passage> = self.first_answers().collect();
        let pages = first_answers.len().div_ceil(TOPICS_PAGE).max(1);
        let page = page.min(pages - 1);
        let (number, of) = ((page + 1).to_string(), pages.to_string());
        let on_page = first_answers.into_iter().skip(page * TOPICS_PAGE).take(TOPICS_PAGE);
        let turn = |label: &String, page| Button {
            label: label.clone(),
            action: Action::Do(Intent::Topics { page }),
        };
        let labels = &composer.phrases.button;
        let back = page.checked_sub(1).map(|page| turn(&labels.back, page));
        let next_page = Some(page + 1).filter(|next| *next < pages);
        let more = next_page.map(|page| turn(&labels.more, page));
        Reply::Topics(Topics {
            note: outcome.is_some().then(|| composer.phrases.talk.summary.clone()),
            outcome,
            heading: fill(&composer.phrases.topics.heading, &[("page", &number), ("pages", &of)]),
            topics: composer.topics(page * TOPICS_PAGE + 1, on_page),
            turn: back.into_iter().chain(more).collect(),
            next_page,
        })
    }

    /// Returns the first passage of each turn.
    pub(super) fn first_answers(&self) -> impl Iterator<Item = &Passage> {
        let mut before = None;
        self.library().passages().iter().filter(move |passage| {
            before.replace((passage.interview, passage.turn))
                != Some((passage.interview, passage.turn))
        })
    }

    /// Returns the reply with a random quotation that can be read alone, of the interview `within` if there is one. If no
    /// quotation can be read alone, it is a random passage.
    pub(super) fn random(&self, composer: &Composer<'_>, within: Option<&str>) -> Reply {
        let alone: Vec<&ShownExcerpt> = self.standalone_quotes_of(within).collect();
        let chosen = alone.choose(&mut rand::rng()).map(|shown| (*shown).clone()).or_else(|| {
            let library = self.library();
            let passages = match within {
                None => library.passages(),
                Some(slug) => library.named(slug).map_or(&[][..], |at| library.passages_in(at)),
            };
            passages.choose(&mut rand::rng()).map(ShownExcerpt::opening)
        });
        let Some(chosen) = chosen else {
            return Reply::Notice(composer.phrases.answer.moved_on.clone());
        };
        let mut reply = self.open_at(composer, &chosen);
        if let Reply::Card(card) = &mut reply {
            let label = composer.phrases.button.random.clone();
            let another = Button { label, action: Action::Do(Intent::Random) };
            if let Some(row) = card.buttons.first_mut() {
                row.push(another);
            }
        }
        reply
    }

    /// Returns a card of one passage, whose pages are the passages of its turn.
    pub(super) fn open(&self, composer: &Composer<'_>, key: PassageKey) -> Reply {
        let Some(passage) = self.library().passage(key) else {
            return Reply::Notice(composer.phrases.answer.moved_on.clone());
        };
        self.open_at(composer, &ShownExcerpt::opening(passage))
    }

    /// Returns a card of one excerpt, whose other pages are the passages of its turn.
    fn open_at(&self, composer: &Composer<'_>, chosen: &ShownExcerpt) -> Reply {
        let Some(passage) = self.library().passage(chosen.key) else {
            return Reply::Notice(composer.phrases.answer.moved_on.clone());
        };
        let shown: Vec<ShownExcerpt> = self
            .library()
            .passages_of(passage.interview, passage.turn)
            .map(|passage| {
                if passage.id.key() == chosen.key {
                    chosen.clone()
                } else {
                    ShownExcerpt::opening(passage)
                }
            })
            .collect();
        let at = shown.iter().position(|shown| shown.key == chosen.key).unwrap_or(0);
        // A button has room for only so many passages, so those up to the one that was asked for are taken.
        let first = at.saturating_sub(View::MAX_SHOWN - 1);
        let shown: Vec<ShownExcerpt> =
            shown.into_iter().skip(first).take(View::MAX_SHOWN).collect();
        let view = View { at: at - first, ..View::new(shown, composer.script()) };
        match composer.card(&view, &|_| Vec::new()) {
            Some(card) => Reply::Card(Box::new(card)),
            None => Reply::Notice(composer.phrases.answer.moved_on.clone()),
        }
    }

    /// Returns short questions in the reader's language, each of which is answered by the passage that it was written for.
    /// Each is searched for once in a generation, when it is first taken.
    fn examples(&self, language: Language) -> impl Iterator<Item = &ExampleQuestion> {
        let in_english = language == Language::En && self.examples_in(true).next().is_some();
        self.examples_in(in_english)
    }

    fn examples_in(&self, english: bool) -> impl Iterator<Item = &ExampleQuestion> {
        let [in_chinese, in_english] = &self.examples;
        let examples = if english { in_english } else { in_chinese };
        examples.iter().enumerate().filter_map(move |(part, example)| {
            example.get_or_init(|| self.find_example(part, english)).as_ref()
        })
    }

    /// Divides the corpus into as many parts as there are examples, and finds one in the given part, from 0.
    fn find_example(&self, part: usize, english: bool) -> Option<ExampleQuestion> {
        let fits = |text: &String| {
            let length = text.chars().count();
            if english {
                ENGLISH_EXAMPLE_LENGTH.contains(&length) && text.is_ascii()
            } else {
                EXAMPLE_LENGTH.contains(&length) && text.chars().any(is_han)
            }
        };
        let all = &self.library().corpus().reader_questions;
        let mut parts = all.chunks(all.len().div_ceil(EXAMPLES).max(1));
        let candidates = parts.nth(part)?.iter().filter_map(|of_passage| {
            let number = of_passage.questions.iter().position(fits)?;
            Some(ExampleQuestion { key: of_passage.passage.key(), number })
        });
        candidates.take(TRIES).find(|example| self.is_answered(example))
    }

    fn is_answered(&self, example: &ExampleQuestion) -> bool {
        let Some(question) = self.question(example) else { return false };
        self.ask(question, None, None, 1).is_ok_and(|asked| {
            let best = asked.answer.quotes.first();
            asked.answer.verdict == Verdict::Answer
                && best.is_some_and(|quote| quote.excerpt.passage().key() == example.key)
        })
    }

    fn question(&self, example: &ExampleQuestion) -> Option<&str> {
        self.example(example.key, example.number)
    }

    pub(super) fn example(&self, key: PassageKey, number: usize) -> Option<&str> {
        let mut all = self.library().corpus().reader_questions.iter();
        let of_passage = all.find(|of_passage| of_passage.passage.key() == key)?;
        of_passage.questions.get(number).map(String::as_str)
    }

    fn example_buttons(&self, composer: &Composer<'_>) -> Vec<Button> {
        let button = |example: &ExampleQuestion| {
            let ExampleQuestion { key, number } = *example;
            let label = composer.own_script(self.question(example)?);
            Some(Button { label, action: Action::Do(Intent::Example { key, number }) })
        };
        self.examples(composer.reader.language).filter_map(button).collect()
    }
}

/// Returns the interviewee's name in the script of the reader's language, or in Latin letters for readers of English if
/// there is such a name.
fn name_for(composer: &Composer<'_>, interview: &Interview) -> String {
    let is_latin = |name: &&String| name.is_ascii() && !name.is_empty();
    let latin = interview.interviewee_aliases.iter().find(is_latin);
    match latin.filter(|_| composer.reader.language == Language::En) {
        Some(name) => name.clone(),
        None => composer.own_script(&interview.interviewee),
    }
}

/// Returns the button that leads to the topics.
fn topics_button(composer: &Composer<'_>) -> Button {
    let label = composer.phrases.button.topics.clone();
    Button { label, action: Action::Do(Intent::Topics { page: 0 }) }
}

/// Returns a reply of several lines.
pub(super) fn lines(text: &[String]) -> Reply {
    Reply::Notice(text.join("\n"))
}
