//! Pages in the shapes that sites publish, all made up, each with what must be read out of it.

use crate::parse::Kind;
use crate::{FrontMatter, Paragraph, ParsedFile, Part, read};

fn reading(name: &str, page: &str) -> ParsedFile {
    let options = crate::repair::Options { min_confidence: 0.75, min_readings: 3 };
    read(name, page.as_bytes(), &FrontMatter::default(), &[], &options).unwrap()
}

/// A reading as lines: `W` who is interviewed, `L` lead, `H` heading, `Q` question, `A` answer, `R` aside,
/// `C` caption, `X` left out; titles and empty lines are not shown.
fn outline(reading: &ParsedFile) -> String {
    let mut lines = vec![format!("W {}", reading.front.interviewee.as_deref().unwrap_or("-"))];
    let kept = |kind: &Kind, mark: &'static str| {
        let blocks = reading.transcript.blocks.iter().filter(|block| block.kind == *kind);
        blocks.map(|block| format!("{mark} {}{}", block.label, block.text)).collect::<Vec<_>>()
    };
    lines.extend(kept(&Kind::Lead, "L"));
    for turn in reading.transcript.turns(|_| Vec::new()) {
        lines.push(format!("Q {}", turn.question.replace('\n', "/")));
        lines.extend(turn.parts.iter().map(|part| match part {
            Part::Answer(Paragraph { speaker: Some(speaker), text, .. }) => {
                format!("A {speaker}|{text}")
            }
            Part::Answer(Paragraph { text, .. }) => format!("A {text}"),
            Part::Aside(text) => format!("R {text}"),
            Part::Guest { speaker, text } => format!("G {speaker}|{text}"),
            Part::Heading(text) => format!("H {text}"),
        }));
    }
    lines.extend(kept(&Kind::Caption, "C"));
    lines.extend(kept(&Kind::Furniture, "X"));
    lines.join("\n")
}

#[track_caller]
fn check(name: &str, page: &str, expected: &str) {
    let found = outline(&reading(name, page));
    let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    assert_eq!(found, expected.join("\n"), "help: how this was read:\n{page}\n\nfound:\n{found}\n");
}

#[track_caller]
fn check_refused(name: &str, page: &str, reason: &str) {
    let refused = reading(name, page).is_interview().unwrap_err();
    assert!(
        refused.message.contains(reason),
        "help: {}\n{}",
        refused.message,
        outline(&reading(name, page))
    );
}

#[test]
fn whole_questions_in_bold_with_surnames_as_labels() {
    check(
        "a.md",
        "---\ntitle: 山路访谈第3期：林远\nauthor:\n  - 林远\n  - 周小川\n---\n【编辑部按】受访者：[林远](http://a.example/) 采访者：周小川\n\n简介：林远，修路人。\n\n**周：您为什么修路？**\n\n**林：**因为没有路。\n\n<!--more-->\n\n**周：修了多久？**\n\n**林：**三十年（笑）。中间停过一次。\n\n第二年又开始了。\n\n**周：** 谢谢您！\n",
        "W 林远
         L 【编辑部按】受访者：林远 采访者：周小川
         L 简介：林远，修路人。
         Q 您为什么修路？
         A 因为没有路。
         Q 修了多久？
         A 三十年。中间停过一次。
         R （笑）
         A 第二年又开始了。
         R 周：谢谢您！",
    );
}

#[test]
fn numbered_headings_ask_and_nobody_is_named() {
    check(
        "a.md",
        "---\ntitle: 山路访谈：林远\n---\n简介：林远，修路人。\n\n## 1. 请介绍一下自己\n\n我修路，修了三十年。\n\n第一条在北坡。\n\n## 2. 为什么是北坡？\n\n南坡有路了。\n\n## 3. 对年轻人有什么建议？\n\n多走路。\n",
        "W 林远
         L 简介：林远，修路人。
         Q 1. 请介绍一下自己
         A 我修路，修了三十年。
         A 第一条在北坡。
         Q 2. 为什么是北坡？
         A 南坡有路了。
         Q 3. 对年轻人有什么建议？
         A 多走路。",
    );
}

