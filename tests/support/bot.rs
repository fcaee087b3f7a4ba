//! Runs `wenjian serve` as a process that talks to the fake Bot API.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tempfile::TempDir;

use super::bot_api::{BotApi, TOKEN};
use super::nginx::free_port;

/// The secret that the fake Telegram sends with each delivery.
pub(crate) const SECRET: &str = "shown-by-the-fake-server";

/// The settings with which a bot is started; all others are those of `config/default.toml`.
#[derive(Clone)]
pub(crate) struct Setup {
    folder: Arc<TempDir>,
    /// Name of the log file.
    log: &'static str,
    variables: Vec<(String, String)>,
}

/// A running bot, which is killed when this is dropped.
pub(crate) struct Bot {
    process: Child,
    log: PathBuf,
    /// Length of the log file when this bot was started.
    log_begins: usize,
    /// Keeps the folder until the bot has ended.
    _folder: Arc<TempDir>,
}

impl Setup {
    /// Settings for a bot that talks to `api`, with its own store and without any limits.
    pub(crate) fn new(api: &BotApi) -> Self {
        let folder = Arc::new(TempDir::new().unwrap());
        let store = format!("sqlite://{}?mode=rwc", folder.path().join("store.sqlite").display());
        let setup = Self { folder, log: "log", variables: Vec::new() };
        setup
            .with("TELEGRAM__API_URL", api.url())
            .with("TELEGRAM__LIMITS", "off")
            .with("TELEGRAM__SHUTDOWN_SECONDS", "5")
            .with("STORE__URL", &store)
            .with("INDEX__DIR", &index().display().to_string())
            .with("LOG__LEVEL", "info")
            // The model may be in the project's folder or not, and the answers must not depend on it.
            .with("SEARCH__ENCODER", "")
    }

    /// Changes a setting, named as `SECTION__KEY`.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != key);
        self.variables.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Uses webhook mode with [`SECRET`], on a free port.
    pub(crate) fn with_webhook(self) -> Self {
        let server = format!("127.0.0.1:{}", free_port());
        self.with("TELEGRAM__MODE", "webhook")
            .with("TELEGRAM__WEBHOOK_SECRET", SECRET)
            .with("WEB__PUBLIC_URL", &format!("http://{server}"))
            .with("WEB__LISTEN", &server)
    }

    /// Settings for another bot on the same store, which writes to another log file.
    pub(crate) fn replica(&self, log: &'static str) -> Self {
        Self { log, ..self.clone() }
    }

    /// Uses a corpus that has only this transcript.
    pub(crate) fn with_transcript(self, text: &str) -> Self {
        self.with_transcripts(&[("transcript.txt", text)])
    }

    /// Uses a corpus that has only these transcripts, given as names and contents.
    pub(crate) fn with_transcripts(self, transcripts: &[(&str, &str)]) -> Self {
        let corpus = self.folder.path().join("corpus");
        std::fs::create_dir(&corpus).unwrap();
        for (name, text) in transcripts {
            std::fs::write(corpus.join(name), text).unwrap();
        }
        let index = self.folder.path().join("index").display().to_string();
        self.with("CORPUS__DIR", &corpus.display().to_string()).with("INDEX__DIR", &index)
    }

    /// Settings for another bot on the same store, with its own index and its own server.
    pub(crate) fn sibling(&self, api: &BotApi) -> Self {
        let replica = Self::new(api);
        let own = |key: &str| matches!(key, "TELEGRAM__API_URL" | "INDEX__DIR");
        let shared = self.variables.iter().filter(|(key, _)| !own(key));
        let index = replica.folder.path().join("index").display().to_string();
        let replica = replica.with("INDEX__DIR", &index);
        shared.fold(replica, |replica, (key, value)| replica.with(key, value))
    }

    /// Runs another command with these settings, and returns what it prints.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wenjian"));
        command.args(arguments).env_clear();
        for (key, value) in &self.variables {
            command.env(format!("WENJIAN__{key}"), value);
        }
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The corpus folder, for a setup with its own transcripts.
    pub(crate) fn corpus(&self) -> PathBuf {
        self.folder.path().join("corpus")
    }

