//! Lets an editor review drafts passage by passage. A draft is kept as the editor's own question or struck.

use std::path::Path;

use super::{Error, file_name, passages_of};
use transcript::{Corpus, Passage, QuestionOrigin, Questions, ReaderQuestions};

/// A passage with drafts that wait for a review.
#[derive(Debug, Clone, Copy)]
pub struct Pending<'a> {
    pub passage: &'a Passage,
    pub question: &'a str,
    /// The drafts. They are numbered from 1, questions before terms.
    pub drafts: &'a ReaderQuestions,
}

/// An editor's decision about the drafts of a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Strikes some drafts. The others become the editor's own, or remain drafts.
    Settle {
        /// Numbers of the drafts to strike.
        strike: Vec<usize>,
        /// Whether the other drafts become the editor's own.
        keep: bool,
    },
    /// Ends the review and leaves the remaining drafts as they are.
    Stop,
}

impl Decision {
    /// Parses what the editor typed: an empty line or `k` keeps all drafts, numbers strike these and
    /// keep the others, `x` strikes all, `s` skips the passage, and `q` ends the review. Returns
    /// `None` for anything else.
    pub fn read(line: &str, n_drafts: usize) -> Option<Self> {
        let settle = |strike, keep| Some(Self::Settle { strike, keep });
        match line.trim() {
            "" | "k" => settle(Vec::new(), true),
            "x" => settle((1..=n_drafts).collect(), true),
            "s" => settle(Vec::new(), false),
            "q" => Some(Self::Stop),
            numbers => {
                let numbers = numbers.split([' ', ',']).filter(|number| !number.is_empty());
                let numbers = numbers.map(|number| {
                    number.parse().ok().filter(|number| (1..=n_drafts).contains(number))
                });
                settle(numbers.collect::<Option<Vec<usize>>>()?, true)
            }
        }
    }
}

/// The numbers of drafts after a review.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// Number of drafts that became the editor's own.
    pub kept: usize,
    /// Number of drafts that were struck.
    pub struck: usize,
    /// Number of drafts that still wait for a review.
    pub waiting: usize,
}

/// Calls `decide` for every passage of `interviews` that has drafts. After each call the decision is
/// written into the questions file in `dir`, the corpus folder.
///
/// # Errors
/// Fails if a questions file cannot be read or written, or if `decide` fails.
pub fn review<E: From<Error>>(
    corpus: &Corpus,
    interviews: &[usize],
    dir: &Path,
    decide: &mut dyn FnMut(Pending<'_>) -> Result<Decision, E>,
) -> Result<Reviewed, E> {
    let mut reviewed = Reviewed::default();
    let mut stopped = false;
    for &position in interviews {
        let interview = &corpus.interviews[position];
        let path = dir.join(file_name(&interview.slug));
        let (passages, ids) = passages_of(corpus, position);
        for passage in &passages {
            let mut questions = Questions::load(&path, &ids).map_err(Error::from)?;
            let Some(drafts) = questions.of(&passage.id, QuestionOrigin::Model) else { continue };
            let n_drafts = drafts.len();
            if n_drafts == 0 || stopped {
                reviewed.waiting += n_drafts;
                continue;
            }
            let turn = interview.turns.get(passage.turn.saturating_sub(1));
            let question = turn.map_or("", |turn| turn.question.as_str());
            match decide(Pending { passage, question, drafts })? {
                Decision::Stop => {
                    stopped = true;
                    reviewed.waiting += n_drafts;
                }
                Decision::Settle { strike, keep } => {
                    questions.strike(&passage.id, &strike);
                    let rest = questions
                        .of(&passage.id, QuestionOrigin::Model)
                        .map_or(0, ReaderQuestions::len);
                    let struck = n_drafts - rest;
                    if keep {
                        questions.keep(&passage.id);
                    }
                    *(if keep { &mut reviewed.kept } else { &mut reviewed.waiting }) += rest;
                    reviewed.struck += struck;
                    if keep || struck > 0 {
                        questions.save(&path).map_err(Error::from)?;
                    }
                }
            }
        }
    }
    Ok(reviewed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(strike: &[usize], keep: bool) -> Decision {
        Decision::Settle { strike: strike.to_vec(), keep }
    }

    #[test]
    fn the_editors_input_is_parsed() {
        assert_eq!(Decision::read("\n", 3), Some(settle(&[], true)));
        assert_eq!(Decision::read("1, 3", 3), Some(settle(&[1, 3], true)));
        assert_eq!(Decision::read("x", 2), Some(settle(&[1, 2], true)));
        assert_eq!(Decision::read("s", 3), Some(settle(&[], false)));
        assert_eq!(Decision::read("q", 3), Some(Decision::Stop));
        for line in ["4", "0", "yes", "1 x"] {
            assert_eq!(Decision::read(line, 3), None, "{line}");
        }
    }
}
