//! The questions and texts of the benchmarks: the project's interview, and a generated corpus.

use std::path::Path;

use retrieval::index::{Generations, Index};
use retrieval::search::Options;
use tempfile::TempDir;
use transcript::{Corpus, Folder, Interview, Paragraph, Part, Turn};
use wenjian::config::Config;

/// Questions of different lengths and scripts. The interview does not answer the last one.
pub(crate) const QUESTIONS: [&str; 6] = [
    "硅谷为什么解释不了杭州?",
    "云栖小镇",
    "請問一下他怎麼看機制創新和長期主義的關係",
    "DeepSeek 为什么要从基础模型做起?",
    "电",
    "明天股票会涨吗",
];

/// A made-up text as long as a passage, about 230 characters.
pub(crate) const TEXT: &str = "守燈塔的人說，船需要有人等它。燈一滅，夜裡的船就不知道往哪裡走，所以他一天也沒有離開過。後來有人說可以裝自動的燈，他說好；機器裝上以後，他還是每天上去擦玻璃，玻璃髒了光就走不遠。年輕人會寫 Python，給燈塔做了一個預報風浪的網頁，漁民出海以前都要看一看。第一年颱風把窗戶吹破，他抱著燈坐了一夜，天亮才發現手已經僵了。他教年輕人看雲，年輕人教他用電腦，誰也不是誰的師傅；3.5 公里以外的島上有 12 戶人家，他都認得。";

/// Reads the project's corpus.
pub(crate) fn interview() -> Corpus {
    let mut config = Config::load(Some(Path::new("/dev/null"))).expect("the defaults are sound");
    config.corpus.dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let folder = Folder::read(&config.corpus).expect("the project's corpus is there");
    folder.load(&config.repair, false).expect("the project's corpus is sound").corpus
}

/// Returns a corpus of `n_passages` passages of about 200 characters. They are put together from
/// clauses of the interview by a fixed rule, so that every run measures the same text.
pub(crate) fn generated(n_passages: usize) -> Corpus {
    let interviews = interview();
    let passages = interviews.passages();
    let clauses: Vec<&str> = passages
        .iter()
        .flat_map(|passage| passage.text.split_inclusive(['，', '。', '？', '；']))
        .collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        // This is xorshift64; any other fixed sequence would serve as well.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap_or_default()
    };
    let turns = (1..=n_passages).map(|number| {
        let mut clause = || clauses.get(next() % clauses.len()).copied().unwrap_or_default();
        let question = format!("第{number}問，{}", clause());
        let text = (0..14).map(|_| clause()).collect();
        let answer = Part::Answer(Paragraph::new(1, text));
        Turn { number, interviewer: "問".to_owned(), question, parts: vec![answer] }
    });
    let turns = turns.collect();
    let template = interviews.interviews.into_iter().next();
    let interview = template.map(|interview| Interview { turns, ..interview });
    Corpus { interviews: interview.into_iter().collect(), ..Corpus::default() }
}

/// Builds a generation of `corpus` in a temporary folder, which is removed when it is dropped.
pub(crate) fn generation(corpus: &Corpus) -> (TempDir, Index) {
    let folder = TempDir::new().expect("there is room for a temporary folder");
    let built = Generations::new(folder.path()).build(corpus, "bench", &mut |_| {});
    (folder, built.expect("the folder is our own"))
}

/// The default settings of the repair.
pub(crate) fn repair_options() -> transcript::repair::Options {
    Config::load(Some(Path::new("/dev/null"))).expect("the defaults are sound").repair
}

/// The default settings of the search.
pub(crate) fn options() -> Options {
    Config::load(Some(Path::new("/dev/null"))).expect("the defaults are sound").search
}
