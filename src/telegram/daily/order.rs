//! The order in which a chat gets its quotations.
//!
//! Every quotation has a place on a ring, which depends only on the quotation and the chat. A chat remembers the place of
//! its last quotation, and the next one is the one that follows on the ring. So each comes once before any comes again,
//! different chats get different ones, and nothing but one number has to be kept.

use crate::dialogue::ShownExcerpt;

/// Returns the quotation that follows `place` for a chat, with its own place.
pub(super) fn next_of<'q>(
    quotes: impl Iterator<Item = &'q ShownExcerpt>,
    chat_id: i64,
    place: i64,
) -> Option<(i64, &'q ShownExcerpt)> {
    let placed = quotes.map(|quote| (place_of(quote, chat_id), quote));
    // Those behind the last one come first; at the end of the ring, it begins anew.
    placed.min_by_key(|(at, _)| (*at <= place, *at))
}

fn place_of(quote: &ShownExcerpt, chat_id: i64) -> i64 {
    let key = quote.key.to_bytes().into_iter().fold(0, |key, byte| key << 8 | u64::from(byte));
    mixed(key ^ mixed(chat_id.cast_unsigned())).cast_signed()
}

/// Spreads numbers over all 64 bits, one to one: the last step of `SplitMix64` (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014).
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use transcript::PassageKey;

    fn quotes(n: u8) -> Vec<ShownExcerpt> {
        (0..n)
            .map(|n| ShownExcerpt { key: PassageKey::from_bytes([0, 0, 0, 0, n]), excerpt: 0..50 })
            .collect()
    }

    fn days(quotes: &[ShownExcerpt], chat_id: i64, mut place: i64, n: usize) -> Vec<u8> {
        let day = |_| {
            let (at, quote) = next_of(quotes.iter(), chat_id, place).unwrap();
            place = at;
            quote.key.to_bytes()[4]
        };
        (0..n).map(day).collect()
    }

    #[test]
    fn each_comes_once_before_any_comes_again() {
        let quotes = quotes(30);
        let shown = days(&quotes, 42, i64::MIN, 60);
        assert_eq!(shown[..30].iter().collect::<HashSet<_>>().len(), 30);
        assert_eq!(shown[..30], shown[30..]);
        assert_ne!(shown[..30], days(&quotes, 43, i64::MIN, 30)[..]);
    }

    #[test]
    fn a_corpus_that_shrinks_or_grows_brings_none_twice() {
        let all = quotes(30);
        let first = days(&all, 42, i64::MIN, 10);
        let place = place_of(&all[usize::from(first[9])], 42);
        for n in [20, 30] {
            let next = days(&all[..n], 42, place, 5);
            assert!(next.iter().all(|quote| !first.contains(quote)), "{n} quotations");
        }
    }

    #[test]
    fn nothing_follows_where_there_is_nothing() {
        assert_eq!(next_of([].iter(), 42, 0), None);
    }
}
