//! The reader pages, over HTTP and in a browser.

use std::fs;

use crate::support::browser::{Browser, Look, skipped};
use crate::support::program::project;
use crate::support::site::{Site, encoded};

const PLACE: &str = "/i/caijing-wangjian/3.2?r=0-10";
const PAGES: [&str; 4] = ["/", "/i/caijing-wangjian", PLACE, "/search?q=%E9%96%8B%E6%BA%90"];

#[test]
fn a_whole_interview_is_less_than_50_kib_compressed() {
    let site = Site::start();
    let page = site.get_with("/i/caijing-wangjian", &[("accept-encoding", "gzip")]);
    assert_eq!((page.status, page.header("content-encoding").as_str()), (200, "gzip"));
    assert!(page.body.len() <= 50 * 1024, "{} bytes", page.body.len());
}

#[test]
fn a_link_to_a_range_marks_exactly_these_characters_in_every_script() {
    let site = Site::start();
    let passage = site.get("/api/passages/caijing-wangjian/3.2").json();
    let stored: String = passage["text"].as_str().unwrap().chars().skip(7).take(12).collect();
    let marked = |script: &str| {
        let page = site.get(&format!("/i/caijing-wangjian/3.2?r=7-19&script={script}")).text();
        let mark = page.split_once("<mark>").and_then(|(_, rest)| rest.split_once("</mark>"));
        mark.expect("a mark").0.to_owned()
    };
    assert_eq!(marked("original"), stored);
    assert_ne!(marked("hans"), stored);
    assert_eq!(marked("hans").chars().count(), 12);
    assert_eq!(marked("hant").chars().count(), 12);
}

#[test]
fn a_link_with_an_invalid_range_shows_the_passage() {
    let site = Site::start();
    for range in ["", "9-3", "a-b", "99999-100000", "0-18446744073709551615", "-1-2", "3"] {
        let page = site.get(&format!("/i/caijing-wangjian/3.2?r={}", encoded(range)));
        assert_eq!(page.status, 200, "`{range}`");
        assert!(page.text().contains("answer open"), "`{range}`");
    }
}

#[test]
fn unknown_addresses_are_not_found() {
    let site = Site::start();
    for path in [
        "/x",
        "/i/x",
        "/i/x/1.1",
        "/i/caijing-wangjian/999",
        "/i/caijing-wangjian/0",
        "/i/caijing-wangjian/3.99",
        "/i/..%2f..%2fetc%2fpasswd",
        "/card/caijing-wangjian/3.png",
        "/admin",
    ] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
}

#[test]
fn a_link_preview_has_the_quotation_and_a_picture() {
    let url = "https://reader.example.org";
    let site = Site::with(&[("WEB__PUBLIC_URL", url), ("WEB__LIMITS", "off")]);
    let page = site.get(&format!("{PLACE}&script=original")).text();
    let content = |property: &str| {
        let (_, rest) = page.split_once(&format!("property=\"{property}\" content=\"")).unwrap();
        rest.split_once('"').unwrap().0.replace("&#38;", "&")
    };
    let passage = site.get("/api/passages/caijing-wangjian/3.2").json();
    let words: String = passage["text"].as_str().unwrap().chars().take(10).collect();
    assert_eq!(content("og:description"), words);
    assert_eq!(content("og:url"), format!("{url}/i/caijing-wangjian/3.2?r=0-10"));
    let image = content("og:image");
    let picture = site.get(image.strip_prefix(url).unwrap());
    match picture.status {
        200 => assert!(picture.body.starts_with(b"\x89PNG\r\n")),
        status => {
            assert!(status == 503 && picture.text().contains("hint"), "{}", picture.text());
            skipped("a Chinese font");
        }
    }
}

#[test]
fn the_search_page_and_the_api_find_the_same_passages() {
    let site = Site::start();
    let questions =
        ["硅谷为什么解释不了杭州", "開源", "What does he say about talent?", "今天天气怎么样"];
    for question in questions {
        let question = encoded(question);
        let answer = site.get(&format!("/api/ask?n=5&q={question}")).json();
        let quotes = answer["quotes"].as_array().unwrap().iter();
        let found: Vec<String> =
            quotes.map(|quote| format!("/i/{}", quote["passage"].as_str().unwrap())).collect();
        let page = site.get(&format!("/search?q={question}")).text();
        let shown: Vec<&str> = page
            .split("data-path=\"")
            .skip(1)
            .map(|rest| rest.split_once(['"', '?']).unwrap().0)
            .collect();
        assert_eq!(shown, found);
    }
}

