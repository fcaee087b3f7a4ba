//! `wenjian chat`: questions line by line, with history and line editing on a terminal.

use std::io::{BufRead, IsTerminal, Write};

use anyhow::Result;
use rustyline::error::ReadlineError;
use rustyline::{Config as EditorConfig, DefaultEditor};

use super::open_index;
use crate::config::Config;
use crate::dialogue::{Intent, Listing, Phrases, Reader, Reply, ScriptChoice, fill};
use crate::service::Service;
use crate::terminal::{ChatInput, LastAnswer, NothingToShow, Renderer};

/// Answer questions line by line
#[derive(Debug, clap::Args)]
pub(crate) struct ChatArgs {
    /// Script of the quotations: auto (that of the question), hans, hant or original
    #[arg(long, value_parser = super::script)]
    script: Option<ScriptChoice>,
}

struct Chat {
    service: Service,
    reader: Reader,
    renderer: Renderer,
    memory: LastAnswer,
}

pub(crate) fn run(args: &ChatArgs, config: &Config) -> Result<()> {
    let service = open_index::service(config)?;
    let mut reader = Reader::from(config.reader);
    reader.script = args.script.unwrap_or(reader.script);
    reader.language = super::language_of_environment().unwrap_or(reader.language);
    let renderer = Renderer::for_stdout(Phrases::of(reader.language));
    let mut chat = Chat { service, reader, renderer, memory: LastAnswer::default() };
    if std::io::stdin().is_terminal() { chat.edit_lines() } else { chat.read_lines() }
}

impl Chat {
    fn edit_lines(&mut self) -> Result<()> {
        let mut editor =
            DefaultEditor::with_config(EditorConfig::builder().auto_add_history(true).build())?;
        let welcome = self.renderer.render(&self.service.handle(&Intent::Start, self.reader));
        writeln!(std::io::stdout(), "{welcome}{}\n", self.renderer.phrases.terminal.welcome)?;
        loop {
            match editor.readline(&self.renderer.phrases.terminal.prompt) {
                Ok(line) if self.answer(&line)? => {}
                Ok(_) => return Ok(()),
                Err(ReadlineError::Eof | ReadlineError::Interrupted) => {
                    // The shell's prompt begins on a line of its own.
                    writeln!(std::io::stdout())?;
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Piped input: no prompt, no welcome; bytes that are no text are replaced.
    fn read_lines(&mut self) -> Result<()> {
        let mut stdin = std::io::stdin().lock();
        let mut line = Vec::new();
        while stdin.read_until(b'\n', &mut line)? > 0 {
            if !self.answer(&String::from_utf8_lossy(&line))? {
                break;
            }
            line.clear();
        }
        Ok(())
    }

    /// Answers a line; false once the chat is over.
    fn answer(&mut self, line: &str) -> Result<bool> {
        let phrases = &self.renderer.phrases.terminal;
        let text = match self.memory.read(line, &self.service.engine()) {
            ChatInput::Quit => return Ok(false),
            ChatInput::Empty => return Ok(true),
            ChatInput::Help => self.help(),
            ChatInput::Keep(slug) => self.keep_to(slug),
            ChatInput::Unknown(command) => fill(&phrases.unknown, &[("command", &command)]) + "\n",
            ChatInput::NothingToShow(NothingToShow::NoAnswerYet) => {
                format!("{}\n", phrases.no_answer_yet)
            }
            ChatInput::NothingToShow(NothingToShow::NoMore) => format!("{}\n", phrases.no_more),
            ChatInput::Intent(intent) => {
                if let Intent::Ask { question, .. } = &intent {
                    self.reader = self.reader.following(question);
                    self.renderer.phrases = Phrases::of(self.reader.language);
                }
                let mut reply = self.service.handle(&intent, self.reader);
                self.memory.keep(&intent, &mut reply);
                self.renderer.render(&reply) + &self.how_to_open(&reply)
            }
        };
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "{text}")?;
        stdout.flush()?;
        Ok(true)
    }

    /// Says how a listed question is opened, where there are some.
    fn how_to_open(&self, reply: &Reply) -> String {
        let phrases = &self.renderer.phrases.terminal;
        let next = match reply {
            Reply::Topics(topics) => topics.next_page,
            _ => None,
        };
        let line = match next {
            _ if !self.memory.lists_topics() => return String::new(),
            None => phrases.open.clone(),
            Some(page) => fill(&phrases.open_or_turn, &[("page", &(page + 1).to_string())]),
        };
        line + "\n"
    }

    /// The commands; that which keeps a search to one interview only where there are several.
    fn help(&self) -> String {
        let phrases = &self.renderer.phrases.terminal;
        let mut lines = phrases.commands.clone();
        if self.service.engine().library().corpus().interviews.len() > 1 {
            lines.push(phrases.within_command.clone());
        }
        lines.join("\n") + "\n"
    }

    /// Keeps searches to the interview `slug`, or to none, and says so.
    fn keep_to(&mut self, slug: Option<String>) -> String {
        let phrases = &self.renderer.phrases.terminal;
        let listings = self.service.engine().listings(self.reader);
        let known = listings.iter().find(|listing| Some(&listing.slug) == slug.as_ref());
        if let Some(listing) = known {
            self.memory.within.clone_from(&slug);
            return fill(&phrases.kept_to, &[("source", &listing.source)]) + "\n";
        }
        let first = if let Some(slug) = slug {
            fill(&phrases.no_interview, &[("slug", &slug)])
        } else {
            self.memory.within = None;
            phrases.lifted.clone()
        };
        let item = |listing: &Listing| format!("  · {} {}", listing.slug, listing.source);
        let lines: Vec<String> = [first].into_iter().chain(listings.iter().map(item)).collect();
        lines.join("\n") + "\n"
    }
}
