//! Limits, headers, wrong secrets and clients that mean no good.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::site::{Site, encoded};

#[test]
fn a_client_that_asks_too_much_is_told_to_wait() {
    let site = Site::with(&[("WEB__RATE", "1"), ("WEB__BURST", "3")]);
    let statuses: Vec<u16> = (0..4).map(|_| site.get("/api/interviews").status).collect();
    assert_eq!(statuses[..3], [200; 3]);
    let refused = site.get("/api/interviews");
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert!(refused.json()["error"].is_string());
    assert_eq!(site.get("/").status, 429);
    assert_eq!(site.get("/healthz").status, 200, "who watches us is not a client");
}

#[test]
fn only_a_trusted_proxy_speaks_for_its_clients() {
    let from = |site: &Site, client: &str| {
        site.get_with("/api/interviews", &[("x-forwarded-for", client)]).status
    };
    let limits = [("WEB__RATE", "1"), ("WEB__BURST", "1")];
    let alone = Site::with(&limits);
    assert_eq!((from(&alone, "203.0.113.1"), from(&alone, "203.0.113.2")), (200, 429));
    let behind = Site::with(&[limits[0], limits[1], ("WEB__TRUSTED_PROXIES", "127.0.0.1")]);
    assert_eq!((from(&behind, "203.0.113.1"), from(&behind, "203.0.113.2")), (200, 200));
    assert_eq!(from(&behind, "9.9.9.9, 203.0.113.2"), 429, "what a client forged does not help it");
}

#[test]
fn questions_and_addresses_are_no_markup() {
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
fn every_page_says_what_a_browser_may_do_with_it() {
    let site = Site::start();
    for path in ["/", "/nothing", "/api/interviews", "/reader.js"] {
        let page = site.get(path);
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'self' https://web.telegram.org"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert!(page.header("x-frame-options").is_empty(), "Telegram frames us");
    }
}

#[test]
fn a_head_that_does_not_end_is_refused() {
    let site = Site::start();
    let address = site.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let _ = write!(stream, "GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(64 * 1024));
    let mut answer = String::new();
    // The server may close while we still write: then there is no answer to read.
    let _ = stream.read_to_string(&mut answer);
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(site.get("/healthz").status, 200);
}

#[test]
fn connections_that_say_nothing_keep_nobody_out() {
    let site = Site::start();
    let address = site.url.strip_prefix("http://").unwrap();
    let slow: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nhost:").unwrap();
            stream
        })
        .collect();
    assert_eq!(site.get("/").status, 200);
    drop(slow);
}

#[test]
fn answers_under_way_are_finished_when_it_stops() {
    let site = Site::start();
    std::thread::scope(|scope| {
        let picture = scope.spawn(|| site.get("/card/caijing-wangjian/3.2.png").status);
        assert!([200, 503].contains(&picture.join().unwrap()));
    });
    site.signal("TERM");
    Site::until("the end", || {
        TcpStream::connect(site.url.strip_prefix("http://").unwrap()).is_err().then_some(())
    });
}

#[test]
fn only_the_token_opens_the_operators_page() {
    let token = "a token of some length";
    let site = Site::with(&[("WEB__ADMIN_TOKEN", token)]);
    let with = |value: &str| site.get_with("/admin", &[("authorization", value)]);
    assert_eq!(site.get("/admin").status, 401);
    assert!(site.get("/admin").header("www-authenticate").starts_with("Basic"));
    for wrong in ["Bearer a token of some lengtH", "Bearer", "Basic Og==", "Basic %%%", "Digest x"]
    {
        assert_eq!(with(wrong).status, 401, "{wrong}");
    }
    let page = with(&format!("Bearer {token}"));
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Questions of 30 days: 0"), "{}", page.text());
}

#[test]
fn metrics_count_answers_and_requests_on_their_own_address() {
    let site = Site::with(&[("WEB__METRICS_LISTEN", "127.0.0.1:0")]);
    assert_eq!(site.get("/metrics").status, 404, "they are not for the public");
    site.get("/api/ask?q=%E9%96%8B%E6%BA%90");
    assert_eq!(site.metric("wenjian_answers_total{verdict=\"answer\"}"), Some(1.0));
    let asked = "wenjian_http_requests_total{route=\"/api/ask\",status=\"200\"}";
    assert_eq!(site.metric(asked), Some(1.0));
}
