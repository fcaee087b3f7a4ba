//! Quotations that are worth reading alone: whole sentences that need nothing of what was said around them.

use std::sync::LazyLock;

use super::quote_request::points_back;
use super::{Engine, ShownExcerpt, lexicon};
use retrieval::Library;
use transcript::Passage;
use transcript::text::{CharSpan, clause_ends, fold, is_han, sentences};

/// Characters of a quotation: enough for a thought, and few enough to be read at a glance.
const LENGTH: std::ops::RangeInclusive<usize> = 40..=200;
/// Marks with which a complete sentence ends.
const ENDS: [char; 5] = ['。', '！', '!', '.', '…'];
/// Marks that may stand after the end of a sentence.
const CLOSERS: [char; 9] = ['”', '’', '」', '』', '）', ')', '"', '\'', '》'];

static PRONOUNS: LazyLock<Vec<Vec<char>>> =
    LazyLock::new(|| lexicon::words(include_str!("../../config/lexicon/pronouns.txt")));

impl Engine {
    /// Returns at most one quotation of each passage that can be read alone, in the order of the corpus. Of passages that
    /// hold nearly the same words, only the first has one.
    pub fn standalone_quotes(&self) -> &[ShownExcerpt] {
        self.standalone_quotes.get_or_init(|| standalone_quotes(self.library()))
    }

    /// Returns the quotations that can be read alone, of the interview `within` if there is one.
    pub fn standalone_quotes_of<'e>(
        &'e self,
        within: Option<&'e str>,
    ) -> impl Iterator<Item = &'e ShownExcerpt> {
        self.standalone_quotes().iter().filter(move |shown| {
            within.is_none_or(|slug| {
                let passage = self.library().passage(shown.key);
                passage.is_some_and(|passage| passage.id.slug() == slug)
            })
        })
    }
}

fn standalone_quotes(library: &Library) -> Vec<ShownExcerpt> {
    let is_first_of_its_kind =
        |position: usize| library.near_duplicates(position).iter().all(|other| *other > position);
    let passages = library.passages().iter().enumerate();
    passages
        .filter(|(position, _)| is_first_of_its_kind(*position))
        .filter_map(|(_, passage)| {
            let excerpt = standalone_excerpt(passage)?;
            Some(ShownExcerpt { key: passage.id.key(), excerpt })
        })
        .collect()
}

fn standalone_excerpt(passage: &Passage) -> Option<CharSpan> {
    let text: Vec<char> = passage.text.chars().collect();
    standalone_span(&text)
}

/// Returns the shortest run of sentences that can be read alone; the first of those that are equally long.
fn standalone_span(text: &[char]) -> Option<CharSpan> {
    let sentences = sentences(text);
    let runs = (0..sentences.len()).flat_map(|first| {
        let sentences = &sentences;
        let to = move |last: usize| (first, last, sentences[first].start..sentences[last].end);
        let is_short_enough = |(_, _, span): &(usize, usize, CharSpan)| span.len() <= *LENGTH.end();
        (first..sentences.len()).map(to).take_while(is_short_enough)
    });
    let is_run = |(first, last, span): &(usize, usize, CharSpan)| {
        let run = &sentences[*first..=*last];
        LENGTH.contains(&span.len())
            && run.iter().all(|sentence| is_statement(&text[sentence.clone()]))
            && !depends_on_context(&text[run[0].clone()])
            && is_on_one_line(&text[span.clone()])
    };
    runs.filter(is_run).map(|(_, _, span)| span).min_by_key(|span| (span.len(), span.start))
}

/// Returns whether a sentence is complete, and no question.
fn is_statement(sentence: &[char]) -> bool {
    let end = sentence.iter().rev().find(|c| !CLOSERS.contains(c) && !c.is_whitespace());
    end.is_some_and(|end| ENDS.contains(end))
}

/// Returns whether the first clause of a sentence joins it to what was said before, or has a pronoun.
fn depends_on_context(sentence: &[char]) -> bool {
    let whole = 0..sentence.len();
    let clause_end = clause_ends(sentence, &whole).into_iter().find(|end| *end > 0);
    let clause = &sentence[..clause_end.unwrap_or(sentence.len())];
    points_back(sentence) || has_pronoun(clause)
}

fn has_pronoun(clause: &[char]) -> bool {
    let folded = fold(&clause.iter().collect::<String>());
    let is_letter = |c: Option<&char>| c.is_some_and(|c| c.is_alphabetic() && !is_han(*c));
    PRONOUNS.iter().any(|word| {
        let is_latin = word.first().is_some_and(|c| !is_han(*c));
        folded.windows(word.len()).enumerate().any(|(at, window)| {
            let before = at.checked_sub(1).and_then(|at| folded.get(at));
            let after = folded.get(at + word.len());
            // A Latin word begins and ends where its letters do.
            window == word.as_slice() && !(is_latin && (is_letter(before) || is_letter(after)))
        })
    })
}

fn is_on_one_line(text: &[char]) -> bool {
    !text.contains(&'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let chars: Vec<char> = text.chars().collect();
        let quotation = standalone_span(&chars).map(|span| chars[span].iter().collect::<String>());
        assert_eq!(quotation.as_deref(), expected, "help: `{text}`");
    }

    const LONG: &str =
        "灯塔的光要照得远，先要有人每天爬上一百二十级台阶，把玻璃一块一块地擦干净，再等天黑下来。";

    #[test]
    fn whole_sentences_of_the_right_length_can_be_read_alone() {
        check(LONG, Some(LONG));
        check(&format!("但是很难。{LONG}你觉得呢？"), Some(LONG));
        check("灯塔很高。光照得远。", None);
        let two =
            "海上的人看见灯光就知道家在哪个方向。守灯的人看见船影就知道今晚又有人平安回来了。";
        check(two, Some(two));
        check(&"很长".repeat(120), None);
    }

    #[test]
    fn what_needs_the_words_before_it_cannot() {
        for opening in ["这", "那座", "但", "他说", "我觉得它", "在其中"] {
            check(&format!("{opening}{LONG}"), None);
        }
        check(&LONG.replace('。', "？"), None);
        check(LONG.trim_end_matches('。'), None);
        let english = "Nobody keeps a lighthouse for the money, and yet every night somebody climbs the stairs.";
        check(english, Some(english));
        check(&english.replace("Nobody keeps", "Nobody keeps it as"), None);
        check(
            &english.replace("lighthouse", "hermitage"),
            Some(&english.replace("lighthouse", "hermitage")),
        );
    }

    #[test]
    fn a_pronoun_in_a_later_clause_may_stand_for_what_was_named_in_the_first() {
        let text = format!("{}，因为它是海上唯一看得见的东西。", LONG.trim_end_matches('。'));
        check(&text, Some(&text));
    }
}
