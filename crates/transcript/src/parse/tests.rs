//! Transcripts in the shapes that sites use, each with what must be read out of it.

use super::*;
use crate::{Paragraph, Part};

/// A transcript as lines: `T` title, `W` who is interviewed, `L` lead, `H` heading, `Q` question,
/// `A` answer, `G` guest, `R` remark.
fn outline(transcript: &Transcript) -> String {
    let mut lines = Vec::new();
    lines.extend(transcript.title.iter().map(|title| format!("T {title}")));
    lines.extend(transcript.interviewee.iter().map(|name| format!("W {name}")));
    lines.extend(transcript.lead().into_iter().map(|text| format!("L {text}")));
    for turn in transcript.turns(|_| Vec::new()) {
        lines.push(format!("Q {}|{}", turn.interviewer, turn.question.replace('\n', "/")));
        lines.extend(turn.parts.iter().map(|part| match part {
            Part::Answer(Paragraph { speaker: Some(speaker), text, .. }) => {
                format!("A {speaker}|{text}")
            }
            Part::Answer(paragraph) => format!("A {}", paragraph.text),
            Part::Aside(text) => format!("R {text}"),
            Part::Guest { speaker, text } => format!("G {speaker}|{text}"),
            Part::Heading(text) => format!("H {text}"),
        }));
    }
    lines.join("\n")
}

fn check(text: &str, expected: &str) {
    let (transcript, _) = parse(text, &Hints::default());
    let found = outline(&transcript);
    let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    assert_eq!(found, expected.join("\n"), "help: how this was read:\n{text}\n\nfound:\n{found}\n");
}

#[test]
fn publications_and_names_before_narrow_colons() {
    check(
        "一群人在小镇上做图书馆。\n《财经》:您怎么看小镇?\n林远:浙江有句话:“我负责阳光雨露”。\n我就说:好。\n《财经》:这是一次出海。\n林远:对。",
        "W 林远
         L 一群人在小镇上做图书馆。
         Q 《财经》|您怎么看小镇?
         A 浙江有句话:“我负责阳光雨露”。
         A 我就说:好。
         Q 《财经》|这是一次出海。
         A 对。",
    );
}

#[test]
fn reporters_with_a_title_a_byline_and_headings() {
    check(
        "对话林远：把图书馆开进山里\n\n2024年5月6日 来源：山城周刊\n文｜周小川\n\n林远在山里开了六年图书馆。\n\n一、为什么是山里\n\n记者：为什么把图书馆开在山里？\n林远：因为孩子在山里。\n\n二、钱从哪里来\n记者：钱呢？\n林远：一半是捐的。（笑）\n另一半也是捐的。\n（责任编辑：方舟）",
        "T 对话林远：把图书馆开进山里
         W 林远
         L 林远在山里开了六年图书馆。
         Q 记者|为什么把图书馆开在山里？
         A 因为孩子在山里。
         H 二、钱从哪里来
         Q 记者|钱呢？
         A 一半是捐的。
         R （笑）
         A 另一半也是捐的。
         R （责任编辑：方舟）",
    );
}

#[test]
fn a_title_that_begins_with_the_name_is_no_speech() {
    check(
        "林远：山里的孩子也要读书\n作者：周小川\n记者：您好，先谈谈书。\n林远：书不多，够用。\n记者：够用吗？\n林远：够。",
        "T 林远：山里的孩子也要读书
         W 林远
         Q 记者|您好，先谈谈书。
         A 书不多，够用。
         Q 记者|够用吗？
         A 够。",
    );
}

#[test]
fn letters_whose_names_stand_in_a_legend() {
    let body = "Q：书从哪里来？\nA：书是大家寄来的。\nQ：寄了多少？\nA：两万册。";
    for legend in ["记者=Q，林远=A", "（Q为记者，A为林远）", "Q：记者\nA：林远"]
    {
        check(
            &format!("山里的图书馆\n{legend}\n{body}"),
            "T 山里的图书馆
             W 林远
             Q 记者|书从哪里来？
             A 书是大家寄来的。
             Q 记者|寄了多少？
             A 两万册。",
        );
    }
}

#[test]
fn letters_alone_take_the_name_from_the_title() {
    check(
        "专访图书馆创始人林远\nQ: 书从哪里来?\nA: 书是大家寄来的。\nA: 还有买的。\nQ: 寄了多少?\nA: 两万册。",
        "T 专访图书馆创始人林远
         W 林远
         Q Q|书从哪里来?
         A 书是大家寄来的。
         A 还有买的。
         Q Q|寄了多少?
         A 两万册。",
    );
}

