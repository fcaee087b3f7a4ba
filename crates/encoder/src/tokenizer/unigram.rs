//! SentencePiece's unigram model, which cuts a text into its most probable pieces.
//!
//! Kudo, *Subword Regularization*, 2018. Each piece has a log probability, and the best way to cut
//! a text is the one with the highest sum. It is found from left to right with the Viterbi
//! algorithm: the best way to reach a position is the best over all pieces that end there.

use rustc_hash::FxHashMap;

use super::SubwordToken;
use super::charsmap::Charsmap;

/// The character that stands for a space in pieces, and before each text.
const SPACE: char = '▁';

/// How much lower the log probability of an unknown character is than that of the least probable
/// piece, as in SentencePiece.
const UNKNOWN_PENALTY: f32 = 10.0;

pub(super) struct Unigram {
    pieces: FxHashMap<Box<str>, (u32, f32)>,
    /// The number of characters of the longest piece.
    longest: usize,
    unknown: u32,
    unknown_score: f32,
    charsmap: Charsmap,
}

/// A normalised character and the bytes of the text that it comes from.
struct NormalCharacter {
    start: usize,
    end: usize,
}

/// The best way to reach a position.
#[derive(Clone, Copy)]
struct Step {
    score: f32,
    from: usize,
    id: u32,
}

impl Unigram {
    /// Creates a model with this vocabulary, in which the position of a piece is its id. Pieces
    /// with `special` ids stand for no text.
    pub(super) fn new(
        vocabulary: Vec<(Box<str>, f32)>,
        unknown: u32,
        special: &[u32],
        charsmap: Charsmap,
    ) -> Self {
        let scores = vocabulary.iter().map(|(_, score)| *score);
        let unknown_score = scores.fold(0.0, f32::min) - UNKNOWN_PENALTY;
        let longest = vocabulary.iter().map(|(piece, _)| piece.chars().count()).max();
        let pieces = (0_u32..).zip(vocabulary).filter(|(id, (piece, _))| {
            *id != unknown && !piece.is_empty() && !special.contains(id)
        });
        let pieces = pieces.map(|(id, (piece, score))| (piece, (id, score))).collect();
        Self { pieces, longest: longest.unwrap_or(0), unknown, unknown_score, charsmap }
    }

    pub(super) fn max_id(&self) -> u32 {
        self.pieces.values().map(|(id, _)| *id).max().unwrap_or(0).max(self.unknown)
    }

    pub(super) fn tokens(&self, text: &str) -> Vec<SubwordToken> {
        let (normal, places) = self.normalized(text);
        // Byte positions of the characters, and the end.
        let bounds: Vec<usize> =
            normal.char_indices().map(|(at, _)| at).chain([normal.len()]).collect();
        let n = places.len();
        let unreached = Step { score: f32::NEG_INFINITY, from: 0, id: self.unknown };
        let mut best = vec![unreached; n + 1];
        best[0].score = 0.0;
        for from in 0..n {
            let score = best[from].score;
            let mut reach = |to: usize, id: u32, score: f32| {
                if score > best[to].score {
                    best[to] = Step { score, from, id };
                }
            };
            for to in from + 1..=n.min(from + self.longest) {
                let piece = normal.get(bounds[from]..bounds[to]);
                if let Some(&(id, piece_score)) = piece.and_then(|piece| self.pieces.get(piece)) {
                    reach(to, id, score + piece_score);
                }
            }
            reach(from + 1, self.unknown, score + self.unknown_score);
        }
        let mut tokens = Vec::new();
        let mut at = n;
        while at > 0 {
            let Step { from, id, .. } = best[at];
            tokens.push(SubwordToken { id, span: places[from].start..places[at - 1].end });
            at = from;
        }
        tokens.reverse();
        self.join_unknown(tokens)
    }

    /// Neighbouring unknown characters are one unknown piece.
    fn join_unknown(&self, tokens: Vec<SubwordToken>) -> Vec<SubwordToken> {
        let mut joined: Vec<SubwordToken> = Vec::with_capacity(tokens.len());
        for token in tokens {
            match joined.last_mut() {
                Some(last) if token.id == self.unknown && last.id == self.unknown => {
                    last.span.end = token.span.end;
                }
                _ => joined.push(token),
            }
        }
        joined
    }

    /// Returns the text with its characters normalised, each run of white space as one [`SPACE`],
    /// and a [`SPACE`] before it.
    fn normalized(&self, text: &str) -> (String, Vec<NormalCharacter>) {
        let mut normal = String::with_capacity(text.len() + SPACE.len_utf8());
        let mut places: Vec<NormalCharacter> = Vec::new();
        let mut is_space_due = true;
        let mut start = 0;
        while let Some(first) = text.get(start..).and_then(|rest| rest.chars().next()) {
            let rest = text.get(start..).unwrap_or_default();
            let (length, replacement) = match self.charsmap.replacement(rest.as_bytes()) {
                Some((length, replacement)) if rest.is_char_boundary(length) => {
                    (length, replacement)
                }
                _ => (first.len_utf8(), rest.get(..first.len_utf8()).unwrap_or_default()),
            };
            for character in replacement.chars() {
                if character.is_whitespace() {
                    is_space_due = true;
                    continue;
                }
                if character.is_control() {
                    continue;
                }
                if is_space_due {
                    is_space_due = false;
                    // The space belongs to the word after it.
                    normal.push(SPACE);
                    places.push(NormalCharacter { start, end: start });
                }
                normal.push(character);
                places.push(NormalCharacter { start, end: start + length });
            }
            start += length;
        }
        (normal, places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Unigram {
        let pieces = [
            ("<s>", 0.0),
            ("<unk>", 0.0),
            ("▁", -2.0),
            ("云", -4.0),
            ("栖", -5.0),
            ("云栖", -6.0),
            ("▁小镇", -7.0),
            ("小镇", -8.0),
        ];
        let vocabulary = pieces.into_iter().map(|(piece, score)| (piece.into(), score)).collect();
        Unigram::new(vocabulary, 1, &[0], Charsmap::default())
    }

    fn read(text: &str) -> Vec<(u32, &str)> {
        let tokens = model().tokens(text);
        tokens.into_iter().map(|token| (token.id, text.get(token.span).unwrap())).collect()
    }

    #[test]
    fn the_likeliest_pieces_are_taken() {
        // ▁ + 云栖 (−8) beats ▁ + 云 + 栖 (−11); ▁小镇 (−7) beats ▁ + 小镇 (−10).
        assert_eq!(read("云栖 小镇"), [(2, ""), (5, "云栖"), (6, "小镇")]);
    }

    #[test]
    fn white_space_at_the_ends_and_in_runs_does_not_count() {
        let ids = |text| model().tokens(text).into_iter().map(|token| token.id).collect::<Vec<_>>();
        assert_eq!(ids("  云栖 \t\n 小镇 "), ids("云栖 小镇"));
        assert!(ids(" ").is_empty());
    }

    #[test]
    fn unknown_characters_are_one_token_and_special_ones_no_text() {
        assert_eq!(read("龙井"), [(2, ""), (1, "龙井")]);
        assert_eq!(read("<s>"), [(2, ""), (1, "<s>")]);
    }
}
