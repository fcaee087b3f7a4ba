//! `/admin/import`: the form, the reading with its reasons, corrections, and the import.

use super::support::site::{Page, Site};

const TOKEN: &str = "a token of some length";
const PAGE: &str = "# 对话养路工段大勇\n\n![](a.jpg)\n*鹰嘴崖的早晨*\n\n**记者：** 这条路修了几年？\n\n**段大勇：** 六年，死过一匹马。\n\n那天下着雨。\n\n**记者：** 以后呢？\n\n**段大勇：** 有人走就行。\n\n**记者：** 人呢？\n\n**段大勇：** 人没事。\n\n扫码关注我们\n";

fn site() -> Site {
    Site::with(&[("WEB__ADMIN_TOKEN", TOKEN)])
}

fn authorized(language: &str) -> Vec<(&str, &str)> {
    vec![("authorization", "Bearer a token of some length"), ("accept-language", language)]
}

/// The values of the inputs called `name`.
fn values(page: &Page, name: &str) -> Vec<String> {
    let text = page.text();
    let marked = format!("name=\"{name}\" value=\"");
    let values = text.split(&marked).skip(1);
    values
        .map(|rest| rest.split('"').next().unwrap().replace("&#43;", "+").replace("&#61;", "="))
        .collect()
}

fn field(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// The number of the paragraph that reads `text`.
fn number(page: &Page, text: &str) -> usize {
    let page = page.text();
    let before = page.split(&format!("<p>{text}</p>")).next().unwrap();
    before.matches("name=\"role.").count() - 1
}

#[test]
fn a_transcript_is_read_corrected_and_imported() {
    let site = site();
    let headers = authorized("zh-CN");
    let form = site.get_with("/admin/import", &headers);
    assert_eq!(form.status, 200);
    assert_eq!(form.header("cache-control"), "no-store");
    let token = values(&form, "token").remove(0);

    let fields = [field("token", &token), field("file", PAGE)];
    let review = site.post_form("/admin/import", &headers, &fields);
    assert_eq!(review.status, 200, "{}", review.text());
    let text = review.text();
    assert_eq!(values(&review, "interviewee"), ["段大勇"]);
    assert!(text.contains("在图片下方") && text.contains("在对话结束之后"), "{text}");

    // The operator says that one paragraph is a remark, and names the interview.
    let at = number(&review, "那天下着雨。");
    let received = values(&review, "received").remove(0);
    let mut fields = vec![
        field("token", &token),
        field("name", "page.md"),
        field("received", &received),
        field("interviewee", "段大勇"),
        field("interviewers", "记者"),
        field("title", "路是人踩的"),
        field("slug", "duan-dayong"),
        field(&format!("was.{at}"), &values(&review, &format!("was.{at}")).remove(0)),
        field(&format!("role.{at}"), "aside"),
        field(&format!("speaker.{at}"), ""),
    ];
    let again = site.post_form("/admin/import", &headers, &fields);
    assert!(again.text().contains("编辑改过"), "{}", again.text());

    fields.push(field("step", "import"));
    let imported = site.post_form("/admin/import", &headers, &fields);
    assert!(imported.text().contains("duan-dayong 已导入"), "{}", imported.text());
    let page = site.get("/i/duan-dayong").text();
    assert!(page.contains("路是人踩的") && page.contains("六年，死过一匹马。"), "{page}");
    assert!(!page.contains("扫码关注我们"), "{page}");
}

#[test]
fn forms_of_other_sites_and_strangers_are_refused() {
    let site = site();
    let fields = [field("token", "a guess"), field("file", PAGE)];
    assert_eq!(site.post_form("/admin/import", &[], &fields).status, 401);
    assert_eq!(site.get("/admin/import").status, 401);
    let refused = site.post_form("/admin/import", &authorized("en"), &fields);
    assert_eq!(refused.status, 403);
    assert_eq!(Site::start().get("/admin/import").status, 404);
}

#[test]
fn what_is_no_interview_is_refused_in_the_language_of_the_page() {
    let site = site();
    let headers = authorized("en");
    let token = values(&site.get_with("/admin/import", &headers), "token").remove(0);
    let fields =
        [field("token", &token), field("text", "A column.\n\nIt rained."), field("step", "import")];
    let refused = site.post_form("/admin/import", &headers, &fields).text();
    assert!(
        refused.contains("It cannot be imported") && refused.contains("nobody answers"),
        "{refused}"
    );
    let empty = site.post_form("/admin/import", &headers, &[field("token", &token)]).text();
    assert!(empty.contains("Choose a file"), "{empty}");
}
