//! Text to the grams that the index holds: every token, and every two that are joined.

use tantivy::tokenizer::{Token as EngineToken, TokenStream, Tokenizer};

use transcript::text::{CharSpan, Token, fold, tokenize};

/// What the fields call the tokenizer.
pub(super) const NAME: &str = "grams";

/// The grams of a text as the engine asks for them: one after the other, in one buffer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grams;

/// See [`Grams`].
pub(super) struct GramStream {
    folded: Vec<char>,
    tokens: Vec<Token>,
    /// The token that was given last, from 1.
    at: usize,
    /// The pair that ends with it comes next.
    pair_is_next: bool,
    current: EngineToken,
}

impl Tokenizer for Grams {
    type TokenStream<'a> = GramStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> GramStream {
        let folded = fold(text);
        let tokens = tokenize(&folded);
        // The default position is the largest number there is, which the engine adds to. Positions
        // are not stored.
        let current = EngineToken { position: 0, ..EngineToken::default() };
        GramStream { folded, tokens, at: 0, pair_is_next: false, current }
    }
}

impl GramStream {
    fn put(&mut self, span: CharSpan) {
        self.current.text.extend(&self.folded[span]);
    }
}

impl TokenStream for GramStream {
    fn advance(&mut self) -> bool {
        self.current.text.clear();
        if self.pair_is_next {
            self.pair_is_next = false;
            self.put(self.tokens[self.at - 2].span.clone());
        } else {
            let Some(token) = self.tokens.get(self.at) else { return false };
            self.pair_is_next = token.joined && self.at > 0;
            self.at += 1;
        }
        self.put(self.tokens[self.at - 1].span.clone());
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
