//! The buttons below a quote card.

use super::compose::Composer;
use super::phrases::fill;
use super::{Action, Button, Extent, Intent, Locus, Permalink, Topic, View};
use transcript::Passage;
use transcript::text::Script;

/// Characters of a question that a button shows at most.
const TOPIC_LABEL: usize = 30;

impl Composer<'_> {
    /// The question of the turn of `passage`, and the button that opens the turn.
    pub(super) fn topic(&self, passage: &Passage) -> Topic {
        Topic {
            key: passage.id.key(),
            question: self.short_question(passage, self.script()),
            button: self.topic_button(passage),
        }
    }

    /// The button that opens the turn of `passage`, labelled with the beginning of its question.
    fn topic_button(&self, passage: &Passage) -> Button {
        let text = self.short_question(passage, self.script()).text();
        let mut label: String = text.chars().take(TOPIC_LABEL).collect();
        if text.chars().count() > TOPIC_LABEL {
            label.push('…');
        }
        Button {
            label: format!("{}. {label}", passage.turn),
            action: Action::Do(Intent::Turn { key: passage.id.key() }),
        }
    }

    pub(super) fn buttons(&self, view: &View, passage: &Passage) -> Vec<Vec<Button>> {
        let labels = &self.phrases.button;
        let show = |label: String, view: View| Button {
            label,
            action: Action::Do(Intent::Show { view, question: None }),
        };
        let of = view.shown.len();
        let page = |label: &str, at: usize| {
            let label = fill(label, &[("at", &(at + 1).to_string()), ("of", &of.to_string())]);
            show(label, view.turned_to(at))
        };
        let mut turn = Vec::new();
        turn.extend(view.at.checked_sub(1).map(|at| page(&labels.previous, at)));
        turn.extend((view.at + 1 < of).then(|| page(&labels.next, view.at + 1)));
        let extent = |label: &String, extent| {
            (view.extent != extent).then(|| show(label.clone(), view.with_extent(extent)))
        };
        let mut widen: Vec<Button> = [
            extent(&labels.excerpt, Extent::Excerpt),
            extent(&labels.full, Extent::Full),
            extent(&labels.context, Extent::Context),
        ]
        .into_iter()
        .flatten()
        .collect();
        widen.extend(
            self.script_button(view, passage)
                .map(|(label, script)| show(label, view.in_script(script))),
        );
        let share = [
            Button { label: labels.copy.clone(), action: Action::Copy(self.copy(view, passage)) },
            Button {
                label: labels.share.clone(),
                action: Action::Share(Self::link(view, passage)),
            },
        ];
        let web = &self.phrases.web;
        let look = [
            Button {
                label: web.picture.clone(),
                action: Action::Picture(view.with_extent(Extent::Excerpt)),
            },
            Button { label: web.read.clone(), action: Action::Read(Self::address(view, passage)) },
        ];
        let rate = |label: &String, good| Button {
            label: label.clone(),
            action: Action::Rate { view: view.clone(), good },
        };
        let rows = [
            turn,
            widen,
            share.to_vec(),
            look.to_vec(),
            vec![rate(&labels.good, true), rate(&labels.bad, false)],
        ];
        rows.into_iter().filter(|row| !row.is_empty()).collect()
    }

    /// The one tap that shows the other form of the words: as stored where they are converted, else
    /// the script that they are not stored in.
    fn script_button(&self, view: &View, passage: &Passage) -> Option<(String, Option<Script>)> {
        let labels = &self.phrases.button;
        let stored = self.library.script(passage)?;
        Some(match view.script.filter(|script| *script != stored) {
            Some(_) => (labels.original.clone(), None),
            None if stored == Script::Hant => (labels.hans.clone(), Some(Script::Hans)),
            None => (labels.hant.clone(), Some(Script::Hant)),
        })
    }

    /// What finds the quotation again: the passage's key, and the range that is quoted.
    fn link(view: &View, passage: &Passage) -> String {
        let span = view.open().map_or(0..0, |shown| passage.excerpt(shown.excerpt.clone()).span());
        format!("p_{}_{}-{}", passage.id.key(), span.start, span.end)
    }

    /// Where the quotation stands, with its words marked where more stands around them.
    fn address(view: &View, passage: &Passage) -> Permalink {
        let address = Permalink::of(passage.id.clone());
        let span = view.open().map_or(0..0, |shown| passage.excerpt(shown.excerpt.clone()).span());
        let is_part = !span.is_empty() && span.len() < passage.text.chars().count();
        let address = if is_part { address.range(span) } else { address };
        if view.script.is_some() { address.script(view.script) } else { address }
    }

    /// The quotation with its source, for a clipboard.
    pub(super) fn copy(&self, view: &View, passage: &Passage) -> String {
        let span = view.open().map_or(0..0, |shown| passage.excerpt(shown.excerpt.clone()).span());
        let words = self.words(
            Locus::Passage(passage.id.clone()),
            passage,
            &passage.text,
            span,
            view.script,
        );
        let line = self.source_line(passage, words.script);
        fill(&self.phrases.card.copy, &[("text", &words.text), ("line", &line)])
    }
}
