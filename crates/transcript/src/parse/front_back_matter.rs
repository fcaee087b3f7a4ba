//! What stands around the conversation: title, byline and dates before it, credits after it.

use std::collections::{BTreeSet, HashMap};

use super::Hints;
use super::aside::{is_closing, is_whole};
use super::ending::{ends_sentence, ends_with_stop, is_question, is_title};
use super::heading::is_numbered;
use super::label::{Label, LabelForm, count_names};
use super::legend::Legend;
use super::lexicon::LEXICON;
use super::line::Line;
use super::name::{NameClass, bare, class, is_person, is_publication, trimmed};
use super::name_key::key;
use super::page_furniture::{is_page_furniture, is_symbols};
use super::question_opening::is_numbered_question;
use crate::dates::DATE;
use crate::text::{fold_char, is_han};

/// Characters of a title, of a byline, and of the word that opens one.
const TITLE: usize = 70;
/// Lines from the top among which the title may stand again.
const REPEATED: usize = 12;
/// Characters that a line must share with the known title to be it.
const SIMILAR: usize = 6;
const BYLINE: usize = 80;
const CREDIT: usize = 10;
const LATIN_CREDIT: usize = 24;
/// Characters of a caption without a credit at most.
const CAPTION: usize = 50;
/// Lines at the end, an ornament before them included, that may be about the interview; and where no
/// ornament parts the conversation itself.
const POSTSCRIPT: usize = 5;
const LONG_POSTSCRIPT: usize = 16;
/// Characters of a line that names the reporter.
const REPORTER_LINE: usize = 40;

/// What stands around the conversation, by line positions.
#[derive(Debug, Default)]
pub(super) struct FrontBackMatter {
    /// The line that is the title.
    pub(super) title: Option<usize>,
    /// Bylines, dates, credits, legends, ornaments.
    pub(super) furniture: BTreeSet<usize>,
    /// Captions of pictures that the page does not mark as such.
    pub(super) captions: BTreeSet<usize>,
}

impl FrontBackMatter {
    /// What can be told before it is known who speaks.
    pub(super) fn read(
        lines: &[Line],
        labels: &[Option<Label>],
        legend: &Legend,
        hints: &Hints,
    ) -> Self {
        let mut matter = Self { furniture: legend.lines.clone(), ..Self::default() };
        matter.captions.extend((0..lines.len()).filter(|at| is_unmarked_caption(&lines[*at])));
        matter.furniture.extend(matter.captions.iter().copied());
        matter.furniture.extend((0..lines.len()).filter(|at| lines[*at].set_apart.is_some()));
        let of_the_page = |at: &usize| is_page_furniture(lines[*at].chars());
        matter.furniture.extend((0..lines.len()).filter(of_the_page));
        let counts = count_names(labels.iter().flatten());
        let with_date = lines
            .iter()
            .zip(labels)
            .filter_map(|(line, label)| label.as_ref().filter(|label| is_dated(line, label)));
        let dates = count_names(with_date);
        let recurs = |counts: &HashMap<String, usize>, label: &Label| {
            counts.get(&key(&label.name)).is_some_and(|count| *count > 1)
        };
        let repeats = |label: &Label| recurs(&counts, label);
        let mut tail = true;
        for (position, line) in lines.iter().enumerate().rev() {
            let label = labels[position].as_ref();
            // `记者：张三` is a byline, but where 记者 speaks elsewhere, only at the end. `林远 2026/3/12 14:00`
            // is none where it recurs.
            let speaks = |label: &Label| {
                if is_dated(line, label) {
                    recurs(&dates, label) && class(&label.name).is_known_speaker()
                } else {
                    repeats(label) && class(&label.name) == NameClass::Interviewer
                }
            };
            if is_byline(line, label) && (tail || !label.is_some_and(speaks)) {
                matter.furniture.insert(position);
            } else {
                tail &= is_whole(line.chars()) || is_closing(line.chars());
            }
        }
        // The publication's name by itself, above the title.
        let masthead = |line: &Line| {
            line.chars().len() <= CREDIT && !line.heading && is_publication(&line.text.to_string())
        };
        let named =
            lines.len() > 1 && masthead(&lines[0]) && !labels[0].as_ref().is_some_and(&repeats);
        if named || lines.len() > 1 && is_section(lines[0].chars()) {
            matter.furniture.insert(0);
        }
        matter.title = matter.find_title(lines, labels, hints, &repeats);
        matter.furniture.extend(matter.repeated_titles(lines, hints));
        matter
    }

