//! A static-embedding model as an [`Embedder`]: a vector for each token, and their mean for a text.
//!
//! Only with the feature `dense`; docs/dense.md tells which models fit.

use std::path::{Path, PathBuf};

use model2vec_rs::model::StaticModel;

use super::embedding::Embedder;
use transcript::text::fold;

/// Tokens of a text that are looked at: a passage has fewer.
const MAX_TOKENS: usize = 1024;

/// A model in memory.
pub(super) struct DenseModel(StaticModel);

/// A folder that holds no model.
#[derive(Debug, thiserror::Error)]
#[error(
    "`search.dense_model`: cannot read a model from `{folder}`: {why}; hint: it needs `config.json`, \
     `tokenizer.json` and `model.safetensors` in the model2vec format, see docs/dense.md"
)]
pub struct Unreadable {
    folder: PathBuf,
    why: String,
}

impl DenseModel {
    pub(super) fn load(folder: &Path) -> Result<Self, Unreadable> {
        let unreadable = |why: String| Unreadable { folder: folder.to_path_buf(), why };
        if !folder.is_dir() {
            return Err(unreadable("there is no such folder".to_owned()));
        }
        StaticModel::from_pretrained(folder, None, None, None)
            .map(Self)
            .map_err(|error| unreadable(format!("{error:#}")))
    }
}

impl Embedder for DenseModel {
    /// Both scripts are embedded as one, like everything that is matched.
    fn embed(&self, text: &str) -> Vec<f32> {
        let folded: String = fold(text).into_iter().collect();
        self.0.encode_flat_with_args(&[folded], Some(MAX_TOKENS))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Map, json};

    use super::*;
    use crate::Library;
    use crate::index::{Error, WeightedGram};
    use crate::search::{self, CandidateSource, EmbedderError, Searcher};
    use transcript::{Corpus, Interview, Paragraph, Part, Turn};

    /// A model of two dimensions, the storm and the city, in the files that model2vec publishes.
    fn write_model(folder: &Path) {
        let storm = ["hurricane", "台", "风"].map(|token| (token, [1.0_f32, 0.1]));
        let city = ["city", "城", "市"].map(|token| (token, [0.1, 1.0]));
        let rows = [("[PAD]", [0.0, 0.0]), ("[UNK]", [0.0, 0.0])];
        let rows: Vec<_> = rows.into_iter().chain(storm).chain(city).collect();
        let vocabulary: Map<String, serde_json::Value> = rows
            .iter()
            .enumerate()
            .map(|(id, (token, _))| ((*token).to_owned(), json!(id)))
            .collect();
        let tokenizer = json!({
            "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
            "normalizer": {"type": "BertNormalizer", "clean_text": true,
                "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": null, "decoder": null,
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "max_input_chars_per_word": 100,
                "continuing_subword_prefix": "##", "vocab": vocabulary},
        });
        let data: Vec<u8> =
            rows.iter().flat_map(|(_, row)| row.iter().flat_map(|x| x.to_le_bytes())).collect();
        let header = json!({"embeddings": {"dtype": "F32", "shape": [rows.len(), 2],
            "data_offsets": [0, data.len()]}})
        .to_string();
        let tensors = [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &data].concat();
        std::fs::write(folder.join("tokenizer.json"), tokenizer.to_string()).unwrap();
        std::fs::write(folder.join("config.json"), "{\"normalize\": true}").unwrap();
        std::fs::write(folder.join("model.safetensors"), tensors).unwrap();
    }

    fn options(folder: &Path) -> search::Options {
        let defaults: toml::Table = toml::from_str(crate::config::DEFAULTS).unwrap();
        let options: search::Options = defaults["search"].clone().try_into().unwrap();
        search::Options { dense_model: folder.to_path_buf(), ..options }
    }

    fn corpus(answers: &[&str]) -> Corpus {
        let paragraph = |(at, text): (usize, &&str)| {
            let text = (*text).to_owned();
            Part::Answer(Paragraph { number: at + 1, speaker: None, text, repairs: Vec::new() })
        };
        let parts = answers.iter().enumerate().map(paragraph).collect();
        let turn = Turn { number: 1, interviewer: "問".into(), question: "說說?".into(), parts };
        let interview = Interview {
            slug: "talk".into(),
            title: "談話".into(),
            title_inferred: false,
            publisher: None,
            date: None,
            url: None,
            interviewee: "甲".into(),
            interviewee_aliases: Vec::new(),
            interviewers: vec!["問".into()],
            lead: Vec::new(),
            turns: vec![turn],
        };
        Corpus { interviews: vec![interview], ..Corpus::default() }
    }

    struct NoWords;

    impl CandidateSource for NoWords {
        fn candidates(&self, _: &[WeightedGram], _: usize) -> Result<Vec<usize>, Error> {
            Ok(Vec::new())
        }
    }

    #[test]
    fn a_passage_of_like_meaning_is_found_without_a_common_word() {
        let folder = tempfile::tempdir().unwrap();
        write_model(folder.path());
        let options = options(folder.path());
        let corpus = corpus(&["城市裡的雲。", "颱風來的那一夜。"]);
        let embedder = search::embedder(&options).unwrap();
        let words = Searcher::new(Arc::new(Library::new(corpus).unwrap()), options.clone());
        assert!(words.search(&NoWords, "hurricane", None).unwrap().hits().is_empty());
        let both = words.with_embedder(embedder);
        let ranking = both.search(&NoWords, "hurricane", None).unwrap();
        let order: Vec<usize> = ranking.hits().iter().map(|hit| hit.position).collect();
        assert_eq!(order, [1, 0]);
        assert!(ranking.hits()[0].features.likeness > 2.0 * ranking.hits()[1].features.likeness);
        let unknown = both.search(&NoWords, "量子", None).unwrap();
        assert!(unknown.hits().is_empty(), "what the model does not know is like nothing");
    }

    #[test]
    fn both_scripts_have_the_same_vector() {
        let folder = tempfile::tempdir().unwrap();
        write_model(folder.path());
        let model = Arc::new(DenseModel::load(folder.path()).unwrap());
        assert_eq!(model.embed("颱風"), model.embed("台风"));
    }

    #[test]
    fn a_folder_without_a_model_is_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        for folder in [folder.path(), Path::new("nowhere")] {
            let error = search::embedder(&options(folder)).err().unwrap();
            assert!(matches!(error, EmbedderError::Unreadable(_)), "{error}");
            assert!(error.to_string().contains(&folder.display().to_string()), "{error}");
        }
        write_model(folder.path());
        std::fs::write(folder.path().join("model.safetensors"), "cut short").unwrap();
        assert!(search::embedder(&options(folder.path())).is_err());
    }
}
