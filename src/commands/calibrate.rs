//! `wenjian calibrate`: fits the verdict's models to question sets, by cross-validation.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::eval::read_lines;
use super::{generation, logistic};
use crate::answer::{FEATURES, Model, Verdict, features};
use crate::config::Config;
use crate::dialogue::is_greeting;

/// Fit the verdict's models to question sets
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Questions that have nothing to do with the corpus, JSON lines with a `q`
    #[arg(long, value_name = "FILE")]
    unrelated: Option<PathBuf>,
    /// Use every so many-th of the unrelated questions
    #[arg(long, value_name = "N", default_value_t = 10)]
    every: usize,
    /// Parts of the cross-validation
    #[arg(long, value_name = "N", default_value_t = 10)]
    folds: usize,
    /// Write the models into this file
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Question sets as for `eval`, JSON lines
    #[arg(required = true)]
    questions: Vec<PathBuf>,
}

/// Of the questions that the interviews answer, as many may get `none`.
const NONE_ON_ANSWERABLE: f64 = 0.015;
/// Of the questions that they do not answer, as many may get `answer`.
const ANSWER_ON_OUT: f64 = 0.02;

#[derive(Debug, Deserialize)]
struct Question {
    q: String,
    #[serde(default)]
    gold: Vec<String>,
    #[serde(default)]
    also: Vec<String>,
    expect: Option<Verdict>,
}

/// A question with what the models are to learn of it.
struct Example {
    features: Vec<f64>,
    /// The most that the verdict may be.
    most: Verdict,
}

