//! Encoders as users meet them: a small one that the tests write, damaged ones, and the default one.

#![expect(clippy::unwrap_used, reason = "a test that cannot write its files has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use encoder::{Encoder, Error, PassageText};
use serde_json::{Value, json};

/// Writes a safetensors file of single-precision tensors.
fn write_tensors(path: &Path, tensors: &[(&str, &[usize], Vec<f32>)]) {
    let (mut header, mut data) = (json!({}), Vec::new());
    for (name, shape, numbers) in tensors {
        let start = data.len();
        data.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        header[*name] =
            json!({"dtype": "F32", "shape": shape, "data_offsets": [start, data.len()]});
    }
    let header = header.to_string();
    let bytes = [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &data].concat();
    fs::write(path, bytes).unwrap();
}

fn write_json(path: &Path, value: &Value) {
    fs::write(path, value.to_string()).unwrap();
}

/// The words of the small encoder and where they point.
const WORDS: [(&str, [f32; 4]); 7] = [
    ("[PAD]", [0.0, 0.0, 0.0, 0.0]),
    ("[UNK]", [0.0, 0.0, 0.0, 0.0]),
    ("[CLS]", [0.0, 0.0, 0.0, 0.0]),
    ("[SEP]", [0.0, 0.0, 0.0, 0.0]),
    ("风", [1.0, -1.0, 0.0, 0.0]),
    ("storm", [1.0, -1.0, 0.0, 0.0]),
    ("城", [0.0, 0.0, 1.0, -1.0]),
];

/// An encoder of one layer, in the given folder, whose layer changes nothing: all its weights are zero,
/// and what it normalises is normalised already.
fn write_encoder(folder: &Path, model_type: &str) {
    fs::create_dir_all(folder).unwrap();
    write_json(
        &folder.join("config.json"),
        &json!({
            "model_type": model_type, "hidden_size": 4, "num_hidden_layers": 1,
            "num_attention_heads": 2, "intermediate_size": 8, "max_position_embeddings": 20,
            "pad_token_id": 0,
        }),
    );
    let vocabulary: serde_json::Map<String, Value> =
        (0..).zip(WORDS).map(|(id, (word, _))| (word.to_owned(), json!(id))).collect();
    write_json(
        &folder.join("tokenizer.json"),
        &json!({
            "normalizer": {"type": "BertNormalizer", "lowercase": true},
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
            "model": {"type": "WordPiece", "unk_token": "[UNK]",
                "continuing_subword_prefix": "##", "vocab": vocabulary},
        }),
    );
    let words = WORDS.into_iter().flat_map(|(_, word)| word).collect();
    let mut tensors: Vec<(String, Vec<usize>, Vec<f32>)> = vec![
        ("embeddings.word_embeddings.weight".into(), vec![WORDS.len(), 4], words),
        ("embeddings.position_embeddings.weight".into(), vec![20, 4], vec![0.0; 80]),
        ("embeddings.token_type_embeddings.weight".into(), vec![1, 4], vec![0.0; 4]),
    ];
    let mut linear = |name: &str, outputs: usize, inputs: usize| {
        let name = format!("encoder.layer.0.{name}");
        tensors.push((
            format!("{name}.weight"),
            vec![outputs, inputs],
            vec![0.0; outputs * inputs],
        ));
        tensors.push((format!("{name}.bias"), vec![outputs], vec![0.0; outputs]));
    };
    for part in ["query", "key", "value"] {
        linear(&format!("attention.self.{part}"), 4, 4);
    }
    linear("attention.output.dense", 4, 4);
    linear("intermediate.dense", 8, 4);
    linear("output.dense", 4, 8);
    for norm in [
        "embeddings.LayerNorm",
        "encoder.layer.0.attention.output.LayerNorm",
        "encoder.layer.0.output.LayerNorm",
    ] {
        tensors.push((format!("{norm}.weight"), vec![4], vec![1.0; 4]));
        tensors.push((format!("{norm}.bias"), vec![4], vec![0.0; 4]));
    }
    let tensors: Vec<(&str, &[usize], Vec<f32>)> = tensors
        .iter()
        .map(|(name, shape, numbers)| (name.as_str(), shape.as_slice(), numbers.clone()))
        .collect();
    write_tensors(&folder.join("model.safetensors"), &tensors);
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

#[test]
fn words_of_like_meaning_point_the_same_way() {
    for model_type in ["bert", "xlm-roberta"] {
        let folder = tempfile::tempdir().unwrap();
        write_encoder(folder.path(), model_type);
        let encoder = Encoder::load(folder.path()).unwrap();
        assert_eq!(encoder.dimensions(), 4);
        let vector = |text: &str| encoder.encode_query(text).unwrap();
        // Of (1, −1, 0, 0), at length 1; frames and unknown words add nothing.
        let half = 0.5_f32.sqrt();
        for (found, expected) in vector("Storm, 雨").iter().zip([half, -half, 0.0, 0.0]) {
            assert!((found - expected).abs() < 1e-5, "{found} instead of {expected}");
        }
        assert!(cosine(&vector("风"), &vector("storm")) > 0.999);
        assert!(cosine(&vector("风"), &vector("城")).abs() < 1e-5);
        assert_eq!(vector(""), [0.0; 4], "nothing points nowhere");
    }
}

#[test]
fn windows_of_a_passage_have_vectors_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    write_encoder(folder.path(), "bert");
    let encoder = Encoder::load(folder.path()).unwrap();
    // Longer than the 20 tokens that the network sees at once.
    let text = format!("{}{}", "风".repeat(30), "城".repeat(30));
    let windows = vec![0..90, 90..180, 180..180];
    let [vectors] = <[_; 1]>::try_from(
        encoder.encode_passages(&[PassageText { text: &text, windows }]).unwrap(),
    )
    .unwrap();
    assert!(cosine(&vectors.windows[0], &encoder.encode_query("风").unwrap()) > 0.999);
    assert!(cosine(&vectors.windows[1], &encoder.encode_query("城").unwrap()) > 0.999);
    assert_eq!(vectors.windows[2], [0.0; 4]);
    assert!((cosine(&vectors.whole, &vectors.windows[0]) - 0.5_f32.sqrt()).abs() < 1e-3);
}

