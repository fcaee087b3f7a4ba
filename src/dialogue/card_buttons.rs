//! The buttons below a quote card.

use super::compose::Composer;
use super::phrases::fill;
use super::{Action, Button, Extent, Intent, Locus, Permalink, Topic, View};
use transcript::Passage;
use transcript::text::Script;

impl Composer<'_> {
    /// Returns the list items of `passages`, which are numbered from `first` on.
    pub(super) fn topics<'p>(
        &self,
        first: usize,
        passages: impl IntoIterator<Item = &'p Passage>,
    ) -> Vec<Topic> {
        (first..).zip(passages).map(|(number, passage)| self.topic(number, passage)).collect()
    }

    /// Returns the list item with the question that `passage` answers, and the button that opens it.
    fn topic(&self, number: usize, passage: &Passage) -> Topic {
        let key = passage.id.key();
        Topic {
            number,
            key,
            question: self.short_question(passage, self.script()),
            button: Button { label: number.to_string(), action: Action::Do(Intent::Turn { key }) },
        }
    }

    /// The rows of buttons below a card: one to turn its pages and to widen it, one of what is used most, and behind
    /// the last button of that one the rest.
    pub(super) fn buttons(&self, view: &View, passage: &Passage) -> Vec<Vec<Button>> {
        let labels = &self.phrases.button;
        let web = &self.phrases.web;
        let label = if view.all_buttons { &labels.fewer } else { &labels.all };
        let used_most = vec![
            Button { label: labels.copy.clone(), action: Action::Copy(self.copy(view, passage)) },
            Button { label: web.read.clone(), action: Action::Read(Self::address(view, passage)) },
            show(label, view.with_all_buttons(!view.all_buttons)),
        ];
        let mut rows = vec![self.page_buttons(view), used_most];
        if view.all_buttons {
            rows.extend(self.further_buttons(view, passage));
        }
        rows
    }

    /// Buttons that turn the pages, the open one of which is named on one of them, and show more or less.
    fn page_buttons(&self, view: &View) -> Vec<Button> {
        let labels = &self.phrases.button;
        let n_pages = view.shown.len();
        let numbers = [("at", &*(view.at + 1).to_string()), ("of", &*n_pages.to_string())];
        let is_last = view.at + 1 == n_pages;
        let mut row = Vec::new();
        if let Some(before) = view.at.checked_sub(1) {
            let label = if is_last { &labels.previous_at_end } else { &labels.previous };
            row.push(show(&fill(label, &numbers), view.turned_to(before)));
        }
        if !is_last {
            row.push(show(&fill(&labels.next, &numbers), view.turned_to(view.at + 1)));
        }
        row.push(match view.extent {
            Extent::Excerpt => show(&labels.full, view.with_extent(Extent::Full)),
            Extent::Full | Extent::Context => {
                show(&labels.excerpt, view.with_extent(Extent::Excerpt))
            }
        });
        row
    }

    fn further_buttons(&self, view: &View, passage: &Passage) -> [Vec<Button>; 3] {
        let labels = &self.phrases.button;
        let context = (view.extent != Extent::Context)
            .then(|| show(&labels.context, view.with_extent(Extent::Context)));
        let script = self
            .script_button(view, passage)
            .map(|(label, script)| show(&label, view.in_script(script)));
        let picture = Button {
            label: self.phrases.web.picture.clone(),
            action: Action::Picture(view.with_extent(Extent::Excerpt)),
        };
        let save = Button { label: labels.save.clone(), action: Action::Save(view.clone()) };
        let link = Button { label: labels.link.clone(), action: Action::GetLink(view.clone()) };
        let share = Button {
            label: labels.share.clone(),
            action: Action::Share(Self::link(view, passage)),
        };
        let rate = |label: &String, good| Button {
            label: label.clone(),
            action: Action::Rate { view: view.clone(), good },
        };
        [
            context.into_iter().chain(script).chain([link]).collect(),
            vec![save, picture, share],
            vec![rate(&labels.good, true), rate(&labels.bad, false)],
        ]
    }

    /// Returns the label and the script of the button that changes the script: back to the stored form if the words are
    /// converted, and to the other script if they are not.
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

    /// Returns the permanent link to the quotation. It marks the quoted words if the passage has others.
    fn address(view: &View, passage: &Passage) -> Permalink {
        let address = Permalink::of(passage.id.clone());
        let span = view.open().map_or(0..0, |shown| passage.excerpt(shown.excerpt.clone()).span());
        let is_part = !span.is_empty() && span.len() < passage.text.chars().count();
        let address = if is_part { address.range(span) } else { address };
        if view.script.is_some() { address.script(view.script) } else { address }
    }

    /// Returns the quotation with its source, to be copied.
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

/// Returns a button that shows the card in another state.
fn show(label: &str, view: View) -> Button {
    Button { label: label.to_owned(), action: Action::Do(Intent::Show { view, question: None }) }
}
