//! Paragraphs that begin with a question in bold type and go on with its answer in plain type: each becomes
//! two lines.

use super::ending::is_question;
use super::line::Line;

/// Such paragraphs from which on the type tells the question from the answer.
const PARAGRAPHS: usize = 3;
/// Characters of the question, at least.
const QUESTION: usize = 4;

/// Parts the paragraphs between question and answer.
pub(super) fn part(lines: Vec<Line>) -> Vec<Line> {
    let ends: Vec<Option<usize>> = lines.iter().map(question_end).collect();
    if ends.iter().flatten().count() < PARAGRAPHS {
        return lines;
    }
    lines.into_iter().zip(ends).flat_map(|(line, end)| line.pieces(end.as_slice())).collect()
}

/// Where the bold question ends with which the line begins, if an answer in plain type follows.
fn question_end(line: &Line) -> Option<usize> {
    let end = line.bold.iter().position(|bold| !bold)?;
    let chars = line.chars();
    let follows = |c: &char| c.is_alphanumeric();
    let is_answered = chars[end..].iter().any(follows) && !line.bold[end..].contains(&true);
    let is_parted = line.set_apart.is_none() && !line.heading;
    (is_parted && end >= QUESTION && is_question(&chars[..end]) && is_answered).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::line::read;

    #[test]
    fn questions_and_answers_of_one_paragraph_are_parted() {
        let text = "**路有多长？** 十二公里。\n**谁修的？**我修的。\n**您累吗？** 膝盖累。\n还有呢？没有了。";
        let lines: Vec<String> =
            part(read(text)).iter().map(|line| line.text.to_string()).collect();
        assert_eq!(
            lines,
            [
                "路有多长？",
                "十二公里。",
                "谁修的？",
                "我修的。",
                "您累吗？",
                "膝盖累。",
                "还有呢？没有了。"
            ]
        );
        assert_eq!(part(read("**路呢？** 好。\n**桥呢？** 好。")).len(), 2);
    }
}