#[test]
fn translations_with_credits_rules_and_pull_quotes() {
    check(
        "a.md",
        "石头与路：修路人Ada Marsh访谈\n====\n\n![img](a.png)\n\n*图片来自山路网站*\n\n修路三十年，她从不回头。\n\n###问：你第一次修路是什么时候？\n\n**答：**我七岁的时候。\n\n> 我从不回头\n\n后来又修了很多条。[1]\n\n###问：现在呢？\n\n**答：**现在修桥。\n\n--------\n\nvia: http://a.example/b\n\n作者：[John Poole][a] 译者：[lin](http://b.example) 校对：[zhou](http://c.example)\n\n本文由 [LCTT](http://d.example) 原创翻译，[Linux中国](http://e.example) 荣誉推出\n\n[a]: http://a.example\n",
        "W Ada Marsh
         L 修路三十年，她从不回头。
         Q 你第一次修路是什么时候？
         A 我七岁的时候。
         R 我从不回头
         A 后来又修了很多条。[1]
         Q 现在呢？
         A 现在修桥。
         C 图片来自山路网站
         X ---
         X via: http://a.example/b
         X 作者：John Poole 译者：lin 校对：zhou
         X 本文由 LCTT 原创翻译，Linux中国 荣誉推出",
    );
}

#[test]
fn a_legend_and_interjections_in_cantonese() {
    check(
        "a.md",
        "---\ntitle: 守路人\n---\n# 守路人\n\n山上有條路，守路人林阿遠守咗三十年。\n\n<figure>\n<img src=\"a.jpg\">\n<figcaption>林：我喺條路度。周小川攝</figcaption>\n</figure>\n\n**問：記者 　　林：守路人林阿遠「遠叔」**\n\n**問：你點解守路？**\n\n**林：** 無人守咪我守囉。（唔怕咩？）怕都要守㗎啦。\n\n（註：條路建於一九六二年。）\n\n**問：守咗幾耐？**\n\n林：三十年。（咁耐？）係呀，好快過。\n\n---\n\n請加入成為山報的月費訂戶，長期支持我們的工作。\n\n月費訂戶 [網址](http://a.example)\n",
        "W 林阿遠
         L 山上有條路，守路人林阿遠守咗三十年。
         Q 你點解守路？
         A 無人守咪我守囉。怕都要守㗎啦。
         R （唔怕咩？）
         R （註：條路建於一九六二年。）
         Q 守咗幾耐？
         A 三十年。係呀，好快過。
         R （咁耐？）
         C 林：我喺條路度。周小川攝
         X 問：記者 　　林：守路人林阿遠「遠叔」
         X ---
         X 請加入成為山報的月費訂戶，長期支持我們的工作。
         X 月費訂戶 網址",
    );
}

#[test]
fn headings_repeat_the_speaker_before_each_paragraph() {
    check(
        "a.md",
        "# 2024-05-06 周小川訪問\n\n### 周小川：\n這條路有多長？\n\n### 林遠：\n十二公里。\n\n### 林遠：\n全是石頭，走起來要六個小時。\n\n> （笑）\n\n### 周小川：\n誰修的？\n\n### 林遠：\n大家修的，前後修了三十年，每年春天修一段，到今天還沒有修完。\n\n### 周小川：\n謝謝。\n\n### 林遠：\n謝謝。\n",
        "W 林遠
         Q 這條路有多長？
         A 十二公里。
         A 全是石頭，走起來要六個小時。
         R （笑）
         Q 誰修的？
         A 大家修的，前後修了三十年，每年春天修一段，到今天還沒有修完。
         Q 謝謝。
         A 謝謝。",
    );
}

