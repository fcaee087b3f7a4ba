//! The `wenjian` program: reads the command line, runs one command, prints the error chain.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use wenjian::commands::{CommandLine, run};

fn main() -> ExitCode {
    match run(CommandLine::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Where even standard error is gone there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "wenjian: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whoever reads our output has seen enough (`wenjian ask … | head`).
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io_errors = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    io_errors.into_iter().any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
