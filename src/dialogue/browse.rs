//! What can be seen without asking: the welcome, the sources, the topics, a passage by its key.

use super::compose::Composer;
use super::phrases::fill;
use super::{
    Action, Button, Engine, Extent, Intent, Language, Outcome, QuestionResult, Reader, Reply,
    ShownExcerpt, Sources, Talk, Topics, View, Welcome,
};
use rand::seq::IndexedRandom;
use transcript::text::CharSpan;
use transcript::{Passage, PassageKey};

/// Questions on one page of topics.
const TOPICS_PAGE: usize = 6;
/// Names of interviewees in a sentence.
const MAX_SPEAKERS: usize = 3;
/// Example questions in the welcome.
const EXAMPLES: usize = 3;
/// An example fits on a button: characters.
const EXAMPLE_LENGTH: usize = 24;

impl Engine {
    /// The reply to what is no question, in its language or else in that of `reader`.
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

    /// The bot's own words to what is no question; `None` if it is one, or if the topic goes on.
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
            Talk::More if asked.searched == asked.question => &phrases.more,
            Talk::More => &phrases.no_more,
            // Who somebody is, the interviews say.
            Talk::Summary | Talk::Who => &phrases.summary,
        };
        let example = self.example_question(composer);
        fill(template, &[("speaker", &self.speaker(composer)), ("example", &example)])
    }

    /// A question that the interviews answer.
    pub(super) fn example_question(&self, composer: &Composer<'_>) -> String {
        let questions =
            self.library().corpus().interviews.iter().flat_map(|interview| &interview.turns);
        let asked = self.examples().map(|(_, _, text)| text);
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

    /// Whose words the corpus holds: the interviewee, or all of them.
    fn speaker(&self, composer: &Composer<'_>) -> String {
        let mut names: Vec<String> = Vec::new();
        for interview in &self.library().corpus().interviews {
            let name = composer.own_script(&interview.interviewee);
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

    /// A page of the interviewers' questions; with the outcome of what was typed, where they are shown instead of a
    /// summary.
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
        let on_page = first_answers.iter().skip(page * TOPICS_PAGE).take(TOPICS_PAGE);
        let turn = |label: &String, page| Button {
            label: label.clone(),
            action: Action::Do(Intent::Topics { page }),
        };
        let labels = &composer.phrases.button;
        let back = page.checked_sub(1).map(|page| turn(&labels.back, page));
        let more = (page + 1 < pages).then(|| turn(&labels.more, page + 1));
        Reply::Topics(Topics {
            note: outcome.is_some().then(|| composer.phrases.talk.summary.clone()),
            outcome,
            heading: fill(&composer.phrases.topics.heading, &[("page", &number), ("pages", &of)]),
            topics: on_page.map(|passage| composer.topic(passage)).collect(),
            turn: back.into_iter().chain(more).collect(),
        })
    }

    /// The first answer of each turn.
    pub(super) fn first_answers(&self) -> impl Iterator<Item = &Passage> {
        let mut before = None;
        self.library().passages().iter().filter(move |passage| {
            before.replace((passage.interview, passage.turn))
                != Some((passage.interview, passage.turn))
        })
    }

    /// Returns the reply with a random passage.
    pub(super) fn random(&self, composer: &Composer<'_>) -> Reply {
        let Some(passage) = self.library().passages().choose(&mut rand::rng()) else {
            return Reply::Notice(composer.phrases.answer.moved_on.clone());
        };
        let mut reply = self.open(composer, passage.id.key());
        if let Reply::Card(card) = &mut reply {
            let label = composer.phrases.button.random.clone();
            card.buttons.push(vec![Button { label, action: Action::Do(Intent::Random) }]);
        }
        reply
    }

    /// A passage for no question: its turn's passages can be turned through.
    pub(super) fn open(&self, composer: &Composer<'_>, key: PassageKey) -> Reply {
        let Some(passage) = self.library().passage(key) else {
            return Reply::Notice(composer.phrases.answer.moved_on.clone());
        };
        let shown: Vec<ShownExcerpt> = self
            .library()
            .passages_of(passage.interview, passage.turn)
            .map(|passage| ShownExcerpt { key: passage.id.key(), excerpt: opening(passage) })
            .collect();
        let at = shown.iter().position(|shown| shown.key == key).unwrap_or(0);
        // A button holds so many passages: those around the one that was asked for.
        let first = at.saturating_sub(View::MAX_SHOWN - 1);
        let shown: Vec<ShownExcerpt> =
            shown.into_iter().skip(first).take(View::MAX_SHOWN).collect();
        let view = View {
            shown,
            at: at - first,
            extent: Extent::Excerpt,
            script: composer.script(),
            related: false,
        };
        match composer.card(&view, &|_| Vec::new()) {
            Some(card) => Reply::Card(Box::new(card)),
            None => Reply::Notice(composer.phrases.answer.moved_on.clone()),
        }
    }

    /// Short questions that readers ask, for the welcome: key, number, text.
    pub(super) fn examples(&self) -> impl Iterator<Item = (PassageKey, usize, &str)> {
        let all = &self.library().corpus().reader_questions;
        let step = (all.len() / EXAMPLES).max(1);
        all.iter().step_by(step).take(EXAMPLES).filter_map(|of_passage| {
            let fits = |text: &&String| (8..=EXAMPLE_LENGTH).contains(&text.chars().count());
            let number = of_passage.questions.iter().position(|text| fits(&text))?;
            Some((of_passage.passage.key(), number, of_passage.questions[number].as_str()))
        })
    }

    pub(super) fn example(&self, key: PassageKey, number: usize) -> Option<&str> {
        let mut all = self.library().corpus().reader_questions.iter();
        let of_passage = all.find(|of_passage| of_passage.passage.key() == key)?;
        of_passage.questions.get(number).map(String::as_str)
    }

    fn example_buttons(&self, composer: &Composer<'_>) -> Vec<Button> {
        let button = |(key, number, text): (PassageKey, usize, &str)| {
            let label = composer.own_script(text);
            Button { label, action: Action::Do(Intent::Example { key, number }) }
        };
        self.examples().map(button).collect()
    }
}

/// What of a passage is shown for no question: its first sentences.
pub(super) fn opening(passage: &Passage) -> CharSpan {
    retrieval::answer::opening(passage).span()
}

/// The button that leads to the topics.
fn topics_button(composer: &Composer<'_>) -> Button {
    let label = composer.phrases.button.topics.clone();
    Button { label, action: Action::Do(Intent::Topics { page: 0 }) }
}

/// A text, line by line.
pub(super) fn lines(text: &[String]) -> Reply {
    Reply::Notice(text.join("\n"))
}
