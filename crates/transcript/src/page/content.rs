//! Which part of a page is the article: the smallest element that holds most of the page's prose and
//! all of its speech.
//!
//! Navigation, lists of articles and advertisements consist of links, which do not count as prose.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::element::Element;
use super::tidy;
use super::writer::Row;
use crate::{marks, parse};

/// Share of the prose that an element must hold for the search to go on inside it.
const MOST: f64 = 0.75;
/// An element whose class says that it is no part of the article is left out only if it holds at most
/// this share of the page's prose.
const LITTLE: f64 = 0.3;
/// Share of a page's lines that must be folded away for these to be the article itself.
const FOLDED: f64 = 0.75;

/// Lines above the article in which its headline and its byline are looked for.
const NEAR: usize = 8;

/// The article of a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Article {
    /// Its lines.
    pub(super) text: String,
    /// Lines before it: bylines, dates.
    pub(super) before: Vec<String>,
    /// The last of them that are more than links.
    pub(super) near: Vec<String>,
    /// Its first row.
    pub(super) start: usize,
}

/// Finds the article among the page's lines.
pub(super) fn article(rows: &[Row], elements: &[Element]) -> Article {
    let prose = sums(rows, elements, |row| row.prose);
    let left_out = left_out(&prose, elements);
    let root = root(rows, elements, &prose, &left_out);
    let inside: Vec<bool> = inside(elements, root);
    let folded = rows.iter().filter(|row| row.folded).count();
    let unfold = folded as f64 > rows.len() as f64 * FOLDED;
    let looks = looks(rows.iter().filter(|row| inside[row.element as usize]));
    let mut article = Article::default();
    let mut begun = false;
    article.start = rows.iter().position(|row| inside[row.element as usize]).unwrap_or(0);
    for row in rows {
        let element = row.element as usize;
        if !inside[element] {
            if !begun {
                let is_link = row.text.contains(marks::LINKS);
                article.before.push(row.text.replace(marks::is_mark, ""));
                if !is_link {
                    article.near.push(tidy(&row.text.replace(marks::is_mark, "")));
                }
            }
            continue;
        }
        begun = true;
        if row.new_paragraph && !article.text.is_empty() {
            article.text.push('\n');
        }
        if left_out[element] {
            article.text.push(marks::BOILERPLATE);
        }
        article.text.extend(row.look.and_then(|look| looks.get(&look)));
        if unfold {
            article.text.push_str(&row.text.replace(marks::FOLDED, ""));
        } else {
            article.text.push_str(&row.text);
        }
        article.text.push('\n');
    }
    let far = article.near.len().saturating_sub(NEAR);
    article.near.drain(..far);
    article
}

/// The marks of the looks in which at least two lines are set, the most frequent ones first. The look that
/// most of the prose has gets none.
fn looks<'a>(rows: impl Iterator<Item = &'a Row>) -> HashMap<u16, char> {
    let mut lines: HashMap<u16, (u32, u32)> = HashMap::new();
    for row in rows {
        let Some(look) = row.look else { continue };
        let (count, prose) = lines.entry(look).or_default();
        *count += 1;
        *prose += row.prose;
    }
    let usual = lines.iter().max_by_key(|(look, (_, prose))| (*prose, Reverse(**look)));
    let usual = usual.map(|(look, _)| *look);
    let mut others: Vec<(u16, u32)> = lines
        .into_iter()
        .filter(|(look, (count, _))| Some(*look) != usual && *count > 1)
        .map(|(look, (count, _))| (look, count))
        .collect();
    others.sort_unstable_by_key(|(look, count)| (Reverse(*count), *look));
    (0..marks::LOOKS)
        .zip(others)
        .filter_map(|(n, (look, _))| Some((look, marks::look(n)?)))
        .collect()
}

/// The sum of `amount` over the rows that each element holds. An element stands behind its parent in the
/// list, so that one pass from the end sums up all levels.
fn sums(rows: &[Row], elements: &[Element], amount: fn(&Row) -> u32) -> Vec<u64> {
    let mut sums = vec![0_u64; elements.len()];
    for row in rows {
        sums[row.element as usize] += u64::from(amount(row));
    }
    for at in (1..elements.len()).rev() {
        sums[elements[at].parent as usize] += sums[at];
    }
    sums
}

