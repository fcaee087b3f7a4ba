//! Bytes to text: UTF-8, UTF-16, GBK (and GB18030) or Big5, found out without being told.
//!
//! Nothing is replaced: a file that is none of these, or is one of them with broken places, is an error
//! that names the line.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use crate::text::{fold_char, is_han, line_number};

/// Bytes at a file's start among which a declaration (`<meta charset=…>`) is looked for.
const DECLARATION: usize = 2048;
/// Share of a file's non-ASCII bytes that must be sound UTF-8 for the rest to count as damage to it.
const MOSTLY: f64 = 0.5;
/// Share of a text's Chinese characters that must be common ones for an encoding to be believed.
const COMMON: f64 = 0.7;
/// Zero bytes from which on a text without line ends may be UTF-16.
const ZEROS: usize = 3;
/// Share of usual characters that UTF-16 without a mark must decode to.
const USUAL: f64 = 0.9;

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are no sound text.
    #[error("not valid {encoding}; hint: save the file as UTF-8")]
    Invalid {
        /// Line of the first bad byte, from 1.
        line: usize,
        /// The encoding that most of the file is in.
        encoding: &'static str,
    },
    /// No encoding fits.
    #[error("the encoding is none of UTF-8, UTF-16, GBK and Big5; hint: save the file as UTF-8")]
    Unknown {
        /// Line of the first byte that is no ASCII, from 1.
        line: usize,
    },
    /// A zero byte: not a text file.
    #[error("a zero byte; hint: is it a text file?")]
    Zero {
        /// Its line, from 1.
        line: usize,
    },
}

impl Error {
    /// Where it is, from 1.
    pub fn line(&self) -> usize {
        match self {
            Self::Invalid { line, .. } | Self::Unknown { line } | Self::Zero { line } => *line,
        }
    }
}

/// The text that `bytes` hold, with `\n` at the ends of lines and no byte order mark.
///
/// # Errors
/// The first place that is no text.
pub fn decode(bytes: &[u8]) -> Result<String, Error> {
    Ok(with_newlines(&as_it_stands(bytes)?))
}

/// The same with line ends as they are.
pub(super) fn as_it_stands(bytes: &[u8]) -> Result<String, Error> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => strict(encoding, &bytes[mark..])?,
        None => without_mark(bytes)?,
    };
    if let Some(at) = text.find('\0') {
        return Err(Error::Zero { line: line_number(&*text, at) });
    }
    Ok(text.into_owned())
}

fn without_mark(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    if let Some(encoding) = utf_16(bytes) {
        return strict(encoding, bytes);
    }
    let Err(broken) = std::str::from_utf8(bytes) else { return strict(UTF_8, bytes) };
    if sound_share(bytes) > MOSTLY {
        return Err(Error::Invalid {
            line: line_number(bytes, broken.valid_up_to()),
            encoding: "UTF-8",
        });
    }
    if let Some(declared) = declared(bytes) {
        return strict(declared, bytes);
    }
    let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    let encoding =
        detected(bytes).ok_or_else(|| Error::Unknown { line: line_number(bytes, first) })?;
    strict(encoding, bytes)
}

fn strict<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, Error> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| {
        // The longest sound start: found by halving, since the decoder does not tell the place.
        let sound = |length: usize| {
            let mut decoder = encoding.new_decoder_without_bom_handling();
            let mut text =
                String::with_capacity(decoder.max_utf8_buffer_length(length).unwrap_or(length));
            let (result, _) =
                decoder.decode_to_string_without_replacement(&bytes[..length], &mut text, false);
            (result == encoding_rs::DecoderResult::InputEmpty).then_some(text)
        };
        let (mut good, mut bad) = (0, bytes.len());
        while good + 1 < bad {
            let middle = usize::midpoint(good, bad);
            if sound(middle).is_some() { good = middle } else { bad = middle }
        }
        Error::Invalid {
            line: line_number(sound(good).unwrap_or_default().as_bytes(), usize::MAX),
            encoding: encoding.name(),
        }
    })
}

/// UTF-16 without a mark: there are zero bytes (those of line ends and other ASCII), and read so, nearly
/// every character is one that Chinese and English texts use.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    if !bytes.len().is_multiple_of(2) || !bytes.contains(&0) {
        return None;
    }
    let usual = |c: &char| matches!(c, '\n' | '\r' | '\t' | ' '..='~') || is_mark(*c) || is_han(*c);
    [UTF_16LE, UTF_16BE].into_iter().find(|encoding| {
        let text =
            encoding.decode_without_bom_handling_and_without_replacement(bytes).unwrap_or_default();
        let characters = text.chars().count();
        let zeros = bytes.split(|byte| *byte == 0).count() - 1;
        // A line end, or a good many spaces and digits: a stray zero byte is none of them.
        characters > 0
            && (text.contains('\n') || zeros >= ZEROS && has_common_words(&text))
            && text.chars().filter(usual).count() as f64 >= characters as f64 * USUAL
    })
}

/// Whether the Chinese characters are mostly common ones, as they are not where bytes were paired at
/// random.
fn has_common_words(text: &str) -> bool {
    let beyond: Vec<char> = text.chars().filter(|c| !c.is_ascii() && !is_mark(*c)).collect();
    let common = beyond.iter().filter(|c| is_common(fold_char(**c))).count();
    common as f64 >= beyond.len() as f64 * COMMON
}

