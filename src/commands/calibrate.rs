//! `wenjian calibrate`: fits the verdict's models to question sets, by cross-validation.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use super::open_index;
use crate::config::Config;
use crate::editor::calibration::{
    Example, Interviews, Other, Situation, Surroundings, calibrate, situations,
};
use crate::editor::evaluation::{EvalQuestion, read_lines};
use retrieval::answer::{Verdict, VerdictModel};

/// Fit the verdict's models to question sets
#[derive(Debug, clap::Args)]
pub(crate) struct CalibrateArgs {
    /// Passages that have nothing to do with the corpus, JSON lines as for `eval --passages`
    #[arg(long, value_name = "FILE", requires = "passage_questions")]
    passages: Option<PathBuf>,
    /// The questions of these passages, JSON lines
    #[arg(long, value_name = "FILE", requires = "passages")]
    passage_questions: Option<PathBuf>,
    /// Other interviews without readers' questions, and a question set to them; may be repeated
    #[arg(long, value_names = ["FOLDER", "FILE"], num_args = 2)]
    interviews: Vec<PathBuf>,
    /// Use every so many-th of the questions of `--passage-questions`
    #[arg(long, value_name = "N", default_value_t = 10)]
    every: usize,
    /// Parts of the cross-validation
    #[arg(long, value_name = "N", default_value_t = 10)]
    folds: usize,
    /// Write the models into this file: those with an encoder if `search.encoder` names one, otherwise
    /// those without; the others stay as they are
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Question sets as for `eval`, JSON lines
    #[arg(required = true)]
    questions: Vec<PathBuf>,
}

const HEAD: &str = "\
# How the features of the best hit tell whether the interviews answer a question, in their order. Fitted
# by `wenjian calibrate`, not by hand: docs/verdict.md tells the method and the data.

";

pub(crate) fn run(args: &CalibrateArgs, config: &Config) -> Result<()> {
    let mut questions: Vec<EvalQuestion> = Vec::new();
    for path in &args.questions {
        questions.extend(read_lines::<EvalQuestion>(path)?);
    }
    let other = match (&args.passages, &args.passage_questions) {
        (Some(passages), Some(questions)) => Some(Other {
            passages: read_lines(passages)?,
            questions: read_lines(questions)?.into_iter().step_by(args.every.max(1)).collect(),
        }),
        _ => None,
    };
    let interviews: Vec<Interviews> = args
        .interviews
        .chunks(2)
        .map(|pair| other_interviews(pair, config))
        .collect::<Result<_>>()?;
    let index = open_index::open_or_build(config)?;
    let encoder = index.meaning().map(|(encoder, _)| encoder);
    let surroundings = Surroundings { interviews, other, encoder: encoder.clone() };
    let situations = situations(&questions, index, surroundings, &config.search)?;
    let n_examples: usize = situations.iter().map(|situation| situation.examples.len()).sum();
    ensure!(
        args.folds >= 2 && n_examples >= args.folds,
        "too few questions for {} folds; hint: give more question sets, or `--folds 2`",
        args.folds
    );
    let calibration = calibrate(&situations, args.folds);
    let mut stdout = std::io::stdout().lock();
    writeln!(
        stdout,
        "cross-validated; rows: the most that the verdict may be; columns: the verdict"
    )?;
    for Situation { name, examples } in &situations {
        confusion(name, examples, |example| calibration.held_out(example), &mut stdout)?;
    }
    if let Some(path) = &args.write {
        let mut model = VerdictModel::fitted().clone();
        match encoder {
            Some(encoder) => {
                encoder.fingerprint().clone_into(&mut model.encoder);
                model.with_encoder = calibration.judges;
            }
            None => model.words = calibration.judges,
        }
        let text = toml::to_string(&model)?;
        std::fs::write(path, format!("{HEAD}{text}"))
            .with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

/// Reads a corpus folder and a question set.
fn other_interviews(pair: &[PathBuf], config: &Config) -> Result<Interviews> {
    let [dir, questions] = pair else { bail!("`--interviews` takes a folder and a file") };
    let mut config = config.clone();
    config.corpus.dir.clone_from(dir);
    let corpus = open_index::load(open_index::folder(&config)?.0, &config, false)?.corpus;
    Ok(Interviews { corpus, questions: read_lines(questions)? })
}

fn confusion(
    name: &str,
    examples: &[Example],
    verdict: impl Fn(&Example) -> Verdict,
    out: &mut dyn Write,
) -> Result<()> {
    writeln!(out, "\n{name:26} {:>6} {:>8} {:>8} {:>8}", "n", "answer", "related", "none")?;
    for most in [Verdict::Answer, Verdict::Related, Verdict::None] {
        let given: Vec<Verdict> =
            examples.iter().filter(|example| example.most == most).map(&verdict).collect();
        let count = |verdict| given.iter().filter(|given| **given == verdict).count();
        let [answer, related, none] = [Verdict::Answer, Verdict::Related, Verdict::None].map(count);
        let n = given.len();
        writeln!(out, "{:26} {n:>6} {answer:>8} {related:>8} {none:>8}", most.as_str())?;
    }
    Ok(())
}