/// Whether each element is, or stands in, one that is no part of the article.
fn left_out(prose: &[u64], elements: &[Element]) -> Vec<bool> {
    let all = prose.first().copied().unwrap_or(0) as f64;
    let mut left_out = vec![false; elements.len()];
    for at in 1..elements.len() {
        let small = prose[at] as f64 <= all * LITTLE;
        left_out[at] = left_out[elements[at].parent as usize] || elements[at].suspect && small;
    }
    left_out
}

fn root(rows: &[Row], elements: &[Element], prose: &[u64], left_out: &[bool]) -> usize {
    let mut largest_child: Vec<usize> = vec![0; elements.len()];
    for at in 1..elements.len() {
        let parent = elements[at].parent as usize;
        if largest_child[parent] == 0 || prose[at] > prose[largest_child[parent]] {
            largest_child[parent] = at;
        }
    }
    let n_rows = sums(rows, elements, |_| 1);
    let labels: Vec<Option<RowLabel>> = rows.iter().map(RowLabel::of).collect();
    let mut root = 0;
    loop {
        let child = largest_child[root];
        // One paragraph is never the article, however long it is beside the others.
        let is_paragraph = n_rows[child] < 2 && n_rows[root] > 1;
        let holds_most =
            child > 0 && !is_paragraph && prose[child] as f64 >= prose[root] as f64 * MOST;
        if !holds_most || prose[root] == 0 || loses_speech(child, rows, elements, &labels, left_out)
        {
            return root;
        }
        root = child;
    }
}

/// The name before a colon with which a row begins.
struct RowLabel {
    key: String,
    /// The row is plainly somebody's speech: a known kind of speaker asks, or answers by that word.
    speaks: bool,
}

impl RowLabel {
    fn of(row: &Row) -> Option<Self> {
        let start = parse::speaker_start(&row.text)?;
        let asks = row.text.trim_end_matches(['*', ' ']).ends_with(['？', '?']);
        let speaks = start.is_certain && (asks || parse::is_answerer(&start.key));
        Some(Self { key: start.key, speaks })
    }
}

/// Whether somebody who speaks inside the element also speaks outside of it, or somebody is asked outside
/// what is answered inside.
fn loses_speech(
    child: usize,
    rows: &[Row],
    elements: &[Element],
    labels: &[Option<RowLabel>],
    left_out: &[bool],
) -> bool {
    let inside = inside(elements, child);
    let mut spoken: HashMap<&str, (bool, bool)> = HashMap::new();
    let (mut speaks_inside, mut speaks_outside) = (false, false);
    for (row, label) in rows.iter().zip(labels) {
        let element = row.element as usize;
        let Some(label) = label.as_ref().filter(|_| !left_out[element]) else { continue };
        let (within, without) = spoken.entry(&label.key).or_default();
        *within |= inside[element];
        *without |= !inside[element];
        speaks_inside |= inside[element];
        speaks_outside |= !inside[element] && label.speaks;
    }
    speaks_inside && speaks_outside || spoken.values().any(|(within, without)| *within && *without)
}

/// Whether each element is `root` or stands in it.
fn inside(elements: &[Element], root: usize) -> Vec<bool> {
    let mut inside = vec![false; elements.len()];
    for at in 0..elements.len() {
        inside[at] = at == root || at > 0 && inside[elements[at].parent as usize];
    }
    inside
}

#[cfg(test)]
mod tests {
    use crate::page::read;

    #[test]
    fn a_question_outside_the_longest_element_is_kept() {
        let answer = "桥修好了，路也修好了，我天天去看。".repeat(20);
        for page in [
            format!("<html><body><p>问：桥呢？</p><p>答：{answer}</p></body></html>"),
            format!(
                "<html><body><div><p>问：桥呢？</p></div><div><p>答：{answer}</p><p>{answer}</p></div></body></html>"
            ),
        ] {
            assert!(read("a.html", &page).text.contains("问：桥呢？"), "help: {page}");
        }
    }
}
