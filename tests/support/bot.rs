//! `wenjian serve` as a process of its own, against the fake Bot API.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tempfile::TempDir;

use super::bot_api::{BotApi, TOKEN};
use super::nginx::free_port;

/// What Telegram shows where it brings updates.
pub(crate) const SECRET: &str = "shown-by-the-fake-server";

/// How a bot is started; everything else is as in `config/default.toml`.
#[derive(Clone)]
pub(crate) struct Setup {
    folder: Arc<TempDir>,
    /// Name of its log.
    log: &'static str,
    variables: Vec<(String, String)>,
}

/// A running bot. It is killed with this.
pub(crate) struct Bot {
    process: Child,
    log: PathBuf,
    /// Where in that file its own part begins.
    log_begins: usize,
    /// It goes after the bot.
    _folder: Arc<TempDir>,
}

impl Setup {
    /// A bot that talks to `api`, with a store of its own, without limits in or out.
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
    }

    /// The same with another setting, as `SECTION__KEY`.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != key);
        self.variables.push((key.to_owned(), value.to_owned()));
        self
    }

    /// The same with a web server to which updates are brought with [`SECRET`].
    pub(crate) fn with_webhook(self) -> Self {
        let server = format!("127.0.0.1:{}", free_port());
        self.with("TELEGRAM__MODE", "webhook")
            .with("TELEGRAM__WEBHOOK_SECRET", SECRET)
            .with("WEB__PUBLIC_URL", &format!("http://{server}"))
            .with("WEB__LISTEN", &server)
    }

    /// Another bot on the same store; its log has this name.
    pub(crate) fn replica(&self, log: &'static str) -> Self {
        Self { log, ..self.clone() }
    }

    /// The same with only this transcript in the corpus.
    pub(crate) fn with_transcript(self, text: &str) -> Self {
        self.with_transcripts(&[("transcript.txt", text)])
    }

    /// The same with these transcripts in the corpus, and no other: names and contents.
    pub(crate) fn with_transcripts(self, transcripts: &[(&str, &str)]) -> Self {
        let corpus = self.folder.path().join("corpus");
        std::fs::create_dir(&corpus).unwrap();
        for (name, text) in transcripts {
            std::fs::write(corpus.join(name), text).unwrap();
        }
        let index = self.folder.path().join("index").display().to_string();
        self.with("CORPUS__DIR", &corpus.display().to_string()).with("INDEX__DIR", &index)
    }

    /// Another bot on the same store, with an index and a server of its own.
    pub(crate) fn sibling(&self, api: &BotApi) -> Self {
        let replica = Self::new(api);
        let own = |key: &str| matches!(key, "TELEGRAM__API_URL" | "INDEX__DIR");
        let shared = self.variables.iter().filter(|(key, _)| !own(key));
        let index = replica.folder.path().join("index").display().to_string();
        let replica = replica.with("INDEX__DIR", &index);
        shared.fold(replica, |replica, (key, value)| replica.with(key, value))
    }

    /// Runs another command with its settings, and returns what it printed.
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

    /// Its corpus folder, where it has one of its own.
    pub(crate) fn corpus(&self) -> PathBuf {
        self.folder.path().join("corpus")
    }

    /// The file of its store.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store.sqlite")
    }

    /// How many rows its store has, as `TABLE WHERE …`.
    pub(crate) async fn count(&self, rows: &str) -> i64 {
        sqlx::any::install_default_drivers();
        let url = self.variables.iter().find(|(key, _)| key == "STORE__URL");
        let store = sqlx::AnyPool::connect(&url.unwrap().1).await.unwrap();
        let statement = format!("SELECT COUNT(*) FROM {rows}");
        let count = sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_one(&store).await;
        store.close().await;
        count.unwrap()
    }

    /// Changes its store behind its back.
    pub(crate) async fn execute(&self, statement: &'static str) {
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}", self.store().display());
        let store = sqlx::AnyPool::connect(&url).await.unwrap();
        sqlx::query(statement).execute(&store).await.unwrap();
        store.close().await;
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

    /// Kills `bot` while five questions of each of `users` are being answered, and starts another:
    /// then each is answered once, but for the one that was just being sent, which may be twice.
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

    /// Starts the bot with another token than the server knows.
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
    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        let log = std::fs::read(&self.log).unwrap();
        String::from_utf8_lossy(&log[self.log_begins..]).into_owned()
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

    /// The address of its web server.
    pub(crate) async fn site(&self) -> String {
        self.says("reader pages on http://").await;
        let log = self.log();
        let line = log.lines().rev().find_map(|line| line.strip_prefix("reader pages on "));
        line.unwrap().to_owned()
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
