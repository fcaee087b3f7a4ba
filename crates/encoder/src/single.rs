//! An encoder of one network, with its tokenizer.

use std::ops::Range;
use std::path::Path;

use serde_json::Value;

use crate::bert::{self, Bert};
use crate::convolutional::{self, Convolutional};
use crate::fingerprint::fingerprint;
use crate::settings::{EncoderSettings, Pooling, read_json};
use crate::tokenizer::{SubwordToken, Tokenizer};
use crate::weights::{Bytes, WeightsFile};
use crate::{Error, PassageText, PassageVectors};

pub(crate) const CONFIG: &str = "config.json";
const TOKENIZER: &str = "tokenizer.json";
const WEIGHTS: &str = "model.safetensors";

/// The number of tokens that are computed together: enough to make matrix products efficient, and
/// few enough for the processor's cache.
const BATCH_TOKENS: usize = 1024;

/// The most tokens of a text for the convolutional network, which itself has no limit.
const CONVOLUTIONAL_MAX_TOKENS: usize = 1024;

pub(crate) struct SingleEncoder {
    network: Network,
    tokenizer: Tokenizer,
    settings: EncoderSettings,
    max_tokens: usize,
    fingerprint: String,
}

enum Network {
    Bert(Box<Bert>),
    Convolutional(Box<Convolutional>),
}

/// A text as tokens, with the special tokens before and after it.
struct TokenizedText {
    /// The number of the text of which this is a part.
    owner: usize,
    tokens: Vec<SubwordToken>,
}

/// The sum of the rows of some tokens, and their number.
#[derive(Clone)]
struct Pool {
    sum: Vec<f32>,
    n_tokens: usize,
}

impl SingleEncoder {
    pub(crate) fn load(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(CONFIG);
        let config: Value =
            read_json(&path)?.ok_or_else(|| Error::NoEncoder(folder.to_path_buf()))?;
        let (settings, tokenizer) = (EncoderSettings::read(folder)?, folder.join(TOKENIZER));
        let weights = folder.join(WEIGHTS);
        let (network, most) = if config["model_type"] == convolutional::MODEL_TYPE {
            let weights = WeightsFile::open(&weights, Bytes::Numbers)?;
            (
                Network::Convolutional(Box::new(Convolutional::read(&weights)?)),
                CONVOLUTIONAL_MAX_TOKENS,
            )
        } else {
            let config: bert::BertConfig = serde_json::from_value(config)
                .map_err(|error| Error::damaged(&path, error.to_string()))?;
            if let Some(what) = config.unsupported() {
                return Err(Error::unsupported(&path, what));
            }
            if let Some(why) = config.fault() {
                return Err(Error::damaged(&path, why));
            }
            let most = config.max_tokens();
            let weights = WeightsFile::open(&weights, Bytes::Q4)?;
            (Network::Bert(Box::new(Bert::read(config, &weights)?)), most)
        };
        let tokenizer_path = tokenizer;
        let tokenizer = Tokenizer::load(&tokenizer_path)?;
        if tokenizer.max_id() as usize >= network.n_words() {
            let why = "it has more tokens than the network knows";
            return Err(Error::damaged(&tokenizer_path, why));
        }
        let names = [CONFIG, TOKENIZER, WEIGHTS, "config_sentence_transformers.json"];
        Ok(Self {
            max_tokens: settings.max_tokens.map_or(most, |tokens| tokens.clamp(8, most)),
            fingerprint: fingerprint(folder, &names)?,
            network,
            tokenizer,
            settings,
        })
    }

    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    pub(crate) fn dimensions(&self) -> usize {
        match &self.network {
            Network::Bert(bert) => bert.width(),
            Network::Convolutional(_) => convolutional::DIMENSIONS,
        }
    }

    pub(crate) fn encode_query(&self, question: &str) -> Result<Vec<f32>, Error> {
        let text = PassageText { text: question, windows: Vec::new() };
        let vectors = self.encode(&self.settings.query_prefix, &[text])?;
        Ok(vectors.into_iter().next().map(|vectors| vectors.whole).unwrap_or_default())
    }

    pub(crate) fn encode_passages(
        &self,
        passages: &[PassageText<'_>],
    ) -> Result<Vec<PassageVectors>, Error> {
        if self.settings.pooling == Pooling::Mean {
            return self.encode(&self.settings.passage_prefix, passages);
        }
        // The first row stands for the whole text, so that each window has to be a text of its own.
        let whole = |text| PassageText { text, windows: Vec::new() };
        let texts = passages.iter().flat_map(|passage| {
            let windows = passage.windows.iter();
            let windows =
                windows.map(|window| passage.text.get(window.clone()).unwrap_or_default());
            std::iter::once(passage.text).chain(windows).map(whole)
        });
        let texts: Vec<PassageText<'_>> = texts.collect();
        let vectors = self.encode(&self.settings.passage_prefix, &texts)?;
        let mut vectors = vectors.into_iter().map(|vectors| vectors.whole);
        let collect = |passage: &PassageText<'_>| PassageVectors {
            whole: vectors.next().unwrap_or_default(),
            windows: vectors.by_ref().take(passage.windows.len()).collect(),
        };
        Ok(passages.iter().map(collect).collect())
    }