#[test]
fn numbered_letters_and_letters_without_a_colon() {
    check(
        "Q1：书从哪里来？\nA1：大家寄来的。\nQ2：多少？\nA2：两万册。",
        "Q Q|书从哪里来？\nA 大家寄来的。\nQ Q|多少？\nA 两万册。",
    );
    check(
        "Q. Where do the books come from?\nA. People send them.\nA library needs people, too.\nQ. How many?\nA. Twenty thousand.",
        "Q Q|Where do the books come from?
         A People send them.
         A A library needs people, too.
         Q Q|How many?
         A Twenty thousand.",
    );
}

#[test]
fn question_and_answer_marks_in_traditional_script() {
    check(
        "專訪林遠：山裡的圖書館\n問：為什麼在山裡？\n答：因為孩子在山裡。\n他們說：“要看書。”\n問：錢呢？\n答：一半是捐的。",
        "T 專訪林遠：山裡的圖書館
         W 林遠
         Q 問|為什麼在山裡？
         A 因為孩子在山裡。
         A 他們說：“要看書。”
         Q 問|錢呢？
         A 一半是捐的。",
    );
}

#[test]
fn names_alone_on_their_lines() {
    check(
        "主持人\n欢迎来到现场。您先说说图书馆。\n林远\n好的。\n图书馆在山里。\n主持人\n山里有多少孩子？\n林远\n三百个",
        "W 林远
         Q 主持人|欢迎来到现场。您先说说图书馆。
         A 好的。
         A 图书馆在山里。
         Q 主持人|山里有多少孩子？
         A 三百个",
    );
}

#[test]
fn timestamps_beside_the_names() {
    let expected = "W 林远
         Q 主持人|今天谈图书馆。
         A 好，12:30开始的。
         Q 主持人|有多少书？
         A 两万册。";
    check(
        "00:00:01 主持人：今天谈图书馆。\n00:00:05 林远：好，12:30开始的。\n00:01:02 主持人：有多少书？\n[00:01:09] 林远：两万册。",
        expected,
    );
    check(
        "主持人 00:01\n今天谈图书馆。\n林远 00:05\n好，12:30开始的。\n主持人 01:02\n有多少书？\n林远 01:09\n两万册。",
        expected,
    );
    check(
        "主持人（00:01）：今天谈图书馆。\n林远（00:05）：好，12:30开始的。\n主持人（01:02）：有多少书？\n林远（01:09）：两万册。",
        expected,
    );
}

#[test]
fn bold_names_without_colons() {
    check(
        "# 山里的图书馆\n\n**记者** 为什么在山里？\n\n**林远** 因为孩子在山里。\n\n## 钱\n\n**记者** 钱呢？\n\n**林远** 一半是**捐**的。",
        "T 山里的图书馆
         W 林远
         Q 记者|为什么在山里？
         A 因为孩子在山里。
         H 钱
         Q 记者|钱呢？
         A 一半是捐的。",
    );
}

#[test]
fn bold_names_with_colons_inside_or_outside() {
    for (open, close) in [("**", "：**"), ("**", "**："), ("- **", "：** "), ("> **", "：**")] {
        let line = |name: &str, words: &str| format!("{open}{name}{close}{words}\n\n");
        let text = [
            line("记者", "为什么在山里？"),
            line("林远", "因为孩子在山里。"),
            line("记者", "钱呢？"),
            line("林远", "捐的。"),
        ]
        .concat();
        check(&text, "W 林远\nQ 记者|为什么在山里？\nA 因为孩子在山里。\nQ 记者|钱呢？\nA 捐的。");
    }
}

#[test]
fn brackets_and_bars_around_names() {
    for (open, close) in [
        ("【", "】"),
        ("", "｜"),
        ("", " | "),
        ("[", "]: "),
        ("〔", "〕"),
        ("■ ", "："),
        ("", "\t"),
        ("▍", "："),
    ] {
        let line = |name: &str, words: &str| format!("{open}{name}{close}{words}\n");
        let text = [
            line("记者", "为什么在山里？"),
            line("林远", "因为孩子在山里。"),
            line("记者", "钱呢？"),
            line("林远", "捐的。"),
        ]
        .concat();
        check(&text, "W 林远\nQ 记者|为什么在山里？\nA 因为孩子在山里。\nQ 记者|钱呢？\nA 捐的。");
    }
}

