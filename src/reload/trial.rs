//! Reads an upload in a process of its own before the bot does.
//!
//! Whatever a file contains, importing it must not take down the bot. So `wenjian trial` first does all
//! that the bot will do with the file, within bounds of time and memory. The work does not depend on
//! anything else, so a file that gets through there gets through here, at the same cost.

use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use transcript::FrontMatter;

/// The longest time that reading an upload may take.
const MAX_TIME: Duration = Duration::from_secs(10);
/// The interval at which the end of the process is checked.
const CHECK_EVERY: Duration = Duration::from_millis(20);

/// Why an upload was not read to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrialError {
    /// The process could not be started, or could not be given the file.
    #[error("the process that reads uploads cannot be run")]
    Process(#[from] std::io::Error),
    /// The process failed for another reason than the file's cost.
    #[error("the process that reads uploads failed ({0})")]
    Failed(ExitStatus),
    /// The process ran out of time or memory.
    #[error("reading it takes too much time or memory")]
    TooCostly,
}

/// Reads an upload in another process, as it would be imported with what is `given` about it. Returns
/// an error if that takes too much time or memory; what was read is not returned.
pub fn trial(name: &str, bytes: &[u8], given: &FrontMatter) -> Result<(), TrialError> {
    let mut process = Command::new(std::env::current_exe()?)
        .args(["trial", "--given", &given.to_string(), "--", &name.replace('\0', "")])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let outcome = feed(&mut process, bytes).and_then(|()| wait(&mut process));
    if outcome.is_err() {
        // It may have ended by itself in the meantime.
        let _ = process.kill();
        let _ = process.wait();
    }
    outcome
}

/// Hands the file over. The process reads all of it before it does anything else.
fn feed(process: &mut Child, bytes: &[u8]) -> Result<(), TrialError> {
    let Some(mut stdin) = process.stdin.take() else { return Ok(()) };
    stdin.write_all(bytes)?;
    Ok(())
}

/// Waits until the process ends or its time is up.
fn wait(process: &mut Child) -> Result<(), TrialError> {
    let started = Instant::now();
    while started.elapsed() < MAX_TIME {
        match process.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            // A limit of the system ends a process by a signal.
            Some(status) if status.signal().is_some() => return Err(TrialError::TooCostly),
            Some(status) => return Err(TrialError::Failed(status)),
            None => sleep(CHECK_EVERY),
        }
    }
    Err(TrialError::TooCostly)
}
