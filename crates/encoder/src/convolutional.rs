//! The convolutional network of the Universal Sentence Encoder, multilingual version 3.
//!
//! Yang et al., *Multilingual Universal Sentence Encoder for Semantic Retrieval*, 2019. Three
//! branches look at two, three and five neighbouring tokens, each with two convolutions that add
//! their result to their input. The outputs of the branches and the word's embedding are
//! concatenated, and their sum over all tokens of a text passes through two residual blocks.

use std::ops::Range;

use rten_simd::SimdUnaryOp;
use rten_vecmath::Tanh;

use crate::Error;
use crate::layer::{self, LayerNorm, Linear, Orientation};
use crate::weights::{EmbeddingTable, WeightsFile};

/// `model_type` in `config.json`.
pub(crate) const MODEL_TYPE: &str = "use-multilingual-cnn";

/// The length of the vector of a text.
pub(crate) const DIMENSIONS: usize = 512;
/// The length of the embedding of a word.
const WIDTH: usize = DIMENSIONS;
/// The length of the vector of a token in a branch.
const BRANCH_WIDTH: usize = 256;
/// How many tokens each branch looks at, and how many of those come before the token itself.
const BRANCHES: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
const ALL_BRANCHES: usize = BRANCHES.len() * BRANCH_WIDTH;
/// The length of the vector of a token: its word and the branches.
pub(crate) const FEATURES: usize = WIDTH + ALL_BRANCHES;
/// The length of the vector between the two residual blocks.
const INNER: usize = 320;
/// The number that all normalisations add to the variance.
const EPSILON: f32 = 1e-12;

pub(crate) struct Convolutional {
    words: EmbeddingTable,
    /// The scale and offset of each word's embedding, whose bytes stand for `byte
    /// · scale + offset`.
    scales: Vec<f32>,
    offsets: Vec<f32>,
    /// The projection of a word to the inputs of all branches, side by side.
    start: Linear,
    start_norm: LayerNorm,
    branches: Vec<Branch>,
    norm: LayerNorm,
    projection: Linear,
    blocks: [Residual; 2],
}

struct Branch {
    order: usize,
    before: usize,
    convolutions: [Linear; 2],
}

/// `x · skip + relu(x · inner) · outer`.
struct Residual {
    skip: Linear,
    inner: Linear,
    outer: Linear,
}

fn linear(
    weights: &WeightsFile,
    name: &str,
    inputs: usize,
    outputs: usize,
) -> Result<Linear, Error> {
    let weight = weights.tensor(&format!("{name}.weight"), &[inputs, outputs])?;
    let bias = format!("{name}.bias");
    let bias = if weights.has(&bias) { weights.tensor(&bias, &[outputs])? } else { Vec::new() };
    Ok(Linear::new(&weight, bias, inputs, outputs, Orientation::InputsByOutputs))
}

impl Convolutional {
    pub(crate) fn read(weights: &WeightsFile) -> Result<Self, Error> {
        let words = weights.table("words.weight", WIDTH)?;
        let branch = |(order, before)| -> Result<Branch, Error> {
            let name = format!("branches.{order}");
            let convolution = |at: usize| {
                let name = format!("{name}.convolutions.{at}");
                linear(weights, &name, order * BRANCH_WIDTH, BRANCH_WIDTH)
            };
            Ok(Branch { order, before, convolutions: [convolution(0)?, convolution(1)?] })
        };
        let block = |at: usize, inputs, inner, outputs| -> Result<Residual, Error> {
            Ok(Residual {
                skip: linear(weights, &format!("blocks.{at}.skip"), inputs, outputs)?,
                inner: linear(weights, &format!("blocks.{at}.inner"), inputs, inner)?,
                outer: linear(weights, &format!("blocks.{at}.outer"), inner, outputs)?,
            })
        };
        Ok(Self {
            scales: weights.tensor("words.scale", &[words.rows()])?,
            offsets: weights.tensor("words.offset", &[words.rows()])?,
            words,
            start: linear(weights, "start", WIDTH, ALL_BRANCHES)?,
            start_norm: LayerNorm::read(weights, "start.norm", ALL_BRANCHES, EPSILON)?,
            branches: BRANCHES.into_iter().map(branch).collect::<Result<_, _>>()?,
            norm: LayerNorm::read(weights, "norm", FEATURES, EPSILON)?,
            projection: linear(weights, "projection", FEATURES, WIDTH)?,
            blocks: [block(0, WIDTH, INNER, INNER)?, block(1, INNER, WIDTH, WIDTH)?],
        })
    }