#[test]
fn titles_after_and_before_the_name() {
    check(
        "山里的图书馆（林远访谈）\n晚点：林教授为什么在山里？\n林远教授：因为孩子在山里。\n晚点：钱呢？\n林教授：捐的。\n晚点：够吗？\n林远（笑）：够。",
        "T 山里的图书馆（林远访谈）
         W 林远
         Q 晚点|林教授为什么在山里？
         A 因为孩子在山里。
         Q 晚点|钱呢？
         A 捐的。
         Q 晚点|够吗？
         A 够。
         R （笑）",
    );
}

#[test]
fn english_names_and_notes() {
    check(
        "An Interview with Dr. Ada Marsh\n\nBy John Poole\nMarch 3, 2024\n\nAda Marsh has run a mountain library for six years.\n\nThe Valley Post: Why the mountains?\nDr. Marsh: Because the children are there. (laughs)\nOne thing is clear: they read.\nNote: this was in spring.\nThe Valley Post: And the money?\nAda Marsh: Half of it is given. [Editor's note: in 2023.] The other half too.\nFor example: stamps.",
        "T An Interview with Dr. Ada Marsh
         W Ada Marsh
         L Ada Marsh has run a mountain library for six years.
         Q The Valley Post|Why the mountains?
         A Because the children are there.
         R (laughs)
         A One thing is clear: they read.
         R Note: this was in spring.
         Q The Valley Post|And the money?
         A Half of it is given. The other half too.
         R [Editor's note: in 2023.]
         A For example: stamps.",
    );
}

#[test]
fn other_guests_are_not_the_interviewee() {
    check(
        "对话林远\n主持人：两位好。\n林远：大家好，我是林远，在山里开了六年图书馆。\n周小川：我也在。\n我管书。\n主持人：书多吗？\n林远：两万册，都是寄来的，每一册都有编号。\n观众：能借吗？\n林远：能。",
        "T 对话林远
         W 林远
         Q 主持人|两位好。
         A 大家好，我是林远，在山里开了六年图书馆。
         G 周小川|我也在。
         G 周小川|我管书。
         Q 主持人|书多吗？
         A 两万册，都是寄来的，每一册都有编号。
         Q 观众|能借吗？
         A 能。",
    );
}

#[test]
fn two_persons_of_whom_one_asks() {
    check(
        "周小川：图书馆有多少书？\n林远：两万册，都是大家从城里一箱一箱寄来的。\n周小川：孩子们喜欢什么？\n林远：喜欢画册，也喜欢故事，最喜欢的是地图。",
        "W 林远
         Q 周小川|图书馆有多少书？
         A 两万册，都是大家从城里一箱一箱寄来的。
         Q 周小川|孩子们喜欢什么？
         A 喜欢画册，也喜欢故事，最喜欢的是地图。",
    );
}

#[test]
fn a_cast_list_at_the_top() {
    check(
        "山里的图书馆\n采访者：周小川\n受访者：林远，图书馆创办人\n\n问：书从哪里来？\n答：寄来的。\n问：多少？\n答：两万册。",
        "T 山里的图书馆
         W 林远
         Q 问|书从哪里来？
         A 寄来的。
         Q 问|多少？
         A 两万册。",
    );
}

#[test]
fn lines_of_one_speaker_in_a_row_are_one_utterance() {
    check(
        "记者：您好。\n记者：先谈谈书。\n您愿意吗？\n林远：愿意。\n记者：好。\n（掌声）\n记者：多少册？\n林远：两万册。",
        "W 林远
         Q 记者|您好。/先谈谈书。/您愿意吗？
         A 愿意。
         Q 记者|好。/多少册？
         R （掌声）
         A 两万册。",
    );
}

#[test]
fn sentences_with_a_colon_are_not_speakers() {
    check(
        "记者：怎么办？\n林远：分三步。\n一是：找书。\n比如：画册。\n浙江有句话：“水滴石穿。”\n我就说：好。\n他说：“行。”\n结论：能办。\n时间：12:30。\n问题在于：没有路。\n记者：路呢？\n林远：修。",
        "W 林远
         Q 记者|怎么办？
         A 分三步。
         A 一是：找书。
         A 比如：画册。
         A 浙江有句话：“水滴石穿。”
         A 我就说：好。
         A 他说：“行。”
         A 结论：能办。
         A 时间：12:30。
         A 问题在于：没有路。
         Q 记者|路呢？
         A 修。",
    );
}

#[test]
fn notes_are_remarks() {
    check(
        "记者：怎么办？\n林远：找书（编者注：指旧书）。\n编者注：以上为二月的情况。\n【编者按：略】\n（林远站了起来）\n就这样。\n记者：好。\n林远：（沉默）好。",
        "W 林远
         Q 记者|怎么办？
         A 找书。
         R （编者注：指旧书）
         R 编者注：以上为二月的情况。
         R 【编者按：略】
         R （林远站了起来）
         A 就这样。
         Q 记者|好。
         A 好。
         R （沉默）",
    );
}

#[test]
fn only_questions_are_labelled() {
    check(
        "专访林远：山里的图书馆\n记者：书从哪里来？\n大家寄来的。\n也有买的。\n记者：多少？\n两万册。",
        "T 专访林远：山里的图书馆
         W 林远
         Q 记者|书从哪里来？
         A 大家寄来的。
         A 也有买的。
         Q 记者|多少？
         A 两万册。",
    );
}

#[test]
fn nobody_is_named_and_questions_are_bold_or_numbered() {
    let expected = "T 专访林远：山里的图书馆
         W 林远
         L 他在山里六年。
         Q 问|书从哪里来？
         A 大家寄来的。
         A 也有买的。
         Q 问|多少？
         A 两万册。";
    check(
        "专访林远：山里的图书馆\n他在山里六年。\n**书从哪里来？**\n大家寄来的。\n也有买的。\n**多少？**\n两万册。",
        expected,
    );
    check(
        "# 专访林远：山里的图书馆\n他在山里六年。\n### 书从哪里来？\n大家寄来的。\n也有买的。\n### 多少？\n两万册。",
        expected,
    );
    check(
        "专访林远：山里的图书馆\n1. 书从哪里来？\n大家寄来的。\n2. 多少？\n两万册。",
        "T 专访林远：山里的图书馆
         W 林远
         Q 问|1. 书从哪里来？
         A 大家寄来的。
         Q 问|2. 多少？
         A 两万册。",
    );
}

#[test]
fn a_sign_of_the_first_word_belongs_to_the_question() {
    check(
        "专访林远：山里的图书馆\n**$5 够吗？**\n不够。\n**▍$8 呢？**\n够了。\n**¿Qué？**\n没什么。\n**# 还有呢？**\n没有了。",
        "T 专访林远：山里的图书馆
         W 林远
         Q 问|$5 够吗？
         A 不够。
         Q 问|$8 呢？
         A 够了。
         Q 问|¿Qué？
         A 没什么。
         Q 问|还有呢？
         A 没有了。",
    );
}

#[test]
fn wrapped_lines_are_joined() {
    let text = "Q: You have been running this library in the mountains for six years\nnow. What made you begin, and what has kept you there through all the\nwinters?\n\nA: The children are there. When I first came up the road was closed, and\nnobody could tell me when it would open again. I stayed with a family\nwho had one book, and everybody in the village had read it.\n\nQ: One book?\n\nA: One book.";
    check(
        text,
        "Q Q|You have been running this library in the mountains for six years now. What made you begin, and what has kept you there through all the winters?
         A The children are there. When I first came up the road was closed, and nobody could tell me when it would open again. I stayed with a family who had one book, and everybody in the village had read it.
         Q Q|One book?
         A One book.",
    );
}

#[test]
fn credits_after_the_conversation_are_nobodys_words() {
    check(
        "记者：书从哪里来？\n林远：寄来的。\n记者：多少？\n林远：两万册。\n我们还要。\nEND\n撰文：周小川\n欢迎关注山城周刊",
        "W 林远\nQ 记者|书从哪里来？\nA 寄来的。\nQ 记者|多少？\nA 两万册。\nA 我们还要。",
    );
}

#[test]
fn hints_decide_what_the_text_leaves_open() {
    let text = "甲：书从哪里来，书怎么上山？\n乙：寄来的。\n甲：多少呢，够不够孩子们看？\n乙：够。";
    let hints = Hints {
        interviewee: Some("林远".to_owned()),
        legend: vec![("乙".to_owned(), "林远".to_owned())],
        ..Hints::default()
    };
    let (transcript, _) = parse(text, &hints);
    assert_eq!(
        outline(&transcript),
        "W 林远\nQ 甲|书从哪里来，书怎么上山？\nA 寄来的。\nQ 甲|多少呢，够不够孩子们看？\nA 够。"
    );
}

#[test]
fn nothing_and_no_speech_are_read_as_such() {
    check("", "");
    check("只有一段话，没有人说话。", "L 只有一段话，没有人说话。");
}

#[test]
fn an_abbreviation_stands_for_the_name() {
    check(
        "專訪｜林遠：把圖書館開進山裡\n【本刊訊】記者周小川／台北報導\n周小川（以下簡稱周）：為什麼上山？\n林遠（以下簡稱林）：因為孩子在山裡。\n周：錢呢？\n林：一半是捐的。",
        "T 專訪｜林遠：把圖書館開進山裡
         W 林遠
         Q 周小川|為什麼上山？
         A 因為孩子在山裡。
         Q 周小川|錢呢？
         A 一半是捐的。",
    );
}

#[test]
fn audiences_ask_and_recorders_number_speakers() {
    check(
        "对话林远\n主持人：请开始。\n林远：好的，我先说说山里的情况。\n网友“山里的风”：书够吗？\n林远：够。",
        "T 对话林远
         W 林远
         Q 主持人|请开始。
         A 好的，我先说说山里的情况。
         Q 网友“山里的风”|书够吗？
         A 够。",
    );
    check(
        "发言人1  00:02\n书够吗？\n发言人2  00:10\n够的，两万册，都是从城里一箱一箱寄来的。\n发言人1  01:15\n路呢？\n发言人2  01:20\n在修，已经修了三年了。",
        "Q 发言人1|书够吗？
         A 够的，两万册，都是从城里一箱一箱寄来的。
         Q 发言人1|路呢？
         A 在修，已经修了三年了。",
    );
}

#[test]
fn a_title_with_a_colon_and_a_quotation_is_no_speech() {
    check(
        "Q&A with Ada Marsh: “The road is a library”\nAda Marsh runs a library.\nQ: How did it start?\nA: With one book.\nQ: And today?\nA: Today it's different.",
        "T Q&A with Ada Marsh: “The road is a library”
         W Ada Marsh
         L Ada Marsh runs a library.
         Q Q|How did it start?
         A With one book.
         Q Q|And today?
         A Today it's different.",
    );
}

#[test]
fn speech_without_full_stops_is_no_title() {
    check(
        "《財經》：您好\n王堅：你好\n《財經》：什麼是雲\n王堅：雲就是計算\n是公共服務",
        "W 王堅\nQ 《財經》|您好\nA 你好\nQ 《財經》|什麼是雲\nA 雲就是計算\nA 是公共服務",
    );
}

#[test]
fn letters_that_stand_for_persons() {
    check(
        "Ａ：图书馆开了多久？\nＢ：六年了，从两千册书开始。\nＡ：谁在管？\nＢ：孩子们自己管，大的带小的。",
        "Q Ａ|图书馆开了多久？\nA 六年了，从两千册书开始。\nQ Ａ|谁在管？\nA 孩子们自己管，大的带小的。",
    );
}

#[test]
fn names_set_wide_are_the_same_names() {
    check(
        "记　者：谁在管？\n林　远：孩子们。\n记　者：多少人？\n林远：三百。",
        "W 林远\nQ 记者|谁在管？\nA 孩子们。\nQ 记者|多少人？\nA 三百。",
    );
}

#[test]
fn a_white_space_after_the_name_is_enough() {
    check(
        "记者　谁在管？\n林远　孩子们在管。\n记者　多少人？\n林远　三百人。",
        "W 林远\nQ 记者|谁在管？\nA 孩子们在管。\nQ 记者|多少人？\nA 三百人。",
    );
}

#[test]
fn a_list_in_an_answer_is_no_cast() {
    check(
        "山城周刊：最缺什么？\n林远：缺三样东西。\n人：要会讲故事的。\n路：要不怕雨的。\n关税：要低的。\n山城周刊：以后呢？\n林远 图书馆馆长：以后都会有。",
        "W 林远
         Q 山城周刊|最缺什么？
         A 缺三样东西。
         A 人：要会讲故事的。
         A 路：要不怕雨的。
         A 关税：要低的。
         Q 山城周刊|以后呢？
         A 以后都会有。",
    );
}

#[test]
fn items_of_a_list_and_things_spoken_of_are_no_speakers() {
    check(
        "记者：最缺什么？\n林远：缺两样。\n人：要会讲故事的。\n问题：没有路。\n学生：要读书。\n新闻：没有。\n记者：最多的呢？\n林远：也是两样。\n人：来看书的。\n观众：谢谢林老师。\n林远：不谢。",
        "W 林远
         Q 记者|最缺什么？
         A 缺两样。
         A 人：要会讲故事的。
         A 问题：没有路。
         A 学生：要读书。
         A 新闻：没有。
         Q 记者|最多的呢？
         A 也是两样。
         A 人：来看书的。
         Q 观众|谢谢林老师。
         A 不谢。",
    );
}

/// What follows a speaker's label stands after the lead, even if the speaker only laughed.
#[test]
fn an_unanswered_question_after_a_remark_is_not_part_of_the_lead() {
    let (transcript, _) = parse("林远（笑）：\n记者：您怎么看？", &Hints::default());
    assert!(transcript.lead().is_empty());
    assert_eq!(transcript.blocks[1].kind, Kind::Aside);
}

#[test]
fn a_cast_list_completes_the_names() {
    check(
        "访谈人：周小川\n受访人：林远\n访谈时间：2024年5月6日\n\n周：请介绍一下自己。\n林：我修了三十年路。\n周：三十年？\n林：三十年。",
        "W 林远\nQ 周小川|请介绍一下自己。\nA 我修了三十年路。\nQ 周小川|三十年？\nA 三十年。",
    );
}

mod laws {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical;

    /// Lines that look like all that a transcript is made of.
    fn line() -> impl Strategy<Value = String> {
        let label = prop::sample::select(vec![
            "记者：",
            "王坚：",
            "《财经》:",
            "Q: ",
            "A: ",
            "问：",
            "主持人\n",
            "王坚院士：",
            "**记者：**",
            "【王坚】",
            "李明：",
            "00:01 王坚：",
            "",
            "",
            "",
            "# ",
            "> ",
            "\\",
            "王：",
            "Dr. Wang: ",
            "Q ",
            "1. ",
            "（",
            "编者注：",
            "来源：",
            "王坚（笑）：",
            "记者=Q",
        ]);
        let words = prop::sample::select(vec![
            "您怎么看？",
            "小镇是一种机制。",
            "一、小镇",
            "浙江有句话：好。",
            "（笑）对。",
            "（全场笑）",
            "《财经》：",
            "END",
            "对话王坚：小镇",
            "2025年2月",
            "## 小镇",
            "> 引文",
            "王坚：",
            "\\",
            "**",
            "……",
            "a b",
            "It is so.",
            "",
            "编者注：略）",
            "（编者注：略）",
        ]);
        (label, words, "[ 　王：，。？\n*_#()（）a1]{0,6}")
            .prop_map(|(label, words, rest)| format!("{label}{words}{rest}"))
    }

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(line(), 0..14).prop_map(|lines| lines.join("\n"))
    }

    fn solid(text: &str) -> String {
        let mut letters: Vec<char> =
            text.chars().filter(|c| !c.is_whitespace() && !"*_#>".contains(*c)).collect();
        letters.sort_unstable();
        letters.into_iter().collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn no_character_is_lost(text in text()) {
            let (transcript, _) = parse(&text, &Hints::default());
            let parts = transcript.blocks.iter().flat_map(|block| [&block.label, &block.text]);
            let kept: String = parts.flat_map(Located::chars).collect();
            prop_assert_eq!(solid(&kept), solid(&text));
        }

        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,80}") {
            let (transcript, _) = parse(&text, &Hints::default());
            transcript.turns(|_| Vec::new());
        }

        #[test]
        fn what_is_written_reads_the_same(text in text()) {
            let (transcript, _) = parse(&text, &Hints::default());
            let hints = Hints {
                title: transcript.title.clone(),
                interviewee: transcript.interviewee.clone().or(Some("某某".to_owned())),
                aliases: Vec::new(),
                co_interviewees: transcript.co_interviewees.clone(),
                about: Vec::new(),
                is_monologue: false,
                interviewers: transcript.interviewers.clone(),
                guests: Some(transcript.guests.clone()),
                legend: Vec::new(),
            };
            let written = canonical::write(&transcript, &hints).text;
            let (again, _) = parse(&written, &hints);
            prop_assert_eq!(again.lead(), transcript.lead(), "{}", &written);
            prop_assert_eq!(again.headings(), transcript.headings(), "{}", &written);
            prop_assert_eq!(again.turns(|_| Vec::new()), transcript.turns(|_| Vec::new()), "{}", &written);
            prop_assert_eq!(canonical::write(&again, &hints).text, written);
        }
    }
}
