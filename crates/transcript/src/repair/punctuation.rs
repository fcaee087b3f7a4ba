//! Full-width marks that a copy narrowed (`,` for `，`).

use super::code_spans::verbatim_spans;
use super::edited_text::Edit;
use super::{DamageKind, Options};
use crate::text::{CharSpan, is_han};

/// Marks and their full width.
const MARKS: [(char, char); 7] =
    [(',', '，'), (':', '：'), ('?', '？'), ('!', '！'), (';', '；'), ('(', '（'), (')', '）')];
/// A text with more full-width marks than one in so many was never narrowed.
const STRAYS: usize = 50;

/// The edits of this rule.
pub(super) fn edits(text: &[char], _: &Options) -> Vec<Edit> {
    let n_wide = text.iter().filter(|c| MARKS.iter().any(|(_, wide)| wide == *c)).count();
    let n_narrow = text.iter().filter(|c| wide(**c).is_some()).count();
    if n_wide * STRAYS > n_narrow || !text.iter().any(|c| is_han(*c)) {
        return Vec::new();
    }
    let mut masked = text.to_vec();
    for span in verbatim_spans(text) {
        masked[span].iter_mut().filter(|c| **c != '\n').for_each(|c| *c = '\0');
    }
    let mut edits = Vec::new();
    let mut start = 0;
    for line in masked.split_inclusive(|c| *c == '\n') {
        for at in narrowed(line) {
            let after: String = wide(line[at]).into_iter().collect();
            let why = "a mark of full width was narrowed";
            edits.push(Edit::sure(
                start + at..start + at + 1,
                &after,
                DamageKind::Punctuation,
                why,
            ));
        }
        start += line.len();
    }
    if n_wide * STRAYS > edits.len() { Vec::new() } else { edits }
}

fn wide(c: char) -> Option<char> {
    MARKS.iter().find(|(narrow, _)| *narrow == c).map(|(_, wide)| *wide)
}

/// The marks of a line that stand beside Chinese.
fn narrowed(line: &[char]) -> Vec<usize> {
    let is_latin = is_latin_sentence(line);
    let pairs = brackets(line);
    let mut found: Vec<usize> = pairs
        .iter()
        .filter(|pair| {
            !is_call(line, pair)
                && (is_beside_chinese(line, pair.start, is_latin)
                    || is_beside_chinese(line, pair.end, is_latin))
        })
        .flat_map(|pair| [pair.start, pair.end])
        .collect();
    let is_paired = |at: usize| pairs.iter().any(|pair| pair.start == at || pair.end == at);
    let single = (0..line.len())
        .filter(|at| wide(line[*at]).is_some() && !is_paired(*at) && !is_emoticon(line, *at));
    found.extend(single.filter(|at| is_beside_chinese(line, *at, is_latin)));
    found.sort_unstable();
    found
}

/// Brackets that belong together: where each pair opens and where it closes.
fn brackets(line: &[char]) -> Vec<CharSpan> {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    for (at, c) in line.iter().enumerate() {
        match c {
            '(' => open.push(at),
            ')' => pairs.extend(open.pop().map(|start| start..at)),
            _ => {}
        }
    }
    pairs
}

/// `f(x)` is written in Chinese texts as everywhere: a lower-case name directly before, no Chinese within.
fn is_call(line: &[char], pair: &CharSpan) -> bool {
    let name: Vec<char> =
        line[..pair.start].iter().rev().copied().take_while(char::is_ascii_alphanumeric).collect();
    let has_han = line[pair.clone()].iter().any(|c| is_han(*c));
    !has_han
        && !name.is_empty()
        && !name.iter().any(char::is_ascii_uppercase)
        && !name.iter().all(char::is_ascii_digit)
}

/// `:)` and the like: a bracket without its partner after a mark.
fn is_emoticon(line: &[char], at: usize) -> bool {
    let is_eyes = |c: Option<&char>| matches!(c, Some(':' | ';'));
    match line[at] {
        '(' | ')' => is_eyes(at.checked_sub(1).and_then(|before| line.get(before))),
        ':' | ';' => {
            let is_mouth = line.get(at + 1).is_some_and(|c| matches!(c, '(' | ')'));
            is_mouth
                && !brackets(line).iter().any(|pair| pair.start == at + 1 || pair.end == at + 1)
        }
        _ => false,
    }
}

/// Whether the nearest character on at least one side is Chinese; quotation marks and other marks do
/// not count. In a Latin sentence both sides must be.
fn is_beside_chinese(line: &[char], at: usize, is_latin: bool) -> bool {
    let counts = |c: &&char| !is_passed_over(**c);
    let before = line[..at].iter().rev().find(counts).is_some_and(|c| is_chinese(*c));
    let after = line[at + 1..].iter().find(counts).is_some_and(|c| is_chinese(*c));
    if is_latin { before && after } else { before || after }
}

fn is_passed_over(c: char) -> bool {
    wide(c).is_some() || matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '「' | '」' | '『' | '』')
}

/// A Chinese character, or a mark that only Chinese texts have.
fn is_chinese(c: char) -> bool {
    is_han(c)
        || matches!(c, '\u{3001}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '\u{ff01}'..='\u{ff65}')
}

/// A line in which Latin words outnumber Chinese characters.
fn is_latin_sentence(line: &[char]) -> bool {
    let n_words = line.split(|c| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).count();
    n_words > line.iter().filter(|c| is_han(**c)).count()
}

#[cfg(test)]
mod tests {
    use crate::repair::tests::{check, check_clean};

    #[test]
    fn marks_beside_chinese_get_their_width_back() {
        check(
            "《財經》:您怎麼看?王堅:不同意!它是“小鎮”,不是谷;對嗎?!",
            "《財經》：您怎麼看？王堅：不同意！它是“小鎮”，不是谷；對嗎？！",
        );
        check("我说,OpenAI(2015年)和DeepSeek,都很好", "我说，OpenAI（2015年）和DeepSeek，都很好");
    }

    #[test]
    fn brackets_are_widened_in_pairs() {
        check(
            "之江实验室(Zhejiang Lab)成立了,函数f(x)是连续的",
            "之江实验室（Zhejiang Lab）成立了，函数f(x)是连续的",
        );
        check("(1)第一,要创新", "（1）第一，要创新");
    }

    #[test]
    fn numbers_times_addresses_and_latin_sentences_stay() {
        check("在12:30,有1,000人看3:2的比赛", "在12:30，有1,000人看3:2的比赛");
        check("网址:http://a.cn/?q=b:c,请看", "网址：http://a.cn/?q=b:c，请看");
        check_clean("He said: \"Hello, world!\" (see 12:30) :)");
        check_clean("I met 王坚, who founded Aliyun; he spoke (a lot) about 云.");
    }

    #[test]
    fn a_text_with_full_width_marks_was_never_narrowed() {
        check_clean("他说：好,真的(是)吗?");
    }

    #[test]
    fn code_and_emoticons_stay() {
        check_clean("```\nif x: # 注释:一\n```\nprint(\"你好\", x)\n");
        check("他笑了:),我也笑了", "他笑了:)，我也笑了");
    }
}
