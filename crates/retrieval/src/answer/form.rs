//! What kind of answer a question wants: a year, a number, a name, a reason.

use transcript::text::fold;

/// The kind of answer that a question wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The question asks for a year or another time.
    When,
    /// The question asks for a number.
    HowMany,
    /// The question asks for a person or an organisation.
    Who,
    /// The question asks for a reason.
    Why,
    /// The question asks for anything else.
    Other,
}

/// Folded words that ask for each form.
const ASKS: [(Form, &[&str]); 4] = [
    (
        Form::When,
        &[
            "什么时候",
            "哪年",
            "哪一年",
            "何年",
            "何时",
            "几时",
            "几月",
            "几号",
            "几点",
            "哪天",
            "年份",
            "when",
            "what year",
            "which year",
        ],
    ),
    (
        Form::HowMany,
        &[
            "多少", "多大", "多高", "多长", "多远", "几", "how many", "how much", "how big",
            "how old",
        ],
    ),
    (Form::Who, &["谁", "哪位", "边个", "哪家", "哪几家", "who"]),
    (Form::Why, &["为什么", "为何", "为啥", "怎么会", "点解", "原因", "why"]),
];
/// Folded words that give a reason.
const REASONS: [&str; 12] = [
    "因为", "由于", "所以", "为了", "因此", "原因", "才能", "是因", "就是", "目的", "because",
    "so that",
];
/// The factor on the weight of a sentence that has the wanted kind of answer.
const BONUS: f32 = 1.3;

impl Form {
    /// Returns the kind of answer that `question` wants.
    pub(super) fn of(question: &str) -> Self {
        let folded: String = fold(question).into_iter().collect();
        let asked = ASKS.iter().find(|(_, words)| words.iter().any(|word| folded.contains(word)));
        asked.map_or(Self::Other, |(form, _)| *form)
    }

    /// Returns the factor for a sentence: [`BONUS`] if it has the wanted kind of answer, else 1.
    pub(super) fn bonus(self, sentence: &[char]) -> f32 {
        let answers = match self {
            Self::When => has_time(sentence),
            Self::HowMany => sentence.iter().copied().any(is_number),
            Self::Who => sentence.iter().any(|c| "人者长長主席记記授士家司院".contains(*c)),
            Self::Why => {
                let folded: String =
                    sentence.iter().map(|c| transcript::text::fold_char(*c)).collect();
                REASONS.iter().any(|word| folded.contains(word))
            }
            Self::Other => false,
        };
        if answers { BONUS } else { 1.0 }
    }
}

fn is_number(c: char) -> bool {
    c.is_numeric() || "二三四五六七八九十百千万萬亿億两兩几幾".contains(c)
}

fn has_time(text: &[char]) -> bool {
    text.windows(2).any(|pair| is_number(pair[0]) && matches!(pair[1], '年' | '月' | '日'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_in_both_scripts() {
        assert_eq!(Form::of("哪一年接的聘書?"), Form::When);
        assert_eq!(Form::of("為什麼叫小鎮"), Form::Why);
        assert_eq!(Form::of("点解叫小鎮"), Form::Why);
        assert_eq!(Form::of("開源"), Form::Other);
    }

    #[test]
    fn a_sentence_of_the_wanted_form_counts_more() {
        let chars: Vec<char> = "2016年接過聘書".chars().collect();
        assert!(Form::When.bonus(&chars) > Form::Why.bonus(&chars));
    }
}
