//! The network of BERT, RoBERTa and XLM-RoBERTa.
//!
//! Devlin et al., *BERT: Pre-training of Deep Bidirectional Transformers*, 2019. A token begins as
//! the sum of three embeddings: of its word, its position and its segment. Each layer mixes it with
//! the other tokens of its text (attention), and passes it through two linear layers. Each of these
//! steps adds its result to its input and normalises the sum. Texts of any length are computed
//! together, as one matrix with a row for each token, so that no padding is needed. Only attention
//! depends on where a text ends.

use std::ops::Range;

use rayon::prelude::*;
use rten_gemm::{GemmInputB, GemmOptions};
use rten_simd::{SimdOp, SimdUnaryOp};
use rten_tensor::NdTensorView;
use rten_vecmath::{ApproxGelu, Gelu, Softmax};
use serde::Deserialize;

use crate::Error;
use crate::layer::{self, LayerNorm, Linear, Orientation};
use crate::weights::{EmbeddingTable, WeightsFile};

/// The part of `config.json` that describes the network.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct BertConfig {
    pub(crate) model_type: String,
    pub(crate) hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    #[serde(default = "BertConfig::layer_norm_eps")]
    layer_norm_eps: f32,
    #[serde(default)]
    hidden_act: Activation,
    #[serde(default = "BertConfig::absolute")]
    position_embedding_type: String,
    #[serde(default = "BertConfig::roberta_padding")]
    pad_token_id: usize,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Activation {
    #[default]
    Gelu,
    #[serde(alias = "gelu_pytorch_tanh")]
    GeluNew,
    Relu,
}

impl BertConfig {
    fn layer_norm_eps() -> f32 {
        1e-12
    }

    fn absolute() -> String {
        "absolute".to_owned()
    }

    fn roberta_padding() -> usize {
        1
    }

    /// Returns what the configuration asks for and this implementation does not support.
    pub(crate) fn unsupported(&self) -> Option<String> {
        let known = ["bert", "roberta", "xlm-roberta", "camembert"];
        if !known.contains(&self.model_type.as_str()) {
            return Some(format!("a network of the type `{}`", self.model_type));
        }
        if self.position_embedding_type != "absolute" {
            return Some(format!("`position_embedding_type` `{}`", self.position_embedding_type));
        }
        None
    }

    /// Returns what is inconsistent in the configuration.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let counts = [self.hidden_size, self.num_attention_heads, self.intermediate_size];
        if counts.contains(&0) || !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            return Some("its sizes do not fit together");
        }
        (self.max_position_embeddings <= self.first_position() + 8)
            .then_some("it leaves no room for a text")
    }

    /// Returns the position of the first token of a text. RoBERTa and its descendants count from
    /// the position after that of the padding token.
    fn first_position(&self) -> usize {
        if self.model_type == "bert" { 0 } else { self.pad_token_id + 1 }
    }

    /// Returns the most tokens that a text can have.
    pub(crate) fn max_tokens(&self) -> usize {
        self.max_position_embeddings - self.first_position()
    }
}

pub(crate) struct Bert {
    config: BertConfig,
    words: EmbeddingTable,
    /// The embedding of each position, with that of the only segment added.
    positions: Vec<f32>,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

struct Layer {
    /// Computes queries, keys and values of all heads side by side.
    attention: Linear,
    attention_output: Linear,
    attention_norm: LayerNorm,
    intermediate: Linear,
    output: Linear,
    output_norm: LayerNorm,
}

impl Bert {
    pub(crate) fn read(config: BertConfig, weights: &WeightsFile) -> Result<Self, Error> {
        let width = config.hidden_size;
        let prefixes = ["", "bert.", "roberta.", "model."];
        let is_there =
            |prefix: &&str| weights.has(&format!("{prefix}embeddings.word_embeddings.weight"));
        let prefix = prefixes.into_iter().find(is_there).unwrap_or_default();
        let embeddings = format!("{prefix}embeddings");
        let words = weights.table(&format!("{embeddings}.word_embeddings.weight"), width)?;
        let mut positions = weights.tensor(
            &format!("{embeddings}.position_embeddings.weight"),
            &[config.max_position_embeddings, width],
        )?;
        let mut kind = Vec::new();
        weights
            .table(&format!("{embeddings}.token_type_embeddings.weight"), width)?
            .read(0, &mut kind)?;
        positions.chunks_exact_mut(width).for_each(|position| layer::add(position, &kind));
        let norm = format!("{embeddings}.LayerNorm");
        let norm = LayerNorm::read(weights, &norm, width, config.layer_norm_eps)?;
        let layers = (0..config.num_hidden_layers)
            .into_par_iter()
            .map(|at| Layer::read(&config, weights, &format!("{prefix}encoder.layer.{at}")))
            .collect::<Result<_, _>>()?;
        Ok(Self { config, words, positions, norm, layers })
    }