#[test]
fn two_hosts_and_a_guest_with_moments_of_a_recording() {
    check(
        "a.md",
        "**John Poole:** \\[00:12\\] Welcome back. Today we talk about roads with Ada Marsh.\n\n**Ada Marsh:** Thanks for having me. I have waited for this since the winter, when the road was closed.\n\n**Jane Doe:** So how did it start?\n\n**Ada Marsh:** With a stone. I carried it up the hill, and the next day another one, and so on for a year.\n\n\\[03:54\\] After that people helped.\n\n**John Poole:** People are like that. Did they ask for money?\n\n**Ada Marsh:** \\[laughs\\] Never. They asked for soup, and I learned to cook for forty people.\n\n**Jane Doe:** Nice. And today?\n\n**Ada Marsh:** Today there is a bridge as well, and two of the forty keep it.\n\n**John Poole:** Thanks for coming, Ada.\n\n**Ada Marsh:** My pleasure!\n\nThis show is brought to you by the soup company. Use the code \"stone\".\n",
        "W Ada Marsh
         Q Welcome back. Today we talk about roads with Ada Marsh.
         R [00:12]
         A Thanks for having me. I have waited for this since the winter, when the road was closed.
         Q So how did it start?
         A With a stone. I carried it up the hill, and the next day another one, and so on for a year.
         A After that people helped.
         R [03:54]
         Q People are like that. Did they ask for money?
         A Never. They asked for soup, and I learned to cook for forty people.
         R [laughs]
         Q Nice. And today?
         A Today there is a bridge as well, and two of the forty keep it.
         Q Thanks for coming, Ada.
         A My pleasure!
         X This show is brought to you by the soup company. Use the code \"stone\".",
    );
}

#[test]
fn numbered_questions_and_their_follow_ups() {
    check(
        "a.md",
        "# “Keep the road”: the minister on stones\n\nRead the following Q&A with Ada Marsh, minister of roads.\n\n**Q1: Will the road be closed?**\n\nA: No. It stays open.\n\n**Q1-follow-up: Even in winter?**\n\nA: Even then.\n\nWe have soup.\n\n**Q2 follow up: And the bridge…**\n\nA: I won't talk about the bridge.\n",
        "W Ada Marsh
         L Read the following Q&A with Ada Marsh, minister of roads.
         Q Will the road be closed?
         A No. It stays open.
         Q Even in winter?
         A Even then.
         A We have soup.
         Q And the bridge…
         A I won't talk about the bridge.",
    );
}

#[test]
fn a_round_table_quotes_everybody_under_their_own_names() {
    check(
        "a.html",
        "<div><p>五月六日，林远、周小川与方舟在山城谈路。以下为现场实录：</p><h2>路从哪里来</h2><p><strong>Q：路从哪里来？</strong></p><p><strong>林远：</strong>从石头里来。我走了三十年，石头走了三万年。</p><p>后来才有人。</p><p><strong>周小川：</strong>我不同意。路是人走出来的，没有人就没有路，这一点书上写得很清楚。</p><figure><img src=\"a.png\"><figcaption>林远</figcaption></figure><p><strong>读者提问：路会断吗？</strong></p><p><strong>方舟：</strong>会。断了再修，修了再断，这就是路的一生，也是我的一生。</p><p><strong>周小川：</strong>我补充一句，断的路也是路。</p><p><strong>方舟：</strong>这我同意，断的路更是路。</p><p>———</p><p>微信搜索“<strong>山路</strong>”：关注我们</p></div>",
        "W 方舟
         L 五月六日，林远、周小川与方舟在山城谈路。以下为现场实录：
         Q 路从哪里来？
         A 林远|从石头里来。我走了三十年，石头走了三万年。
         A 林远|后来才有人。
         A 周小川|我不同意。路是人走出来的，没有人就没有路，这一点书上写得很清楚。
         Q 路会断吗？
         A 会。断了再修，修了再断，这就是路的一生，也是我的一生。
         A 周小川|我补充一句，断的路也是路。
         A 这我同意，断的路更是路。
         C 林远
         X ———
         X 微信搜索“山路”：关注我们",
    );
}

