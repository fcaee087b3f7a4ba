//! SentencePiece's table of what characters are replaced by, such as full-width letters by plain ones.
//!
//! The table (`precompiled_charsmap`) is a double-array trie over the bytes of UTF-8, as of the library
//! darts-clone, whose leaves point into a pool of strings that end in a zero byte. A unit of the trie
//! is 32 bits: the label in the lowest eight, whether a leaf follows in the ninth, and the offset to
//! the children in the highest 22, to be shifted by eight more where the tenth is set. A leaf's value
//! is in its lowest 31.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

#[derive(Debug, Default)]
pub(super) struct Charsmap {
    units: Vec<u32>,
    replacements: Vec<u8>,
}

/// The table among the steps of a normalizer; an error where a step is unknown.
pub(super) fn of(steps: &[&Value]) -> Result<Charsmap, String> {
    let mut charsmap = Charsmap::default();
    for step in steps {
        match step["type"].as_str() {
            Some("Precompiled") => {
                let table = step["precompiled_charsmap"].as_str().unwrap_or_default();
                charsmap = STANDARD
                    .decode(table)
                    .ok()
                    .and_then(|table| Charsmap::read(&table))
                    .ok_or("a damaged `precompiled_charsmap`")?;
            }
            // White space is tidied in any case.
            Some("Replace" | "Strip" | "Nmt") => {}
            other => return Err(format!("the normalizer `{}`", other.unwrap_or("unnamed"))),
        }
    }
    Ok(charsmap)
}

impl Charsmap {
    fn read(table: &[u8]) -> Option<Self> {
        let (size, rest) = table.split_first_chunk()?;
        let (trie, replacements) = rest.split_at_checked(u32::from_le_bytes(*size) as usize)?;
        let (units, _) = trie.as_chunks();
        let units = units.iter().map(|unit| u32::from_le_bytes(*unit)).collect();
        Some(Self { units, replacements: replacements.to_vec() })
    }

    /// How many bytes at the start of `text` are replaced, and by what: the longest entry.
    pub(super) fn replacement(&self, text: &[u8]) -> Option<(usize, &str)> {
        let unit = |at: usize| self.units.get(at).copied();
        let children = |unit: u32| ((unit >> 10) << ((unit & 0x200) >> 6)) as usize;
        let mut node = children(unit(0)?);
        let mut found = None;
        for (at, &byte) in text.iter().enumerate() {
            node ^= usize::from(byte);
            match unit(node) {
                Some(here) if here & 0x8000_00ff == u32::from(byte) => {
                    node ^= children(here);
                    if here & 0x100 != 0 {
                        found = unit(node).map(|leaf| (at + 1, (leaf & 0x7fff_ffff) as usize));
                    }
                }
                _ => break,
            }
        }
        let (length, start) = found?;
        let rest = self.replacements.get(start..)?;
        let end = rest.iter().position(|&byte| byte == 0)?;
        Some((length, std::str::from_utf8(&rest[..end]).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A trie with one entry: `a` is replaced by `bc`.
    ///
    /// The root (unit 0) has its children at offset 1, so `a` (97) is unit 1 ^ 97 = 96. That is
    /// labelled 97, says that a leaf follows (0x100), and has its children at offset 64, so its leaf
    /// is unit 96 ^ 64 = 32, whose value is the position of `bc`.
    fn table() -> Vec<u8> {
        let mut units = vec![0_u32; 128];
        units[0] = 1 << 10;
        units[96] = (64 << 10) | 0x100 | u32::from(b'a');
        units[32] = 0;
        let trie: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        [&(trie.len() as u32).to_le_bytes()[..], &trie, b"bc\0"].concat()
    }

    #[test]
    fn an_entry_is_replaced_and_others_are_not() {
        let charsmap = Charsmap::read(&table()).unwrap();
        assert_eq!(charsmap.replacement(b"ax"), Some((1, "bc")));
        assert_eq!(charsmap.replacement(b"x"), None);
        assert_eq!(Charsmap::default().replacement(b"a"), None);
    }

    #[test]
    fn a_damaged_table_replaces_nothing_and_does_not_panic() {
        assert!(Charsmap::read(b"\xff\xff").is_none());
        assert!(Charsmap::read(&table()[..100]).is_none());
        let mut wild = table();
        wild[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Charsmap::read(&wild).unwrap().replacement(b"a"), None);
    }
}
