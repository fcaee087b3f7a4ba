//! Finds the most probable original of half-shifted text.
//!
//! A beam search over the received characters. A [`Hypothesis`] explains those read so far: its
//! original characters, and whether the received bytes are one off or in step. It grows by all that
//! the damage can have done at the next place, and its score is
//!
//! ```text
//! log P(original text) + log P(damage)
//! ```
//!
//! where the first term comes from the [`LanguageModel`] and the second from the constants below. One
//! hypothesis is that there was no damage at all. The confidence of the best one is its share of the
//! probability of all that are left at the end, where hypotheses with the same text count once.
//!
//! Of bytes that are no character nothing is left but, with some decoders, a mark. What they were is
//! guessed: each byte that the language model finds plausible is tried. Since guesses multiply, only
//! the best few hypotheses may guess.
//!
//! The constants were chosen on simulated damage (`cargo bench repair`) to texts that do not belong
//! to the project: as many exact repairs as possible with hardly a wrong one.

use rustc_hash::FxHashMap;

use super::gbk::{LEADS, Pair, TABLE, TRAILS};
use super::hypothesis::{Alignment, DecoderHabit, Hypothesis, Originals, widened};
use crate::text::{LanguageModel, ModelState};

/// Hypotheses kept at each character that are one byte off, and those in step. They compete only
/// among themselves, for a guessed byte costs nothing until its character is complete.
const BEAM_SHIFTED: usize = 192;
const BEAM_IN_STEP: usize = 64;
/// Hypotheses that may guess bytes, at each character.
const N_GUESSING: usize = 16;
/// Hypotheses that may guess a pair of bytes and another one right after it.
const N_GUESSING_TWICE: usize = 100;
/// A hypothesis is given up if it is less probable than the best by this (natural logarithm).
const HOPELESS: f32 = 25.0;
/// Natural logarithm of the probability that a question mark is damage.
const DAMAGE: f32 = -4.0;
/// The same that the damaged character is not a full stop, given that there is damage: in all copies
/// that are known it is one.
const NO_FULL_STOP: f32 = -10.0;
/// Factor of the confidence for each pair of bytes that was lost without a sign: where one was, whole
/// words may have gone that no one misses.
const UNNOTICED_LOSS: f64 = 0.95;
/// A repair is refused if its text is less probable than this for each character (natural logarithm):
/// whatever was received, that is not Chinese.
const FLUENT: f32 = -8.5;
/// Characters read in step after which damage is over.
const RECOVERED: usize = 4;

/// The most probable original of a damaged spot.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Restoration {
    /// Where the received characters end that it replaces.
    pub(super) end: usize,
    /// The original characters, and whether a byte of each was guessed.
    pub(super) text: Vec<(char, bool)>,
    /// From 0 to 1.
    pub(super) confidence: f64,
}

/// Returns whether `c` may stand for a lost byte.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '?' | '？' | '\u{fffd}')
}

/// Returns the most probable original of `line` from `mark` on, or `None` if it is most probable that
/// nothing was damaged there.
pub(super) fn restore(line: &[char], mark: usize, language: &LanguageModel) -> Option<Restoration> {
    let context =
        line[..mark].iter().fold(ModelState::default(), |state, c| state.then(*c, language));
    let mut search = Search { line, language, context, originals: Originals::default() };
    let (hypotheses, read) = search.run(mark);
    search.best(&hypotheses, mark, read)
}

struct Search<'a> {
    line: &'a [char],
    language: &'a LanguageModel,
    /// The state of the model before the mark.
    context: ModelState,
    originals: Originals,
}

/// Hypotheses that guess bytes before the next received character.
struct Guessing {
    /// Those that may guess the second byte of an original character.
    shifted: Vec<Hypothesis>,
    /// Those that have guessed the second byte of one and the first byte of the next.
    pairs: Vec<Hypothesis>,
}

