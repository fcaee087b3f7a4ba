//! The same question on the command line, in the terminal chat, in the API, on the pages and on Telegram.

use serde_json::{Value, json};
use transcript::text::fold;

use crate::support::bot::Setup;
use crate::support::bot_api::BotApi;
use crate::support::program::Program;
use crate::support::site::{Site, encoded};

/// A user who reads Traditional Chinese, so that quotations are shown as they are stored.
const READER: i64 = 43;
const QUESTIONS: [&str; 4] =
    ["矽谷為什麼解釋不了杭州？", "開源的意義是什麼", "政府做了什麼", "馬斯克"];

/// Returns the passages that `ask --json` quotes, and the excerpt of the first.
fn asked(question: &str) -> (Vec<Value>, String) {
    let answer = Program::of_the_project().run(["ask", "--json", question]).succeeded().json();
    let quotes = answer["quotes"].as_array().unwrap();
    let excerpt = quotes[0]["excerpt"]["text"].as_str().unwrap().to_owned();
    (quotes.iter().map(|quote| quote["passage"].clone()).collect(), excerpt)
}

/// Removes line ends, spaces, and the marks that the terminal puts around quotations, and folds the rest, because
/// half-converted text is shown in one script.
fn bare(text: &str) -> String {
    fold(&text.replace(['\n', '│', ' ', '…'], "")).into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_face_quotes_the_same() {
    let api = BotApi::start().await;
    let _bot = Setup::new(&api).start();
    let site = Site::start();
    for (nth, question) in QUESTIONS.into_iter().enumerate() {
        let (passages, excerpt) = asked(question);
        let excerpt = bare(&excerpt);

        let printed = Program::of_the_project().run(["ask", question]).succeeded().stdout;
        assert!(bare(&printed).contains(&excerpt), "ask: {printed}");
        let chat = Program::of_the_project().run_with_input(&["chat"], question.as_bytes());
        assert!(bare(&chat.stdout).contains(&excerpt), "chat: {}", chat.stdout);

        let answer = site.get(&format!("/api/ask?q={}", encoded(question))).json();
        let quotes = answer["quotes"].as_array().unwrap().iter();
        assert_eq!(quotes.map(|quote| quote["passage"].clone()).collect::<Vec<_>>(), passages);
        let page = site.get(&format!("/search?q={}", encoded(question))).text();
        let first = page.split("data-path=\"/i/").nth(1).unwrap();
        assert!(first.starts_with(passages[0].as_str().unwrap()), "page: {first:.60}");

        api.say(READER, READER, question, json!({}));
        let card = api.message_to(READER, nth).await;
        assert!(bare(&card.text.text).contains(&excerpt), "bot, asked {question}: {:?}", card.text);
    }
}