#[test]
fn an_interview_at_the_end_of_a_feature() {
    check(
        "a.html",
        "<article><header><h1>专访林远：把路修上山</h1></header><div class=\"entry\"><p>林远修了三十年路。</p><div class=\"ads\"><a href=\"/\">广告</a></div><p>「路要自己走。」林远说。</p><h2>石头</h2><p>山上的石头很多，林远一块一块地搬。</p><h2>问答</h2><p><strong>山城记者：</strong>为什么修路？</p><p><strong>林远：</strong>因为没有路。</p><p>后来有了，\n也要修。</p><p><strong>山城记者：</strong>还要修多久？</p><p><strong>林远：</strong>一直修。</p></div><section class=\"related\"><h3>Related</h3><p>另一条路上的人，他说了很多话。</p></section></article>",
        "W 林远
         L 林远修了三十年路。
         L 「路要自己走。」林远说。
         L 山上的石头很多，林远一块一块地搬。
         Q 为什么修路？
         A 因为没有路。
         A 后来有了，也要修。
         Q 还要修多久？
         A 一直修。
         X 广告
         X Related
         X 另一条路上的人，他说了很多话。",
    );
}

#[test]
fn italic_questions_and_a_list_of_sources() {
    check(
        "a.html",
        "<div><p class=\"title\">对话林远：路与人</p><p>林远今年六十岁。</p><p><i>您怎么看路？</i></p><p>路是人的骨头。</p><figure><img/><figcaption><p>电影《山路》</p></figcaption></figure><p><i>那桥呢？</i></p><p>桥是人的手。</p><p>我还想造一座。</p><p><i>最后一个问题：累吗？</i></p><p>不累。</p><p><em>参考资料：</em></p><p><em>山路志/周小川著.—山城：山城出版社，2012</em></p></div>",
        "W 林远
         L 林远今年六十岁。
         Q 您怎么看路？
         A 路是人的骨头。
         Q 那桥呢？
         A 桥是人的手。
         A 我还想造一座。
         Q 最后一个问题：累吗？
         A 不累。
         C 电影《山路》
         X 参考资料：
         X 山路志/周小川著.—山城：山城出版社，2012",
    );
}

#[test]
fn a_translation_that_is_folded_away_is_not_read_twice() {
    check(
        "a.md",
        "---\ntitle: 路的改革：山路公司CEO谈路\n---\n### 开始\n\n**主持人**: 今天请到的是 **Ada Marsh**。路要改革吗？\n\n<details>\n<summary>Original English</summary>\n\n**Interviewer**: Today I am joined by Ada Marsh. Must roads be reformed?\n\n</details>\n\n**Ada Marsh**: 要。我们从石头开始。\n\n<details>\n<summary>Original English</summary>\n\n**Ada Marsh**: They must. We begin with stones.\n\n</details>\n",
        "W Ada Marsh
         Q 今天请到的是 Ada Marsh。路要改革吗？
         A 要。我们从石头开始。
         X Original English
         X Interviewer: Today I am joined by Ada Marsh. Must roads be reformed?
         X Original English
         X Ada Marsh: They must. We begin with stones.",
    );
}

#[test]
fn many_readers_ask_one_author() {
    check(
        "a.md",
        "# 修路人林远答读者问\n\n石头哥：第一条路在哪里？\n\n林远：在北坡，现在还在。\n\n爱走路的猫：您一天走多少路？\n\n林远：二十公里，年轻的时候四十公里。\n\n小雨点：下雨怎么办？\n\n林远：等。\n\n雨停了再走。\n\n老王家的二儿子：桥什么时候修好？\n\n林远：明年。\n",
        "W 林远
         Q 第一条路在哪里？
         A 在北坡，现在还在。
         Q 您一天走多少路？
         A 二十公里，年轻的时候四十公里。
         Q 下雨怎么办？
         A 等。
         A 雨停了再走。
         Q 桥什么时候修好？
         A 明年。",
    );
}

#[test]
fn sections_that_the_publication_answers_itself_are_not_quoted() {
    check(
        "a.md",
        "---\ntitle: 上山不带证，咋办？\n---\n本报询问了律师林远，对相关问题进行了解答。\n\n## 要不要带证\n\n### 1. 上山要带证吗？\n\n林远：不要求带。\n\n### 2. 不带会怎样？\n\n林远：不会怎样。\n\n你可以说出号码。\n\n### 3. 忘了号码怎么办？\n\n经本报记者检索，可以打电话查询。\n\n### 4. 谁可以查？\n\n林远：守路人。\n",
        "W 林远
         L 本报询问了律师林远，对相关问题进行了解答。
         Q 1. 上山要带证吗？
         A 不要求带。
         Q 2. 不带会怎样？
         A 不会怎样。
         A 你可以说出号码。
         H 3. 忘了号码怎么办？
         R 经本报记者检索，可以打电话查询。
         Q 4. 谁可以查？
         A 守路人。",
    );
}

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