    /// The lines that say the title again: a headline below the one that the file's header gives.
    fn repeated_titles(&self, lines: &[Line], hints: &Hints) -> Vec<usize> {
        let found = self.title.map(|at| key(&lines[at].text.to_string()));
        let titles: Vec<String> =
            found.into_iter().chain(hints.title.as_deref().map(key)).collect();
        let repeats = |at: &usize| {
            let line = &lines[*at];
            let is_near_the_top = *at < REPEATED || line.heading;
            is_near_the_top && Some(*at) != self.title && line.chars().len() <= TITLE * 2 && {
                let line = key(&line.text.to_string());
                // `山路（2）`, above the second page.
                let unnumbered = line.trim_end_matches(|c: char| c.is_ascii_digit());
                line.chars().count() >= SIMILAR
                    && (titles.contains(&line) || titles.iter().any(|title| title == unnumbered))
            }
        };
        (0..lines.len()).filter(repeats).collect()
    }

    fn find_title(
        &self,
        lines: &[Line],
        labels: &[Option<Label>],
        hints: &Hints,
        repeats: &dyn Fn(&Label) -> bool,
    ) -> Option<usize> {
        let given = hints.title.as_deref().map(key);
        let top = || (0..lines.len().min(8)).filter(|at| !self.furniture.contains(at));
        let names = |at: usize| labels[at].as_ref().is_some_and(repeats);
        let same = |at: usize| {
            let line = key(&lines[at].text.to_string());
            given.as_ref().is_some_and(|given| {
                *given == line
                    || line.chars().count() >= SIMILAR && given.contains(&line) && !names(at)
                    // A short title (麵包) may well stand in the first question.
                    || given.chars().count() >= SIMILAR && line.contains(given.as_str())
            })
        };
        if let Some(at) = top().find(|at| same(*at)) {
            return Some(at);
        }
        // Where the title is known, another one in the text is a heading of its first level.
        let first = top().find(|at| given.is_none() || lines[*at].level == 1)?;
        let line = &lines[first];
        let label = labels[first].as_ref().filter(|label| label.length < line.chars().len());
        // Where speech is not punctuated, a line that is not either may well be speech.
        let spoken = (first + 1..lines.len()).filter(|at| {
            let label = labels[*at].as_ref().filter(|label| repeats(label));
            label.is_some_and(|label| label.length < lines[*at].chars().len())
        });
        let (stopped, open): (Vec<usize>, Vec<usize>) =
            spoken.partition(|at| ends_with_stop(lines[*at].chars()));
        let bare_speech = open.len() > stopped.len();
        // `A Conversation with …` is no answer.
        let is_article = |label: &Label| {
            label.form == LabelForm::Letter && class(&label.name) == NameClass::Interviewee
        };
        let speaks = label.filter(|label| !is_article(label)).is_some_and(|label| {
            bare_speech && repeats(label)
                || match class(&label.name) {
                    NameClass::Interviewer if is_publication(&label.name) => {
                        ends_with_stop(line.chars())
                    }
                    NameClass::Interviewer | NameClass::Interviewee => true,
                    NameClass::Unknown => repeats(label),
                    _ => ends_with_stop(line.chars()),
                }
        });
        let numbered = |line: &Line| is_numbered(line.chars()) || is_numbered_question(line);
        let section = numbered(line) && lines[first + 1..].iter().any(numbered);
        let more = lines.len() > first + 1 && !section;
        let named_alone =
            label.is_none() && !line.heading && labels[first].as_ref().is_some_and(repeats);
        (more && !speaks && !named_alone && is_title(line.chars(), TITLE)).then_some(first)
    }

    /// Whether the line is not part of what was said.
    pub(super) fn holds(&self, position: usize) -> bool {
        self.title == Some(position) || self.furniture.contains(&position)
    }

