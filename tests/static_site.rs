//! `wenjian site`: the files, their links, and the search in a browser.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::browser::{Browser, Look, skipped};
use crate::support::file_server::FileServer;
use crate::support::program::{LIGHTHOUSE, Program};
use crate::support::site::{Site, encoded};

const URL: &str = "https://example.org/quotes";

/// A second interview, with Latin words and another interviewee.
const WEAVER: &str = r#"+++
slug = "weaver"
title = "织布的人"
publisher = "《山月》"
date = "2023-01"
interviewee = "周青"
interviewers = ["《山月》"]
+++

《山月》：您怎么开始织布的？

周青：我的外婆教我。她说一匹布里有一百次后悔，织完了就都忘了。

《山月》：电脑会代替您吗？

周青：OpenAI的人来看过我的织机。他们问我怎么记住花样，我说手记得。
"#;

/// Writes the site of two interviews into `site`.
fn written(settings: &[(&str, &str)]) -> Program {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE), ("weaver.txt", WEAVER)]);
    write(&program, settings);
    program
}

fn write(program: &Program, settings: &[(&str, &str)]) {
    let mut command = program.command();
    command.args(["site", "site", "--url", &format!("{URL}/")]);
    for (key, value) in settings {
        command.env(format!("WENJIAN__{key}"), value);
    }
    let written = command.output().unwrap();
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
}

/// Returns the files below `folder` with their contents, by their paths.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_path_buf()];
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(below).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned());
            }
        }
    }
    found
}

/// Returns whether the file `name` is a page.
fn is_page(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "html")
}

/// Returns the values of the attributes that hold addresses.
fn addresses(page: &str) -> Vec<String> {
    let attributes = ["href=\"", "src=\"", "action=\"", "data-passages=\""];
    let values = attributes.iter().flat_map(|attribute| page.split(attribute).skip(1));
    values.map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&")).collect()
}

