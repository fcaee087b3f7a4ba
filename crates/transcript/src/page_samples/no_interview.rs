//! Texts that are no interview, or become one only where an editor says whose words they are.

use super::{check_refused, outline, reading};
use crate::{FrontMatter, read};

#[test]
fn questions_and_answers_that_nobody_signs_name_nobody() {
    let page = "---\ntitle: 下周一开放　山路通行Q&A　六十岁免费\n---\n山路公司宣布山路下周一开放。山路公司董事林远表示，路已修好。\n\n**以下是「山路」Q&A：**\n\n**問：什麼是山路？**\n\n答：山路是一條路。\n\n**問：要收費嗎？**\n\n答：山路公司董事林远表示，暫不收費。\n";
    let reading = reading("a.md", page);
    assert_eq!(reading.front.interviewee, None, "{}", outline(&reading));
    assert_eq!(reading.transcript.turns(|_| Vec::new()).len(), 2);
    assert!(reading.interview("a", &[]).is_err());
}

#[test]
fn portraits_columns_and_monologues_are_refused_with_the_reason() {
    check_refused(
        "a.md",
        "# 专访：守路的林远\n\n每经记者 周小川\n\n![](a.jpg)\n\n林远 图片来源：受访者供图\n\n林远守了三十年路。\n\n以下是林远的讲述。\n\n### 路是人的骨头\n\n我十七岁上山。\n\n那该怎么办？\n\n我就一个人修。\n\n![](b.jpg)\n\n林远在北坡，图片来源：山城视频\n\n### 桥是人的手\n\n我还想造一座桥。\n\n**如需转载请与山报联系。**\n",
        "nobody answers",
    );
    check_refused(
        "a.md",
        "# 石头为什么重\n\n石头很重。\n\n## 为什么？\n\n因为石头里有山。\n\n## 怎么搬？\n\n用绳子。\n",
        "nobody answers",
    );
    check_refused("a.txt", "林远：我修了三十年路。\n\n林远：现在还在修。\n", "nobody asks");
}

#[test]
fn a_monologue_is_read_where_an_editor_says_whose_words_it_is() {
    let page =
        "# 守路的人\n\n林远守了三十年路。\n\n以下是林远的讲述。\n\n我十七岁上山。\n\n一个人修。\n";
    let given = FrontMatter { interviewee: Some("林远".to_owned()), ..FrontMatter::default() };
    let options = crate::repair::Options { min_confidence: 0.75, min_readings: 3 };
    let reading = read("a.md", page.as_bytes(), &given, &[], &options).unwrap();
    assert_eq!(
        outline(&reading),
        "W 林远\nL 林远守了三十年路。\nL 以下是林远的讲述。\nQ \nA 我十七岁上山。\nA 一个人修。"
    );
    assert!(reading.interview("a", &[]).is_ok());
}
