//! Whether the interviews answer a question.
//!
//! Two logistic models look at the same features of the best hit: how likely the interviews touch the
//! subject of the question at all (else the verdict is `none`), and how likely they answer it (else it
//! is `related`). A passage with expansion texts (readers' questions) and a bare one are judged by
//! models of their own, because the same words mean more where no expansion text was there to be
//! matched.
//!
//! The similarity that an encoder finds is evidence too, but what a value means differs from encoder to
//! encoder. So there are models for the default encoder, which use it, and models that look at words
//! alone, for searches without an encoder or with another one.
//!
//! `verdict.toml` holds the coefficients, fitted by `wenjian calibrate`; docs/verdict.md tells how, and
//! on what.

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

/// The fitted models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictModel {
    /// The fingerprint of the encoder that the models `with_encoder` were fitted with.
    pub encoder: String,
    /// For evidence of words alone.
    pub words: Judges,
    /// For evidence of words and of the encoder.
    pub with_encoder: Judges,
}

/// The models for both kinds of passages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judges {
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

/// What the features of a best hit are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidenceKind {
    /// The words of the question and the passage.
    Words,
    /// The same and the similarities that the encoder finds.
    WordsAndEncoder,
}

/// A logistic regression model of some features and their interactions, which says yes from a threshold
/// on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logistic {
    pub intercept: f64,
    /// The mean of each feature among the examples that the model was fitted to.
    pub means: Vec<f64>,
    /// One for each of the [`terms`], in their order.
    pub coefficients: Vec<f64>,
    /// The likelihood from which on the model says yes.
    pub threshold: f64,
}

impl Logistic {
    /// The likelihood for `features`.
    pub fn likelihood(&self, features: &[f64]) -> f64 {
        let terms = terms(features, &self.means);
        let sum: f64 =
            self.coefficients.iter().zip(terms).map(|(coefficient, term)| coefficient * term).sum();
        1.0 / (1.0 + (-(self.intercept + sum)).exp())
    }
}

/// What a model adds up: how far each of the `features` is above its mean, and then the product of every
/// two of these distances and the square of each.
///
/// The products matter: that half of the words are found means another thing in a long question than in
/// a short one, and a similarity another thing where hardly a word is shared. They are taken of the
/// distances because the products of the features themselves, which are all positive, mostly repeat
/// what the features say, and a fit that has to keep its coefficients small then spreads them over all
/// of these: at the same share of wrong verdicts, 0.79 instead of 0.67 of the answerable questions to the
/// first interview get a plain answer with the distances (docs/verdict.md).
pub fn terms(features: &[f64], means: &[f64]) -> Vec<f64> {
    let mut terms: Vec<f64> =
        features.iter().zip(means).map(|(feature, mean)| feature - mean).collect();
    for one in 0..features.len() {
        for other in one..features.len() {
            terms.push(terms[one] * terms[other]);
        }
    }
    terms
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

    /// The evidence that the models can judge after a search with the `encoder` of that fingerprint, if
    /// there was one.
    pub fn evidence_kind(&self, encoder: Option<&str>) -> EvidenceKind {
        if encoder == Some(self.encoder.as_str()) {
            EvidenceKind::WordsAndEncoder
        } else {
            EvidenceKind::Words
        }
    }

    /// The pair of models for what was `observed`.
    pub fn judge(&self, observed: &Observed) -> &Judge {
        match observed.kind {
            EvidenceKind::Words => self.words.judge(observed),
            EvidenceKind::WordsAndEncoder => self.with_encoder.judge(observed),
        }
    }

    /// The verdict on a question of whose best hit this was `observed`.
    pub fn verdict(&self, observed: &Observed) -> Verdict {
        self.judge(observed).verdict(&observed.features)
    }
}

impl Judges {
    /// The pair of models for a passage of the kind that was `observed`.
    pub fn judge(&self, observed: &Observed) -> &Judge {
        if observed.has_expansion { &self.expansion } else { &self.bare }
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
    /// Whether the passage has expansion texts.
    pub has_expansion: bool,
    /// What the features are taken from.
    pub kind: EvidenceKind,
    /// In the order of the models' means.
    pub features: Vec<f64>,
}

/// Takes the features from what supports the best hit.
pub(super) fn observe(support: &Support, kind: EvidenceKind) -> Observed {
    let Support { together, words, sentence, margin, has_expansion, .. } = *support;
    let length = (support.n_tokens as f64).ln_1p();
    let mut features = vec![together, words, sentence, margin, support.score.ln_1p(), length];
    if has_expansion {
        features.extend([support.expansion_recall, support.expansion_precision]);
    }
    if kind == EvidenceKind::WordsAndEncoder {
        features.extend([support.similarity, support.best_similarity]);
    }
    Observed { has_expansion, kind, features }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUPPORT: Support = Support {
        together: 0.5,
        words: 0.25,
        sentence: 0.75,
        expansion_recall: 0.5,
        expansion_precision: 0.25,
        has_expansion: true,
        margin: 0.5,
        score: 0.0,
        similarity: 0.25,
        best_similarity: 0.5,
        n_tokens: 0,
    };

    /// A model of features whose mean is 0, without products.
    fn logistic(intercept: f64, coefficients: &[f64], threshold: f64) -> Logistic {
        let means = vec![0.0; coefficients.len()];
        Logistic { intercept, means, coefficients: coefficients.to_vec(), threshold }
    }

    #[test]
    fn the_fitted_models_have_a_coefficient_for_each_term() {
        let model = VerdictModel::fitted();
        for kind in [EvidenceKind::Words, EvidenceKind::WordsAndEncoder] {
            for has_expansion in [false, true] {
                let observed = observe(&Support { has_expansion, ..SUPPORT }, kind);
                let judge = model.judge(&observed);
                for model in [&judge.answers, &judge.touches] {
                    assert_eq!(model.means.len(), observed.features.len());
                    let terms = terms(&observed.features, &model.means);
                    assert_eq!(model.coefficients.len(), terms.len());
                }
            }
        }
    }

    #[test]
    fn features_are_shares_and_the_logarithms_of_counts() {
        let support = Support { has_expansion: false, n_tokens: 1, score: 1.0, ..SUPPORT };
        let log = 2.0_f64.ln();
        let observed = observe(&support, EvidenceKind::Words);
        assert_eq!(observed.features, [0.5, 0.25, 0.75, 0.5, log, log]);
    }

    #[test]
    fn expansion_texts_and_an_encoder_add_two_features_each() {
        let observed = observe(&SUPPORT, EvidenceKind::WordsAndEncoder);
        assert!(observed.has_expansion);
        assert_eq!(observed.features[6..], [0.5, 0.25, 0.25, 0.5]);
        assert_eq!(observe(&SUPPORT, EvidenceKind::Words).features.len(), 8);
    }

    #[test]
    fn terms_are_distances_from_the_mean_and_their_products() {
        // 2 − 0.5 = 1.5 and 3 − 5 = −2
        assert_eq!(terms(&[2.0, 3.0], &[0.5, 5.0]), [1.5, -2.0, 2.25, -3.0, 4.0]);
    }

    #[test]
    fn only_the_encoder_that_the_models_were_fitted_with_is_evidence() {
        let model = VerdictModel::fitted();
        assert_eq!(model.evidence_kind(Some(&model.encoder)), EvidenceKind::WordsAndEncoder);
        assert_eq!(model.evidence_kind(Some("another")), EvidenceKind::Words);
        assert_eq!(model.evidence_kind(None), EvidenceKind::Words);
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
