//! Full-width marks that a copy narrowed (`,` for `，`) get their width back.

use std::collections::HashSet;

use super::DamageKind;
use super::code_spans::verbatim_spans;
use super::edited_text::Edit;
use crate::text::{CharSpan, is_han};

/// Narrow marks and their full-width forms.
const MARKS: [(char, char); 7] =
    [(',', '，'), (':', '：'), ('?', '？'), ('!', '！'), (';', '；'), ('(', '（'), (')', '）')];
/// A text was narrowed only if at most one mark in so many has its full width.
const STRAYS: usize = 50;
/// The longest name of a function that is looked for before brackets.
const LONGEST_NAME: usize = 40;

/// Proposes to widen the narrow marks that stand beside Chinese, unless the text has full-width marks.
pub(super) fn edits(text: &[char]) -> Vec<Edit> {
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
            let why = "a full-width mark was narrowed";
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

/// Returns the positions of the narrow marks of a line that stand beside Chinese.
fn narrowed(line: &[char]) -> Vec<usize> {
    if !line.iter().any(|c| wide(*c).is_some()) {
        return Vec::new();
    }
    let neighbours = Neighbours::of(line);
    let pairs = brackets(line);
    let mut found: Vec<usize> = pairs
        .iter()
        .filter(|pair| {
            let is_beside = neighbours.is_chinese(pair.start) || neighbours.is_chinese(pair.end);
            is_beside && !is_call(line, pair)
        })
        .flat_map(|pair| [pair.start, pair.end])
        .collect();
    let paired: HashSet<usize> = pairs.iter().flat_map(|pair| [pair.start, pair.end]).collect();
    let single = (0..line.len()).filter(|at| {
        wide(line[*at]).is_some() && !paired.contains(at) && !is_emoticon(line, *at, &paired)
    });
    found.extend(single.filter(|at| neighbours.is_chinese(*at)));
    found.sort_unstable();
    found
}

/// Returns the brackets that belong together: where each pair opens and where it closes.
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

/// Returns whether a pair of brackets belongs to a function call such as `f(x)`: a lower-case name
/// stands directly before it and no Chinese within.
fn is_call(line: &[char], pair: &CharSpan) -> bool {
    let before = line[..pair.start].iter().rev().take(LONGEST_NAME);
    let name: Vec<char> = before.copied().take_while(char::is_ascii_alphanumeric).collect();
    !name.is_empty()
        && !name.iter().any(char::is_ascii_uppercase)
        && !name.iter().all(char::is_ascii_digit)
        && !line[pair.clone()].iter().any(|c| is_han(*c))
}

/// Returns whether the mark at `at` is part of an emoticon such as `:)`, whose bracket has no partner.
fn is_emoticon(line: &[char], at: usize, paired: &HashSet<usize>) -> bool {
    let is_eyes = |c: Option<&char>| matches!(c, Some(':' | ';'));
    match line[at] {
        '(' | ')' => is_eyes(at.checked_sub(1).and_then(|before| line.get(before))),
        ':' | ';' => {
            let is_mouth = line.get(at + 1).is_some_and(|c| matches!(c, '(' | ')'));
            is_mouth && !paired.contains(&(at + 1))
        }
        _ => false,
    }
}

/// For each position of a line whether the nearest character before it is Chinese, and whether that
/// after it is. Quotation marks and other marks are passed over.
struct Neighbours {
    before: Vec<bool>,
    after: Vec<bool>,
    /// Latin words outnumber Chinese characters.
    is_latin: bool,
}

impl Neighbours {
    fn of(line: &[char]) -> Self {
        let mut after = Self::sweep(line.iter().rev());
        after.reverse();
        Self { before: Self::sweep(line.iter()), after, is_latin: is_latin_sentence(line) }
    }

    /// For each character whether the nearest one that was visited before it is Chinese.
    fn sweep<'a>(line: impl Iterator<Item = &'a char>) -> Vec<bool> {
        let mut is_nearest_chinese = false;
        let visit = |c: &char| {
            let visited = is_nearest_chinese;
            if !is_passed_over(*c) {
                is_nearest_chinese = is_chinese(*c);
            }
            visited
        };
        line.map(visit).collect()
    }

    /// Returns whether the mark at `at` stands beside Chinese: on one side at least or, in a Latin
    /// sentence, on both.
    fn is_chinese(&self, at: usize) -> bool {
        let (before, after) = (self.before[at], self.after[at]);
        if self.is_latin { before && after } else { before || after }
    }
}

fn is_passed_over(c: char) -> bool {
    wide(c).is_some() || matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '「' | '」' | '『' | '』')
}

/// Returns whether `c` is a Chinese character or a mark that only Chinese texts have.
fn is_chinese(c: char) -> bool {
    is_han(c)
        || matches!(c, '\u{3001}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '\u{ff01}'..='\u{ff65}')
}

/// Returns whether Latin words outnumber Chinese characters in a line.
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