#[test]
fn windows_are_encoded_apart_where_the_first_token_stands_for_a_text() {
    let folder = tempfile::tempdir().unwrap();
    write_encoder(folder.path(), "bert");
    fs::create_dir(folder.path().join("1_Pooling")).unwrap();
    write_json(
        &folder.path().join("1_Pooling/config.json"),
        &json!({"pooling_mode_cls_token": true}),
    );
    let encoder = Encoder::load(folder.path()).unwrap();
    let passages = [
        PassageText { text: "风城", windows: vec![0..3, 3..6] },
        PassageText { text: "城", windows: Vec::new() },
    ];
    let vectors = encoder.encode_passages(&passages).unwrap();
    assert_eq!(vectors[0].windows.len(), 2);
    assert!(vectors[1].windows.is_empty());
}

#[test]
fn several_encoders_are_one() {
    let folder = tempfile::tempdir().unwrap();
    write_encoder(&folder.path().join("a"), "bert");
    write_encoder(&folder.path().join("b"), "xlm-roberta");
    fs::create_dir(folder.path().join("notes")).unwrap();
    let both = Encoder::load(folder.path()).unwrap();
    let one = Encoder::load(&folder.path().join("a")).unwrap();
    assert_eq!(both.dimensions(), 8);
    assert_ne!(both.fingerprint(), one.fingerprint());
    let vector = both.encode_query("风").unwrap();
    assert!((cosine(&vector, &vector) - 1.0).abs() < 1e-6);
    let length: f32 = vector.iter().map(|number| number * number).sum();
    assert!((length - 1.0).abs() < 1e-5, "{length}");
}

#[test]
fn a_folder_that_holds_no_encoder_is_refused_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    for folder in [folder.path(), &folder.path().join("nowhere")] {
        let error = Encoder::load(folder).err().unwrap();
        assert!(matches!(error, Error::NoEncoder(_)), "{error}");
        assert!(error.to_string().contains("models/fetch"), "{error}");
    }
}