#[test]
fn pages_load_nothing_from_other_sites_and_have_no_script_errors() {
    let site = Site::start();
    for look in [Look::default(), Look { phone: true, dark: true, ..Look::default() }] {
        let Some(browser) = Browser::open(&look) else { return };
        for path in PAGES {
            browser.visit(&format!("{}{path}", site.url));
            let wide = browser.run("return document.documentElement.scrollWidth > innerWidth");
            assert_eq!(wide, false, "{path} is wider than the screen");
            let style = browser.run("return getComputedStyle(document.body).backgroundColor");
            let expected = if look.dark { "rgb(22, 20, 18)" } else { "rgb(251, 249, 245)" };
            assert_eq!(style, expected, "{path}: the style sheet was not applied");
        }
        let elsewhere: Vec<String> = browser.requests();
        let ours = |url: &String| url.starts_with(&site.url) || url.starts_with("data:");
        assert!(!elsewhere.is_empty() && elsewhere.iter().all(ours), "{elsewhere:?}");
        assert_eq!(browser.complaints(), [""; 0]);
    }
}

#[test]
fn a_mini_app_takes_over_telegrams_colours_on_all_pages() {
    let site = Site::start();
    let Some(browser) = Browser::open(&Look::default()) else { return };
    let theme = encoded(r##"{"bg_color":"#102030","text_color":"#ffffff","link_color":"url(x)"}"##);
    browser.visit(&format!("{}{PLACE}#tgWebAppVersion=9.0&tgWebAppThemeParams={theme}", site.url));
    let paper = "return getComputedStyle(document.body).backgroundColor";
    assert_eq!(browser.run(paper), "rgb(16, 32, 48)");
    browser.visit(&format!("{}/", site.url));
    assert_eq!(browser.run(paper), "rgb(16, 32, 48)");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn the_copy_button_copies_the_quotation_with_its_source() {
    let site = Site::start();
    let Some(browser) = Browser::open(&Look::default()) else { return };
    browser.visit(&format!("{}{PLACE}", site.url));
    let copied = browser.run_async(
        "const done = arguments[0];
         navigator.clipboard.writeText = (text) => { done(text); return Promise.resolve(); };
         document.querySelector('[data-copy]').click();",
    );
    let copied = copied.as_str().unwrap().to_owned();
    let marked = browser.run("return document.querySelector('mark').textContent");
    assert!(copied.contains(marked.as_str().unwrap()) && copied.contains("王坚"), "{copied}");
}

#[test]
fn searching_works_without_scripts() {
    let site = Site::start();
    let Some(browser) = Browser::open(&Look { without_scripts: true, ..Look::default() }) else {
        return;
    };
    browser.visit(&format!("{}/", site.url));
    browser.run(
        "document.querySelector('input[type=search]').value = '開源';
         document.querySelector('form').submit();",
    );
    let cards = Site::until("the results", || {
        let count = browser.run("return document.querySelectorAll('article.card').length");
        count.as_u64().filter(|count| *count > 0)
    });
    assert_eq!(cards, 3);
    let hidden = browser.run("return document.querySelector('[data-copy]').hidden");
    assert_eq!(hidden, true, "the copy button should be hidden without scripts");
}

#[test]
fn pages_are_accessible() {
    let Ok(axe) = fs::read_to_string(project().join("target/axe.min.js")) else {
        skipped("target/axe.min.js");
        return;
    };
    let site = Site::start();
    for dark in [false, true] {
        let Some(browser) = Browser::open(&Look { dark, ..Look::default() }) else { return };
        for path in PAGES.into_iter().chain(["/nothing"]) {
            browser.visit(&format!("{}{path}", site.url));
            browser.run(&axe);
            let violations = browser.run_async(
                "const done = arguments[0];
                 axe.run().then((found) => done(found.violations.map((violation) =>
                   violation.id + ': ' + violation.nodes.map((node) => node.html).join(' '))));",
            );
            assert_eq!(violations, serde_json::json!([]), "{path}");
        }
    }
}
