//! Whether the interviews answer a question.
//!
//! Two logistic models over the same features of the best hit: how likely the interviews answer the
//! question, and how likely they touch its subject at all. A passage with readers' questions and one
//! without are judged by models of their own, for the same words mean more where readers were not
//! thought of. `verdict.toml` holds the coefficients, fitted by `wenjian calibrate`;
//! docs/verdict.md tells how, and on what.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::form::Form;
use crate::search::Support;

/// How well the interviews answer a question, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// They do not.
    None,
    /// They touch it without answering it.
    Related,
    /// They do.
    Answer,
}

impl Verdict {
    /// The word in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Related => "related",
            Self::Answer => "answer",
        }
    }
}

/// The fitted models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// For passages with readers' questions.
    pub asked: Judge,
    /// For those without.
    pub bare: Judge,
}

/// The two models for one kind of passage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judge {
    /// Likelihood that the best hit answers, where the subject is touched.
    pub answers: Logistic,
    /// Likelihood that the interviews touch the subject.
    pub touches: Logistic,
}

/// A logistic model with the likelihood from which on it says yes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logistic {
    /// Intercept.
    pub intercept: f64,
    /// One a feature, in the order of the features.
    pub coefficients: Vec<f64>,
    /// Likelihood from which on it says yes.
    pub threshold: f64,
}

impl Logistic {
    /// The likelihood for `features`.
    pub fn likelihood(&self, features: &[f64]) -> f64 {
        let sum: f64 = self
            .coefficients
            .iter()
            .zip(features)
            .map(|(coefficient, feature)| coefficient * feature)
            .sum();
        1.0 / (1.0 + (-(self.intercept + sum)).exp())
    }
}

impl Model {
    /// The models of `verdict.toml`.
    ///
    /// # Panics
    /// Never: a unit test reads the file that is compiled in.
    pub fn fitted() -> &'static Self {
        static FITTED: LazyLock<Model> = LazyLock::new(|| {
            toml::from_str(include_str!("../../verdict.toml"))
                .expect("a unit test reads verdict.toml")
        });
        &FITTED
    }

    /// Who judges what was `observed`.
    pub fn judge(&self, observed: &Observed) -> &Judge {
        if observed.has_asked { &self.asked } else { &self.bare }
    }

    /// The verdict on a question of whose best hit this was `observed`.
    pub fn verdict(&self, observed: &Observed) -> Verdict {
        self.judge(observed).verdict(&observed.features)
    }
}

impl Judge {
    /// The verdict on a question whose best hit has these `features`.
    pub fn verdict(&self, features: &[f64]) -> Verdict {
        let says = |model: &Logistic| model.likelihood(features) >= model.threshold;
        match (says(&self.touches), says(&self.answers)) {
            (true, true) => Verdict::Answer,
            (true, false) => Verdict::Related,
            (false, _) => Verdict::None,
        }
    }
}

/// What tells whether a hit answers a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// The passage has readers' questions.
    pub has_asked: bool,
    /// In the order of the coefficients.
    pub features: Vec<f64>,
}

/// How many things are looked at.
const N_OBSERVED: usize = 9;

/// What tells whether the best hit for `question` answers it: nine things, and the products of every
/// two, for a long question with half its words found is another thing than a short one.
pub(super) fn observe(question: &str, support: &Support) -> Observed {
    let observed: [f64; N_OBSERVED] = [
        support.together,
        support.words,
        support.sentence,
        support.expansion_recall,
        support.expansion_precision,
        support.margin,
        support.score.ln_1p(),
        (support.n_tokens as f64).ln_1p(),
        f64::from(u8::from(Form::of(question).wants_figure())),
    ];
    let squares = (0..observed.len()).flat_map(|i| (0..=i).map(move |j| observed[i] * observed[j]));
    let features = observed.into_iter().chain(squares).collect();
    Observed { has_asked: support.has_expansion, features }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fitted_models_have_a_coefficient_for_each_feature() {
        let model = Model::fitted();
        let n = N_OBSERVED;
        for logistic in
            [&model.asked, &model.bare].map(|judge| [&judge.answers, &judge.touches]).as_flattened()
        {
            assert_eq!(logistic.coefficients.len(), n + n * (n + 1) / 2);
        }
    }
}
