//! GBK as bytes: which pair is which character, and which pairs have none.

use std::collections::HashMap;
use std::sync::LazyLock;

use encoding_rs::GBK;

/// The two bytes of a character: lead and trail.
pub(super) type Pair = [u8; 2];

/// First bytes of a pair.
pub(super) const LEADS: std::ops::RangeInclusive<u8> = 0x81..=0xfe;
/// Second bytes of a pair; 0x7f is none.
pub(super) const TRAILS: std::ops::RangeInclusive<u8> = 0x40..=0xfe;

const N_LEADS: usize = 126;
const N_TRAILS: usize = 191;

/// Both directions of the encoding.
pub(super) struct Table {
    characters: Vec<Option<char>>,
    pairs: HashMap<char, Pair>,
    lossy: Vec<(u8, Vec<u8>)>,
}

/// The table; 24,000 entries, made when first needed.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
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
        .filter(|(trail, leads)| LEADS.contains(trail) && !leads.is_empty())
        .collect();
    table
});

/// Position of a pair that is within [`LEADS`] and [`TRAILS`].
fn index([lead, trail]: Pair) -> usize {
    usize::from(lead - LEADS.start()) * N_TRAILS + usize::from(trail - TRAILS.start())
}

impl Table {
    /// The character of a pair, if it has one.
    pub(super) fn decode(&self, pair: Pair) -> Option<char> {
        let within = LEADS.contains(&pair[0]) && TRAILS.contains(&pair[1]);
        within.then(|| self.characters[index(pair)]).flatten()
    }

    /// The pair of a character. Characters of the private-use area have one too: some decoders show
    /// a pair without a character that way.
    pub(super) fn encode(&self, c: char) -> Option<Pair> {
        self.pairs.get(&c).copied()
    }

    /// Whether a decoder may find no character in two bytes: the pair has none, or only in the
    /// extensions that came with GB 18030.
    pub(super) fn may_be_lost(&self, pair: Pair) -> bool {
        self.decode(pair).is_none_or(is_later)
    }

    /// Trails that form a pair without a character with the lead that follows: each with those leads.
    pub(super) fn lossy(&self) -> &[(u8, Vec<u8>)] {
        &self.lossy
    }
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}')
}

/// Characters that GB 18030 added to GBK's two-byte area.
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
