//! Starts a private PostgreSQL server from Debian's packages, on a socket in a temporary folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A running server, which is stopped and removed when this is dropped.
pub(crate) struct Postgres {
    folder: TempDir,
    binaries: PathBuf,
}

impl Postgres {
    /// Starts a server. If PostgreSQL is not installed, prints that the test is skipped and returns `None`;
    /// with `WENJIAN_TEST_ALL=1` this is a failure.
    pub(crate) fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            assert!(
                std::env::var_os("WENJIAN_TEST_ALL").is_none(),
                "PostgreSQL is not installed; hint: apt-get install postgresql"
            );
            eprintln!("skipped: PostgreSQL is not installed");
            return None;
        };
        let server = Self { folder: TempDir::new().unwrap(), binaries };
        let data = server.data();
        std::fs::create_dir(&data).unwrap();
        own(server.folder.path());
        server.run("initdb", &["--username=test", "--auth=trust", "--no-sync", "-D", &data]);
        server.resume();
        Some(server)
    }

    /// Returns the address of its database.
    pub(crate) fn url(&self) -> String {
        let folder = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://test@{folder}/postgres")
    }

    /// Stops the server at once, as if it had crashed.
    pub(crate) fn stop(&self) {
        self.run("pg_ctl", &["stop", "-m", "immediate", "-D", &self.data()]);
    }

    /// Starts the server again after it was stopped.
    pub(crate) fn resume(&self) {
        let socket = self.folder.path().display();
        let options = format!("-k {socket} -c listen_addresses= -c fsync=off");
        let log = self.folder.path().join("log").display().to_string();
        self.run("pg_ctl", &["start", "-w", "-D", &self.data(), "-l", &log, "-o", &options]);
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.binaries.join(program);
        let output = unprivileged(&program, arguments);
        assert!(
            output.status.success(),
            "`{}` failed: {}",
            program.display(),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stop = ["stop", "-m", "immediate", "-D", &self.data()];
        let _ = unprivileged(&self.binaries.join("pg_ctl"), &stop);
    }
}

/// Returns the folder of programs of the newest installed version.
fn binaries() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|path| path.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop()
}

/// Returns whether the tests run as root. PostgreSQL refuses to do so, and is then run by the user `postgres`.
fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

fn own(folder: &Path) {
    if is_root() {
        let status = Command::new("chown").args(["-R", "postgres"]).arg(folder).status().unwrap();
        assert!(status.success(), "cannot hand the folder to the user `postgres`");
    }
}

fn unprivileged(program: &Path, arguments: &[&str]) -> Output {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/").args(arguments).output().unwrap()
}
