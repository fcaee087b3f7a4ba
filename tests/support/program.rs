//! The built program, run in a temporary folder with a corpus and an index of its own.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

/// A short made-up interview, which many tests use.
pub(crate) const LIGHTHOUSE: &str = include_str!("../data/transcripts/lighthouse.txt");

/// The program and the temporary folder in which it runs.
pub(crate) struct Program {
    folder: TempDir,
}

impl Program {
    /// Creates an empty folder, without a corpus and an index.
    pub(crate) fn bare() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// Creates a folder whose corpus has these transcripts, given as names and contents.
    pub(crate) fn with(transcripts: &[(&str, &str)]) -> Self {
        let program = Self::bare();
        std::fs::create_dir(program.path("corpus")).unwrap();
        for (name, text) in transcripts {
            program.write(&format!("corpus/{name}"), text);
        }
        program
    }

    /// Returns a folder with the project's corpus and an index of it. All tests share it, so none may change it.
    pub(crate) fn of_the_project() -> &'static Self {
        static SHARED: LazyLock<Program> = LazyLock::new(|| {
            let program = Program::bare();
            std::fs::create_dir(program.path("corpus")).unwrap();
            for path in files(&project().join("corpus")) {
                let name = path.file_name().unwrap();
                std::fs::copy(&path, program.path("corpus").join(name)).unwrap();
            }
            program.run(["index"]).succeeded();
            program
        });
        &SHARED
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// Returns a command that runs the program without any settings from the test's environment.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wenjian"));
        let inherited = std::env::vars_os().map(|(name, _)| name);
        for name in inherited.filter(|name| name.to_string_lossy().starts_with("WENJIAN__")) {
            command.env_remove(name);
        }
        // Whatever language the tests are run in.
        command.env("LC_ALL", "C");
        // The model may be in the project's folder or not, and the answers must not depend on it.
        command.env("WENJIAN__SEARCH__ENCODER", "");
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Runs the program and waits for its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        let mut command = self.command();
        command.args(arguments);
        Run::of(&mut command)
    }

    /// Runs the program with `input` on its standard input, and waits for its end.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // A thread of its own writes, because both sides would wait for each other if the pipes were
        // full. The program may end before it has read everything, so that writing fails.
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        let _ = writer.join().unwrap();
        Run::read(output)
    }
}

/// The exit code and the output of a finished run.
#[derive(Debug)]
pub(crate) struct Run {
    code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Runs `command` and waits for its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self::read(output)
    }

    fn read(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Checks that the exit code was 0.
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "it should have succeeded: {self:#?}");
        self
    }

    /// Checks that the exit code was `code`, that nothing is on standard output, and that the message on
    /// standard error contains each of `parts`.
    #[track_caller]
    pub(crate) fn failed(self, code: i32, parts: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "it should have failed with {code}: {self:#?}");
        assert!(!self.stderr.contains("panicked"), "it panicked: {self:#?}");
        assert_eq!(self.stdout, "", "standard output should be empty: {self:#?}");
        for part in parts {
            assert!(self.stderr.contains(part), "the message should contain `{part}`: {self:#?}");
        }
        self
    }

    /// Parses standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON on standard output ({error}): {self:#?}"))
    }
}

/// Returns the folder of the project.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the files of `folder`, sorted; none if the folder does not exist.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}
