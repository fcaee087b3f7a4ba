//! The words that are quoted hold the answer, not only the passage around them.

use serde_json::Value;

use crate::talk::ENGINE;

/// Questions, each with the passage that answers it and the words of the passage that do.
const SET: &str = include_str!("data/excerpts.jsonl");
/// Quotations among which the passage is looked for.
const N_QUOTES: usize = 20;

#[test]
fn the_excerpt_holds_the_answer() {
    let (mut n_found, mut missed) = (0, Vec::new());
    let lines: Vec<Value> = SET.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        let text = |name: &str| line[name].as_str().unwrap();
        let asked = ENGINE.ask(text("q"), None, None, N_QUOTES).unwrap();
        let mut quotes = asked.answer.quotes.iter();
        let quote = quotes.find(|quote| quote.excerpt.passage().local() == text("passage"));
        // Whether the passage is found is measured elsewhere.
        let Some(quote) = quote else { continue };
        n_found += 1;
        let excerpt = quote.excerpt.text();
        if !excerpt.contains(text("holds")) {
            missed.push(format!("{}: {excerpt}", text("q")));
        }
    }
    assert!(n_found * 10 >= lines.len() * 9, "only {n_found} of {} passages found", lines.len());
    assert!(missed.len() * 10 <= n_found, "more than 10 % of {n_found}:\n{}", missed.join("\n"));
}
