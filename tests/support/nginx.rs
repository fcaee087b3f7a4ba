//! Starts nginx in front of replicas of the bot, with the configuration in `deploy/nginx.conf`.

use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::program::project;

/// A running nginx, which is stopped when this is dropped.
pub(crate) struct Nginx {
    process: Child,
    _folder: TempDir,
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
}

impl Nginx {
    /// Starts nginx in front of servers at these ports. If it is not installed, prints that the test is
    /// skipped and returns `None`; with `WENJIAN_TEST_ALL=1` this is a failure.
    pub(crate) fn start(ports: &[u16]) -> Option<Self> {
        if Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_err() {
            assert!(
                std::env::var_os("WENJIAN_TEST_ALL").is_none(),
                "nginx is not installed; hint: apt-get install nginx"
            );
            eprintln!("skipped: nginx is not installed");
            return None;
        }
        let folder = TempDir::new().unwrap();
        let port = free_port();
        let place = folder.path().display();
        let config = format!(
            "daemon off; pid {place}/pid; error_log {place}/error.log;\n\
             events {{}}\n\
             http {{\n access_log off;\n client_body_temp_path {place}/body;\n \
             proxy_temp_path {place}/proxy;\n{}\n}}\n",
            deployed(port, ports)
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, config).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder.path()).arg("-c").arg(&file);
        let process = command.arg("-e").arg(folder.path().join("error.log")).spawn().unwrap();
        Some(Self { process, _folder: folder, url: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It gets SIGTERM, because SIGKILL would leave its worker processes running.
        let id = self.process.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.process.wait();
    }
}

/// Returns a port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Returns `deploy/nginx.conf` without TLS, listening on `port` and with these servers.
fn deployed(port: u16, servers: &[u16]) -> String {
    let text = fs::read_to_string(project().join("deploy/nginx.conf")).unwrap();
    let examples = ["8080", "8082"].map(|port| format!("server 127.0.0.1:{port}"));
    let mut text = text.replace("listen 443 ssl", &format!("listen 127.0.0.1:{port}"));
    for (example, server) in examples.iter().zip(servers) {
        assert!(text.contains(example), "deploy/nginx.conf has no `{example}`");
        text = text.replace(&format!("# {example}"), example);
        text = text.replace(example, &format!("server 127.0.0.1:{server}"));
    }
    let lines = text.lines().filter(|line| !line.contains("ssl_certificate"));
    lines.collect::<Vec<_>>().join("\n")
}
