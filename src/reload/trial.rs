//! Reads an upload in a process of its own first.
//!
//! Whatever a file holds, reading it must not take down the bot: the process has bounds of time and
//! memory, and if it does not get through, neither would the bot.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long reading an upload may take.
const MAX_TIME: Duration = Duration::from_secs(10);
/// How often it is looked whether the process has ended.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Why an upload was not read to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrialError {
    /// The process could not be started, or not be given the file.
    #[error("the process that reads uploads cannot be run")]
    Process(#[from] std::io::Error),
    /// The process was killed, for it took too much time, or ended by itself for want of memory.
    #[error("reading it takes too much time or memory")]
    TooCostly,
}

/// Lets `wenjian trial` read an upload, and returns whether it got through. What it found
/// does not matter here.
pub fn trial(name: &str, bytes: &[u8]) -> Result<(), TrialError> {
    let mut process = Command::new(std::env::current_exe()?)
        .args(["trial", "--", &name.replace('\0', "")])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let outcome = feed(&mut process, bytes).and_then(|()| ended(&mut process));
    if outcome.is_err() {
        // It may have ended by itself in the meantime.
        let _ = process.kill();
        let _ = process.wait();
    }
    outcome
}

/// Hands the file over. The process reads all of it before anything else.
fn feed(process: &mut Child, bytes: &[u8]) -> Result<(), TrialError> {
    let Some(mut stdin) = process.stdin.take() else { return Ok(()) };
    stdin.write_all(bytes)?;
    Ok(())
}

fn ended(process: &mut Child) -> Result<(), TrialError> {
    let started = Instant::now();
    while started.elapsed() < MAX_TIME {
        match process.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(_) => return Err(TrialError::TooCostly),
            None => sleep(LOOK_EVERY),
        }
    }
    Err(TrialError::TooCostly)
}
