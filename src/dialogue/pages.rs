//! What can be seen without asking: the welcome, the sources, the topics, a passage by its key.

use super::compose::Composer;
use super::host::notice;
use super::phrases::fill;
use super::{Action, Block, Button, Extent, Host, Intent, Reply, Shown, View};
use transcript::text::CharSpan;
use transcript::{Passage, PassageKey};

/// Questions on one page of topics.
const TOPICS_PAGE: usize = 6;
/// Example questions in the welcome.
const EXAMPLES: usize = 3;
/// An example fits on a button: characters.
const EXAMPLE_LENGTH: usize = 24;

impl Host {
    pub(super) fn greeting(&self, composer: &Composer<'_>) -> Reply {
        let mut reply = notice(&fill(
            &composer.phrases.answer.greeting,
            &[("speaker", &self.speaker(composer))],
        ));
        reply.buttons = self.example_buttons(composer);
        reply
    }

    pub(super) fn start(&self, composer: &Composer<'_>) -> Reply {
        let phrases = &composer.phrases.start;
        let mut reply = notice(&fill(&phrases.welcome, &[("speaker", &self.speaker(composer))]));
        reply.buttons = self.example_buttons(composer);
        if !reply.buttons.is_empty() {
            reply.blocks.push(Block::Note(phrases.r#try.clone()));
        }
        let label = composer.phrases.button.topics.clone();
        reply.buttons.push(vec![Button { label, action: Action::Do(Intent::Topics { page: 0 }) }]);
        reply
    }

    /// Whose words the corpus holds: the interviewee, or all of them.
    fn speaker(&self, composer: &Composer<'_>) -> String {
        let mut names: Vec<String> = Vec::new();
        for interview in &self.shelf().corpus().interviews {
            let name = composer.own_script(&interview.interviewee);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.join("、")
    }

    pub(super) fn source(&self, composer: &Composer<'_>) -> Reply {
        let phrases = &composer.phrases.source;
        let mut items = Vec::new();
        for (position, interview) in self.shelf().corpus().interviews.iter().enumerate() {
            let mut passages = self
                .shelf()
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
        let label = composer.phrases.button.topics.clone();
        let buttons = vec![vec![Button { label, action: Action::Do(Intent::Topics { page: 0 }) }]];
        Reply {
            blocks: vec![Block::Heading(phrases.heading.clone()), Block::List(items)],
            buttons,
            outcome: None,
        }
    }

    pub(super) fn topics(&self, composer: &Composer<'_>, page: usize) -> Reply {
        let first_answers: Vec<&Passage> = self.first_answers().collect();
        let pages = first_answers.len().div_ceil(TOPICS_PAGE).max(1);
        let page = page.min(pages - 1);
        let numbers = [("page", (page + 1).to_string()), ("pages", pages.to_string())];
        let numbers = [("page", numbers[0].1.as_str()), ("pages", numbers[1].1.as_str())];
        let mut blocks = vec![Block::Heading(fill(&composer.phrases.topics.heading, &numbers))];
        let mut buttons = Vec::new();
        for passage in first_answers.iter().skip(page * TOPICS_PAGE).take(TOPICS_PAGE) {
            blocks.push(composer.question(passage, composer.script()));
            buttons.push(vec![composer.topic_button(passage)]);
        }
        let turn = |label: &String, page| Button {
            label: label.clone(),
            action: Action::Do(Intent::Topics { page }),
        };
        let labels = &composer.phrases.button;
        let back = page.checked_sub(1).map(|page| turn(&labels.back, page));
        let more = (page + 1 < pages).then(|| turn(&labels.more, page + 1));
        buttons.push([back, more].into_iter().flatten().collect());
        buttons.retain(|row| !row.is_empty());
        Reply { blocks, buttons, outcome: None }
    }

    /// The first answer of each turn.
    pub(super) fn first_answers(&self) -> impl Iterator<Item = &Passage> {
        let mut before = None;
        self.shelf().passages().iter().filter(move |passage| {
            before.replace((passage.interview, passage.turn))
                != Some((passage.interview, passage.turn))
        })
    }

    /// A passage by chance. The clock is chance enough; nothing depends on it.
    pub(super) fn random(&self, composer: &Composer<'_>) -> Reply {
        let passages = self.shelf().passages();
        let now =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let chance = now.as_nanos().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let Some(passage) = passages.get(chance as usize % passages.len().max(1)) else {
            return notice(&composer.phrases.answer.moved_on);
        };
        let mut reply = self.open(composer, passage.id.key());
        let label = composer.phrases.button.random.clone();
        reply.buttons.push(vec![Button { label, action: Action::Do(Intent::Random) }]);
        reply
    }

    /// A passage for no question: its turn's passages can be turned through.
    pub(super) fn open(&self, composer: &Composer<'_>, key: PassageKey) -> Reply {
        let Some(passage) = self.shelf().passage(key) else {
            return notice(&composer.phrases.answer.moved_on);
        };
        let shown: Vec<Shown> = self
            .shelf()
            .passages_of(passage.interview, passage.turn)
            .map(|passage| Shown { key: passage.id.key(), excerpt: opening(passage) })
            .collect();
        let at = shown.iter().position(|shown| shown.key == key).unwrap_or(0);
        // A button holds so many passages: those around the one that was asked for.
        let first = at.saturating_sub(View::MAX_SHOWN - 1);
        let shown: Vec<Shown> = shown.into_iter().skip(first).take(View::MAX_SHOWN).collect();
        let view = View {
            shown,
            at: at - first,
            extent: Extent::Excerpt,
            script: composer.script(),
            related: false,
        };
        Self::card(composer, &view, &|_| Vec::new())
    }

    /// Short questions that readers ask, for the welcome: key, number, text.
    pub(super) fn examples(&self) -> impl Iterator<Item = (PassageKey, usize, &str)> {
        let asked = &self.shelf().corpus().asked;
        let step = (asked.len() / EXAMPLES).max(1);
        asked.iter().step_by(step).take(EXAMPLES).filter_map(|asked| {
            let fits = |text: &&String| (8..=EXAMPLE_LENGTH).contains(&text.chars().count());
            let number = asked.questions.iter().position(|text| fits(&text))?;
            Some((asked.passage.key(), number, asked.questions[number].as_str()))
        })
    }

    pub(super) fn example(&self, key: PassageKey, number: usize) -> Option<&str> {
        let asked = self.shelf().corpus().asked.iter().find(|asked| asked.passage.key() == key)?;
        asked.questions.get(number).map(String::as_str)
    }

    fn example_buttons(&self, composer: &Composer<'_>) -> Vec<Vec<Button>> {
        let button = |(key, number, text): (PassageKey, usize, &str)| {
            vec![Button {
                label: composer.own_script(text),
                action: Action::Do(Intent::Example { key, number }),
            }]
        };
        self.examples().map(button).collect()
    }
}

/// What of a passage is shown for no question: its first sentences.
pub(super) fn opening(passage: &Passage) -> CharSpan {
    retrieval::answer::opening(passage).span()
}

/// A text, line by line.
pub(super) fn lines(text: &[String]) -> Reply {
    notice(&text.join("\n"))
}
