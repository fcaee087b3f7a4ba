//! x
use super::*;
use crate::text::*;
fn docs() -> Vec<String> {
    let file = std::fs::read_to_string(std::env::var("CMRC").unwrap()).unwrap();
    if file.starts_with('{') {
        file.lines()
            .map(|l| {
                serde_json::from_str::<serde_json::Value>(l).unwrap()["text"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    } else {
        file.lines().map(str::to_owned).collect()
    }
}
#[test]
fn clean() {
    let options = tests::options();
    for narrow in [false, true] {
        for script in [None, Some(Script::Hans), Some(Script::Hant)] {
            let text = docs().join("\n");
            let text = script.map_or(text.clone(), |s| s.convert(&text).into_owned());
            let text: String = text
                .chars()
                .map(|c| if narrow { super::simulator::narrow(c) } else { c })
                .collect();
            // every full stop a question mark in a third run
            for q in [false, true] {
                let text = if q { text.replace('。', "?") } else { text.clone() };
                let start = std::time::Instant::now();
                let r = repair(&text, &options);
                let mut by: std::collections::BTreeMap<String, usize> = Default::default();
                for r in &r.repairs {
                    *by.entry(format!("{:?} {}", r.kind, r.applied)).or_default() += 1;
                }
                println!(
                    "narrow {narrow} {script:?} q={q} {:.2} MB/s {by:?}",
                    text.len() as f64 / 1e6 / start.elapsed().as_secs_f64()
                );
                for r in r.repairs.iter().filter(|r| {
                    r.kind == Kind::HalfShift || (!narrow && std::env::var("ALL").is_ok())
                }) {
                    println!(
                        "   {} {:?} {:.2} {} → {}",
                        r.line, r.kind, r.confidence, r.before, r.after
                    );
                }
            }
        }
    }
}
