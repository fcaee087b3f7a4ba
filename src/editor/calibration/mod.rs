//! Fits the verdict's models to question sets, by cross-validation.

mod examples;
mod logistic;

pub use examples::{Example, Other, Situation, situations};
use retrieval::answer::{Judge, Logistic, Model, Verdict};

/// Of the questions that passages with readers' questions answer, as many may get `none`.
const NONE_ON_ANSWERABLE: f64 = 0.025;
/// The same for passages without: a paraphrase may share as few words with its passage as what has
/// nothing to do with it, and less would call half of that `related`.
const NONE_ON_ANSWERABLE_BARE: f64 = 0.06;
/// Of the questions whose subject they touch without answering, as many may get `answer`.
const ANSWER_ON_RELATED: f64 = 0.05;

/// Fitted models.
#[derive(Debug)]
pub struct Calibration {
    /// Fitted to all examples.
    pub model: Model,
    /// Fitted to the examples of all parts of the cross-validation but one.
    without_part: Vec<Model>,
}

impl Calibration {
    /// The verdict on `example` by the model that has not seen its question.
    pub fn held_out(&self, example: &Example) -> Verdict {
        self.without_part[example.question % self.without_part.len()].verdict(&example.observed)
    }
}

/// Fits the models to `situations`, with the questions in `folds` parts for the cross-validation.
pub fn calibrate(situations: &[Situation], folds: usize) -> Calibration {
    let examples = situations.iter().flat_map(|situation| &situation.examples);
    let (asked, bare): (Vec<&Example>, Vec<&Example>) =
        examples.partition(|example| example.observed.has_asked);
    let asked = Fitting::new(&asked, folds, NONE_ON_ANSWERABLE);
    let bare = Fitting::new(&bare, folds, NONE_ON_ANSWERABLE_BARE);
    let model = |used: &dyn Fn(&Example) -> bool| Model {
        asked: asked.judge(used),
        bare: bare.judge(used),
    };
    let without = |fold| model(&|example| example.question % folds != fold);
    Calibration { model: model(&|_| true), without_part: (0..folds).map(without).collect() }
}

/// What the two models for one kind of passage are fitted to, and from which likelihood on each says yes.
struct Fitting<'e> {
    /// Whether the subject is touched is asked of all questions.
    all: &'e [&'e Example],
    /// Whether they are answered, of those whose subject is.
    near: Vec<&'e Example>,
    touch_from: f64,
    answer_from: f64,
}

impl<'e> Fitting<'e> {
    fn new(all: &'e [&'e Example], folds: usize, none_on_answerable: f64) -> Self {
        let near: Vec<&Example> =
            all.iter().copied().filter(|example| example.most != Verdict::None).collect();
        let touched = held_out(all, folds, is_touched, Verdict::Answer);
        let answered = held_out(&near, folds, is_answered, Verdict::Related);
        Self {
            touch_from: quantile(touched, none_on_answerable),
            answer_from: quantile(answered, 1.0 - ANSWER_ON_RELATED),
            all,
            near,
        }
    }

    /// The models for the examples that are to be `used`.
    fn judge(&self, used: &dyn Fn(&Example) -> bool) -> Judge {
        Judge {
            answers: fit(&self.near, is_answered, self.answer_from, used),
            touches: fit(self.all, is_touched, self.touch_from, used),
        }
    }
}

fn is_touched(most: Verdict) -> bool {
    most != Verdict::None
}

fn is_answered(most: Verdict) -> bool {
    most == Verdict::Answer
}

fn fit(
    examples: &[&Example],
    label: fn(Verdict) -> bool,
    threshold: f64,
    used: impl Fn(&Example) -> bool,
) -> Logistic {
    let (features, labels): (Vec<&[f64]>, Vec<bool>) = examples
        .iter()
        .filter(|example| used(example))
        .map(|example| (example.observed.features.as_slice(), label(example.most)))
        .unzip();
    logistic::fit(&features, &labels, threshold)
}

/// The likelihood of each example that may be at `most` that, by a model that has not seen its question.
fn held_out(
    examples: &[&Example],
    folds: usize,
    label: fn(Verdict) -> bool,
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

/// The value that a share of `part` of `values` lies below.
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
