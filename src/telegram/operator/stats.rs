//! The statistics for operators: what was asked, how it was answered, and which corpus is served.

use super::super::context::{BotContext, line};
use super::super::outbox::OutgoingMessage;
use super::page;
use crate::dialogue::{Phrases, fill};
use crate::store::{Day, QuestionReport};

/// The periods of the statistics, in days, the longest last.
const PERIODS: [u32; 3] = [1, 7, 30];
/// How many passages are listed.
const QUOTED: usize = 5;

impl BotContext {
    /// Returns the statistics as a message.
    pub(super) async fn stats(&self, phrases: &Phrases) -> OutgoingMessage {
        let words = &phrases.telegram.operator.stats;
        let [.., longest] = PERIODS;
        // The report counts today in addition to the full days.
        let Ok(report) = self.store.report(longest - 1).await else {
            return line(&phrases.telegram.not_kept);
        };
        let mut lines = vec![words.heading.clone()];
        if report.n_questions() == 0 {
            lines.push(words.no_questions.clone());
        } else {
            lines.extend(PERIODS.map(|days| period(&report, days, &words.period)));
            if let Some(missed) = self.still_unanswered().await {
                lines.push(fill(&words.unanswered, &[("count", &missed.len().to_string())]));
            }
            let ms = |us: Option<i64>| format!("{:.1}", us.unwrap_or_default() as f64 / 1000.0);
            let speed = [("p50", ms(report.p50_us)), ("p99", ms(report.p99_us))];
            lines
                .push(fill(&words.speed, &speed.each_ref().map(|(name, ms)| (*name, ms.as_str()))));
            if !report.quoted.is_empty() {
                lines.push(words.quoted.clone());
            }
            let quoted = report.quoted.iter().take(QUOTED);
            lines.extend(quoted.map(|(passage, times)| format!("{passage} ×{times}")));
        }
        lines.extend(self.served(phrases));
        page(&lines, Vec::new())
    }

    /// Returns the lines about the corpus that is served, and how much of it was added in the chat.
    fn served(&self, phrases: &Phrases) -> [String; 2] {
        let words = &phrases.telegram.operator.stats;
        let engine = self.service.engine();
        let corpus = engine.library().corpus();
        let served = fill(
            &words.index,
            &[
                ("interviews", &corpus.interviews.len().to_string()),
                ("passages", &engine.library().passages().len().to_string()),
                ("fingerprint", &engine.index().manifest().fingerprint),
            ],
        );
        let (files, additions) = self.follower.reloader().laid_over();
        let added = [("files", files.to_string()), ("additions", additions.to_string())];
        let added = added.each_ref().map(|(name, count)| (*name, count.as_str()));
        [served, fill(&words.overlay, &added)]
    }
}

/// Returns the line about the last `days` days.
fn period(report: &QuestionReport, days: u32, template: &str) -> String {
    let today = QuestionReport::today();
    let within = |day: &&Day| day.number > today - i64::from(days);
    let sum = |count: fn(&Day) -> i64| report.days.iter().filter(within).map(count).sum::<i64>();
    let (answer, related, none) =
        (sum(|day| day.answer), sum(|day| day.related), sum(|day| day.none));
    fill(
        template,
        &[
            ("days", &days.to_string()),
            ("all", &(answer + related + none).to_string()),
            ("answer", &answer.to_string()),
            ("related", &related.to_string()),
            ("none", &none.to_string()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_ends_with_today() {
        let day = |ago, answer| Day {
            number: QuestionReport::today() - ago,
            answer,
            related: 1,
            none: 2,
        };
        let report = QuestionReport {
            days: vec![day(7, 100), day(6, 10), day(0, 1)],
            ..QuestionReport::default()
        };
        let line = |days| period(&report, days, "{days}: {all} = {answer} + {related} + {none}");
        assert_eq!(line(1), "1: 4 = 1 + 1 + 2");
        assert_eq!(line(7), "7: 17 = 11 + 2 + 4");
        assert_eq!(line(30), "30: 120 = 111 + 3 + 6");
    }
}