#[test]
fn a_label_within_a_paragraph_has_lost_its_line_end() {
    check(
        "a.txt",
        "记者：路有多长？\n林远：十二公里。\n记者：谁修的？\n林远：大家修的。记者：修了多久？\n林远：三十年。\n记者：还修吗？\n林远：修。\n",
        "W 林远
         Q 路有多长？
         A 十二公里。
         Q 谁修的？
         A 大家修的。
         Q 修了多久？
         A 三十年。
         Q 还修吗？
         A 修。",
    );
}

#[test]
fn pages_say_who_published_them_and_when() {
    let page = "<html><head><title>对话林远：路_山报</title><link rel=\"canonical\" href=\"https://a.example/road\"><script type=\"application/ld+json\">{\"@graph\":[{\"headline\":\"对话林远：路\",\"datePublished\":\"2024-05-06T08:00:00Z\",\"publisher\":{\"name\":\"山报\"}}]}</script></head><body><h1>对话林远：路</h1><p>山报：路呢？</p><p>林远：在山上。</p><p>山报：长吗？</p><p>林远：长。</p></body></html>";
    let front = reading("a.html", page).front;
    assert_eq!(front.title.as_deref(), Some("对话林远：路"));
    assert_eq!(front.publisher.as_deref(), Some("山报"));
    assert_eq!(front.date.as_deref(), Some("2024-05-06"));
    assert_eq!(front.url.as_deref(), Some("https://a.example/road"));
}

#[test]
fn subtitles_are_joined_to_speech() {
    check(
        "a.srt",
        "1\n00:00:01,000 --> 00:00:03,000\n主持人：路有\n\n2\n00:00:03,000 --> 00:00:04,000\n多长？\n\n3\n00:00:05,000 --> 00:00:07,000\n林远：十二公里，\n\n4\n00:00:07,000 --> 00:00:09,000\n全是石头。\n\n5\n00:00:10,000 --> 00:00:11,000\n主持人：谁修的？\n\n6\n00:00:12,000 --> 00:00:13,000\n林远：大家修的。\n",
        "W 林远
         Q 路有 多长？
         A 十二公里，全是石头。
         Q 谁修的？
         A 大家修的。",
    );
}

#[test]
fn bold_questions_and_plain_answers_in_english() {
    check(
        "a.md",
        "# The road\n\n*An interview with Ada Marsh, who builds roads.*\n\n**How did it start?**\n\nWith a stone.\n\nThen there was another.\n\n**What do you carry?**\n\nStones. **Always** stones.\n\n**Tell us about the bridge.**\n\nIt stands.\n\n*Ada Marsh was talking to John Poole.*\n\n## Related links\n\n- [Another road](http://a.example)\n",
        "W Ada Marsh
         L An interview with Ada Marsh, who builds roads.
         Q How did it start?
         A With a stone.
         A Then there was another.
         Q What do you carry?
         A Stones. Always stones.
         Q Tell us about the bridge.
         A It stands.
         X Ada Marsh was talking to John Poole.
         X Related links
         X Another road",
    );
}

