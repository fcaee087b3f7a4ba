//! Likeness of meaning, for where an embedder is at hand: passages that share no word with a
//! question may still be about the same.

use std::sync::Arc;

use super::options::Options;

/// Turns texts into vectors: the likelier they mean the same, the more they point the same way.
pub trait Embedder: Send + Sync {
    /// The vector of `text`, always as long as any other; of zeros where nothing of it is known.
    fn embed(&self, text: &str) -> Vec<f32>;
}

/// The embedder that `options` name, if they name one.
///
/// # Errors
/// Its folder holds none, or this program cannot use one.
pub fn embedder(options: &Options) -> Result<Option<Arc<dyn Embedder>>, EmbedderError> {
    if options.dense_model.as_os_str().is_empty() {
        return Ok(None);
    }
    #[cfg(feature = "dense")]
    let embedder = Some(Arc::new(super::dense::DenseModel::load(&options.dense_model)?) as Arc<_>);
    #[cfg(not(feature = "dense"))]
    let embedder = Err(EmbedderError::NotBuiltIn)?;
    Ok(embedder)
}

/// Why there is no embedder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbedderError {
    /// The feature was off when the program was built.
    #[error(
        "`search.dense_model` is set, but this program was built without it; hint: `cargo build \
         --features dense`, or leave it empty"
    )]
    NotBuiltIn,
    /// The folder holds no model.
    #[cfg(feature = "dense")]
    #[error(transparent)]
    Unreadable(#[from] super::dense::Unreadable),
}

/// The vectors of all passages: each has one for its text and one for each of its readers' questions.
pub(super) struct Embeddings {
    embedder: Arc<dyn Embedder>,
    passages: Vec<Vec<Vec<f32>>>,
}

impl Embeddings {
    /// Embeds the texts of each passage.
    pub(super) fn new<'a, T: Iterator<Item = &'a str>>(
        embedder: Arc<dyn Embedder>,
        passages: impl Iterator<Item = T>,
    ) -> Self {
        let embed = |texts: T| texts.map(|text| unit(embedder.embed(text))).collect();
        let passages = passages.map(embed).collect();
        Self { embedder, passages }
    }

    /// How near each passage is to `question`: the cosine of the nearest of its texts, 0 to 1.
    pub(super) fn likeness(&self, question: &str) -> Vec<f32> {
        let question = unit(self.embedder.embed(question));
        let cosine = |text: &Vec<f32>| text.iter().zip(&question).map(|(a, b)| a * b).sum();
        let nearest = |texts: &Vec<Vec<f32>>| texts.iter().map(cosine).fold(0.0, f32::max);
        self.passages.iter().map(|texts| nearest(texts).min(1.0)).collect()
    }
}

/// Adds to `candidates` the `limit` passages of the most `likeness` that are not among them yet.
pub(super) fn join_nearest(candidates: &mut Vec<usize>, likeness: &[f32], limit: usize) {
    let mut is_candidate = vec![false; likeness.len()];
    for &position in candidates.iter() {
        is_candidate[position] = true;
    }
    let others = (0..likeness.len()).filter(|&position| likeness[position] > 0.0);
    let mut others: Vec<usize> = others.filter(|&position| !is_candidate[position]).collect();
    others.sort_by(|&a, &b| likeness[b].total_cmp(&likeness[a]).then(a.cmp(&b)));
    others.truncate(limit);
    candidates.extend(others);
}

/// The vector at length 1; of zeros where it has no direction.
fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    let scale = if length.is_normal() { 1.0 / length } else { 0.0 };
    for x in &mut vector {
        *x *= scale;
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One dimension for the sea, one for the city.
    struct Toy;

    impl Embedder for Toy {
        fn embed(&self, text: &str) -> Vec<f32> {
            let count =
                |words: [char; 2]| text.chars().filter(|c| words.contains(c)).count() as f32;
            vec![count(['海', '浪']), count(['城', '市'])]
        }
    }

    #[test]
    fn the_nearest_of_a_passages_texts_counts() {
        let passages = [vec!["海海海", "城"], vec!["城市"], vec!["云"]];
        let embeddings =
            Embeddings::new(Arc::new(Toy), passages.iter().map(|texts| texts.iter().copied()));
        assert_eq!(embeddings.likeness("浪"), [1.0, 0.0, 0.0]);
        assert_eq!(embeddings.likeness("市"), [1.0, 1.0, 0.0]);
        assert_eq!(embeddings.likeness("?"), [0.0, 0.0, 0.0]);
    }

    #[test]
    fn the_nearest_join_once_and_the_unlike_not_at_all() {
        let mut candidates = vec![3, 0];
        join_nearest(&mut candidates, &[0.9, 0.2, 0.0, 0.1, 0.5], 9);
        assert_eq!(candidates, [3, 0, 4, 1]);
        join_nearest(&mut candidates, &[0.9, 0.2, 0.7, 0.1, 0.5], 0);
        assert_eq!(candidates.len(), 4);
    }
}
