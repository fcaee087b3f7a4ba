//! The buttons of operators' messages.

use super::super::handler::{Handler, line};
use super::super::update::CallbackQuery;
use crate::dialogue::Phrases;
use crate::store::Done;
use transcript::PassageKey;

/// What begins the data of these buttons.
const PREFIX: &str = "op:";

/// What such a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::telegram) enum Press {
    /// Another page of questions that went wrong.
    Page(usize),
    /// Opens one of them, by its mark.
    Open(u32),
    /// Adds the words that the message is about to a passage.
    Add {
        /// As a question, or else as a term.
        is_question: bool,
        passage: PassageKey,
    },
    /// Imports the transcript that the message is about, or drops it.
    Import(bool),
}

impl Press {
    /// The press that a button's data stands for.
    pub(in crate::telegram) fn decode(data: &str) -> Option<Self> {
        let (kind, rest) = data.strip_prefix(PREFIX)?.split_once(':')?;
        let add = |is_question| Some(Self::Add { is_question, passage: rest.parse().ok()? });
        match (kind, rest) {
            ("page", page) => page.parse().ok().map(Self::Page),
            ("open", mark) => u32::from_str_radix(mark, 16).ok().map(Self::Open),
            ("question", _) => add(true),
            ("term", _) => add(false),
            ("import", "yes") => Some(Self::Import(true)),
            ("import", "no") => Some(Self::Import(false)),
            _ => None,
        }
    }

    /// The data of a button.
    pub(super) fn encode(self) -> String {
        let data = match self {
            Self::Page(page) => format!("page:{page}"),
            Self::Open(mark) => format!("open:{mark:08x}"),
            Self::Add { is_question: true, passage } => format!("question:{passage}"),
            Self::Add { is_question: false, passage } => format!("term:{passage}"),
            Self::Import(true) => "import:yes".to_owned(),
            Self::Import(false) => "import:no".to_owned(),
        };
        format!("{PREFIX}{data}")
    }
}

impl Handler {
    /// Does what an operator's button does.
    pub(in crate::telegram) async fn press_operator(
        &self,
        query: &CallbackQuery,
        press: Press,
        phrases: &Phrases,
        done: &Done,
    ) {
        let (Some(place), Some(message)) = (query.place(), &query.message) else {
            return self.answer(query, Some(&phrases.telegram.old_button)).await;
        };
        let at = (message.chat.id, message.id.into());
        let gone = &phrases.telegram.operator.missed.gone;
        match press {
            Press::Page(page) => {
                self.answer(query, None).await;
                self.put(query, self.missed_page(page, phrases).await, done).await;
            }
            Press::Open(mark) => {
                let is_there = self.open_missed(&place, mark, phrases, done).await;
                self.answer(query, (!is_there).then_some(gone)).await;
            }
            Press::Add { is_question, passage } => {
                let target = (is_question, passage);
                let said = self.add_draft(&place, at, target, phrases).await;
                self.answer(query, said.is_none().then_some(gone)).await;
                if let Some(said) = said {
                    self.put(query, line(&said), done).await;
                }
            }
            Press::Import(is_wanted) => {
                self.answer(query, None).await;
                let said = self.settle_upload(&place, at, is_wanted, phrases).await;
                self.put(query, line(&said), done).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn presses() -> impl Strategy<Value = Press> {
        prop_oneof![
            (0_usize..10_000).prop_map(Press::Page),
            any::<u32>().prop_map(Press::Open),
            (any::<bool>(), any::<[u8; 5]>()).prop_map(|(is_question, key)| Press::Add {
                is_question,
                passage: PassageKey::from_bytes(key),
            }),
            any::<bool>().prop_map(Press::Import),
        ]
    }

    proptest! {
        #[test]
        fn a_button_decodes_to_what_was_encoded_and_fits(press in presses()) {
            let data = press.encode();
            prop_assert!(data.len() <= 64);
            prop_assert_eq!(Press::decode(&data), Some(press));
        }

        #[test]
        fn decoding_is_total(data in "\\PC{0,40}") {
            let _ = Press::decode(&data);
            let _ = Press::decode(&format!("op:{data}"));
        }
    }
}