/// Returns the path that a link from the file `from` leads to, without its query and its fragment.
fn resolved(from: &str, link: &str) -> String {
    let link = link.split(['?', '#']).next().unwrap();
    if link.is_empty() {
        return from.to_owned();
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => assert!(parts.pop().is_some(), "{from} links out of the site: {link}"),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Returns the file that a web server shows for an address of the site.
fn file_at(address: &str) -> String {
    let path = address.strip_prefix(&format!("{URL}/")).expect("an address of the site");
    if path.is_empty() || path.ends_with('/') {
        format!("{path}index.html")
    } else {
        path.to_owned()
    }
}

#[test]
fn every_link_leads_to_a_file_and_every_fragment_to_a_place() {
    let program = written(&[]);
    let files = files(&program.path("site"));
    let pages = files.iter().filter(|(name, _)| is_page(name));
    let mut followed = 0;
    for (name, page) in pages.filter(|(name, _)| *name != "404.html") {
        for link in addresses(page) {
            if link.starts_with("https://t.me/") {
                continue;
            }
            let target =
                if link.starts_with("https://") { file_at(&link) } else { resolved(name, &link) };
            let Some(text) = files.get(&target) else { panic!("{name} links to {link}") };
            if let Some((_, fragment)) = link.split_once('#') {
                assert!(text.contains(&format!("id=\"{fragment}\"")), "{name} links to {link}");
            }
            followed += 1;
        }
    }
    assert!(followed > 300, "{followed} links");
    // The page for missing files is shown in any folder, so its links are absolute.
    let links = addresses(&files["404.html"]);
    assert!(links.iter().all(|link| link.starts_with('#')
        || files.contains_key(&file_at(link.split('?').next().unwrap()))));
    for (file, tag) in [("sitemap.xml", "<loc>"), ("feed.xml", "<link>"), ("daily.xml", "<link>")] {
        let listed = files[file].split(tag).skip(1).map(|rest| rest.split('<').next().unwrap());
        let missing: Vec<&str> = listed.filter(|url| !files.contains_key(&file_at(url))).collect();
        assert!(missing.is_empty(), "{file}: {missing:?}");
    }
    assert!(files["robots.txt"].contains(&format!("{URL}/sitemap.xml")));
}

#[test]
fn passages_are_the_stored_ones_on_pages_and_in_the_search_data() {
    let program = written(&[("READER__SCRIPT", "original")]);
    let files = files(&program.path("site"));
    let data: Value = serde_json::from_str(&files["search.json"]).unwrap();
    let passages = data["passages"].as_array().unwrap();
    assert_eq!(passages.len(), 7);
    let site = Site::over(program, &[("WEB__LIMITS", "off")]);
    for passage in passages {
        let number = usize::try_from(passage["interview"].as_u64().unwrap()).unwrap();
        let slug = data["interviews"][number]["slug"].as_str().unwrap();
        let place = passage["place"].as_str().unwrap();
        let stored = site.get(&format!("/api/passages/{slug}/{place}")).json();
        assert_eq!(passage["text"], stored["text"]);
        let text = passage["text"].as_str().unwrap();
        for file in [format!("i/{slug}/{place}.html"), format!("i/{slug}.html")] {
            assert!(files[&file].contains(text), "{file}");
        }
    }
}

#[test]
fn a_reader_without_scripts_finds_every_question() {
    let program = written(&[]);
    let files = files(&program.path("site"));
    for (folder, question) in
        [("", "年轻人愿意来学吗"), ("zh-Hant/", "年輕人願意來學嗎"), ("en/", "年輕人願意來學嗎")]
    {
        let page = &files[&format!("{folder}search.html")];
        assert!(page.contains(question) && page.contains("<noscript>"), "{page}");
        assert_eq!(page.matches("<li>").count(), 5);
        assert!(files[&format!("{folder}index.html")].contains("i/weaver.html"));
    }
}

#[test]
fn the_search_runs_in_the_browser_and_shows_exact_slices() {
    let program = written(&[]);
    let files = files(&program.path("site"));
    let server = FileServer::start(&program.path("site"));
    let Some(browser) = Browser::open(&Look::default()) else { return };
    let state = || {
        let state = "return document.querySelector('[data-when]:not([hidden])')?.dataset.when";
        Site::until("the end of the search", || browser.run(state).as_str().map(str::to_owned))
    };
    let texts = |selector: &str| {
        let script = format!(
            "return [...document.querySelectorAll('{selector}')].map((found) => found.textContent)"
        );
        let found = browser.run(&script);
        let found = found.as_array().unwrap().iter();
        found.map(|text| text.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // The pages are in Simplified Chinese; questions in both scripts, and Latin words in any case, find their words.
    for (question, words, target) in [
        ("颱風來的時候他怕嗎？", "第一年台风把窗户吹破", "i/lighthouse/2.1.html"),
        ("台风来的时候他怕吗", "第一年台风把窗户吹破", "i/lighthouse/2.1.html"),
        ("ｏｐｅｎａｉ", "OpenAI的人来看过我的织机", "i/weaver/2.1.html"),
        ("后悔", "一匹布里有一百次后悔", "i/weaver/1.1.html"),
    ] {
        browser.visit(&server.url(&format!("search.html?q={}", encoded(question))));
        assert_eq!(state(), "some", "help: `{question}`");
        let excerpt = &texts("article .excerpt")[0];
        assert!(excerpt.contains(words), "`{question}`: {excerpt}");
        let link = browser.run("return document.querySelector('article .line a').href");
        assert_eq!(link.as_str().unwrap(), server.url(target));
        assert!(files[target].contains(excerpt.as_str()), "`{excerpt}` is not on its page");
        assert!(!texts("article mark").is_empty());
    }
    browser.visit(&server.url(&format!("search.html?q={}", encoded("灯塔&<b>x</b>"))));
    assert_eq!(state(), "some");
    assert_eq!(texts("h1"), ["「灯塔&<b>x</b>」"]);
    browser.visit(&server.url("search.html?q=zebra"));
    assert_eq!((state().as_str(), texts("article").len()), ("none", 0));
    // A search that is kept to one interview, started from another page in another language.
    browser.visit(&server.url("en/i/weaver/1.html"));
    browser.run(
        "document.querySelector('input[type=search]').value = '電腦';
         document.querySelector('select').value = 'weaver';
         document.querySelector('form.search button').click();",
    );
    Site::until("the search page", || {
        let address = browser.run("return location.pathname");
        (address == "/en/search.html").then_some(())
    });
    assert_eq!(state(), "some");
    let links = browser.run("return [...document.querySelectorAll('article .line a')].every((a) => a.href.includes('/en/i/weaver/'))");
    assert_eq!(links, true);
    let shown = browser.run(
        "document.querySelector('input[type=search]').value = '';
         document.querySelector('form.search').requestSubmit();
         return document.querySelector('form.search').checkValidity()",
    );
    assert_eq!(shown, false, "an empty question should not be sent");
    assert_eq!(browser.complaints(), [""; 0]);
    assert!(
        browser
            .requests()
            .iter()
            .all(|url| url.starts_with(&server.url("")) || url.starts_with("data:"))
    );
}

#[test]
fn a_folder_of_others_is_never_overwritten() {
    let program = written(&[]);
    write(&program, &[]);
    program.write("site/CNAME", "example.org");
    program.run(["site", "site"]).failed(1, &["`CNAME`", "hint"]);
    fs::create_dir(program.path("mine")).unwrap();
    program.write("mine/thesis.txt", "x");
    program.run(["site", "mine"]).failed(1, &["mine", "not empty", "hint"]);
    program.run(["site", "mine/thesis.txt"]).failed(1, &["not a folder"]);
    program.run(["site", "site", "--url", "example.org"]).failed(2, &["https://"]);
    let names: Vec<String> = files(&program.path("mine")).into_keys().collect();
    assert_eq!(names, ["thesis.txt"]);
    let beside = fs::read_dir(program.path(".")).unwrap();
    let beside = beside.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(beside.into_iter().all(|name| !name.starts_with(".wenjian-site")));
}

#[test]
fn without_an_address_there_are_only_relative_links() {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    program.run(["site", "new/site"]).succeeded();
    let files = files(&program.path("new/site"));
    assert!(!files.contains_key("feed.xml") && !files.contains_key("404.html"));
    for (name, page) in files.iter().filter(|(name, _)| is_page(name)) {
        let absolute = addresses(page).into_iter().find(|link| link.starts_with(['/', 'h']));
        assert_eq!(absolute, None, "help: {name}");
    }
}

#[test]
fn pictures_are_drawn_on_request() {
    let program = Program::with(&[("lighthouse.txt", LIGHTHOUSE)]);
    let ran = program.run(["site", "site", "--pictures", "--url", URL]);
    if ran.stderr.contains("has Chinese characters") {
        skipped("a Chinese font");
        return;
    }
    let ran = ran.succeeded();
    assert!(ran.stderr.contains("files"), "{}", ran.stderr);
    let files = files(&program.path("site"));
    let page = &files["en/i/lighthouse/2.1.html"];
    let address = format!("{URL}/en/card/lighthouse/2.1.png");
    assert!(page.contains(&format!("property=\"og:image\" content=\"{address}\"")), "{page}");
    let picture = fs::read(program.path("site").join(file_at(&address))).unwrap();
    assert!(picture.starts_with(b"\x89PNG\r\n"));
    for link in addresses(page).iter().filter(|link| link.contains("card/")) {
        assert!(files.contains_key(&resolved("en/i/lighthouse/2.1.html", link)), "{link}");
    }
}
