//! The web server against hostile clients: limits, headers, secrets and shutdown.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::site::{Site, encoded};

#[test]
fn a_client_over_its_limit_is_refused_with_retry_after() {
    let site = Site::with(&[("WEB__RATE", "1"), ("WEB__BURST", "3")]);
    let statuses: Vec<u16> = (0..4).map(|_| site.get("/api/interviews").status).collect();
    assert_eq!(statuses[..3], [200; 3]);
    let refused = site.get("/api/interviews");
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert!(refused.json()["error"].is_string());
    assert_eq!(site.get("/").status, 429);
    assert_eq!(site.get("/healthz").status, 200, "health checks should not be limited");
}

#[test]
fn x_forwarded_for_counts_only_from_trusted_proxies() {
    let from = |site: &Site, client: &str| {
        site.get_with("/api/interviews", &[("x-forwarded-for", client)]).status
    };
    let limits = [("WEB__RATE", "1"), ("WEB__BURST", "1")];
    let alone = Site::with(&limits);
    assert_eq!((from(&alone, "203.0.113.1"), from(&alone, "203.0.113.2")), (200, 429));
    let behind = Site::with(&[limits[0], limits[1], ("WEB__TRUSTED_PROXIES", "127.0.0.1")]);
    assert_eq!((from(&behind, "203.0.113.1"), from(&behind, "203.0.113.2")), (200, 200));
    assert_eq!(
        from(&behind, "9.9.9.9, 203.0.113.2"),
        429,
        "a forged entry should not change the client's address"
    );
}

#[test]
fn questions_and_addresses_are_escaped_in_pages() {
    let site = Site::start();
    let attack = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    for path in [
        format!("/search?q={}", encoded(attack)),
        format!("/i/{}", encoded(attack)),
        format!("/i/caijing-wangjian/3.2?r={}&script={}", encoded(attack), encoded(attack)),
    ] {
        let page = site.get(&path).text();
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{path}");
    }
}

#[test]
fn every_response_has_security_headers() {
    let site = Site::start();
    for path in ["/", "/nothing", "/api/interviews", "/reader.js"] {
        let page = site.get(path);
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'self' https://web.telegram.org"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert!(
            page.header("x-frame-options").is_empty(),
            "the header would keep Telegram from showing the page in a frame"
        );
    }
}

#[test]
fn a_request_head_that_is_too_large_is_refused() {
    let site = Site::start();
    let mut stream = TcpStream::connect(site.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    // The server may close the connection while the head is still being written. Then writing fails,
    // and there may be no response to read.
    let _ = write!(stream, "GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(64 * 1024));
    let mut response = String::new();
    let read = stream.read_to_string(&mut response);
    let has_waited = |error: io::Error| {
        matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
    };
    assert!(!read.is_err_and(has_waited), "the server should close the connection");
    assert!(!response.starts_with("HTTP/1.1 200"), "{response}");
    assert_eq!(site.get("/healthz").status, 200);
}

#[test]
fn slow_connections_do_not_keep_others_out() {
    let site = Site::start();
    let slow: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut stream = TcpStream::connect(site.address()).unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nhost:").unwrap();
            stream
        })
        .collect();
    assert_eq!(site.get("/").status, 200);
    drop(slow);
}