impl Search<'_> {
    /// Returns the hypotheses at the end, best first, and how far the line was read.
    fn run(&mut self, mark: usize) -> (Vec<Hypothesis>, usize) {
        let undamaged = Hypothesis::new(Alignment::InStep { since: mark }, self.context, 0.0);
        let mut hypotheses: Vec<Hypothesis> = LEADS
            .map(|lead| Alignment::Shifted { lead, guessed: true })
            .map(|alignment| Hypothesis::new(alignment, self.context, DAMAGE))
            .collect();
        hypotheses.push(self.extend(&undamaged, self.line[mark], false));
        for at in mark + 1..self.line.len() {
            let guessing = self.guessing(&hypotheses, at);
            hypotheses.extend(self.silent_losses(&guessing, at));
            hypotheses = self.read(&hypotheses, at);
            let mut pending = Vec::new();
            if is_mark(self.line[at]) {
                hypotheses.extend(self.lost_trails(
                    &guessing.shifted,
                    at + 1,
                    DecoderHabit::MarksByte,
                ));
                let pairs = guessing.pairs.iter();
                pending.extend(pairs.map(|pair| pair.with_habit(DecoderHabit::MarksPair)));
            }
            prune_each_alignment(&mut hypotheses);
            // Nothing can be said of a guessed first byte before its character is complete.
            hypotheses.append(&mut pending);
            if hypotheses.iter().all(|hypothesis| has_recovered(hypothesis, at)) {
                return (hypotheses, at + 1);
            }
        }
        let guessing = self.guessing(&hypotheses, self.line.len());
        hypotheses.extend(self.silent_losses(&guessing, self.line.len()));
        hypotheses.retain(Hypothesis::is_in_step);
        for hypothesis in &mut hypotheses {
            hypothesis.log_prior += hypothesis.model.log_probability_of_line_end();
        }
        prune(&mut hypotheses, BEAM_SHIFTED);
        (hypotheses, self.line.len())
    }

    fn extend(&mut self, hypothesis: &Hypothesis, c: char, guessed: bool) -> Hypothesis {
        let is_first_lost = hypothesis.is_empty() && !hypothesis.is_in_step();
        let mut extended = self.originals.extend(hypothesis, c, guessed, self.language);
        extended.log_prior += if is_first_lost && c != '。' { NO_FULL_STOP } else { 0.0 };
        extended
    }

    /// Chooses the hypotheses that may guess bytes before the character at `at`.
    fn guessing(&mut self, hypotheses: &[Hypothesis], at: usize) -> Guessing {
        let (pending, mut shifted): (Vec<Hypothesis>, Vec<Hypothesis>) = hypotheses
            .iter()
            .filter(|hypothesis| !hypothesis.is_in_step())
            .partition(|hypothesis| hypothesis.is_pending());
        let is_start = shifted.is_empty() && pending.iter().all(Hypothesis::is_empty);
        prune(&mut shifted, N_GUESSING);
        shifted.extend(best_pending(pending));
        let mut pairs = self.lost_pairs(&shifted);
        if is_start {
            pairs.extend(self.lost_pairs_after_full_stop(&pairs));
        }
        if self.line.get(at).is_none_or(|c| TABLE.encode(*c).is_none()) {
            shifted.extend(best_pending(pairs.clone()));
        }
        Guessing { shifted, pairs }
    }

    /// What a decoder may have dropped without a sign before the character at `at`.
    fn silent_losses(&mut self, guessing: &Guessing, at: usize) -> Vec<Hypothesis> {
        let mut found = self.lost_trails(&guessing.shifted, at, DecoderHabit::DropsByte);
        found.extend(guessing.pairs.iter().map(|pair| pair.with_habit(DecoderHabit::DropsPair)));
        found
    }

    /// Guesses the second byte of the next original character, after which the text is in step from
    /// the received character `at` on. The byte was lost because it had no partner before ASCII or
    /// the line's end, or because it is no character with the byte that follows.
    fn lost_trails(
        &mut self,
        shifted: &[Hypothesis],
        at: usize,
        habit: DecoderHabit,
    ) -> Vec<Hypothesis> {
        let next = self.line.get(at).and_then(|c| TABLE.encode(*c));
        let mut found = Vec::new();
        for trail in 0x80..=0xfe {
            if next.is_some_and(|[lead, _]| !TABLE.may_be_lost([trail, lead])) {
                continue;
            }
            for hypothesis in shifted {
                let Some(c) = self.plausible(hypothesis, trail) else { continue };
                let guess = self.extend(hypothesis, c, true);
                let guess = guess.with_alignment(Alignment::InStep { since: at });
                found.push(if next.is_some() { guess.with_habit(habit) } else { guess });
            }
        }
        prune(&mut found, BEAM_SHIFTED);
        found
    }

    /// Guesses two bytes that are no character: the second of one original character and the first of
    /// the next. The text stays one byte off.
    fn lost_pairs(&mut self, shifted: &[Hypothesis]) -> Vec<Hypothesis> {
        let mut ends = Vec::new();
        for (trail, leads) in TABLE.lossy() {
            for hypothesis in shifted {
                let Some(c) = self.plausible(hypothesis, *trail) else { continue };
                ends.push((self.extend(hypothesis, c, true), leads));
            }
        }
        ends.sort_by(|a, b| b.0.score().total_cmp(&a.0.score()));
        ends.truncate(N_GUESSING);
        let begin = |lead: &u8| Alignment::Shifted { lead: *lead, guessed: true };
        ends.iter()
            .flat_map(|(end, leads)| leads.iter().map(|lead| end.with_alignment(begin(lead))))
            .collect()
    }

    /// Guesses two more bytes that are no character, right after a full stop of which nothing but the
    /// mark is left. That is frequent: A3, its second byte, is no character with any byte up to A0.
    fn lost_pairs_after_full_stop(&mut self, pairs: &[Hypothesis]) -> Vec<Hypothesis> {
        let is_full_stop =
            |pair: &&Hypothesis| self.originals.text(pair).first().is_some_and(|(c, _)| *c == '。');
        let after: Vec<Hypothesis> = pairs
            .iter()
            .filter(is_full_stop)
            .map(|pair| pair.with_habit(DecoderHabit::DropsPair))
            .collect();
        self.lost_pairs(&after)
    }

    /// The next original character with a guessed second byte, unless no text would have it.
    fn plausible(&self, hypothesis: &Hypothesis, trail: u8) -> Option<char> {
        let (lead, _) = hypothesis.lead()?;
        TABLE.decode([lead, trail]).filter(|c| self.language.is_plausible(*c))
    }

    /// Reads the character at `at` in each way that the hypotheses allow.
    fn read(&mut self, hypotheses: &[Hypothesis], at: usize) -> Vec<Hypothesis> {
        let c = self.line[at];
        let pairs: Vec<Pair> = TABLE.encode(c).into_iter().chain(widened(c)).collect();
        let single = single_byte(c);
        let mut found = Vec::with_capacity(2 * hypotheses.len());
        for hypothesis in hypotheses {
            let Some((lead, guessed)) = hypothesis.lead() else {
                found.push(self.extend(hypothesis, c, false));
                continue;
            };
            for pair in &pairs {
                found.extend(self.shift(hypothesis, *pair, at));
            }
            if let Some(c) = single.and_then(|trail| TABLE.decode([lead, trail])) {
                let alignment = Alignment::InStep { since: at + 1 };
                found.push(self.extend(hypothesis, c, guessed).with_alignment(alignment));
            }
        }
        found
    }

    /// Reads the bytes of a received character as the second of one original character and the first
    /// of the next, or as the second and plain ASCII.
    fn shift(
        &mut self,
        hypothesis: &Hypothesis,
        [trail, next]: Pair,
        at: usize,
    ) -> Option<Hypothesis> {
        let (lead, guessed) = hypothesis.lead()?;
        let c = TABLE.decode([lead, trail])?;
        if guessed && !self.language.is_plausible(c) {
            return None;
        }
        let hypothesis = self.extend(hypothesis, c, guessed);
        if next.is_ascii() {
            let hypothesis = self.extend(&hypothesis, char::from(next), false);
            return Some(hypothesis.with_alignment(Alignment::InStep { since: at + 1 }));
        }
        LEADS
            .contains(&next)
            .then(|| hypothesis.with_alignment(Alignment::Shifted { lead: next, guessed: false }))
    }

    /// Makes a restoration of the best hypothesis, unless that is that nothing was damaged.
    fn best(&self, hypotheses: &[Hypothesis], mark: usize, read: usize) -> Option<Restoration> {
        let best = hypotheses.first()?;
        let Alignment::InStep { since } = best.alignment else { return None };
        if since <= mark + 1 {
            return None;
        }
        let mut shares: FxHashMap<String, f32> = FxHashMap::default();
        for hypothesis in hypotheses {
            let text = self.originals.text(hypothesis).into_iter().map(|(c, _)| c).collect();
            let share = (hypothesis.score() - best.score()).exp();
            shares.entry(text).and_modify(|other| *other = other.max(share)).or_insert(share);
        }
        let mut text = self.originals.text(best);
        text.truncate(text.len().saturating_sub(read.saturating_sub(since)));
        if !self.is_fluent(&text) {
            return None;
        }
        let share = f64::from(1.0 / shares.values().sum::<f32>());
        let unnoticed = UNNOTICED_LOSS.powi(i32::from(best.silent_losses));
        Some(Restoration { end: since, text, confidence: share * unnoticed })
    }

    fn is_fluent(&self, text: &[(char, bool)]) -> bool {
        let after = text.iter().fold(self.context, |state, (c, _)| state.then(*c, self.language));
        after.log_probability() - self.context.log_probability() > FLUENT * text.len() as f32
    }
}

