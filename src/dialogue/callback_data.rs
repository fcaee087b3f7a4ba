//! An intent in 64 bytes and back: the tightest platform's room for what a press needs.
//!
//! One letter says which kind, the rest is unpadded base64url of fixed-width fields. Decoding is
//! total: whatever is not one of ours is `None`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Extent, Intent, ShownExcerpt, View};
use transcript::PassageKey;
use transcript::text::Script;

/// Format version, first letter of every button: raised when the meaning of the rest changes.
const VERSION: char = '1';
/// Bytes for one shown passage: key, start and length.
const SHOWN_BYTES: usize = 8;
/// Bits for the start and for the length of an excerpt.
const SPAN_BITS: u32 = 12;

/// What a press means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// Asks for another reply.
    Do(Intent),
    /// Says whether the open quotation helped.
    Rate {
        /// The card whose open quotation is rated.
        view: View,
        /// Whether the quotation helped.
        good: bool,
    },
    /// Wants the open quotation as a picture.
    Picture(View),
    /// Saves the open quotation for whoever presses.
    Save(View),
    /// Wants a link that opens the answer.
    GetLink(View),
}

/// `press` as at most 64 ASCII characters; `None` for an intent that no button carries (a typed
/// question).
pub fn encode(press: &Press) -> Option<String> {
    let (kind, bytes) = match press {
        Press::Rate { view, good: true } => ('+', view_bytes(view)),
        Press::Rate { view, good: false } => ('-', view_bytes(view)),
        Press::Picture(view) => ('i', view_bytes(view)),
        Press::Save(view) => ('k', view_bytes(view)),
        Press::GetLink(view) => ('l', view_bytes(view)),
        Press::Do(Intent::Show { view, .. }) if view.all_buttons => ('a', view_bytes(view)),
        Press::Do(Intent::Show { view, .. }) => ('v', view_bytes(view)),
        Press::Do(Intent::Start) => ('s', Vec::new()),
        Press::Do(Intent::Help) => ('h', Vec::new()),
        Press::Do(Intent::Privacy) => ('p', Vec::new()),
        Press::Do(Intent::Source) => ('c', Vec::new()),
        Press::Do(Intent::Random) => ('r', Vec::new()),
        Press::Do(Intent::Topics { page }) => {
            ('t', u16::try_from(*page).ok()?.to_be_bytes().to_vec())
        }
        Press::Do(Intent::Turn { key }) => ('u', key.to_bytes().to_vec()),
        Press::Do(Intent::Open { key }) => ('o', key.to_bytes().to_vec()),
        Press::Do(Intent::Example { key, number }) => {
            ('e', [&key.to_bytes()[..], &[u8::try_from(*number).ok()?]].concat())
        }
        Press::Do(Intent::Ask { .. }) => return None,
    };
    Some(format!("{VERSION}{kind}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// The press that `data` stands for.
pub fn decode(data: &str) -> Option<Press> {
    let rest = data.strip_prefix(VERSION)?;
    let mut letters = rest.chars();
    let kind = letters.next()?;
    let bytes = URL_SAFE_NO_PAD.decode(letters.as_str()).ok()?;
    let with_all_buttons = || Some(view_of(&bytes)?.with_all_buttons(true));
    let press = match (kind, bytes.as_slice()) {
        // These buttons are only there where all are shown.
        ('+', _) => Press::Rate { view: with_all_buttons()?, good: true },
        ('-', _) => Press::Rate { view: with_all_buttons()?, good: false },
        ('i', _) => Press::Picture(with_all_buttons()?),
        ('k', _) => Press::Save(with_all_buttons()?),
        ('l', _) => Press::GetLink(with_all_buttons()?),
        ('a', _) => Press::Do(Intent::Show { view: with_all_buttons()?, question: None }),
        ('v', bytes) => Press::Do(Intent::Show { view: view_of(bytes)?, question: None }),
        ('s', []) => Press::Do(Intent::Start),
        ('h', []) => Press::Do(Intent::Help),
        ('p', []) => Press::Do(Intent::Privacy),
        ('c', []) => Press::Do(Intent::Source),
        ('r', []) => Press::Do(Intent::Random),
        ('t', &[high, low]) => {
            Press::Do(Intent::Topics { page: u16::from_be_bytes([high, low]).into() })
        }
        ('u', key) => Press::Do(Intent::Turn { key: PassageKey::from_bytes(key.try_into().ok()?) }),
        ('o', key) => Press::Do(Intent::Open { key: PassageKey::from_bytes(key.try_into().ok()?) }),
        ('e', [key @ .., number]) => Press::Do(Intent::Example {
            key: PassageKey::from_bytes(key.try_into().ok()?),
            number: usize::from(*number),
        }),
        _ => return None,
    };
    Some(press)
}

/// One byte of position and flags, then the passages.
fn view_bytes(view: &View) -> Vec<u8> {
    let extent = match view.extent {
        Extent::Excerpt => 0,
        Extent::Full => 1,
        Extent::Context => 2,
    };
    let script = match view.script {
        None => 0,
        Some(Script::Hans) => 1,
        Some(Script::Hant) => 2,
    };
    let at = view.at.min(View::MAX_SHOWN - 1) as u8;
    let mut bytes = vec![at << 5 | extent << 3 | script << 1 | u8::from(view.related)];
    for ShownExcerpt { key, excerpt } in view.shown.iter().take(View::MAX_SHOWN) {
        let limit = (1 << SPAN_BITS) - 1;
        let start = excerpt.start.min(limit) as u32;
        let length = excerpt.len().min(limit) as u32;
        bytes.extend(key.to_bytes());
        bytes.extend(&(start << SPAN_BITS | length).to_be_bytes()[1..]);
    }
    bytes
}

fn view_of(bytes: &[u8]) -> Option<View> {
    let (&flags, rest) = bytes.split_first()?;
    let extent = match flags >> 3 & 3 {
        0 => Extent::Excerpt,
        1 => Extent::Full,
        2 => Extent::Context,
        _ => return None,
    };
    let script = match flags >> 1 & 3 {
        0 => None,
        1 => Some(Script::Hans),
        2 => Some(Script::Hant),
        _ => return None,
    };
    let chunks = rest.chunks_exact(SHOWN_BYTES);
    if !chunks.remainder().is_empty() || chunks.len() > View::MAX_SHOWN {
        return None;
    }
    let shown = chunks.map(shown_of).collect::<Option<Vec<_>>>()?;
    let at = usize::from(flags >> 5);
    let related = flags & 1 == 1;
    (at < shown.len()).then_some(View { shown, at, extent, script, related, all_buttons: false })
}

fn shown_of(bytes: &[u8]) -> Option<ShownExcerpt> {
    let (key, span) = bytes.split_at_checked(5)?;
    let &[a, b, c] = span else { return None };
    let packed = u32::from_be_bytes([0, a, b, c]);
    let start = (packed >> SPAN_BITS) as usize;
    let length = (packed & ((1 << SPAN_BITS) - 1)) as usize;
    Some(ShownExcerpt {
        key: PassageKey::from_bytes(key.try_into().ok()?),
        excerpt: start..start + length,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn views() -> impl Strategy<Value = View> {
        let shown =
            (any::<[u8; 5]>(), 0_usize..1024, 0_usize..1024).prop_map(|(key, start, length)| {
                ShownExcerpt { key: PassageKey::from_bytes(key), excerpt: start..start + length }
            });
        let extent = prop_oneof![Just(Extent::Excerpt), Just(Extent::Full), Just(Extent::Context)];
        let script = prop_oneof![Just(None), Just(Some(Script::Hans)), Just(Some(Script::Hant))];
        (
            prop::collection::vec(shown, 1..=View::MAX_SHOWN),
            extent,
            script,
            any::<bool>(),
            any::<prop::sample::Index>(),
        )
            .prop_map(|(shown, extent, script, related, at)| View {
                at: at.index(shown.len()),
                shown,
                extent,
                script,
                related,
                all_buttons: false,
            })
    }

    proptest! {
        #[test]
        fn a_button_decodes_to_what_was_encoded_and_fits(view in views(), good in any::<bool>()) {
            let all = view.with_all_buttons(true);
            let show = |view| Press::Do(Intent::Show { view, question: None });
            let rate = Press::Rate { view: all.clone(), good };
            let save = Press::Save(all.clone());
            let link = Press::GetLink(all.clone());
            for press in [rate, Press::Picture(all.clone()), save, link, show(view), show(all)] {
                let data = encode(&press).unwrap();
                prop_assert!(data.len() <= 64, "{} bytes", data.len());
                prop_assert_eq!(decode(&data), Some(press));
            }
        }

        #[test]
        fn decoding_is_total(data in "\\PC{0,70}", tail in "[A-Za-z0-9_-]{0,62}") {
            let _ = decode(&data);
            let _ = decode(&format!("1v{tail}"));
        }
    }

    #[test]
    fn small_intents_survive() {
        for intent in [Intent::Start, Intent::Topics { page: 300 }, Intent::Random, Intent::Help] {
            let press = Press::Do(intent);
            assert_eq!(decode(&encode(&press).unwrap()), Some(press));
        }
    }
}