pub(crate) fn run(args: &Args, config: &Config) -> Result<()> {
    let examples = examples(args, config)?;
    ensure!(
        args.folds >= 2 && examples.len() >= args.folds,
        "too few questions for {} folds",
        args.folds
    );
    let answers = Labelled::new(&examples, |most| most == Verdict::Answer);
    let touches = Labelled::new(&examples, |most| most != Verdict::None);
    let (held_out_answers, held_out_touches) =
        (answers.held_out(args.folds), touches.held_out(args.folds));
    let likelihoods = |of: &[f64], keep: &dyn Fn(Verdict) -> bool| -> Vec<f64> {
        examples
            .iter()
            .zip(of)
            .filter(|(example, _)| keep(example.most))
            .map(|(_, likelihood)| *likelihood)
            .collect()
    };
    // A verdict of `answer` is kept from out-of-scope questions, `none` from answerable ones.
    let out = likelihoods(&held_out_answers, &|most| most != Verdict::Answer);
    let answer_from = quantile(out, 1.0 - ANSWER_ON_OUT);
    let touch_from = quantile(
        likelihoods(&held_out_touches, &|most| most == Verdict::Answer),
        NONE_ON_ANSWERABLE,
    );
    let verdicts: Vec<Verdict> = held_out_answers
        .iter()
        .zip(&held_out_touches)
        .map(|(answers, touches)| match (*answers > answer_from, *touches >= touch_from) {
            (true, _) => Verdict::Answer,
            (false, true) => Verdict::Related,
            (false, false) => Verdict::None,
        })
        .collect();
    let mut stdout = std::io::stdout().lock();
    confusion(&examples, &verdicts, &mut stdout)?;
    let model = Model { answers: answers.fit(answer_from), touches: touches.fit(touch_from) };
    for (name, (answers, touches)) in
        FEATURES.iter().zip(model.answers.coefficients.iter().zip(&model.touches.coefficients))
    {
        writeln!(stdout, "{name:20} {answers:>8.3} {touches:>8.3}")?;
    }
    if let Some(path) = &args.write {
        let head = "# How the features of the best hit tell whether the interviews answer a question, in their order. Fitted\n# by `wenjian calibrate`, not by hand: docs/verdict.md tells the method and the data.\n\n";
        let text = toml::to_string(&model)?;
        std::fs::write(path, format!("{head}{text}"))
            .with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

/// The examples of all sets. Greetings are met before any model is asked; an answerable question whose
/// best hit is wrong teaches neither that it is answered nor that it is not.
fn examples(args: &Args, config: &Config) -> Result<Vec<Example>> {
    let service = generation::service(config)?;
    let host = service.host();
    let mut questions: Vec<Question> = Vec::new();
    for path in &args.questions {
        questions.extend(read_lines::<Question>(path)?);
    }
    if let Some(path) = &args.unrelated {
        let unrelated = read_lines::<Question>(path)?.into_iter().step_by(args.every.max(1));
        questions.extend(unrelated.map(|Question { q, .. }| Question {
            q,
            gold: vec![],
            also: vec![],
            expect: Some(Verdict::None),
        }));
    }
    let mut examples = Vec::new();
    for question in questions.into_iter().filter(|question| !is_greeting(&question.q)) {
        let ranking = host.rank(&question.q)?;
        let passages = host.shelf().passages();
        let Some(features) = features(&question.q, &ranking, passages) else { continue };
        let best = ranking.hits().first().map_or("", |hit| passages[hit.position].id.local());
        let fair = question.gold.iter().chain(&question.also).any(|id| id == best);
        let most = if question.gold.is_empty() {
            question.expect.unwrap_or(Verdict::Related)
        } else {
            Verdict::Answer
        };
        if fair || most != Verdict::Answer {
            examples.push(Example { features, most });
        }
    }
    Ok(examples)
}

/// The examples with a yes or no for one model.
struct Labelled<'e> {
    features: Vec<&'e [f64]>,
    labels: Vec<bool>,
}

impl<'e> Labelled<'e> {
    fn new(examples: &'e [Example], label: impl Fn(Verdict) -> bool) -> Self {
        let features = examples.iter().map(|example| example.features.as_slice()).collect();
        Self { features, labels: examples.iter().map(|example| label(example.most)).collect() }
    }

    /// The likelihood of each example by a model that was fitted to the other folds.
    fn held_out(&self, folds: usize) -> Vec<f64> {
        let mut likelihoods = vec![0.0; self.features.len()];
        for fold in 0..folds {
            let (features, labels): (Vec<&[f64]>, Vec<bool>) = (0..self.features.len())
                .filter(|number| number % folds != fold)
                .map(|number| (self.features[number], self.labels[number]))
                .unzip();
            let model = logistic::fit(&features, &labels, 0.5);
            for number in (fold..self.features.len()).step_by(folds) {
                likelihoods[number] = model.likelihood(self.features[number]);
            }
        }
        likelihoods
    }

    fn fit(&self, threshold: f64) -> crate::answer::Logistic {
        logistic::fit(&self.features, &self.labels, threshold)
    }
}

/// The value that a share of `part` of `values` lies below.
fn quantile(mut values: Vec<f64>, part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count"
    )]
    let at = ((values.len() as f64 * part) as usize).min(values.len().saturating_sub(1));
    values.get(at).copied().unwrap_or(0.5)
}

fn confusion(examples: &[Example], verdicts: &[Verdict], out: &mut dyn Write) -> Result<()> {
    writeln!(out, "cross-validated; rows: the most that the verdict may be; columns: the verdict")?;
    writeln!(out, "{:8} {:>6} {:>8} {:>8} {:>8}", "", "n", "answer", "related", "none")?;
    for most in [Verdict::Answer, Verdict::Related, Verdict::None] {
        let count = |verdict: Verdict| {
            examples
                .iter()
                .zip(verdicts)
                .filter(|(example, given)| example.most == most && **given == verdict)
                .count()
        };
        let counts = [Verdict::Answer, Verdict::Related, Verdict::None].map(count);
        let [answer, related, none] = counts;
        writeln!(
            out,
            "{:8} {:>6} {answer:>8} {related:>8} {none:>8}",
            most.as_str(),
            answer + related + none
        )?;
    }
    Ok(())
}