/// The byte that a decoder shows as the character `c` by itself: a second byte in the range of ASCII,
/// or 0x80, which is the euro sign in code page 936.
fn single_byte(c: char) -> Option<u8> {
    match c {
        '€' => Some(0x80),
        c => u8::try_from(c).ok().filter(|c| TRAILS.contains(c) && c.is_ascii()),
    }
}

/// Those of which the first byte of the next character is guessed, and which may guess the second
/// one as well.
fn best_pending(mut pending: Vec<Hypothesis>) -> Vec<Hypothesis> {
    let is_start = pending.iter().all(Hypothesis::is_empty);
    if !is_start {
        pending.retain(Hypothesis::is_at_common_lead);
        prune(&mut pending, N_GUESSING_TWICE);
    }
    pending
}

fn has_recovered(hypothesis: &Hypothesis, at: usize) -> bool {
    matches!(hypothesis.alignment, Alignment::InStep { since } if at >= since + RECOVERED)
}

/// Keeps the best hypotheses of each alignment, best first.
fn prune_each_alignment(hypotheses: &mut Vec<Hypothesis>) {
    let (mut in_step, mut shifted): (Vec<Hypothesis>, Vec<Hypothesis>) =
        hypotheses.drain(..).partition(Hypothesis::is_in_step);
    prune(&mut shifted, BEAM_SHIFTED);
    prune(&mut in_step, BEAM_IN_STEP);
    hypotheses.extend(shifted.into_iter().chain(in_step));
    prune(hypotheses, BEAM_SHIFTED + BEAM_IN_STEP);
}

/// Keeps the best `n`, best first, and none that is hopeless.
fn prune(hypotheses: &mut Vec<Hypothesis>, n: usize) {
    let by_score = |a: &Hypothesis, b: &Hypothesis| b.score().total_cmp(&a.score());
    if hypotheses.len() > n {
        hypotheses.select_nth_unstable_by(n, by_score);
        hypotheses.truncate(n);
    }
    hypotheses.sort_by(by_score);
    if let Some(best) = hypotheses.first().map(Hypothesis::score) {
        hypotheses.retain(|hypothesis| hypothesis.score() > best - HOPELESS);
    }
}
