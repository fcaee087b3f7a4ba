//! Reloading a changed corpus without an interruption.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use wenjian::store::Store;

use crate::support::site::Site;

/// A second transcript in the corpus format.
const SECOND: &str = "+++\nslug = \"second\"\ntitle = \"第二次對話\"\ninterviewee = \"王堅\"\ninterviewers = [\"記者\"]\n+++\n\n記者：第一個問題是什麼？\n王堅：第一個問題是怎樣問問題。\n";

fn n_interviews(site: &Site) -> usize {
    site.get("/api/interviews").json().as_array().map_or(0, Vec::len)
}

#[test]
fn a_new_transcript_is_served_after_sighup_without_an_interruption() {
    let site = Site::start();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut asked = 0;
            while !done.load(Ordering::Relaxed) {
                let page = site.get("/api/ask?q=%E9%96%8B%E6%BA%90");
                assert_eq!(page.status, 200);
                assert_ne!(page.json()["quotes"], Value::Array(Vec::new()));
                asked += 1;
            }
            asked
        });
        fs::write(site.corpus().join("second.txt"), SECOND).unwrap();
        site.signal("HUP");
        Site::until("the second interview", || (n_interviews(&site) == 2).then_some(()));
        done.store(true, Ordering::Relaxed);
        assert!(asking.join().unwrap() > 0);
    });
    assert_eq!(site.get("/i/second/1.1").status, 200);
}

#[test]
fn changes_in_a_watched_folder_are_served_without_a_signal() {
    let site = Site::with(&[("WEB__LIMITS", "off"), ("CORPUS__WATCH", "true")]);
    fs::write(site.corpus().join("second.txt"), SECOND).unwrap();
    Site::until("the second interview", || (n_interviews(&site) == 2).then_some(()));
    fs::remove_file(site.corpus().join("second.txt")).unwrap();
    Site::until("the removal of the second interview", || (n_interviews(&site) == 1).then_some(()));
}

#[test]
fn after_a_failed_reload_the_old_corpus_is_served() {
    let site = Site::with(&[("WEB__LIMITS", "off"), ("WEB__METRICS_LISTEN", "127.0.0.1:0")]);
    let bad = site.corpus().join("bad.txt");
    fs::write(&bad, "+++\nslug = 1\n+++\n").unwrap();
    site.signal("HUP");
    Site::until("the failed reload", || site.metric("wenjian_reloads_total{result=\"failed\"}"));
    assert_eq!(n_interviews(&site), 1);
    assert_eq!(site.get("/i/caijing-wangjian/3.2").status, 200);
    fs::remove_file(&bad).unwrap();
    fs::write(site.corpus().join("second.txt"), SECOND).unwrap();
    site.signal("HUP");
    Site::until("the second interview", || (n_interviews(&site) == 2).then_some(()));
    assert_eq!(site.metric("wenjian_interviews"), Some(2.0));
}

#[tokio::test]
async fn a_transcript_added_by_an_operator_is_served_by_the_pages() {
    let site = Site::start();
    let url = format!("sqlite://{}", site.corpus().with_file_name("data/wenjian.sqlite").display());
    let options = crate::store::options(url);
    let store = Store::open(&options).await.unwrap();
    let files = [("second.txt".to_owned(), SECOND.as_bytes().to_vec())];
    store.put_transcript("second", &files, store.person(1)).await.unwrap();
    store.close().await;
    Site::until("the second interview", || (n_interviews(&site) == 2).then_some(()));
    assert!(
        !site.corpus().join("second.txt").exists(),
        "the transcript should only be in the store"
    );
}