    /// Returns the vectors of passages, with `prefix` before each. The vector of a window is the
    /// mean of its tokens' rows, which depend on the whole passage: *late chunking* (Günther et
    /// al., 2024). So the network runs once for each passage.
    fn encode(
        &self,
        prefix: &str,
        passages: &[PassageText<'_>],
    ) -> Result<Vec<PassageVectors>, Error> {
        let texts: Vec<TokenizedText> = passages
            .iter()
            .enumerate()
            .flat_map(|(owner, passage)| self.texts(owner, prefix, passage.text))
            .collect();
        let empty = Pool { sum: vec![0.0; self.width()], n_tokens: 0 };
        let mut pools: Vec<Vec<Pool>> =
            passages.iter().map(|passage| vec![empty.clone(); 1 + passage.windows.len()]).collect();
        let mut rest = texts.as_slice();
        while !rest.is_empty() {
            let mut n_tokens = 0;
            let fits = |text: &&TokenizedText| {
                n_tokens += text.tokens.len();
                n_tokens <= BATCH_TOKENS
            };
            let (batch, after) = rest.split_at(rest.iter().take_while(fits).count().max(1));
            self.pool(batch, passages, prefix.len(), &mut pools)?;
            rest = after;
        }
        let vectors = |pools: Vec<Pool>| {
            let mut vectors = pools.iter().map(|pool| self.finish(pool));
            PassageVectors { whole: vectors.next().unwrap_or_default(), windows: vectors.collect() }
        };
        Ok(pools.into_iter().map(vectors).collect())
    }

    /// Cuts the tokens of a text into parts that are short enough for the network.
    fn texts(&self, owner: usize, prefix: &str, text: &str) -> Vec<TokenizedText> {
        let frame = |id| SubwordToken { id, span: 0..0 };
        let tokens = self.tokenizer.tokens(&format!("{prefix}{text}"));
        let parts: Vec<&[SubwordToken]> = match tokens.len() {
            0 => vec![&[]],
            _ => tokens.chunks(self.max_tokens - 2).collect(),
        };
        let framed = |part: &[SubwordToken]| {
            let mut tokens = vec![frame(self.tokenizer.first)];
            tokens.extend_from_slice(part);
            tokens.push(frame(self.tokenizer.last));
            TokenizedText { owner, tokens }
        };
        parts.into_iter().map(framed).collect()
    }

    /// Runs the network over `batch` and adds its rows to the pools of the passages.
    fn pool(
        &self,
        batch: &[TokenizedText],
        passages: &[PassageText<'_>],
        prefix: usize,
        pools: &mut [Vec<Pool>],
    ) -> Result<(), Error> {
        let ids: Vec<u32> =
            batch.iter().flat_map(|text| text.tokens.iter().map(|token| token.id)).collect();
        let mut end = 0;
        let ranges = batch.iter().map(|text| {
            let start = end;
            end += text.tokens.len();
            start..end
        });
        let ranges: Vec<Range<usize>> = ranges.collect();
        let rows = self.features(&ids, &ranges)?;
        let width = self.width();
        for (text, range) in batch.iter().zip(ranges) {
            let rows = rows[range.start * width..range.end * width].chunks_exact(width);
            let pools = &mut pools[text.owner];
            match self.settings.pooling {
                Pooling::First => rows.take(1).for_each(|row| pools[0].add(row)),
                Pooling::Mean => {
                    for (token, row) in text.tokens.iter().zip(rows) {
                        pools[0].add(row);
                        let Some(start) = token.span.start.checked_sub(prefix) else { continue };
                        let windows = passages[text.owner].windows.iter();
                        let windows = windows.zip(&mut pools[1..]);
                        windows
                            .filter(|(window, _)| window.contains(&start))
                            .for_each(|(_, pool)| pool.add(row));
                    }
                }
            }
        }
        Ok(())
    }

    fn features(&self, tokens: &[u32], texts: &[Range<usize>]) -> Result<Vec<f32>, Error> {
        match &self.network {
            Network::Bert(network) => network.features(tokens, texts),
            Network::Convolutional(network) => network.features(tokens, texts),
        }
    }

    /// Returns the length of the vector of a token.
    fn width(&self) -> usize {
        match &self.network {
            Network::Bert(network) => network.width(),
            Network::Convolutional(_) => convolutional::FEATURES,
        }
    }

    /// Returns the vector of the tokens in `pool`; zeros if there are none.
    fn finish(&self, pool: &Pool) -> Vec<f32> {
        if pool.n_tokens == 0 {
            return vec![0.0; self.dimensions()];
        }
        let mean: Vec<f32> = pool.sum.iter().map(|sum| sum / pool.n_tokens as f32).collect();
        unit(match &self.network {
            Network::Bert(_) => mean,
            Network::Convolutional(network) => network.finish(&mean, pool.n_tokens),
        })
    }
}

impl Network {
    fn n_words(&self) -> usize {
        match self {
            Self::Bert(network) => network.n_words(),
            Self::Convolutional(network) => network.n_words(),
        }
    }
}

impl Pool {
    fn add(&mut self, row: &[f32]) {
        self.sum.iter_mut().zip(row).for_each(|(sum, number)| *sum += number);
        self.n_tokens += 1;
    }
}

/// Scales a vector to length 1. A vector of zeros stays as it is.
fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    let scale = if length.is_normal() { length.recip() } else { 0.0 };
    vector.iter_mut().for_each(|number| *number *= scale);
    vector
}
