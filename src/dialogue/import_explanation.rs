//! How the reading of a transcript is explained to the operator who imports it, on the page and on Telegram.

use transcript::{BlockRole, Check, ExplainedBlock};

use super::phrases::{WebImportPhrases, fill};

/// Returns what the operator should compare with the source.
pub fn check_text(check: &Check, words: &WebImportPhrases) -> String {
    let checks = &words.checks;
    match check {
        Check::InferredName(name, _) => fill(&checks.inferred_name, &[("name", name)]),
        Check::NobodyNamed => checks.nobody_named.clone(),
        Check::UnnamedQuestions(_) => checks.unnamed_questions.clone(),
        Check::MuchLeftOut(left_out, speech) => {
            let counts = [("left_out", &*left_out.to_string()), ("speech", &*speech.to_string())];
            fill(&checks.much_left_out, &counts)
        }
        Check::Translations(paragraphs) => {
            fill(&checks.translations, &[("paragraphs", &paragraphs.to_string())])
        }
        Check::FewTurns(turns) => fill(&checks.few_turns, &[("turns", &turns.to_string())]),
        Check::LongTurn(paragraphs, turn) => {
            let counts = [("paragraphs", &*paragraphs.to_string()), ("turn", &*turn.to_string())];
            fill(&checks.long_turn, &counts)
        }
        Check::Guests(names) => fill(&checks.guests, &[("names", &names.join("、"))]),
        Check::Finding(finding) => {
            let found = [("line", &*finding.line.to_string()), ("message", &*finding.message)];
            fill(&checks.finding, &found)
        }
    }
}

/// Returns why a paragraph is read as it is.
pub fn reason_text(block: &ExplainedBlock, words: &WebImportPhrases) -> String {
    words.reasons.get(block.why).cloned().unwrap_or_else(|| block.why.to_owned())
}

/// Whether the paragraph holds words that are neither shown as anybody's speech nor as the article's own.
pub fn is_set_aside(block: &ExplainedBlock) -> bool {
    matches!(block.role, BlockRole::LeftOut | BlockRole::Aside | BlockRole::Caption)
        && block.text.chars().any(char::is_alphanumeric)
}
