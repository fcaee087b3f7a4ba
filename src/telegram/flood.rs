//! Limits how much one sender may ask in a period. The first request beyond the limit is answered
//! with a notice; later ones are ignored until another period has passed.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Whether a question or a pressed button is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// The sender is within the limit: the request is answered.
    Answer,
    /// The sender has just exceeded the limit: a notice is sent.
    Warn,
    /// The sender has been told already: the request is ignored.
    Ignore,
}

/// Counts the requests of each sender in the current period.
pub(super) struct Flood {
    questions: u32,
    period: Duration,
    senders: HashMap<i64, Sender>,
}

/// The number of requests of a sender in the period that began at `since`.
struct Sender {
    since: Instant,
    asked: u32,
}

impl Flood {
    /// Allows each sender `limit` requests in a period.
    pub(super) fn new(questions: u32, period: Duration) -> Self {
        Self { questions, period, senders: HashMap::new() }
    }

    /// Counts a request of `sender` and returns whether it is handled.
    pub(super) fn admit(&mut self, sender: i64, now: Instant) -> Admission {
        let sender = self.senders.entry(sender).or_insert(Sender { since: now, asked: 0 });
        if now.duration_since(sender.since) >= self.period {
            *sender = Sender { since: now, asked: 0 };
        }
        sender.asked = sender.asked.saturating_add(1);
        match sender.asked {
            asked if asked <= self.questions => Admission::Answer,
            asked if asked == self.questions + 1 => {
                // The sender is ignored for a whole period from now on.
                sender.since = now;
                Admission::Warn
            }
            _ => Admission::Ignore,
        }
    }

    /// Forgets senders whose period has ended.
    pub(super) fn tidy(&mut self, now: Instant) {
        self.senders.retain(|_, sender| now.duration_since(sender.since) < self.period);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Admission::{Answer, Ignore, Warn};

    const PERIOD: Duration = Duration::from_secs(30);

    #[test]
    fn a_flood_gets_one_line_and_then_silence_for_a_while() {
        let (mut flood, now) = (Flood::new(2, PERIOD), Instant::now());
        let late = now + PERIOD / 2;
        let admissions = [now, now, late, late, late].map(|at| flood.admit(7, at));
        assert_eq!(admissions, [Answer, Answer, Warn, Ignore, Ignore]);
        assert_eq!(flood.admit(7, now + PERIOD), Ignore, "silent since the line");
        assert_eq!(flood.admit(7, late + PERIOD), Answer);
    }

    #[test]
    fn others_do_not_feel_it() {
        let (mut flood, now) = (Flood::new(1, PERIOD), Instant::now());
        assert_eq!([flood.admit(7, now), flood.admit(7, now)], [Answer, Warn]);
        assert_eq!(flood.admit(8, now), Answer);
    }

    #[test]
    fn who_asks_slowly_is_never_stopped() {
        let mut flood = Flood::new(2, PERIOD);
        let start = Instant::now();
        let all_answered =
            (0..50).all(|n| flood.admit(7, start + n * (PERIOD / 2)) == Admission::Answer);
        assert!(all_answered);
    }

    #[test]
    fn who_went_is_forgotten() {
        let (mut flood, now) = (Flood::new(1, PERIOD), Instant::now());
        flood.admit(7, now);
        flood.tidy(now + PERIOD);
        assert!(flood.senders.is_empty());
    }
}