    /// Returns the size of the vocabulary.
    pub(crate) fn n_words(&self) -> usize {
        self.words.rows()
    }

    /// Returns a row for each of `tokens`, which are the tokens of the texts at the ranges `texts`.
    pub(crate) fn features(
        &self,
        tokens: &[u32],
        texts: &[Range<usize>],
    ) -> Result<Vec<f32>, Error> {
        let words = self.embeddings(tokens)?;
        let mut starts = self.start.apply(&words);
        self.start_norm.apply(&mut starts);
        let branches = self.branches.iter().enumerate().map(|(at, branch)| {
            let start = starts.chunks_exact(ALL_BRANCHES);
            let start = start.flat_map(|row| &row[at * BRANCH_WIDTH..(at + 1) * BRANCH_WIDTH]);
            branch.apply(start.copied().collect(), texts)
        });
        let branches: Vec<Vec<f32>> = branches.collect();
        let mut features = Vec::with_capacity(tokens.len() * FEATURES);
        for (at, word) in words.chunks_exact(WIDTH).enumerate() {
            features.extend(word);
            for branch in &branches {
                features.extend(&branch[at * BRANCH_WIDTH..(at + 1) * BRANCH_WIDTH]);
            }
        }
        self.norm.apply(&mut features);
        Ok(features)
    }

    /// Returns the vector of a text of `n_tokens` tokens with these mean `features`.
    pub(crate) fn finish(&self, features: &[f32], n_tokens: usize) -> Vec<f32> {
        // The network takes the sum of the tokens' projections, divided by the square root of their
        // number. This is the projection of their mean, times the square root.
        let root = (n_tokens as f32).sqrt();
        let mut sum = self.projection.apply(features);
        sum.iter_mut().for_each(|number| *number *= root);
        let [first, second] = &self.blocks;
        let mut vector = second.apply(&relu(first.apply(&sum)));
        Tanh {}.map_mut(&mut vector);
        vector
    }

    fn embeddings(&self, tokens: &[u32]) -> Result<Vec<f32>, Error> {
        let mut words = Vec::with_capacity(tokens.len() * WIDTH);
        for &token in tokens {
            let token = token as usize;
            let start = words.len();
            self.words.read(token, &mut words)?;
            let (scale, offset) = (self.scales[token], self.offsets[token]);
            words[start..].iter_mut().for_each(|byte| *byte = *byte * scale + offset);
        }
        Ok(words)
    }
}

impl Branch {
    fn apply(&self, mut rows: Vec<f32>, texts: &[Range<usize>]) -> Vec<f32> {
        for convolution in &self.convolutions {
            let convolved = relu(convolution.apply(&self.neighbours(&rows, texts)));
            layer::add(&mut rows, &convolved);
        }
        rows
    }

    /// Returns, for each token, the rows at which this branch looks side by side; zeros beyond the
    /// ends of a text.
    fn neighbours(&self, rows: &[f32], texts: &[Range<usize>]) -> Vec<f32> {
        let mut neighbours = Vec::with_capacity(rows.len() * self.order);
        for text in texts {
            for at in text.clone() {
                for offset in 0..self.order {
                    match (at + offset).checked_sub(self.before) {
                        Some(at) if text.contains(&at) => {
                            neighbours.extend(&rows[at * BRANCH_WIDTH..(at + 1) * BRANCH_WIDTH]);
                        }
                        _ => neighbours.resize(neighbours.len() + BRANCH_WIDTH, 0.0),
                    }
                }
            }
        }
        neighbours
    }
}

impl Residual {
    fn apply(&self, rows: &[f32]) -> Vec<f32> {
        let mut sum = self.skip.apply(rows);
        layer::add(&mut sum, &self.outer.apply(&relu(self.inner.apply(rows))));
        sum
    }
}

fn relu(mut numbers: Vec<f32>) -> Vec<f32> {
    numbers.iter_mut().for_each(|number| *number = number.max(0.0));
    numbers
}
