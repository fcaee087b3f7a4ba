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

const PUBLIC: &str = "https://reader.example.org";

fn public_site() -> Site {
    Site::with(&[("WEB__PUBLIC_URL", PUBLIC), ("WEB__LIMITS", "off")])
}

#[test]
fn every_page_says_what_it_is_and_where_it_stands() {
    let site = public_site();
    for path in ["/", "/i/caijing-wangjian", "/i/caijing-wangjian/3", "/i/caijing-wangjian/3.2"] {
        let page = site.get(&format!("{path}?script=hans&lang=en")).text();
        assert!(
            page.contains(&format!("<link rel=\"canonical\" href=\"{PUBLIC}{path}\">")),
            "{page}"
        );
        for tag in ["name=\"description\"", "og:title", "og:description", "og:site_name"] {
            assert!(page.contains(tag), "{path} has no {tag}");
        }
    }
    let results = site.get("/search?q=x").text();
    assert!(results.contains("name=\"robots\" content=\"noindex\""), "{results}");
}

#[test]
fn the_preview_says_how_large_its_picture_is() {
    let site = public_site();
    let page = site.get("/i/caijing-wangjian/8.2").text();
    let content = |property: &str| {
        let (_, rest) = page.split_once(&format!("property=\"{property}\" content=\"")).unwrap();
        rest.split_once('"').unwrap().0.replace("&#38;", "&")
    };
    let picture = site.get(content("og:image").strip_prefix(PUBLIC).unwrap());
    if picture.status == 503 {
        skipped("a Chinese font");
        return;
    }
    // A PNG has its width and its height in the first chunk.
    let number = |at: usize| u32::from_be_bytes(picture.body[at..at + 4].try_into().unwrap());
    assert_eq!(content("og:image:width"), number(16).to_string());
    assert_eq!(content("og:image:height"), number(20).to_string());
    assert!(number(20) > 630, "the passage should be long enough for a taller picture");
}

#[test]
fn robots_find_a_map_of_the_site_and_readers_find_feeds() {
    let site = public_site();
    let robots = site.get("/robots.txt").text();
    assert!(
        robots.contains("Disallow: /search") && robots.contains(&format!("{PUBLIC}/sitemap.xml"))
    );
    let map = site.get("/sitemap.xml").text();
    for path in ["/", "/i/caijing-wangjian", "/i/caijing-wangjian/23"] {
        assert!(map.contains(&format!("<loc>{PUBLIC}{path}</loc>")), "{map}");
    }
    let feed = site.get("/feed.xml");
    assert!(feed.header("content-type").starts_with("application/rss+xml"));
    assert_eq!(feed.text().matches("<item>").count(), 1);
    let daily = site.get("/daily.xml").text();
    assert_eq!(daily.matches("<item>").count(), 7);
    assert_eq!(daily.matches("<pubDate>").count(), 7);
    let (_, link) = daily.split_once("<item>\n<title>").unwrap();
    let link = link.split_once(&format!("<link>{PUBLIC}")).unwrap().1.split_once('<').unwrap().0;
    assert_eq!(site.get(link).status, 200, "{link}");
}

#[test]
fn without_a_public_address_there_are_no_feeds() {
    let site = Site::start();
    for path in ["/feed.xml", "/daily.xml", "/sitemap.xml"] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
    assert_eq!(site.get("/robots.txt").status, 200);
    assert!(!site.get("/").text().contains("feed.xml"));
}

#[test]
fn the_language_of_the_pages_can_be_chosen_and_stays_chosen() {
    let site = Site::start();
    let page = site.get("/?lang=zh-Hant").text();
    assert!(page.contains("<html lang=\"zh-Hant\">"), "{page}");
    assert!(page.contains("href=\"/i/caijing-wangjian?lang=zh-Hant\""), "{page}");
    assert!(page.contains("name=\"lang\" value=\"zh-Hant\""), "{page}");
    assert!(page.contains("href=\"/?lang=en\""), "{page}");
}

#[test]
fn a_missing_page_leads_to_the_interviews() {
    let site = Site::start();
    let page = site.get("/i/nothing");
    assert_eq!(page.status, 404);
    assert!(page.text().contains("href=\"/i/caijing-wangjian\""), "{}", page.text());
}

#[test]
fn a_quotation_can_be_cited_in_four_forms() {
    let site = public_site();
    let page = site.get(&format!("{PLACE}&lang=zh-Hans&script=hans")).text();
    for part in ["[EB/OL].", "@misc{caijing-wangjian-3-2,", "&#62; ", "GB/T 7714", PUBLIC] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // Without a public address a citation has no address, and no empty line for it either.
    let page = Site::start().get(PLACE).text();
    assert!(page.contains("<dd>") && !page.contains("\n</dd>"), "{page}");
}

#[test]
fn results_appear_while_one_types() {
    let site = Site::start();
    let Some(browser) = Browser::open(&Look::default()) else { return };
    browser.visit(&format!("{}/", site.url));
    let focused = browser.run(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '/', bubbles: true}));
         return document.activeElement.name",
    );
    assert_eq!(focused, "q");
    browser.run(
        "const field = document.querySelector('input[type=search]');
         field.value = '開源';
         field.dispatchEvent(new Event('input', {bubbles: true}));",
    );
    Site::until("the results", || {
        let count = browser.run("return document.querySelectorAll('article.card').length");
        count.as_u64().filter(|count| *count > 0)
    });
    let address = browser.run("return location.pathname + location.search");
    assert!(address.as_str().unwrap().starts_with("/search?q="), "{address}");
    let hidden = browser.run("return document.querySelector('[data-copy]').hidden");
    assert_eq!(hidden, false, "the copy buttons of the results should work");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn the_contents_stand_beside_an_interview_on_wide_screens_only() {
    let site = Site::start();
    for look in [Look::default(), Look { phone: true, ..Look::default() }] {
        let Some(browser) = Browser::open(&look) else { return };
        browser.visit(&format!("{}/i/caijing-wangjian", site.url));
        let is_open = browser.run("return document.querySelector('.asked').open");
        assert_eq!(is_open, !look.phone);
        let overlaps = browser.run(
            "const contents = document.querySelector('.asked').getBoundingClientRect();
             const text = document.querySelector('.turn').getBoundingClientRect();
             return contents.right > text.left && contents.bottom > text.top",
        );
        assert_eq!(overlaps, false);
    }
}
