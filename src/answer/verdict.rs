//! Whether the interviews answer a question.
//!
//! Two logistic models over the same features of the best hit: how likely the interviews answer the
//! question, and how likely they touch its subject at all. `config/verdict.toml` holds their
//! coefficients, fitted by `wenjian calibrate`; docs/verdict.md tells how, and on what.

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
    /// Likelihood that the best hit answers.
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
    /// One a feature, in the order of [`FEATURES`].
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
    /// The models of `config/verdict.toml`.
    pub fn fitted() -> Self {
        toml::from_str(include_str!("../../config/verdict.toml"))
            .expect("a unit test reads config/verdict.toml")
    }

    /// The verdict on a question whose best hit has these `features`.
    pub fn verdict(&self, features: &[f64]) -> Verdict {
        if self.answers.likelihood(features) >= self.answers.threshold {
            Verdict::Answer
        } else if self.touches.likelihood(features) >= self.touches.threshold {
            Verdict::Related
        } else {
            Verdict::None
        }
    }
}

/// Names of [`features`], in their order.
pub const FEATURES: [&str; 12] = {
    let mut names = [""; 12];
    let mut at = 0;
    while at < Support::NAMES.len() {
        names[at] = Support::NAMES[at];
        at += 1;
    }
    names[10] = "wants a figure";
    names[11] = "figure is missing";
    names
};

/// What tells whether `passage`, the best hit for `question`, answers it.
pub(super) fn features(question: &str, support: &Support, passage: &str) -> Vec<f64> {
    let form = Form::of(question);
    let flag = |holds: bool| f64::from(u8::from(holds));
    let own = [flag(form.wants_figure()), flag(form.is_missed_by(passage))];
    support.features().into_iter().chain(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fitted_models_have_a_coefficient_for_each_feature() {
        let model = Model::fitted();
        for logistic in [&model.answers, &model.touches] {
            assert_eq!(logistic.coefficients.len(), FEATURES.len());
        }
    }
}
