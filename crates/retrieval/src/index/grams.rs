//! The tokenizer of the index. It cuts a text into grams: every token, and every
//! pair of joined tokens.

use std::ops::Range;

use tantivy::tokenizer::{Token as EngineToken, TokenStream, Tokenizer};

use transcript::text::{Token, each_gram, fold, tokenize};

/// The name of the tokenizer in the schema.
pub(super) const NAME: &str = "grams";

/// Cuts a text into its grams for the search engine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grams;

/// The stream of the grams of one text. They share one buffer.
pub(super) struct GramStream {
    folded: Vec<char>,
    tokens: Vec<Token>,
    /// The remaining grams, as ranges of tokens.
    grams: std::vec::IntoIter<Range<usize>>,
    current: EngineToken,
}

impl Tokenizer for Grams {
    type TokenStream<'a> = GramStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> GramStream {
        let folded = fold(text);
        let tokens = tokenize(&folded);
        let grams: Vec<Range<usize>> = each_gram(&tokens).collect();
        // The default position is the largest number, to which the engine adds.
        // Positions are not stored.
        let current = EngineToken { position: 0, ..EngineToken::default() };
        GramStream { folded, tokens, grams: grams.into_iter(), current }
    }
}

impl TokenStream for GramStream {
    fn advance(&mut self) -> bool {
        self.current.text.clear();
        let Some(gram) = self.grams.next() else { return false };
        for token in &self.tokens[gram] {
            self.current.text.extend(&self.folded[token.span.clone()]);
        }
        true
    }

    fn token(&self) -> &EngineToken {
        &self.current
    }

    fn token_mut(&mut self) -> &mut EngineToken {
        &mut self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grams(text: &str) -> Vec<String> {
        let mut grams = Vec::new();
        Grams.token_stream(text).process(&mut |token| grams.push(token.text.clone()));
        grams
    }

    #[test]
    fn tokens_and_joined_pairs_are_grams() {
        assert_eq!(grams("雲棲, 5K"), ["云", "栖", "云栖", "5", "k", "5k"]);
        assert_eq!(grams("open source"), ["open", "source", "opensource"]);
    }

    #[test]
    fn a_text_without_tokens_has_no_grams() {
        assert_eq!(grams("……！"), [""; 0]);
        assert_eq!(grams(""), [""; 0]);
    }
}