    /// The SQLite file of the store.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store.sqlite")
    }

    /// Counts rows in the store; `rows` is a table or `TABLE WHERE …`.
    pub(crate) async fn count(&self, rows: &str) -> i64 {
        sqlx::any::install_default_drivers();
        let url = self.variables.iter().find(|(key, _)| key == "STORE__URL");
        let store = sqlx::AnyPool::connect(&url.unwrap().1).await.unwrap();
        let statement = format!("SELECT COUNT(*) FROM {rows}");
        let count = sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_one(&store).await;
        store.close().await;
        count.unwrap()
    }

    /// Executes a statement on the SQLite file while the bot is running.
    pub(crate) async fn execute(&self, statement: &'static str) {
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}", self.store().display());
        let store = sqlx::AnyPool::connect(&url).await.unwrap();
        sqlx::query(statement).execute(&store).await.unwrap();
        store.close().await;
    }

    /// Waits until the inbox is empty.
    pub(crate) async fn settled(&self) {
        while self.count("updates WHERE body IS NOT NULL").await > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until `what` (a table, and a condition) has `n` rows: questions are noted a moment after their updates
    /// are struck from the inbox.
    pub(crate) async fn has_noted(&self, n: i64, what: &str) {
        let noted = async {
            while self.count(what).await != n {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let within = tokio::time::timeout(Duration::from_mins(1), noted);
        within.await.unwrap_or_else(|_| panic!("{what} should have {n} rows"));
    }

    pub(crate) fn start(&self) -> Bot {
        self.start_with_token(TOKEN)
    }

    /// Kills `bot` while it is answering five questions of each of `users` users, and starts another
    /// one. Checks that every question is answered, and at most one of each user twice: the one whose
    /// answer was just being sent.
    pub(crate) async fn survives_a_kill_in_mid_flood(&self, api: &BotApi, bot: Bot, users: i64) {
        api.until(|api| (api.calls("sendMessage").len() > 30).then_some(())).await.unwrap();
        bot.kill();
        let _bot = self.start();
        for user in 1..=users {
            api.message_to(user, 4).await;
        }
        api.all_taken().await;
        self.settled().await;
        for user in 1..=users {
            let answers = api.sent_to(user).len();
            assert!((5..=6).contains(&answers), "{answers} answers to 5 questions of {user}");
        }
    }

    /// Starts the bot with this token.
    pub(crate) fn start_with_token(&self, token: &str) -> Bot {
        self.start_as(Command::new(env!("CARGO_BIN_EXE_wenjian")), token)
    }

    /// Starts the bot where no file can be written beyond so many KiB, as if the disk was full.
    pub(crate) fn start_with_files_of_at_most(&self, kib: u32) -> Bot {
        let mut command = Command::new("sh");
        // The unit of `ulimit -f` is 512 bytes. A write beyond it sends a signal, unless that is ignored.
        let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", kib * 2);
        command.args(["-c", &script, env!("CARGO_BIN_EXE_wenjian")]);
        self.start_as(command, TOKEN)
    }

    fn start_as(&self, mut command: Command, token: &str) -> Bot {
        let log = self.folder.path().join(self.log);
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let log_begins = usize::try_from(file.metadata().unwrap().len()).unwrap();
        command.arg("serve").env_clear().env("TELOXIDE_TOKEN", token);
        for (key, value) in &self.variables {
            command.env(format!("WENJIAN__{key}"), value);
        }
        let process = command.stdout(Stdio::null()).stderr(file).spawn().unwrap();
        Bot { process, log, log_begins, _folder: Arc::clone(&self.folder) }
    }
}

impl Bot {
    /// Returns what the bot has logged so far.
    pub(crate) fn log(&self) -> String {
        let log = std::fs::read(&self.log).unwrap();
        String::from_utf8_lossy(&log[self.log_begins..]).into_owned()
    }

    /// Waits until the log contains `words`.
    pub(crate) async fn says(&self, words: &str) {
        for _ in 0..600 {
            if self.log().contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the log does not contain `{words}`:\n{}", self.log());
    }

    /// Waits for the web server and returns its address.
    pub(crate) async fn site(&self) -> String {
        self.says("reader pages on http://").await;
        let log = self.log();
        let line = log.lines().rev().find_map(|line| line.strip_prefix("reader pages on "));
        line.unwrap().to_owned()
    }

    /// Returns how much memory it uses, in MiB.
    pub(crate) fn resident_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kib.unwrap_or_default() / 1024
    }

    /// Kills the bot with SIGKILL.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        assert_eq!(
            self.process.wait().unwrap().signal(),
            Some(9),
            "the bot should not have ended by itself"
        );
    }

    /// Sends SIGTERM to the bot and waits until it ends.
    pub(crate) async fn terminate(mut self) -> ExitStatus {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.ended().await
    }

    /// Waits until the bot ends.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        for _ in 0..600 {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the bot does not end:\n{}", self.log());
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

/// Returns the folder of an index of the project's corpus, which is built once for all tests.
fn index() -> &'static Path {
    static INDEX: OnceLock<TempDir> = OnceLock::new();
    let folder = INDEX.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wenjian"));
        command.arg("index").env_clear().env("WENJIAN__INDEX__DIR", folder.path());
        command.env("WENJIAN__SEARCH__ENCODER", "");
        assert!(command.stdout(Stdio::null()).status().unwrap().success());
        folder
    });
    folder.path()
}