    /// Where the conversation ends, if it began at `start` and its last label stands at `last`.
    pub(super) fn end(&self, lines: &[Line], last: usize) -> usize {
        let parted =
            lines[..last.min(lines.len())].iter().filter(|line| is_ornament(line.chars())).count();
        let longest = if parted < 2 { LONG_POSTSCRIPT } else { POSTSCRIPT };
        let postscript = |at: usize| {
            lines.len() - at <= longest && is_ornament(lines[at].chars()) && at + 1 < lines.len()
        };
        let ends = |at: &usize| is_closing(lines[*at].chars()) || postscript(*at);
        let closing = (last + 1..lines.len()).find(ends);
        let mut end = closing.unwrap_or(lines.len());
        while end > last + 1
            && (self.furniture.contains(&(end - 1)) || is_ornament(lines[end - 1].chars()))
        {
            end -= 1;
        }
        end
    }
}

/// `The Valley Post | Interview`: a publication and the section that the article stands in.
fn is_section(chars: &[char]) -> bool {
    let parts: Vec<String> = chars
        .split(|c| matches!(c, '|' | '｜' | '丨' | '·' | '/'))
        .map(|part| trimmed(part).iter().collect())
        .collect();
    matches!(parts.as_slice(), [name, section] if is_publication(name) && LEXICON.sections.contains(&key(section)))
}

/// A line of marks only, which parts sections.
pub(super) fn is_ornament(chars: &[char]) -> bool {
    chars.iter().all(|c| c.is_whitespace() || "-*_=—–·•~～#■◆●○★☆▲▼◇□│|+…".contains(*c))
        && chars.first() != Some(&'…')
        || is_symbols(chars)
}

/// Whether the line says who published, wrote or edited, or when.
fn is_byline(line: &Line, label: Option<&Label>) -> bool {
    let chars = line.chars();
    if chars.len() > BYLINE || is_ornament(chars) {
        return is_ornament(chars);
    }
    if is_caption(chars) || is_table_head(chars) || is_advertisement(label) {
        return true;
    }
    let open = !chars.iter().any(|c| matches!(c, '。' | '？' | '?' | '！' | '，'));
    open && (is_credit(chars, label) || is_dateline(line) || is_reporter_line(chars))
}

/// `王坚在展厅。新华社记者 李明 摄`.
pub(super) fn is_caption(chars: &[char]) -> bool {
    let chars = trimmed(chars);
    let end: String = chars.iter().rev().take(3).rev().map(|c| fold_char(*c)).collect();
    let taken = end.ends_with('摄') && chars.len() > 1 && !chars[chars.len() - 2].is_alphanumeric();
    chars.len() <= BYLINE
        && (taken || ["资料图", "/供图", " 供图"].iter().any(|word| end.ends_with(word)))
}

/// A short line below a picture that is no sentence, and any line that says who took the picture.
fn is_unmarked_caption(line: &Line) -> bool {
    let chars = line.chars();
    if line.set_apart.is_some() || line.heading || chars.len() > BYLINE || is_question(chars) {
        return false;
    }
    let text: String = chars.iter().copied().map(fold_char).collect();
    let credit = LEXICON.captions.iter().any(|word| {
        text.find(word.as_str()).is_some_and(|at| {
            let after = text.get(at + word.len()..).unwrap_or_default().trim_start();
            let marked = after.starts_with([':', '/', '|', '：', '｜', '／']);
            let long = word.chars().count() > 2;
            at > 0 && (marked && long || after.is_empty() && long && !ends_with_stop(chars))
        })
    });
    // A line of the picture's own paragraph belongs to it, even where it is a sentence.
    let is_open = !ends_with_stop(chars) || line.beside_image || line.look.is_some();
    let below =
        line.below_image && !line.is_bold() && (line.italic || is_open && chars.len() <= CAPTION);
    credit || below || is_caption(chars)
}

/// `广告：…`.
fn is_advertisement(label: Option<&Label>) -> bool {
    label.is_some_and(|label| LEXICON.advertisements.contains(&key(&label.name)))
}

/// `发言人 内容`, a table's first row.
fn is_table_head(chars: &[char]) -> bool {
    let mut cells = chars.split(|c| matches!(c, '\t' | '|' | '｜')).filter(|cell| !cell.is_empty());
    let is_head = |cell: &[char]| LEXICON.columns.contains(&key(&cell.iter().collect::<String>()));
    let parted = chars.iter().any(|c| matches!(c, '\t' | '|' | '｜'));
    parted && cells.all(is_head)
}