#[test]
fn questions_need_no_question_mark_where_their_type_tells() {
    check(
        "a.md",
        "# 与木偶师蔡金枝对谈\n\n> 雨停以后，我们去后台找她。\n\n**先说说戏箱吧。**\n\n我睡在里面长大。\n\n**很多人说木偶戏已经死了。**\n\n他们没来看过。\n\n**您怎么看新戏？**\n\n好的是我儿子编的。\n\n**那您会教他吗**\n\n他不学。\n\n**十年后呢？**\n\n我八十六。\n",
        "W 蔡金枝
         L 雨停以后，我们去后台找她。
         Q 先说说戏箱吧。
         A 我睡在里面长大。
         Q 很多人说木偶戏已经死了。
         A 他们没来看过。
         Q 您怎么看新戏？
         A 好的是我儿子编的。
         Q 那您会教他吗
         A 他不学。
         Q 十年后呢？
         A 我八十六。",
    );
    check(
        "b.md",
        "---\ntitle: Ten minutes with Hana Mori\n---\n——What breaks first?\n\nThe felt. I hear it from the street.\n\n——And yet you stayed.\n\nI did not.\n\n——Which one would you never repair?\n\nMine.\n\n——What do you do on Sundays?\n\nI sleep.\n",
        "W Hana Mori
         Q What breaks first?
         A The felt. I hear it from the street.
         Q And yet you stayed.
         A I did not.
         Q Which one would you never repair?
         A Mine.
         Q What do you do on Sundays?
         A I sleep.",
    );
}

#[test]
fn numbered_questions_are_told_from_the_lists_in_answers() {
    check(
        "a.txt",
        "专访护林员马长林\n1. 一天走多少路？\n我走三十里。\n2. 包里带什么？\n我带三样：\n1. 火。\n2. 盐。\n3. 您怕什么？\n我怕雾。\n4. 说说老虎。\n我见过脚印。\n",
        "W 马长林
         Q 1. 一天走多少路？
         A 我走三十里。
         Q 2. 包里带什么？
         A 我带三样：
         A 1. 火。
         A 2. 盐。
         Q 3. 您怕什么？
         A 我怕雾。
         Q 4. 说说老虎。
         A 我见过脚印。",
    );
}

#[test]
fn questions_in_a_list_of_definitions() {
    check(
        "a.html",
        "<html><head><title>Interview: Rosa Lind</title></head><body><h1>Interview: Rosa Lind</h1><dl><dt>Where do you write?</dt><dd>I write at the kitchen table.</dd><dt>By hand?</dt><dd>Always.</dd></dl></body></html>",
        "W Rosa Lind
         Q Where do you write?
         A I write at the kitchen table.
         Q By hand?
         A Always.",
    );
}

#[test]
fn what_a_publication_says_to_its_readers_is_no_answer() {
    check(
        "a.md",
        "# 对话养蜂人葛有田\n\n**记者：** 一年搬几次家？\n\n**葛有田：** 七次，跟着花走。\n\n延伸阅读：一只蜂的旅行\n\n油菜花开完就去槐花。\n\n**记者：** 怕什么？\n\n**葛有田：** 怕冷。\n\n葛有田看了一眼窗外。\n\n**记者：** 公众号是谁在写？\n\n**葛有田：** 公众号是我女儿写的。\n\n我不识字。\n\n扫码加入读者群，每周赠书三本。\n\n喜欢这篇文章的人还读了别的。\n",
        "W 葛有田
         Q 一年搬几次家？
         A 七次，跟着花走。
         A 油菜花开完就去槐花。
         Q 怕什么？
         A 怕冷。
         R 葛有田看了一眼窗外。
         Q 公众号是谁在写？
         A 公众号是我女儿写的。
         A 我不识字。
         X 延伸阅读：一只蜂的旅行
         X 扫码加入读者群，每周赠书三本。
         X 喜欢这篇文章的人还读了别的。",
    );
    check(
        "b.md",
        "# A Conversation with Naomi Oduya\n\n*This interview was conducted by Peter Lund.*\n\n**PL:** What changed?\n\n**NO:** A bridge fell.\n\nI counted the cars.\n\n**PL:** And now?\n\n**NO:** I go and look at the river.\n\nPeter Lund is a freelance journalist based in Oslo.\n\nSubscribe to our newsletter.\n",
        "W Naomi Oduya
         L This interview was conducted by Peter Lund.
         Q What changed?
         A A bridge fell.
         A I counted the cars.
         Q And now?
         A I go and look at the river.
         X Peter Lund is a freelance journalist based in Oslo.
         X Subscribe to our newsletter.",
    );
}

