//! What a person can ask of the bot, through whichever face.

use transcript::text::{CharSpan, Script};
use transcript::{Passage, PassageKey};

/// What a person asks of the bot. A face reads it from a line, an update or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// A welcome with example questions.
    Start,
    /// How to use the bot.
    Help,
    /// What is kept about them.
    Privacy,
    /// Which interviews there are.
    Source,
    /// The interviewer's questions, page by page (from 0).
    Topics {
        /// The number of the page, from 0.
        page: usize,
    },
    /// A quotation for no particular question.
    Random,
    /// A question, with the one asked before it in this conversation, for follow-ups (那政府呢?).
    Ask {
        /// The question as it was typed.
        question: String,
        /// The question of the topic before.
        before: Option<PriorQuestion>,
        /// The slug of the interview that the search is kept to, if it is to one.
        within: Option<String>,
    },
    /// One of a passage's own questions, tapped in the welcome.
    Example {
        /// The passage that answers it.
        key: PassageKey,
        /// Which of its questions, from 0.
        number: usize,
    },
    /// One turn of an interview from its first answer on: a topic that was tapped.
    Turn {
        /// The first answer's passage.
        key: PassageKey,
    },
    /// One passage, as a deep link names it.
    Open { key: PassageKey },
    /// Another look at an answer: turned to another passage, widened, converted.
    Show {
        /// The state of the card to show.
        view: View,
        /// The question that was asked, where it is still known: matched words are marked by it.
        question: Option<String>,
    },
}

/// The question that a topic began with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriorQuestion {
    /// As it was searched.
    pub question: String,
    /// How many of the passages that answer it have been shown.
    pub n_shown: usize,
    /// The passage that was shown last, where it is known.
    pub shown: Option<PassageKey>,
}

/// The state of a quote card: all that turning its pages needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The passages of the answer in order, at most [`View::MAX_SHOWN`].
    pub shown: Vec<ShownExcerpt>,
    /// The position in `shown` of the passage that is open.
    pub at: usize,
    /// How much of the open passage is shown.
    pub extent: Extent,
    /// The script of the quotations; `None` leaves them as stored.
    pub script: Option<Script>,
    /// Whether the passages may not answer the question.
    pub related: bool,
    /// Whether all buttons are shown, not only the most used ones.
    pub all_buttons: bool,
}

impl View {
    /// As many passages as fit into the smallest button.
    pub const MAX_SHOWN: usize = 5;

    /// Creates the state in which a card is first shown: the excerpt of the first passage with the most used buttons.
    pub fn new(shown: Vec<ShownExcerpt>, script: Option<Script>) -> Self {
        Self { shown, at: 0, extent: Extent::Excerpt, script, related: false, all_buttons: false }
    }

    /// Returns the state with another passage open.
    #[must_use]
    pub fn turned_to(&self, at: usize) -> Self {
        Self { at, extent: Extent::Excerpt, ..self.clone() }
    }

    /// Returns the state with more or less of the passage shown.
    #[must_use]
    pub fn with_extent(&self, extent: Extent) -> Self {
        Self { extent, ..self.clone() }
    }

    /// Returns the state in another script.
    #[must_use]
    pub fn in_script(&self, script: Option<Script>) -> Self {
        Self { script, ..self.clone() }
    }

    /// Returns the state with all buttons, or with only the most used ones.
    #[must_use]
    pub fn with_all_buttons(&self, all_buttons: bool) -> Self {
        Self { all_buttons, ..self.clone() }
    }

    /// Returns how many of the passages have been shown, if they were turned one after another. The whole of the last one
    /// counts as one more.
    pub fn n_shown(&self) -> usize {
        let is_last = self.at + 1 == self.shown.len();
        self.at + 1 + usize::from(is_last && self.extent == Extent::Full)
    }

    /// Returns the passage that is open.
    pub fn open(&self) -> Option<&ShownExcerpt> {
        self.shown.get(self.at)
    }
}

/// A passage of an answer and the slice of it that is quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownExcerpt {
    pub key: PassageKey,
    /// The slice, in characters of the stored text; each end below 1,024.
    pub excerpt: CharSpan,
}

impl ShownExcerpt {
    /// Returns the first sentences of a passage, which are shown where no question was asked.
    pub fn opening(passage: &Passage) -> Self {
        let excerpt = retrieval::answer::opening(passage).span();
        Self { key: passage.id.key(), excerpt }
    }
}

/// How much of a passage a card shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The excerpt, with the rest of the passage folded away.
    Excerpt,
    /// The whole answer: every paragraph of the turn.
    Full,
    /// The turn with its neighbours.
    Context,
}
