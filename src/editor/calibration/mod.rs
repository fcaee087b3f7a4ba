//! Fits the verdict's models to question sets, by cross-validation.

mod examples;
mod logistic;

pub use examples::{Example, Interviews, Other, Situation, Surroundings, situations};
use retrieval::answer::{Judge, Judges, Logistic, Verdict};

/// The share of the questions that passages with expansion texts answer which may get `none`.
const NONE_ON_ANSWERABLE: f64 = 0.02;
/// The same for bare passages. There a paraphrase may share as few words with its passage as a question
/// that has nothing to do with it, and a lower share would call many of those `related`.
const NONE_ON_ANSWERABLE_BARE: f64 = 0.085;
/// The share of the questions whose subject the passages touch without answering them which may get
/// `answer`.
const ANSWER_ON_RELATED: f64 = 0.11;

/// Fitted models.
#[derive(Debug)]
pub struct Calibration {
    /// Fitted to all examples.
    pub judges: Judges,
    /// Fitted to the examples of all parts of the cross-validation but one.
    without_part: Vec<Judges>,
}

impl Calibration {
    /// The verdict on `example` by the model that has not seen its question.
    pub fn held_out(&self, example: &Example) -> Verdict {
        let judges = &self.without_part[example.question % self.without_part.len()];
        judges.judge(&example.observed).verdict(&example.observed.features)
    }
}

/// Fits the models to `situations`, with the questions in `folds` parts for the cross-validation.
pub fn calibrate(situations: &[Situation], folds: usize) -> Calibration {
    let examples = situations.iter().flat_map(|situation| &situation.examples);
    let (expansion, bare): (Vec<&Example>, Vec<&Example>) =
        examples.partition(|example| example.observed.has_expansion);
    let expansion = Fitting::new(&expansion, folds, NONE_ON_ANSWERABLE);
    let bare = Fitting::new(&bare, folds, NONE_ON_ANSWERABLE_BARE);
    let judges = |used: &dyn Fn(&Example) -> bool| Judges {
        expansion: expansion.judge(used),
        bare: bare.judge(used),
    };
    let without = |fold| judges(&|example| example.question % folds != fold);
    Calibration { judges: judges(&|_| true), without_part: (0..folds).map(without).collect() }
}

/// The examples for one kind of passage, and the thresholds of the two models.
struct Fitting<'e> {
    /// All examples: `touches` is fitted to them.
    all: &'e [&'e Example],
    /// The examples whose subject is touched: `answers` is fitted to them.
    near: Vec<&'e Example>,
    touch_from: f64,
    answer_from: f64,
}

impl<'e> Fitting<'e> {
    fn new(all: &'e [&'e Example], folds: usize, none_on_answerable: f64) -> Self {
        let near: Vec<&Example> =
            all.iter().copied().filter(|example| example.is_touched()).collect();
        let touched = held_out(all, folds, Example::is_touched, Verdict::Answer);
        let answered = held_out(&near, folds, Example::is_answered, Verdict::Related);
        Self {
            touch_from: quantile(touched, none_on_answerable),
            answer_from: quantile(answered, 1.0 - ANSWER_ON_RELATED),
            all,
            near,
        }
    }

    /// Fits the two models to the examples that are to be `used`.
    fn judge(&self, used: &dyn Fn(&Example) -> bool) -> Judge {
        Judge {
            answers: fit(&self.near, Example::is_answered, self.answer_from, used),
            touches: fit(self.all, Example::is_touched, self.touch_from, used),
        }
    }
}

fn fit(
    examples: &[&Example],
    label: fn(&Example) -> bool,
    threshold: f64,
    used: impl Fn(&Example) -> bool,
) -> Logistic {
    let (features, labels): (Vec<&[f64]>, Vec<bool>) = examples
        .iter()
        .filter(|example| used(example))
        .map(|example| (example.observed.features.as_slice(), label(example)))
        .unzip();
    logistic::fit(&features, &labels, threshold)
}

/// The likelihood of each example that may be at `most` that, by a model fitted without its question.
fn held_out(
    examples: &[&Example],
    folds: usize,
    label: fn(&Example) -> bool,
    most: Verdict,
) -> Vec<f64> {
    let mut likelihoods = Vec::new();
    for fold in 0..folds {
        let model = fit(examples, label, 0.5, |example| example.question % folds != fold);
        let unseen = examples
            .iter()
            .filter(|example| example.question % folds == fold && example.most == most);
        likelihoods.extend(unseen.map(|example| model.likelihood(&example.observed.features)));
    }
    likelihoods
}

/// The value below which a share of `part` of `values` lies.
fn quantile(mut values: Vec<f64>, part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count"
    )]
    let at = ((values.len() as f64 * part) as usize).min(values.len().saturating_sub(1));
    values.get(at).copied().unwrap_or(0.5)
}
