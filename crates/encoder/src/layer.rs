//! The layers of the networks. They work on matrices with one row for each token.
//!
//! `rten-gemm` and `rten-vecmath` do the arithmetic. They choose the processor's widest
//! instructions when the program runs, while most libraries choose them when it is compiled.

use rten_gemm::{BiasVector, GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::SimdOp;
use rten_tensor::NdTensorView;
use rten_vecmath::{Normalize, NormalizeOptions, Sum, SumSquareSub};

use crate::Error;
use crate::weights::WeightsFile;

/// A linear layer: `x · W + b`.
pub(crate) struct Linear {
    weight: PackedBMatrix<f32>,
    bias: Vec<f32>,
    inputs: usize,
    outputs: usize,
}

/// The order in which a weight matrix is stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Orientation {
    /// One row for each output, as in PyTorch.
    OutputsByInputs,
    /// One row for each input, as in TensorFlow.
    InputsByOutputs,
}

impl Linear {
    /// Creates a layer with this `weight`. An empty `bias` stands for zeros.
    ///
    /// # Panics
    /// Panics if the lengths do not fit.
    pub(crate) fn new(
        weight: &[f32],
        bias: Vec<f32>,
        inputs: usize,
        outputs: usize,
        orientation: Orientation,
    ) -> Self {
        let gemm = GemmExecutor::new();
        let weight = match orientation {
            Orientation::InputsByOutputs => {
                gemm.prepack_b(NdTensorView::from_data([inputs, outputs], weight))
            }
            Orientation::OutputsByInputs => {
                gemm.prepack_b(NdTensorView::from_data([outputs, inputs], weight).transposed())
            }
        };
        let bias = if bias.is_empty() { vec![0.0; outputs] } else { bias };
        assert_eq!(bias.len(), outputs);
        Self { weight, bias, inputs, outputs }
    }

    /// Reads the layer `name` in PyTorch's order.
    pub(crate) fn read(
        weights: &WeightsFile,
        name: &str,
        inputs: usize,
        outputs: usize,
    ) -> Result<Self, Error> {
        let weight = weights.tensor(&format!("{name}.weight"), &[outputs, inputs])?;
        let bias = weights.tensor(&format!("{name}.bias"), &[outputs])?;
        Ok(Self::new(&weight, bias, inputs, outputs, Orientation::OutputsByInputs))
    }

    pub(crate) fn apply(&self, rows: &[f32]) -> Vec<f32> {
        let n_rows = rows.len() / self.inputs;
        let mut product = vec![0.0; n_rows * self.outputs];
        multiply(
            &mut product,
            NdTensorView::from_data([n_rows, self.inputs], rows),
            GemmInputB::Packed(&self.weight),
            GemmOptions { bias: Some(BiasVector::Row(&self.bias)), ..GemmOptions::default() },
        );
        product
    }
}

/// Writes `a · b` to `product`.
///
/// # Panics
/// Panics if the shapes do not fit.
pub(crate) fn multiply(
    product: &mut [f32],
    a: NdTensorView<'_, f32, 2>,
    b: GemmInputB<'_, f32>,
    options: GemmOptions<'_, f32, f32, f32>,
) {
    let done = GemmExecutor::new().gemm(product, GemmInputA::Unpacked(a), b, options);
    assert!(done.is_ok(), "matrices of unfit shapes: {done:?}");
}

/// Brings every row to mean 0 and variance 1, then scales and shifts each column.
pub(crate) struct LayerNorm {
    scale: Vec<f32>,
    shift: Vec<f32>,
    /// Added to the variance, so that a row of equal numbers can be divided by it.
    epsilon: f32,
}

impl LayerNorm {
    pub(crate) fn new(scale: Vec<f32>, shift: Vec<f32>, epsilon: f32) -> Self {
        Self { scale, shift, epsilon }
    }

    pub(crate) fn read(
        weights: &WeightsFile,
        name: &str,
        width: usize,
        epsilon: f32,
    ) -> Result<Self, Error> {
        let scale = weights.tensor(&format!("{name}.weight"), &[width])?;
        let shift = weights.tensor(&format!("{name}.bias"), &[width])?;
        Ok(Self::new(scale, shift, epsilon))
    }

    pub(crate) fn apply(&self, rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(self.scale.len()) {
            let n = row.len() as f32;
            let mean = Sum::new(row).dispatch() / n;
            let variance = SumSquareSub::new(row, mean).dispatch() / n;
            let options = NormalizeOptions {
                pre_scale_bias: mean,
                scale: (variance + self.epsilon).sqrt().recip(),
                element_scale: Some(&self.scale),
                bias: 0.0,
                element_bias: Some(&self.shift),
            };
            Normalize::new_mut(row, options).dispatch();
        }
    }
}

/// Adds `other` to `rows`, number by number.
pub(crate) fn add(rows: &mut [f32], other: &[f32]) {
    rows.iter_mut().zip(other).for_each(|(number, other)| *number += other);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_layer_multiplies_and_adds() {
        // (1, 2) · [[1, 0], [10, 1]] + (0.5, −1)
        let layer = Linear::new(
            &[1.0, 0.0, 10.0, 1.0],
            vec![0.5, -1.0],
            2,
            2,
            Orientation::InputsByOutputs,
        );
        assert_eq!(layer.apply(&[1.0, 2.0]), [21.5, 1.0]);
        let transposed = Linear::new(
            &[1.0, 10.0, 0.0, 1.0],
            vec![0.5, -1.0],
            2,
            2,
            Orientation::OutputsByInputs,
        );
        assert_eq!(transposed.apply(&[1.0, 2.0]), [21.5, 1.0]);
    }

    #[test]
    fn a_row_is_normalised_scaled_and_shifted() {
        // Mean 2 and variance 1: (1, 3) becomes (−1, 1).
        let norm = LayerNorm::new(vec![2.0, 2.0], vec![0.0, 1.0], 0.0);
        let mut row = [1.0, 3.0];
        norm.apply(&mut row);
        assert_eq!(row.to_vec(), [-2.0, 3.0]);
    }
}
