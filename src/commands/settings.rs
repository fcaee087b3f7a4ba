//! `wenjian config`, and the setup of the log.

use std::io::Write;

use anyhow::{Context, Result};
use tracing_subscriber::EnvFilter;

use super::open_index::encoder_folder;
use crate::config::{Config, LogFormat, LogOptions};

/// Prints the settings that are in effect, with secrets masked.
pub(super) fn run(config: &Config) -> Result<()> {
    let text = toml::to_string(config).context("the settings cannot be written as TOML")?;
    // A secret may also be part of another setting: some bots use their token as the webhook's path.
    let text = config.mask_secrets(&text);
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    match encoder_folder(config) {
        Some(folder) => {
            writeln!(stdout, "# The sentence encoder is the one in `{}`.", folder.display())?;
        }
        None => writeln!(
            stdout,
            "# There is no sentence encoder; hint: `models/fetch` brings the default one."
        )?,
    }
    Ok(())
}

/// Starts the log. It goes to standard error, because standard output is for answers.
pub(super) fn start_log(options: &LogOptions) -> Result<()> {
    let filter = EnvFilter::try_new(&options.level).with_context(|| {
        format!("`log.level` is `{}`; hint: use error, warn, info, debug or trace, or a filter such as `wenjian=debug`", options.level)
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match options.format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
