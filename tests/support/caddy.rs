//! Starts Caddy in front of replicas of the bot, with the configuration in `deploy/Caddyfile`.

use std::fs;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::nginx::free_port;
use super::program::project;

/// A running Caddy, which is stopped when this is dropped.
pub(crate) struct Caddy {
    process: Child,
    _folder: TempDir,
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
}

impl Caddy {
    /// Starts Caddy in front of servers at these ports. If it is not installed, prints that the test is
    /// skipped and returns `None`; with `WENJIAN_TEST_ALL=1` this is a failure.
    pub(crate) fn start(ports: [u16; 2]) -> Option<Self> {
        if Command::new("caddy").arg("version").stdout(Stdio::null()).status().is_err() {
            assert!(
                std::env::var_os("WENJIAN_TEST_ALL").is_none(),
                "Caddy is not installed; hint: apt-get install caddy"
            );
            eprintln!("skipped: Caddy is not installed");
            return None;
        }
        let folder = TempDir::new().unwrap();
        let url = format!("http://127.0.0.1:{}", free_port());
        let file = folder.path().join("Caddyfile");
        fs::write(&file, deployed(&url, ports)).unwrap();
        let mut command = Command::new("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file);
        command.env("HOME", folder.path()).env("XDG_DATA_HOME", folder.path());
        command.env("XDG_CONFIG_HOME", folder.path());
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Some(Self { process, _folder: folder, url })
    }
}

impl Drop for Caddy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns `deploy/Caddyfile` without TLS, listening at `url` and with both of its servers.
fn deployed(url: &str, [one, two]: [u16; 2]) -> String {
    let text = fs::read_to_string(project().join("deploy/Caddyfile")).unwrap();
    let mut text = text;
    for (example, own) in [
        ("\nreader.example.org {", format!("\n{url} {{")),
        (
            "reverse_proxy 127.0.0.1:8080 {",
            format!("reverse_proxy 127.0.0.1:{one} 127.0.0.1:{two} {{"),
        ),
    ] {
        assert!(text.contains(example), "deploy/Caddyfile has no `{example}`");
        text = text.replace(example, &own);
    }
    format!("{{\n\tadmin off\n}}\n{text}")
}
