//! `wenjian serve` as a process of its own, against the fake Bot API.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tempfile::TempDir;

use super::bot_api::{BotApi, TOKEN};

/// How a bot is started; everything else is as in `config/default.toml`.
pub(crate) struct Setup {
    folder: Arc<TempDir>,
    variables: Vec<(String, String)>,
}

/// A running bot. It is killed with this.
pub(crate) struct Bot {
    process: Child,
    log: PathBuf,
    /// It goes after the bot.
    _folder: Arc<TempDir>,
}

impl Setup {
    /// A bot that talks to `api`, with a store of its own, without limits in or out.
    pub(crate) fn new(api: &BotApi) -> Self {
        let folder = Arc::new(TempDir::new().unwrap());
        let store = format!("sqlite://{}?mode=rwc", folder.path().join("store.sqlite").display());
        let setup = Self { folder, variables: Vec::new() };
        setup
            .with("TELEGRAM__API_URL", api.url())
            .with("TELEGRAM__LIMITS", "off")
            .with("TELEGRAM__SHUTDOWN_SECONDS", "5")
            .with("STORE__URL", &store)
            .with("INDEX__DIR", &index().display().to_string())
            .with("LOG__LEVEL", "info")
    }

    /// The same with another setting, as `SECTION__KEY`.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != key);
        self.variables.push((key.to_owned(), value.to_owned()));
        self
    }

    /// The same with only this transcript in the corpus.
    pub(crate) fn with_transcript(self, text: &str) -> Self {
        let corpus = self.folder.path().join("corpus");
        std::fs::create_dir(&corpus).unwrap();
        std::fs::write(corpus.join("transcript.txt"), text).unwrap();
        let index = self.folder.path().join("index").display().to_string();
        self.with("CORPUS__DIR", &corpus.display().to_string()).with("INDEX__DIR", &index)
    }

    /// The file of its store.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store.sqlite")
    }

    /// How many rows its store has, as `TABLE WHERE …`.
    pub(crate) async fn count(&self, rows: &str) -> i64 {
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}", self.store().display());
        let store = sqlx::AnyPool::connect(&url).await.unwrap();
        let statement = format!("SELECT COUNT(*) FROM {rows}");
        let count = sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_one(&store).await;
        store.close().await;
        count.unwrap()
    }

    /// Waits until nothing is left in its inbox.
    pub(crate) async fn settled(&self) {
        while self.count("updates WHERE body IS NOT NULL").await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Starts the bot.
    pub(crate) fn start(&self) -> Bot {
        self.start_with_token(TOKEN)
    }

    /// Starts the bot with another token than the server knows.
    pub(crate) fn start_with_token(&self, token: &str) -> Bot {
        let log = self.folder.path().join("log");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wenjian"));
        command.arg("serve").env_clear().env("TELOXIDE_TOKEN", token);
        for (key, value) in &self.variables {
            command.env(format!("WENJIAN__{key}"), value);
        }
        let process = command.stdout(Stdio::null()).stderr(file).spawn().unwrap();
        Bot { process, log, _folder: Arc::clone(&self.folder) }
    }
}

impl Bot {
    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Waits until the log says `words`.
    pub(crate) async fn says(&self, words: &str) {
        for _ in 0..600 {
            if self.log().contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the log does not say `{words}`:\n{}", self.log());
    }

    /// Kills it, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        assert_eq!(self.process.wait().unwrap().signal(), Some(9), "it ended by itself");
    }

    /// Asks it to end, and waits for that.
    pub(crate) async fn terminate(mut self) -> ExitStatus {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.ended().await
    }

    /// Waits until it ends.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        for _ in 0..600 {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it does not end:\n{}", self.log());
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let secret = TOKEN.split_once(':').map_or("", |(_, secret)| secret);
        if std::thread::panicking() {
            eprintln!("the bot's log:\n{log}");
            return;
        }
        assert!(!log.contains(secret), "the token is in the log:\n{log}");
        assert!(!log.contains("panicked"), "{log}");
    }
}

/// An index of the real corpus, built once for all tests.
fn index() -> &'static Path {
    static INDEX: OnceLock<TempDir> = OnceLock::new();
    let folder = INDEX.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wenjian"));
        command.arg("index").env_clear().env("WENJIAN__INDEX__DIR", folder.path());
        assert!(command.stdout(Stdio::null()).status().unwrap().success());
        folder
    });
    folder.path()
}
