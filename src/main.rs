//! The `wenjian` program: parses the command line, runs the command, and prints its error if it fails.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use wenjian::commands::{CommandLine, run};

fn main() -> ExitCode {
    match run(CommandLine::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed as well, the error cannot be reported anywhere.
            let _ = writeln!(std::io::stderr(), "wenjian: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether the reader of our output closed it early, as in `wenjian ask … | head`. This is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut io_errors = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    io_errors.any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
