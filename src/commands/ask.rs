//! `wenjian ask`: answers one question.

use std::io::Write;

use anyhow::{Result, ensure};

use super::open_index;
use crate::config::Config;
use crate::dialogue::{Intent, Phrases, Reader, ScriptChoice};
use crate::terminal::{LastAnswer, Renderer};

/// Answer one question with quotations
#[derive(Debug, clap::Args)]
pub(crate) struct AskArgs {
    /// Print one JSON object, texts as stored
    #[arg(long)]
    json: bool,
    /// Quote at most so many passages
    #[arg(short, value_name = "N", default_value_t = 3)]
    n: usize,
    /// Script of the quotations: auto (that of the question), hans, hant or original
    #[arg(long, value_parser = super::script)]
    script: Option<ScriptChoice>,
    /// Search only in this interview
    #[arg(long, value_name = "SLUG")]
    interview: Option<String>,
    /// The question, in one or several arguments
    #[arg(required = true)]
    question: Vec<String>,
}

pub(crate) fn run(args: &AskArgs, config: &Config) -> Result<()> {
    let question = args.question.join(" ");
    ensure!(
        !question.trim().is_empty(),
        "the question is empty; hint: `wenjian ask 为什么强调小镇`"
    );
    let service = open_index::service(config)?;
    let within = args.interview.clone();
    if let Some(slug) = &within {
        ensure!(
            service.engine().library().named(slug).is_some(),
            "there is no interview `{slug}`; hint: `wenjian chat`, then `/in`, lists them"
        );
    }
    let mut stdout = std::io::stdout().lock();
    if args.json {
        let answer = service.ask(&question, within.as_deref(), args.n)?;
        writeln!(stdout, "{}", serde_json::to_string(&answer)?)?;
        return Ok(());
    }
    let mut reader = Reader::from(config.reader);
    reader.language = super::language_of_environment().unwrap_or(reader.language);
    reader.script = args.script.unwrap_or(reader.script);
    let reader = reader.following(&question);
    let renderer = Renderer::for_stdout(Phrases::of(reader.language));
    let mut intent = Intent::Ask { question, before: None, within };
    let mut memory = LastAnswer::default();
    for number in 0..args.n.max(1) {
        let mut reply = service.handle(&intent, reader);
        if number > 0 {
            writeln!(stdout)?;
        }
        memory.keep(&intent, &mut reply);
        stdout.write_all(renderer.render(&reply).as_bytes())?;
        let crate::terminal::ChatInput::Intent(next) = memory.read("/more", &service.engine())
        else {
            break;
        };
        intent = next;
    }
    Ok(())
}