    pub(crate) fn width(&self) -> usize {
        self.config.hidden_size
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
        let mut rows = self.embeddings(tokens, texts)?;
        for layer in &self.layers {
            let attended = self.attend(&layer.attention.apply(&rows), texts);
            layer::add(&mut rows, &layer.attention_output.apply(&attended));
            layer.attention_norm.apply(&mut rows);
            let mut inner = layer.intermediate.apply(&rows);
            self.activate(&mut inner);
            layer::add(&mut rows, &layer.output.apply(&inner));
            layer.output_norm.apply(&mut rows);
        }
        Ok(rows)
    }

    fn embeddings(&self, tokens: &[u32], texts: &[Range<usize>]) -> Result<Vec<f32>, Error> {
        let width = self.width();
        let mut rows = Vec::with_capacity(tokens.len() * width);
        for text in texts {
            for (at, &token) in tokens[text.clone()].iter().enumerate() {
                let row = rows.len();
                self.words.read(token as usize, &mut rows)?;
                let position = (self.config.first_position() + at) * width;
                layer::add(&mut rows[row..], &self.positions[position..position + width]);
            }
        }
        self.norm.apply(&mut rows);
        Ok(rows)
    }

    /// Scaled dot-product attention: each token gets the mean of the values of its text, weighted
    /// by how well its query fits their keys.
    fn attend(&self, projected: &[f32], texts: &[Range<usize>]) -> Vec<f32> {
        let width = self.width();
        let mut attended = vec![0.0; projected.len() / 3];
        let mut rest = attended.as_mut_slice();
        let mut outputs = Vec::with_capacity(texts.len());
        for text in texts {
            let (output, after) = rest.split_at_mut(text.len() * width);
            outputs.push((text, output));
            rest = after;
        }
        outputs.into_par_iter().for_each(|(text, output)| {
            self.attend_within(&projected[text.start * 3 * width..text.end * 3 * width], output);
        });
        attended
    }

    /// Computes the attention within one text.
    fn attend_within(&self, projected: &[f32], output: &mut [f32]) {
        let width = self.width();
        let head_width = width / self.config.num_attention_heads;
        let n_tokens = output.len() / width;
        let projected = NdTensorView::from_data([n_tokens, 3 * width], projected);
        let scale = (head_width as f32).sqrt().recip();
        let mut fits = vec![0.0; n_tokens * n_tokens];
        let mut values = vec![0.0; n_tokens * head_width];
        for head in (0..width).step_by(head_width) {
            let part =
                |start: usize| projected.slice((.., start + head..start + head + head_width));
            let [queries, keys, value] = [part(0), part(width), part(2 * width)];
            let options = GemmOptions { alpha: scale, ..GemmOptions::default() };
            let keys = GemmInputB::Unpacked(keys.transposed());
            layer::multiply(&mut fits, queries, keys, options);
            for row in fits.chunks_exact_mut(n_tokens) {
                Softmax::new_mut(row).dispatch();
            }
            let weights = NdTensorView::from_data([n_tokens, n_tokens], fits.as_slice());
            let value = GemmInputB::Unpacked(value);
            layer::multiply(&mut values, weights, value, GemmOptions::default());
            for (row, value) in output.chunks_exact_mut(width).zip(values.chunks_exact(head_width))
            {
                row[head..head + head_width].copy_from_slice(value);
            }
        }
    }

    fn activate(&self, numbers: &mut [f32]) {
        match self.config.hidden_act {
            Activation::Gelu => numbers.par_chunks_mut(4096).for_each(|part| Gelu {}.map_mut(part)),
            Activation::GeluNew => {
                numbers.par_chunks_mut(4096).for_each(|part| ApproxGelu {}.map_mut(part));
            }
            Activation::Relu => numbers.iter_mut().for_each(|number| *number = number.max(0.0)),
        }
    }
}

impl Layer {
    fn read(config: &BertConfig, weights: &WeightsFile, name: &str) -> Result<Self, Error> {
        let (width, inner) = (config.hidden_size, config.intermediate_size);
        let linear = |part: &str, inputs, outputs| {
            Linear::read(weights, &format!("{name}.{part}"), inputs, outputs)
        };
        let norm = |part: &str| {
            LayerNorm::read(weights, &format!("{name}.{part}"), width, config.layer_norm_eps)
        };
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for part in ["query", "key", "value"] {
            let part = format!("{name}.attention.self.{part}");
            weight.extend(weights.tensor(&format!("{part}.weight"), &[width, width])?);
            bias.extend(weights.tensor(&format!("{part}.bias"), &[width])?);
        }
        Ok(Self {
            attention: Linear::new(&weight, bias, width, 3 * width, Orientation::OutputsByInputs),
            attention_output: linear("attention.output.dense", width, width)?,
            attention_norm: norm("attention.output.LayerNorm")?,
            intermediate: linear("intermediate.dense", width, inner)?,
            output: linear("output.dense", inner, width)?,
            output_norm: norm("output.LayerNorm")?,
        })
    }
}
