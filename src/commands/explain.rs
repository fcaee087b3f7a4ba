//! `wenjian explain`: shows how the ranking for a question comes about.

use std::io::Write;

use anyhow::Result;

use super::open_index;
use crate::config::Config;
use crate::dialogue::Engine;
use retrieval::answer::{VerdictModel, observe};
use retrieval::search::{Hit, Ranking};

/// Show how the ranking for a question comes about
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// Explain so many passages
    #[arg(short, value_name = "N", default_value_t = 3)]
    n: usize,
    /// The question, in one or several arguments
    #[arg(required = true)]
    question: Vec<String>,
}

pub(crate) fn run(args: &ExplainArgs, config: &Config) -> Result<()> {
    let question = args.question.join(" ");
    let engine = open_index::service(config)?.engine();
    let ranking = engine.rank(&question)?;
    let mut stdout = std::io::stdout().lock();
    if !ranking.asks_something() {
        writeln!(stdout, "nothing is left to look up once question words and names are dropped")?;
    }
    for (rank, hit) in ranking.hits().iter().take(args.n).enumerate() {
        explain(&engine, &ranking, hit, rank + 1, &mut stdout)?;
    }
    let model = VerdictModel::fitted();
    let kind = model.evidence_kind(ranking.encoder());
    let Some(observed) = observe(&ranking, kind) else { return Ok(()) };
    let judge = model.judge(&observed);
    writeln!(
        stdout,
        "verdict {}: touches {:.2} (from {:.2}), answers {:.2} (from {:.2})",
        judge.verdict(&observed.features).as_str(),
        judge.touches.likelihood(&observed.features),
        judge.touches.threshold,
        judge.answers.likelihood(&observed.features),
        judge.answers.threshold,
    )?;
    Ok(())
}

fn explain(
    engine: &Engine,
    ranking: &Ranking<'_>,
    hit: &Hit,
    rank: usize,
    out: &mut dyn Write,
) -> Result<()> {
    let passage = &engine.library().passages()[hit.position];
    let opening: String = passage.text.chars().take(40).collect();
    writeln!(out, "{rank}. {} score {:.2}: {opening}…", passage.id, hit.score)?;
    let parts = &hit.features;
    writeln!(
        out,
        "   passage {:.2}, sentence {:.2}, two sentences {:.2}, interviewer's question {:.2}, title {:.2}, \
         readers' questions: best {:.2}, all {:.2}, meaning {:.2} (similarity {:.2})",
        parts.passage,
        parts.sentence,
        parts.window,
        parts.question,
        parts.title,
        parts.expansion_best,
        parts.expansion_all,
        parts.nearness,
        parts.similarity,
    )?;
    if let Some(asked) = ranking.best_expansion(hit).filter(|_| parts.expansion_best > 0.0) {
        writeln!(out, "   best reader's question: {asked}")?;
    }
    let grams = ranking.grams(hit).into_iter().map(|gram| {
        let places = [(gram.in_passage, 'p'), (gram.in_question, 'q'), (gram.in_expansion, 'a')];
        let places: String =
            places.into_iter().filter(|(held, _)| *held).map(|(_, letter)| letter).collect();
        let strength =
            if gram.strength < 1.0 { format!(" ×{:.1}", gram.strength) } else { String::new() };
        format!("{}{strength} {:.1} [{places}]", gram.text, gram.weight)
    });
    writeln!(
        out,
        "   grams (weight, held by p: passage, q: interviewer, a: readers): {}",
        grams.collect::<Vec<_>>().join(", ")
    )?;
    Ok(())
}
