//! The command line, with one file for each subcommand.

mod ask;
mod calibrate;
mod chat;
mod enrich;
mod eval;
mod explain;
mod export;
mod import;
mod index;
mod live_service;
mod mcp;
mod open_index;
mod open_store;
mod repair;
mod serve;
mod settings;
mod site;
mod stop_signal;
mod trial;
mod web;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};
use serde::Deserialize;
use serde::de::IntoDeserializer;

use crate::config::Config;
use crate::dialogue::{Language, ScriptChoice};

/// Finds the passages of interviews that answer a question, and quotes them.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct CommandLine {
    /// Read the settings from this file instead of config/local.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer one question with quotations
    Ask(ask::AskArgs),
    /// Answer questions line by line
    Chat(chat::ChatArgs),
    /// Read a transcript and write it into the corpus folder
    Import(import::ImportArgs),
    /// Write operators' additions from the store into the corpus folder
    Export(export::ExportArgs),
    /// Print a text with its damage repaired; the report goes to standard error
    Repair(repair::RepairArgs),
    /// Build the index and print how much it holds
    Index(index::IndexArgs),
    /// Run the bot on Telegram, and the reader pages if `web.listen` is set
    Serve,
    /// Show how the passages for a question were ranked
    Explain(explain::ExplainArgs),
    /// Serve the reader pages and the JSON API
    Web,
    /// Write the reader pages as a static site, with a search that runs in the browser
    Site(site::SiteArgs),
    /// Serve quotations to a language model, by the Model Context Protocol on standard input and output
    Mcp,
    /// Measure how well the questions of a set are answered
    Eval(eval::EvalArgs),
    /// Draft readers' questions with a language model, and review the drafts
    Enrich(enrich::EnrichArgs),
    /// Fit the verdict's models to question sets
    Calibrate(calibrate::CalibrateArgs),
    /// Read an upload within bounds of time and memory
    #[command(hide = true)]
    Trial(trial::TrialArgs),
    /// Print the settings that are in effect
    Config,
}

/// Reads the settings, starts the log and runs the command.
pub fn run(command_line: CommandLine) -> Result<()> {
    let config = Config::load(command_line.config.as_deref())?;
    settings::start_log(&config.log)?;
    match command_line.command {
        Command::Ask(args) => ask::run(&args, &config),
        Command::Chat(args) => chat::run(&args, &config),
        Command::Import(args) => import::run(&args, &config),
        Command::Export(args) => export::run(&args, &config),
        Command::Repair(args) => repair::run(&args, &config),
        Command::Index(args) => index::run(&args, &config),
        Command::Serve => serve::run(config),
        Command::Explain(args) => explain::run(&args, &config),
        Command::Web => web::run(&config),
        Command::Site(args) => site::run(args, config),
        Command::Mcp => mcp::run(&config),
        Command::Eval(args) => eval::run(&args, &config),
        Command::Enrich(args) => enrich::run(&args, &config),
        Command::Calibrate(args) => calibrate::run(&args, &config),
        Command::Trial(args) => trial::run(&args, &config),
        Command::Config => settings::run(&config),
    }
}

/// Returns the language that the environment asks for; `None` where it names none (`C`, `POSIX`).
fn language_of_environment() -> Option<Language> {
    let variables = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter();
    let locale =
        variables.filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty())?;
    let tag = locale.split(['.', '@']).next()?;
    (!matches!(tag, "C" | "POSIX")).then(|| Language::of_tag(tag))
}

/// Parses the value of a `--script` option, which has the same names as the setting `reader.script`.
fn script(name: &str) -> Result<ScriptChoice, serde::de::value::Error> {
    ScriptChoice::deserialize(name.into_deserializer())
}
