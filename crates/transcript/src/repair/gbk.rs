//! The encoding GBK: which two bytes are which character, and which are none.

use std::collections::HashMap;
use std::sync::LazyLock;

use encoding_rs::GBK;

/// The two bytes of a character, called lead and trail.
pub(super) type Pair = [u8; 2];

/// The range of lead bytes.
pub(super) const LEADS: std::ops::RangeInclusive<u8> = 0x81..=0xfe;
/// The range of trail bytes, except 0x7f.
pub(super) const TRAILS: std::ops::RangeInclusive<u8> = 0x40..=0xfe;

/// An ideographic space to some decoders, and no character to most.
const NO_SPACE: Pair = [0xa3, 0xa0];

const N_LEADS: usize = 126;
const N_TRAILS: usize = 191;

/// Tables of the encoding, in both directions.
pub(super) struct GbkTable {
    characters: Vec<Option<char>>,
    pairs: HashMap<char, Pair>,
    lossy: Vec<(u8, Vec<u8>)>,
}

/// The tables, of 24,000 entries, which are made when they are first needed.
pub(super) static TABLE: LazyLock<GbkTable> = LazyLock::new(|| {
    let mut table = GbkTable {
        characters: vec![None; N_LEADS * N_TRAILS],
        pairs: HashMap::new(),
        lossy: Vec::new(),
    };
    for pair in LEADS.flat_map(|lead| TRAILS.map(move |trail| [lead, trail])) {
        let Some(text) = GBK.decode_without_bom_handling_and_without_replacement(&pair) else {
            continue;
        };
        let mut characters = text.chars();
        let (Some(c), None) = (characters.next(), characters.next()) else { continue };
        table.characters[index(pair)] = Some(c).filter(|c| !is_private(*c));
        table.pairs.entry(c).or_insert(pair);
    }
    table.lossy = TRAILS
        .map(|trail| {
            (trail, LEADS.filter(|lead| table.may_be_lost([trail, *lead])).collect::<Vec<u8>>())
        })
        .filter(|(trail, leads)| !trail.is_ascii() && !leads.is_empty())
        .collect();
    table
});

/// Returns the position of a pair in the table. It must be within [`LEADS`] and [`TRAILS`].
fn index([lead, trail]: Pair) -> usize {
    usize::from(lead - LEADS.start()) * N_TRAILS + usize::from(trail - TRAILS.start())
}

impl GbkTable {
    /// Returns the character of a pair, if it has one.
    pub(super) fn decode(&self, pair: Pair) -> Option<char> {
        let within = LEADS.contains(&pair[0]) && TRAILS.contains(&pair[1]);
        within.then(|| self.characters[index(pair)]).flatten()
    }

    /// Returns the pair of a character. Characters of the private-use area have one too, since some
    /// decoders show pairs without a character that way.
    pub(super) fn encode(&self, c: char) -> Option<Pair> {
        self.pairs.get(&c).copied()
    }

    /// Returns whether there are decoders for which a pair is no character. Those without GB 18030 lack
    /// the characters that it added.
    pub(super) fn may_be_lost(&self, pair: Pair) -> bool {
        pair == NO_SPACE || self.decode(pair).is_none_or(is_later)
    }

    /// Returns the trails that are no character together with a lead that follows, and for each the
    /// leads of which that is true.
    pub(super) fn lossy(&self) -> &[(u8, Vec<u8>)] {
        &self.lossy
    }
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}')
}

/// Returns whether GB 18030 added the character to the two-byte area of GBK.
fn is_later(c: char) -> bool {
    matches!(c, 'ǹ' | '\u{2e80}'..='\u{2fff}' | '〾' | '\u{3400}'..='\u{4dbf}' | '\u{9fa6}'..='\u{9fff}' | '\u{fe10}'..='\u{fe1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simplified_and_traditional_characters_have_pairs() {
        assert_eq!(TABLE.encode('结'), Some([0xbd, 0xe1]));
        assert_eq!(TABLE.encode('術'), Some([0xd0, 0x67]));
        assert_eq!(TABLE.decode([0xa1, 0xa3]), Some('。'));
        assert_eq!(TABLE.encode('😀'), None);
    }

    #[test]
    fn user_defined_pairs_have_no_character() {
        assert_eq!(TABLE.decode([0xfa, 0xbc]), None);
        assert!(TABLE.may_be_lost([0xfa, 0xbc]) && TABLE.may_be_lost([0xa2, 0x95]));
        assert!(!TABLE.may_be_lost([0xb1, 0xb2]));
    }
}
