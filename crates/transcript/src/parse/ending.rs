//! How a paragraph ends: as a sentence, as a question, or open, like a title.

use super::name::trimmed;

/// What may stand after the mark that ends a sentence.
const CLOSERS: &str = "”’」』\"'）)】 ";

/// Whether the paragraph ends with a mark that ends a sentence or a quotation.
pub(super) fn ends_sentence(chars: &[char]) -> bool {
    trimmed(chars).last().is_some_and(|c| "。！？!?….”’」』\"'）)】；;~～—：:".contains(*c))
}

/// Whether the paragraph ends with a full stop or its like, quotation marks after it left aside.
pub(super) fn ends_with_stop(chars: &[char]) -> bool {
    let last = trimmed(chars).iter().rev().find(|c| !CLOSERS.contains(**c));
    last.is_some_and(|c| "。！？!?….；;".contains(*c))
}

/// Whether the paragraph asks something at its end.
pub(super) fn is_question(chars: &[char]) -> bool {
    let last = trimmed(chars).iter().rev().find(|c| !CLOSERS.contains(**c));
    last.is_some_and(|c| matches!(c, '？' | '?' | '吗' | '嗎' | '呢'))
}

/// Whether the paragraph reads like a title: short, one clause or two, and no full stop.
pub(super) fn is_title(chars: &[char], longest: usize) -> bool {
    let inner_stop = chars.iter().any(|c| matches!(c, '。' | '；' | ';'));
    let open = trimmed(chars).last().is_none_or(|c| !"。.；;，,：:、".contains(*c));
    chars.len() <= longest && open && !inner_stop
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_told_apart() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        assert!(ends_sentence(&chars("好。”")) && !ends_sentence(&chars("小鎮的機制")));
        assert!(
            is_question(&chars("您说“好吗？”"))
                && is_question(&chars("对吗"))
                && !is_question(&chars("对。"))
        );
        assert!(
            is_title(&chars("对话王坚：什么是小镇？"), 60) && !is_title(&chars("他来了。"), 60)
        );
    }
}