/// Share of the bytes beyond ASCII that stand in sound UTF-8 characters.
pub(super) fn sound_share(bytes: &[u8]) -> f64 {
    let beyond = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let sound: usize = bytes
        .utf8_chunks()
        .map(|chunk| chunk.valid().bytes().filter(|byte| !byte.is_ascii()).count())
        .sum();
    sound as f64 / beyond.max(1) as f64
}

/// The encoding that a page or an XML file declares.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(bytes.get(..DECLARATION.min(bytes.len()))?).to_lowercase();
    let (_, after) = head.split_once("charset=").or_else(|| head.split_once("encoding="))?;
    let label: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    let encoding = Encoding::for_label(label.as_bytes())
        .filter(|encoding| [GBK, GB18030, BIG5].contains(encoding))?;
    encoding.decode_without_bom_handling_and_without_replacement(bytes).map(|_| encoding)
}

/// The encoding that the bytes look like, if their text is Chinese in earnest.
fn detected(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let preferred =
        |encoding: &'static Encoding| if encoding == guess { COMMON / 4.0 } else { 0.0 };
    let shares = [GBK, BIG5].map(|encoding| (encoding, common_share(bytes, encoding)));
    let believed = shares.into_iter().filter(|(_, share)| *share >= COMMON);
    believed
        .max_by(|(a, x), (b, y)| (x + preferred(a)).total_cmp(&(y + preferred(b))))
        .map(|(encoding, _)| encoding)
}

/// Share of the Chinese characters that are common ones (of the first level of GB 2312) in either
/// script, if the bytes are read in `encoding`.
fn common_share(bytes: &[u8], encoding: &'static Encoding) -> f64 {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let beyond: Vec<char> = text.chars().filter(|c| !c.is_ascii() && !is_mark(*c)).collect();
    let common = beyond.iter().filter(|c| is_common(fold_char(**c))).count();
    common as f64 / beyond.len().max(1) as f64
}

/// One of the 3,755 characters of the first level of GB 2312.
fn is_common(c: char) -> bool {
    let mut buffer = [0; 4];
    let (code, _, _) = GBK.encode(c.encode_utf8(&mut buffer));
    matches!(*code, [0xb0..=0xd7, 0xa1..=0xfe])
}

/// Punctuation of Chinese and English print.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{b7}' | '\u{2010}'..='\u{2030}' | '\u{3000}'..='\u{301f}' | '\u{ff01}'..='\u{ff5e}')
}

/// The text with `\n` at the ends of lines.
pub(super) fn with_newlines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}'], "\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SIMPLIFIED: &str = "记者：您怎么看小镇？\n王坚：开放流动，是小镇最大的逻辑。\n";
    const TRADITIONAL: &str = "記者：您怎麼看小鎮？\n王堅：開放流動，是小鎮最大的邏輯。\n";

    fn utf_16_bytes(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn every_encoding_of_chinese_sites_is_found() {
        for text in [SIMPLIFIED, TRADITIONAL] {
            let (gbk, _, _) = GBK.encode(text);
            let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
            let with_bom = utf_16_bytes(&format!("\u{feff}{text}"), u16::to_le_bytes);
            let cases = [
                gbk.into_owned(),
                marked,
                with_bom,
                utf_16_bytes(text, u16::to_le_bytes),
                utf_16_bytes(text, u16::to_be_bytes),
            ];
            for bytes in cases {
                assert_eq!(decode(&bytes).as_deref(), Ok(text), "help: {:?}…", &bytes[..8]);
            }
        }
        let (big5, _, _) = BIG5.encode(TRADITIONAL);
        assert_eq!(decode(&big5).as_deref(), Ok(TRADITIONAL));
    }

    #[test]
    fn a_page_may_declare_its_encoding() {
        let page = format!("<meta charset=\"gb2312\"><p>{SIMPLIFIED}</p>");
        let (bytes, _, _) = GBK.encode(&page);
        assert_eq!(decode(&bytes).as_deref(), Ok(page.as_str()));
    }

    #[test]
    fn damaged_utf_8_is_an_error_with_its_line() {
        let mut bytes = SIMPLIFIED.as_bytes().to_vec();
        let last = bytes.len() - 3;
        bytes[last] = 0xff;
        assert_eq!(decode(&bytes), Err(Error::Invalid { line: 2, encoding: "UTF-8" }));
        assert_eq!(decode(b"Q: one\nA: t\xffwo\n"), Err(Error::Unknown { line: 2 }));
    }

    #[test]
    fn damaged_gbk_is_an_error_with_its_line() {
        let (gbk, _, _) = GBK.encode(SIMPLIFIED);
        let mut bytes = gbk.into_owned();
        let last = bytes.len() - 2;
        bytes[last] = 0xff;
        assert_eq!(decode(&bytes), Err(Error::Invalid { line: 2, encoding: "GBK" }));
    }

    #[test]
    fn zero_bytes_and_foreign_line_ends() {
        assert_eq!(decode(b"Q: one\nA: \0two"), Err(Error::Zero { line: 2 }));
        assert_eq!(decode("問\r\n答\r。".as_bytes()).as_deref(), Ok("問\n答\n。"));
    }

    proptest! {
        #[test]
        fn sound_utf_8_is_kept(text in "[a-z一-三：\n]{0,40}") {
            prop_assert_eq!(decode(text.as_bytes()), Ok(text));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode(&bytes);
        }
    }
}