/// Reads one response. Returns false if the server has closed the connection instead, and panics if
/// it has closed it within a response.
fn reads_response(stream: &mut BufReader<TcpStream>) -> bool {
    let mut length = None;
    for number in 0.. {
        let mut line = String::new();
        if stream.read_line(&mut line).unwrap() == 0 {
            assert_eq!(number, 0, "the connection was closed within the head of a response");
            return false;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = Some(value.trim().parse().unwrap());
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length.expect("a response has a length")];
    stream.read_exact(&mut body).expect("the body should be complete");
    true
}

/// The client requests more than the system buffers between it and the server, and reads no further
/// than the first response until the server stops. So the server is within a response by then.
#[test]
fn a_response_that_has_begun_is_finished_when_the_server_stops() {
    let n_requests = 100;
    let site = Site::start();
    let mut stream = TcpStream::connect(site.address()).unwrap();
    let request = "GET /i/caijing-wangjian HTTP/1.1\r\nhost: x\r\n\r\n";
    stream.write_all(request.repeat(n_requests).as_bytes()).unwrap();
    let mut stream = BufReader::new(stream);
    assert!(reads_response(&mut stream));
    site.signal("TERM");
    Site::until("the end", || TcpStream::connect(site.address()).is_err().then_some(()));
    let mut n_responses = 1;
    while reads_response(&mut stream) {
        n_responses += 1;
    }
    assert!(n_responses < n_requests, "the server should not begin another response");
}

#[test]
fn only_the_token_opens_the_admin_page() {
    let token = "a token of some length";
    let site = Site::with(&[("WEB__ADMIN_TOKEN", token)]);
    let with = |value: &str| site.get_with("/admin", &[("authorization", value)]);
    assert_eq!(site.get("/admin").status, 401);
    assert!(site.get("/admin").header("www-authenticate").starts_with("Basic"));
    for path in ["/admin", "/admin?x=1"] {
        let refused = site.get(path);
        assert_eq!(refused.header("cache-control"), "no-store");
        assert!(refused.header("content-security-policy").contains("frame-ancestors 'none'"));
    }
    for wrong in ["Bearer a token of some lengtH", "Bearer", "Basic Og==", "Basic %%%", "Digest x"]
    {
        assert_eq!(with(wrong).status, 401, "{wrong}");
    }
    let page = with(&format!("Bearer {token}"));
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Questions of 30 days: 0"), "{}", page.text());
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-frame-options"), "DENY");
}

#[test]
fn a_parameter_that_is_given_twice_is_named() {
    let site = Site::start();
    let answer = site.get("/api/ask?q=a&q=b");
    assert_eq!(answer.status, 400);
    let error = answer.json()["error"].to_string();
    assert!(error.contains("duplicate field `q`"), "{error}");
    for path in ["/search?q=a&q=b", "/i/caijing-wangjian/3.2?r=1-2&r=3-4", "/card/a/1.png?r=1&r=2"]
    {
        let page = site.get_with(path, &[("accept-language", "en")]);
        assert_eq!(page.status, 400, "{path}");
        assert!(page.text().contains("it has the same parameter twice"), "{}", page.text());
    }
}

#[test]
fn a_client_that_holds_its_connections_shuts_nobody_else_out() {
    // IPv6, so that this machine is two clients.
    let settings = [
        ("WEB__LISTEN", "[::]:0"),
        ("WEB__CONNECTIONS", "100"),
        ("WEB__CONNECTIONS_PER_CLIENT", "8"),
    ];
    let site = Site::with(&settings);
    let port = site.url.rsplit_once(':').unwrap().1;
    let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
    let silent: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut stream = TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap();
            // The server may have closed it already.
            let _ = stream.write_all(request.as_bytes());
            stream
        })
        .collect();
    let mut other = TcpStream::connect(("::1", port.parse().unwrap())).unwrap();
    other.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    other.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop(silent);
}

#[test]
fn metrics_count_answers_and_requests_on_their_own_address() {
    let site = Site::with(&[("WEB__METRICS_LISTEN", "127.0.0.1:0")]);
    assert_eq!(site.get("/metrics").status, 404, "metrics should not be public");
    let question = "為什麼說 OpenAI 名不副實？";
    site.get(&format!("/api/ask?q={}", encoded(question)));
    assert_eq!(site.metric("wenjian_answers_total{verdict=\"answer\"}"), Some(1.0));
    let asked = "wenjian_http_requests_total{route=\"/api/ask\",status=\"200\"}";
    assert_eq!(site.metric(asked), Some(1.0));
}
