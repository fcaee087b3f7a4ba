//! Whether the interviews answer a question.
//!
//! Two logistic models look at the same features of the best hit: how likely the interviews touch the
//! subject of the question at all (else the verdict is `none`), and how likely they answer it (else it
//! is `related`). A passage with expansion texts (readers' questions) and a bare one are judged by
//! models of their own, because the same words mean more where no expansion text was there to be
//! matched. `verdict.toml` holds the coefficients, fitted by `wenjian calibrate`; docs/verdict.md tells
//! how, and on what.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::search::Support;

/// How well the interviews answer a question, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// They do not touch its subject.
    None,
    /// They touch it without answering it.
    Related,
    /// They answer it.
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

/// The fitted models for both kinds of passages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictModel {
    /// For passages with expansion texts.
    pub expansion: Judge,
    /// For passages without.
    pub bare: Judge,
}

/// The pair of models for one kind of passage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judge {
    /// Likelihood that the best hit answers, where the subject is touched.
    pub answers: Logistic,
    /// Likelihood that the interviews touch the subject.
    pub touches: Logistic,
}

/// A logistic regression model, which says yes from a threshold on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logistic {
    /// Intercept.
    pub intercept: f64,
    /// One for each feature, in the order of the features.
    pub coefficients: Vec<f64>,
    /// The likelihood from which on the model says yes.
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

impl VerdictModel {
    /// The models of `verdict.toml`, which is compiled in.
    ///
    /// # Panics
    /// Never: a unit test reads the file.
    pub fn fitted() -> &'static Self {
        static FITTED: LazyLock<VerdictModel> = LazyLock::new(|| {
            toml::from_str(include_str!("../../verdict.toml"))
                .expect("a unit test reads verdict.toml")
        });
        &FITTED
    }

    /// The pair of models for a passage of the kind that was `observed`.
    pub fn judge(&self, observed: &Observed) -> &Judge {
        if observed.has_expansion { &self.expansion } else { &self.bare }
    }

    /// The verdict on a question of whose best hit this was `observed`.
    pub fn verdict(&self, observed: &Observed) -> Verdict {
        self.judge(observed).verdict(&observed.features)
    }
}

impl Judge {
    /// Whether the likelihood that the subject is touched reaches a `share` of its threshold.
    pub fn is_near(&self, observed: &Observed, share: f64) -> bool {
        self.touches.likelihood(&observed.features) >= share * self.touches.threshold
    }

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

/// The features of the best hit of a question, as the models take them.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// Whether the passage has expansion texts, which decides between the two pairs of models.
    pub has_expansion: bool,
    /// In the order of the coefficients.
    pub features: Vec<f64>,
}

/// Takes the features from what supports the best hit.
///
/// A long question of which half the words are found is another thing than a short one, so that for
/// a bare passage the shares also count times the length. With expansion texts what matters is how
/// well one of them covers the question and the question covers it; the squares and products there
/// let the models bend.
pub(super) fn observe(support: &Support) -> Observed {
    let Support { together, words, sentence, margin, has_expansion, .. } = *support;
    let length = (support.n_tokens as f64).ln_1p();
    let mut features = vec![together, words, sentence, margin, support.score.ln_1p(), length];
    if has_expansion {
        let (recall, precision) = (support.expansion_recall, support.expansion_precision);
        features.extend([
            recall,
            precision,
            recall * precision,
            recall * recall,
            precision * precision,
            margin * margin,
            together * together,
            together * recall,
        ]);
    } else {
        features.extend([together * length, sentence * length]);
    }
    Observed { has_expansion, features }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of features of a passage without expansion texts, and of one with them.
    const N_BARE: usize = 8;
    const N_EXPANSION: usize = 14;

    const SUPPORT: Support = Support {
        together: 0.5,
        words: 0.25,
        sentence: 0.75,
        expansion_recall: 0.5,
        expansion_precision: 0.25,
        has_expansion: true,
        margin: 0.5,
        score: 0.0,
        has_encoder: false,
        similarity: 0.0,
        best_similarity: 0.0,
        nearness_margin: 0.0,
        nearness: 0.0,
        n_tokens: 0,
    };

    fn logistic(intercept: f64, coefficients: &[f64], threshold: f64) -> Logistic {
        Logistic { intercept, coefficients: coefficients.to_vec(), threshold }
    }

    #[test]
    fn the_fitted_models_have_a_coefficient_for_each_feature() {
        let model = VerdictModel::fitted();
        for (judge, n) in [(&model.expansion, N_EXPANSION), (&model.bare, N_BARE)] {
            assert_eq!(judge.answers.coefficients.len(), n);
            assert_eq!(judge.touches.coefficients.len(), n);
        }
    }

    #[test]
    fn a_passage_with_expansion_texts_has_features_of_their_own() {
        let observed = observe(&SUPPORT);
        assert!(observed.has_expansion);
        assert_eq!(
            observed.features,
            [0.5, 0.25, 0.75, 0.5, 0.0, 0.0, 0.5, 0.25, 0.125, 0.25, 0.0625, 0.25, 0.25, 0.25]
        );
    }

    #[test]
    fn a_bare_passage_counts_shares_times_length() {
        let support = Support { has_expansion: false, n_tokens: 1, score: 1.0, ..SUPPORT };
        let log = 2.0_f64.ln();
        let observed = observe(&support);
        assert_eq!(observed.features.len(), N_BARE);
        assert_eq!(observed.features[4..], [log, log, 0.5 * log, 0.75 * log]);
    }

    #[test]
    fn a_likelihood_is_the_logistic_function_of_the_sum() {
        let model = logistic(-1.0, &[2.0, 0.5], 0.5);
        // −1 + 2 · 0.5 + 0.5 · 0 = 0; −1 + 2 · 1 + 0.5 · 2 = 2
        assert!((model.likelihood(&[0.5, 0.0]) - 0.5).abs() < 1e-12);
        assert!((model.likelihood(&[1.0, 2.0]) - 0.880_797).abs() < 1e-6);
    }

    #[test]
    fn the_verdict_asks_for_the_subject_before_the_answer() {
        let judge = Judge {
            touches: logistic(0.0, &[1.0, 0.0], 0.5),
            answers: logistic(0.0, &[0.0, 1.0], 0.5),
        };
        assert_eq!(judge.verdict(&[1.0, 1.0]), Verdict::Answer);
        assert_eq!(judge.verdict(&[1.0, -1.0]), Verdict::Related);
        assert_eq!(judge.verdict(&[-1.0, 1.0]), Verdict::None);
    }

    #[test]
    fn a_likelihood_at_the_threshold_says_yes() {
        let judge =
            Judge { touches: logistic(0.0, &[1.0], 0.5), answers: logistic(0.0, &[1.0], 0.5) };
        assert_eq!(judge.verdict(&[0.0]), Verdict::Answer);
    }

    #[test]
    fn verdicts_are_ordered_from_none_to_answer() {
        assert!(Verdict::None < Verdict::Related && Verdict::Related < Verdict::Answer);
    }
}