#[test]
fn cast_lists_as_lists_and_times_beside_names() {
    check(
        "a.md",
        "# 第 42 期 | 谁来修老房子\n\n主持人：方舟\n\n嘉宾：\n\n- 许立成，建筑师\n- 邹敏，社区工作者\n\n**主持人** 00:50\n\n老房子该不该修？\n\n**许立成** 00:58\n\n该修。\n\n不修就塌。\n\n**邹敏** 01:10\n\n修之前要问住户。\n\n**主持人** 02:00\n\n钱呢？\n\n**邹敏** 02:04\n\n大家凑。\n",
        "W 许立成
         Q 老房子该不该修？
         A 该修。
         A 不修就塌。
         A 邹敏|修之前要问住户。
         Q 钱呢？
         A 邹敏|大家凑。
         X 主持人：方舟
         X 嘉宾：
         X 许立成，建筑师
         X 邹敏，社区工作者",
    );
}

#[test]
fn labels_in_capitals_under_headings_and_with_a_post() {
    check(
        "a.txt",
        "The Night Train, Episode 12\n\nJUNE PARK: How long have you been on the train?\n\nELIAS BRANDT: Nineteen years.\n\nPARK: What do people do at three in the morning?\n\nBRANDT: They look for the restaurant car.\n",
        "W Elias Brandt
         Q How long have you been on the train?
         A Nineteen years.
         Q What do people do at three in the morning?
         A They look for the restaurant car.",
    );
    check(
        "b.md",
        "# 2020-02-02 Conversation with Mira Sol\n\n### Journalist:\nWho argues?\n\n### Mira Sol:\nEveryone.\n\n### Mira Sol:\nA baker argued for three hours.\n\n### Photographer:\nOne more picture, please?\n\n### Mira Sol:\nOf course.\n",
        "W Mira Sol
         Q Who argues?
         A Everyone.
         A A baker argued for three hours.
         Q One more picture, please?
         A Of course.",
    );
    check(
        "c.txt",
        "记者：学琴多久了？\n琴师俞白：三十年。\n记者：还会上台吗？\n俞白：不会。\n",
        "W 俞白
         Q 学琴多久了？
         A 三十年。
         Q 还会上台吗？
         A 不会。",
    );
}

#[test]
fn a_headline_that_is_repeated_and_a_caption_beside_its_picture() {
    check(
        "a.md",
        "# 梁炳坤：打到唔郁為止\n\n![](a.jpg)\n舖頭最老嗰件工具有八十年。\n\n# 梁炳坤：打到唔郁為止\n\n記：你幾時開始？\n\n梁：十三歲。\n\n記：辛唔辛苦？\n\n梁：熱囉。\n\n**後記**\n\n採訪完，佢送咗一把刀畀記者。\n",
        "W 梁炳坤
         Q 你幾時開始？
         A 十三歲。
         Q 辛唔辛苦？
         A 熱囉。
         C 舖頭最老嗰件工具有八十年。
         X 梁炳坤：打到唔郁為止
         X 後記
         X 採訪完，佢送咗一把刀畀記者。",
    );
}

#[test]
fn paragraphs_of_a_page_that_was_wrapped_are_joined() {
    check(
        "a.md",
        "# Interview with Ada Marsh\n\n**Q:** Which road did you repair first, and how long did that take you? You said once that [the stones][1] were older than the village itself.\n\n**A:** The one on the northern slope. It was narrow, and the\nstones on it were loose, so that in spring nobody could use\nit with a cart, and we carried the bread on our backs from\nthe mill to the square. I remember that well.\n\nThen the bridge fell, and we repaired that before the road,\nbecause the children had to go to school on the other side\nof the river, and the boat was not safe in the high water.\n\n**Q:** And now?\n\n**A:** Now it is done.\n",
        "W Ada Marsh
         Q Which road did you repair first, and how long did that take you? You said once that [the stones][1] were older than the village itself.
         A The one on the northern slope. It was narrow, and the stones on it were loose, so that in spring nobody could use it with a cart, and we carried the bread on our backs from the mill to the square. I remember that well.
         A Then the bridge fell, and we repaired that before the road, because the children had to go to school on the other side of the river, and the boat was not safe in the high water.
         Q And now?
         A Now it is done.",
    );
}