#[test]
fn damaged_and_foreign_files_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let refused = |name: &str, bytes: &[u8]| {
        fs::write(path(name), bytes).unwrap();
        let error = Encoder::load(folder.path()).err().unwrap();
        assert!(error.to_string().contains(name), "{error}");
        write_encoder(folder.path(), "bert");
        error
    };
    write_encoder(folder.path(), "bert");
    let whole = fs::read(path("model.safetensors")).unwrap();
    let renamed = replaced(&whole, "output.dense", "other.dense");
    for bytes in [&whole[..whole.len() - 9], b"PK", &[0xff; 64], &renamed] {
        assert!(matches!(refused("model.safetensors", bytes), Error::Damaged { .. }));
    }
    let config = fs::read(path("config.json")).unwrap();
    let empty = replaced(&config, "\"hidden_size\":4", "\"hidden_size\":0");
    for bytes in [b"{".as_slice(), &empty] {
        assert!(matches!(refused("config.json", bytes), Error::Damaged { .. }));
    }
    let tokenizer = fs::read(path("tokenizer.json")).unwrap();
    let large = replaced(&tokenizer, "\"storm\":5", "\"storm\":5000");
    assert!(matches!(refused("tokenizer.json", &large), Error::Damaged { .. }));
    let foreign = replaced(&config, "\"bert\"", "\"llama\"");
    assert!(matches!(refused("config.json", &foreign), Error::Unsupported { .. }));
    let foreign = replaced(&tokenizer, "WordPiece", "BPE");
    assert!(matches!(refused("tokenizer.json", &foreign), Error::Unsupported { .. }));
    write_encoder(folder.path(), "bert");
    fs::remove_file(path("model.safetensors")).unwrap();
    assert!(matches!(Encoder::load(folder.path()), Err(Error::Io { .. })));
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    // Tensors follow the header of a safetensors file, so only names of the same length can be replaced.
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
    [&bytes[..at], to.as_bytes(), &bytes[at + from.len()..]].concat()
}

/// The folder that `models/fetch` fills; nothing, with a note, where it was not run.
fn default_model() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/default");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("WENJIAN_TEST_ALL").is_none(),
        "there is no `models/default`; hint: run `models/fetch`"
    );
    None
}

#[test]
fn the_default_encoders_agree_with_the_packages_that_they_come_from() {
    let Some(folder) = default_model() else { return };
    let reference: Value = serde_json::from_str(include_str!("data/reference.json")).unwrap();
    let numbers = |value: &Value| -> Vec<f32> {
        value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()
    };
    let e5 = Encoder::load(&folder.join("multilingual-e5-small")).unwrap();
    let sentence =
        Encoder::load(&folder.join("universal-sentence-encoder-multilingual-3")).unwrap();
    for expected in reference["texts"].as_array().unwrap() {
        let text = expected["text"].as_str().unwrap();
        let query = e5.encode_query(text).unwrap();
        assert!(cosine(&query, &numbers(&expected["e5_query"])) > 0.999, "{text}");
        let passages = [PassageText { text, windows: Vec::new() }];
        let passage = &e5.encode_passages(&passages).unwrap()[0].whole;
        assert!(cosine(passage, &numbers(&expected["e5_passage"])) > 0.999, "{text}");
        let query = sentence.encode_query(text).unwrap();
        assert!(cosine(&query, &numbers(&expected["use"])) > 0.999, "{text}");
    }
}

#[test]
fn the_default_encoder_finds_what_is_meant_in_another_language() {
    let Some(folder) = default_model() else { return };
    let encoder = Encoder::load(&folder).unwrap();
    let texts = [
        "桥断了以后，村民坐小船过河。",
        "今年雨水少，茶叶比去年收得少。",
        "她每天早上六点起床跑步。",
    ];
    let passages = texts.map(|text| PassageText { text, windows: Vec::new() });
    let passages = encoder.encode_passages(&passages).unwrap();
    let questions =
        ["How do people cross the river?", "天旱对收成有什么影响？", "When does she get up?"];
    for (at, question) in questions.into_iter().enumerate() {
        let question = encoder.encode_query(question).unwrap();
        let likeness: Vec<f32> =
            passages.iter().map(|passage| cosine(&question, &passage.whole)).collect();
        let best = (0..texts.len()).max_by(|&a, &b| likeness[a].total_cmp(&likeness[b]));
        assert_eq!(best, Some(at), "{likeness:?}");
    }
}