/// `来源：…`, `文｜…`, `作者 …`.
fn is_credit(chars: &[char], label: Option<&Label>) -> bool {
    let reach = if chars.iter().take(CREDIT).all(char::is_ascii) { LATIN_CREDIT } else { CREDIT };
    let mark = chars.iter().take(reach + 1).position(|c| "：:|｜/／丨 \u{3000}".contains(*c));
    let word: String = match (mark, label) {
        (Some(mark), _) => chars[..mark].iter().collect(),
        (None, Some(label)) => label.name.clone(),
        (None, None) => return false,
    };
    let rest = mark.map_or(&[][..], |mark| trimmed(&chars[mark + 1..]));
    let colon = mark.is_some_and(|mark| matches!(chars[mark], '：' | ':'));
    let spaced = mark.is_some_and(|mark| chars[mark].is_whitespace());
    let speaks = class(&word) == NameClass::Interviewer;
    is_credit_word(&word)
        && !rest.is_empty()
        && !(spaced && rest.len() > CREDIT * 3)
        && (!(colon && speaks) || are_names(rest))
}

/// `来源`, and longer forms of such words: `题图来源`.
fn is_credit_word(word: &str) -> bool {
    let word = key(word);
    let longer = || {
        (2..=4).any(|length| {
            let (at, letters) = (word.chars().count().checked_sub(length), word.chars());
            at.is_some_and(|at| {
                (1..=4).contains(&at)
                    && LEXICON.credits.contains(&letters.skip(at).collect::<String>())
            })
        })
    };
    LEXICON.credits.contains(&word) || word.chars().all(is_han) && longer()
}

/// Names and nothing else: `张三 李四`, `《财经》 张三`.
fn are_names(chars: &[char]) -> bool {
    let words =
        chars.split(|c| c.is_whitespace() || "、/|｜".contains(*c)).filter(|word| !word.is_empty());
    let latin = is_person(&chars.iter().collect::<String>());
    latin
        || words.into_iter().all(|word| {
            let word: String = word.iter().collect();
            is_person(&bare(&word)) || word.starts_with('《')
        })
}

/// Whether the line holds the label and a date, and no words.
fn is_dated(line: &Line, label: &Label) -> bool {
    label.length >= line.chars().len() && is_dateline(line)
}

/// A date with little beside it.
fn is_dateline(line: &Line) -> bool {
    let text = line.text.to_string();
    let date = DATE.find(&text).map(|found| found.as_str().chars().count());
    date.is_some_and(|date| {
        line.chars().len() <= date + 40 && !line.heading && !ends_sentence(line.chars())
    })
}

/// `《财经》记者 张三`, `本报记者｜李四 北京报道`, `記者周小川／台北報導`, `By Jane Doe`.
fn is_reporter_line(chars: &[char]) -> bool {
    let line: String = chars.iter().collect();
    if chars.len() > REPORTER_LINE || line.contains(['：', ':']) {
        return false;
    }
    let parts: Vec<&str> = line
        .split(|c: char| c.is_whitespace() || "|｜/／".contains(c))
        .filter(|part| !part.is_empty())
        .collect();
    let by = parts.first().is_some_and(|part| part.eq_ignore_ascii_case("by")) && parts.len() < 6;
    let named = |at: usize| parts.get(at).is_some_and(|part| is_person(&bare(part)));
    let reporter = |at: usize| match key(parts[at]).split_once("记者") {
        Some((_, "")) => named(at + 1),
        Some((_, name)) => is_person(name),
        None => false,
    };
    by || (0..parts.len()).any(reporter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::label::label;
    use crate::parse::line::read;

    fn check(text: &str, expected: bool) {
        let line = read(text).remove(0);
        assert_eq!(is_byline(&line, label(&line).as_ref()), expected, "help: is `{text}` a byline");
    }

    #[test]
    fn bylines_are_told_from_speech() {
        for text in [
            "来源：财经杂志",
            "文｜张三",
            "文/张三 编辑/李四",
            "2025-02-28 10:00 来源：新浪",
            "作者 张三",
            "《财经》记者 张三",
            "采访：李明",
            "By Jane Doe",
            "March 3, 2025",
            "* * *",
        ] {
            check(text, true);
        }
        for text in [
            "记者：您好王总",
            "记者：您怎么看？",
            "王坚：2015年2月的事。",
            "2016年，我从市长手里接过聘书。",
            "问：时间",
            "时间过得很快",
        ] {
            check(text, false);
        }
    }
}
