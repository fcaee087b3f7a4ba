//! Text that was decoded once in the wrong encoding and saved: `è®°è€…` was `记者` in UTF-8, read as
//! Windows-1252.
//!
//! Encoding it again as it was decoded gives the bytes back, if none was lost on the way.

use encoding_rs::{Encoding, GB18030, WINDOWS_1252};

use super::decode;
use crate::text::is_han;

/// Characters of a Western alphabet beyond ASCII for each Chinese one, from which on a text is looked into.
const FOREIGN: usize = 4;

/// Share of the bytes beyond ASCII that must be sound UTF-8 for a text to be garbled, and how many there
/// must be: in Chinese text every third happens to be.
const SOUND: f64 = 0.65;
const LEAST: usize = 30;

/// What a text says in earnest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Restored {
    pub(super) text: String,
    /// The encoding that it was wrongly read in.
    pub(super) read_as: &'static str,
}

/// Whether most of the text is UTF-8 that was read in another encoding, with or without loss.
pub(super) fn is_garbled(text: &str) -> bool {
    let known: String = text.chars().filter(|c| *c != char::REPLACEMENT_CHARACTER).collect();
    let is_mostly_sound = |bytes: &[u8]| {
        let beyond = bytes.iter().filter(|byte| !byte.is_ascii()).count();
        beyond >= LEAST && decode::sound_share(bytes) > SOUND
    };
    let western: Vec<u8> =
        known.chars().filter_map(|c| western_bytes(&c.to_string())).flatten().collect();
    let is_western = is_western(text) && is_mostly_sound(&western);
    is_western || is_mostly_sound(&GB18030.encode(&known).0)
}

/// Whether the text is in a Western alphabet with far more letters beyond ASCII than usual. Bytes of
/// Chinese read as Western text give letters and signs of Latin-1 for the most part, while the quotation
/// marks and dashes of English print stand elsewhere.
fn is_western(text: &str) -> bool {
    let beyond = text.chars().filter(|c| ('\u{80}'..='\u{2122}').contains(c)).count();
    let latin = text.chars().filter(|c| ('\u{80}'..='\u{ff}').contains(c)).count();
    let han = text.chars().filter(|c| is_han(*c)).count();
    beyond > FOREIGN && beyond > FOREIGN * han && latin * 2 > beyond
}

/// The text behind mojibake; `None` where `text` is none, or has lost bytes.
pub(super) fn restore(text: &str) -> Option<Restored> {
    if is_western(text) {
        let restored =
            decode::decode(&western_bytes(text)?).ok().filter(|text| is_chinese(text))?;
        return Some(Restored { text: restored, read_as: "windows-1252" });
    }
    let bytes = lossless(GB18030, text).filter(|bytes| !bytes.is_ascii())?;
    let restored = std::str::from_utf8(&bytes).ok().filter(|text| is_chinese(text))?;
    Some(Restored { text: restored.to_owned(), read_as: "GBK" })
}

/// The bytes that read as `text` in Windows-1252, or in Latin-1 where that has no character.
fn western_bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        let mut buffer = [0; 4];
        match u8::try_from(c) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend(lossless(WINDOWS_1252, c.encode_utf8(&mut buffer))?),
        }
    }
    Some(bytes)
}

fn lossless(encoding: &'static Encoding, text: &str) -> Option<Vec<u8>> {
    let (bytes, _, is_lossy) = encoding.encode(text);
    (!is_lossy).then(|| bytes.into_owned())
}

/// Whether most characters beyond ASCII are Chinese ones or their marks.
fn is_chinese(text: &str) -> bool {
    let beyond = text.chars().filter(|c| !c.is_ascii()).count();
    let is_mark = |c: char| matches!(c, '\u{2010}'..='\u{2030}' | '\u{3000}'..='\u{301f}' | '\u{ff01}'..='\u{ff5e}');
    let ours = text.chars().filter(|c| is_han(*c) || is_mark(*c)).count();
    beyond > 0 && ours * 10 >= beyond * 9
}

#[cfg(test)]
mod tests {
    use encoding_rs::GBK;

    use super::*;

    const TEXT: &str = "记者：您为什么学口技？\n窦一鸣：因为穷，口技不要本钱。\n";

    fn read_as(encoding: &'static Encoding, bytes: &[u8]) -> String {
        encoding.decode_without_bom_handling(bytes).0.into_owned()
    }

    #[test]
    fn utf_8_and_gbk_read_as_western_text_come_back() {
        let (gbk, _, _) = GBK.encode(TEXT);
        for bytes in [TEXT.as_bytes(), &gbk] {
            let garbled = read_as(WINDOWS_1252, bytes);
            let restored = restore(&garbled).map(|restored| restored.text);
            assert_eq!(restored.as_deref(), Some(TEXT), "help: from `{garbled}`");
        }
        let latin: String = TEXT.bytes().map(char::from).collect();
        assert_eq!(restore(&latin).map(|restored| restored.text).as_deref(), Some(TEXT));
    }

    #[test]
    fn utf_8_read_as_gbk_comes_back_where_no_byte_was_lost() {
        let text = "你好\n你好";
        let garbled = read_as(GB18030, text.as_bytes());
        assert_eq!(restore(&garbled).map(|restored| restored.text).as_deref(), Some(text));
        assert_eq!(restore("璁拌\u{fffd}咃細"), None);
    }

    #[test]
    fn text_that_lost_bytes_is_known() {
        let gbk = read_as(GBK, TEXT.as_bytes());
        assert_eq!(restore(&gbk), None);
        assert!(is_garbled(&gbk), "{gbk}");
        let western: String = read_as(WINDOWS_1252, TEXT.as_bytes())
            .replace(|c: char| c.is_control() && c != '\n', "\u{fffd}");
        assert!(is_garbled(&western), "{western}");
        assert!(
            !is_garbled(TEXT)
                && !is_garbled(
                    "Où est l’été à Zürich ? Là-bas, près du café, où l’été ne finit jamais à l’ombre dorée des forêts."
                )
        );
    }

    #[test]
    fn sound_text_is_left_alone() {
        for text in [
            TEXT,
            "Où est l’été à Zürich ? Là-bas, près du café.",
            "Q: Why?\nA: Because.",
            "記者：résumé 是什麼？",
            "——Why stay?\n\nBecause.\n\n——For how long?\n\nForty years.\n\n——And now?\n",
            "‘Why?’ – “Because it’s a café,” she said — and left…",
        ] {
            assert_eq!(restore(text), None, "help: `{text}` is sound");
        }
    }
}
