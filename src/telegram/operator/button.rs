//! The callback data of operators' buttons.

use transcript::PassageKey;

/// The prefix of the callback data of operators' buttons.
const PREFIX: &str = "op:";

/// What an operator's button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::telegram) enum OperatorButton {
    /// Shows a page of unanswered questions.
    Page(usize),
    /// Opens an unanswered question, by its checksum.
    Open(u32),
    /// Adds the words that the message is about to a passage.
    Add {
        /// Whether the words are added as a question, or else as a term.
        is_question: bool,
        passage: PassageKey,
    },
    /// Imports the transcript that the message is about, or drops it.
    Import(bool),
}

impl OperatorButton {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn buttons() -> impl Strategy<Value = OperatorButton> {
        prop_oneof![
            (0_usize..10_000).prop_map(OperatorButton::Page),
            any::<u32>().prop_map(OperatorButton::Open),
            (any::<bool>(), any::<[u8; 5]>()).prop_map(|(is_question, key)| OperatorButton::Add {
                is_question,
                passage: PassageKey::from_bytes(key),
            }),
            any::<bool>().prop_map(OperatorButton::Import),
        ]
    }

    proptest! {
        #[test]
        fn a_button_decodes_to_what_was_encoded_and_fits(press in buttons()) {
            let data = press.encode();
            prop_assert!(data.len() <= 64);
            prop_assert_eq!(OperatorButton::decode(&data), Some(press));
        }

        #[test]
        fn decoding_is_total(data in "\\PC{0,40}") {
            let _ = OperatorButton::decode(&data);
            let _ = OperatorButton::decode(&format!("op:{data}"));
        }
    }
}
