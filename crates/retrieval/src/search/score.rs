//! One score from all that was found of a question in a passage and its surroundings.

use super::hit::Features;
use super::options::Options;

/// A factor on the score of passages from the interviews of a person whom the question names. It
/// prefers them without excluding others.
const NAMED_SPEAKER: f32 = 1.3;

/// A factor on the score of a passage without expansion texts. Beside passages that have them it would
/// otherwise never come first: they add up to six times the score of the passage's own words. In a corpus
/// of the first interview, which has 70 expansion texts a passage, and 21 imported interviews, 0.45 of the
/// questions to the latter find their passage first with this factor, and 0.28 without; of those to the
/// former it is 0.87 instead of 0.93. A larger factor wins less there than it loses here.
const WITHOUT_EXPANSION: f32 = 2.0;

/// The share of the encoder's weight that counts for a passage with expansion texts. They already say in
/// other words what the passage answers: with the whole weight, 0.938 of the questions to the first
/// interview find the right passage first, with this share 0.942, and 0.945 without the encoder.
const BESIDE_EXPANSION: f32 = 1.0 / 3.0;

/// The score of a hit: the weighted sum of its parts.
pub(super) fn combined(features: &Features, options: &Options) -> f32 {
    let (factor, share) =
        if features.has_expansion { (1.0, BESIDE_EXPANSION) } else { (WITHOUT_EXPANSION, 1.0) };
    let by_meaning = speaker_factor(features) * options.encoder_weight * features.nearness;
    factor * (by_words(features, options) + share * by_meaning)
}

fn speaker_factor(features: &Features) -> f32 {
    if features.is_of_named_speaker { NAMED_SPEAKER } else { 1.0 }
}

/// The part of the score that words make, without the nearness of meaning.
pub(super) fn by_words(features: &Features, options: &Options) -> f32 {
    let score = features.passage
        + options.sentence_weight * (features.sentence + features.window)
        + options.question_weight * features.question
        + options.title_weight * features.title
        + options.expansion_weight * (features.expansion_best + features.expansion_all);
    speaker_factor(features) * score
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEATURES: Features = Features {
        passage: 1.0,
        sentence: 2.0,
        window: 3.0,
        question: 4.0,
        title: 5.0,
        expansion_best: 6.0,
        expansion_all: 7.0,
        best_expansion: 0,
        nearness: 8.0,
        similarity: 0.0,
        has_expansion: false,
        is_of_named_speaker: false,
    };

    #[test]
    fn a_score_is_the_weighted_sum_of_its_parts() {
        // 1 + 0.5 · (2 + 3) + 0.1 · 4 + 0.01 · 5 + 0.2 · (6 + 7) = 6.55, and 0.3 · 8 for the meaning
        assert_near(by_words(&FEATURES, &Options::SAMPLE), 6.55);
        assert_near(combined(&FEATURES, &Options::SAMPLE), 2.0 * 8.95);
    }

    #[test]
    fn expansion_texts_take_the_place_of_the_factor_and_of_a_part_of_the_meaning() {
        // 6.55 as above, and 0.3 · 8 / 3 for the meaning
        let features = Features { has_expansion: true, ..FEATURES };
        assert_near(combined(&features, &Options::SAMPLE), 7.35);
    }

    #[test]
    fn a_named_speaker_raises_every_part_of_the_score() {
        let features = Features { is_of_named_speaker: true, ..FEATURES };
        assert_near(by_words(&features, &Options::SAMPLE), 8.515);
        assert_near(combined(&features, &Options::SAMPLE), 2.0 * 11.635);
    }

    #[track_caller]
    fn assert_near(value: f32, expected: f32) {
        assert!((value - expected).abs() < 1e-4, "{value} is not {expected}");
    }
}
