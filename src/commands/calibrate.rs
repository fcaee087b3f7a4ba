//! `wenjian calibrate`: fits the verdict's models to question sets, by cross-validation.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::eval::read_lines;
use super::{generation, logistic};
use crate::answer::{Logistic, Model, Verdict, features};
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
const NONE_ON_ANSWERABLE: f64 = 0.025;
/// Of the questions whose subject they touch without answering, as many may get `answer`.
const ANSWER_ON_RELATED: f64 = 0.05;

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
    // Whether the subject is touched is asked of all questions, whether they are answered of those
    // whose subject is.
    let everything: Vec<&Example> = examples.iter().collect();
    let near: Vec<&Example> =
        examples.iter().filter(|example| example.most != Verdict::None).collect();
    let touches = Labelled::new(&everything, |most| most != Verdict::None);
    let answers = Labelled::new(&near, |most| most == Verdict::Answer);
    let touch_from = quantile(touches.held_out(args.folds, Verdict::Answer), NONE_ON_ANSWERABLE);
    let answer_from =
        quantile(answers.held_out(args.folds, Verdict::Related), 1.0 - ANSWER_ON_RELATED);
    let mut verdicts = Vec::with_capacity(examples.len());
    for fold in 0..args.folds {
        let fold = Fold { number: fold, of: args.folds };
        let model = Model {
            touches: touches.fit(touch_from, |number| !fold.holds(number)),
            // The near examples are numbered among themselves: the fold is that of the whole list.
            answers: answers.fit(answer_from, |number| !fold.holds(near_number(&examples, number))),
        };
        verdicts.extend(
            (fold.number..examples.len())
                .step_by(fold.of)
                .map(|number| (number, model.verdict(&examples[number].features))),
        );
    }
    let mut stdout = std::io::stdout().lock();
    confusion(&examples, &verdicts, &mut stdout)?;
    let model = Model {
        answers: answers.fit(answer_from, |_| true),
        touches: touches.fit(touch_from, |_| true),
    };
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
        let Some(features) = features(&question.q, &ranking) else { continue };
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

/// A part of the cross-validation.
#[derive(Clone, Copy)]
struct Fold {
    number: usize,
    of: usize,
}

impl Fold {
    fn holds(self, example: usize) -> bool {
        example % self.of == self.number
    }
}

/// The number among all `examples` of the `number`-th whose subject is touched.
fn near_number(examples: &[Example], number: usize) -> usize {
    let near = examples.iter().enumerate().filter(|(_, example)| example.most != Verdict::None);
    near.map(|(number, _)| number).nth(number).unwrap_or(number)
}

/// Examples with a yes or no for one model.
struct Labelled<'e> {
    examples: &'e [&'e Example],
    labels: Vec<bool>,
}

impl<'e> Labelled<'e> {
    fn new(examples: &'e [&'e Example], label: impl Fn(Verdict) -> bool) -> Self {
        Self { examples, labels: examples.iter().map(|example| label(example.most)).collect() }
    }

    /// The model for the examples whose number is to be `used`.
    fn fit(&self, threshold: f64, used: impl Fn(usize) -> bool) -> Logistic {
        let numbers = (0..self.examples.len()).filter(|number| used(*number));
        let (features, labels): (Vec<&[f64]>, Vec<bool>) = numbers
            .map(|number| (self.examples[number].features.as_slice(), self.labels[number]))
            .unzip();
        logistic::fit(&features, &labels, threshold)
    }

    /// The likelihood of each example that may be at `most` that, by a model that has not seen it.
    fn held_out(&self, folds: usize, most: Verdict) -> Vec<f64> {
        let mut likelihoods = Vec::new();
        for number in 0..folds {
            let fold = Fold { number, of: folds };
            let model = self.fit(0.5, |number| !fold.holds(number));
            let held_out =
                self.examples.iter().enumerate().filter(|(number, _)| fold.holds(*number));
            let of_kind = held_out.filter(|(_, example)| example.most == most);
            likelihoods.extend(of_kind.map(|(_, example)| model.likelihood(&example.features)));
        }
        likelihoods
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

fn confusion(
    examples: &[Example],
    verdicts: &[(usize, Verdict)],
    out: &mut dyn Write,
) -> Result<()> {
    writeln!(out, "cross-validated; rows: the most that the verdict may be; columns: the verdict")?;
    writeln!(out, "{:8} {:>6} {:>8} {:>8} {:>8}", "", "n", "answer", "related", "none")?;
    for most in [Verdict::Answer, Verdict::Related, Verdict::None] {
        let count = |verdict: Verdict| {
            let of_kind = verdicts.iter().filter(|(number, _)| examples[*number].most == most);
            of_kind.filter(|(_, given)| *given == verdict).count()
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
