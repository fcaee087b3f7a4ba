//! Markdown files.

use super::check;

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

#[test]
fn bold_questions_with_their_answers_in_one_paragraph() {
    check(
        "a.md",
        "# 对话林远\n\n**路有多长？** 十二公里。\n\n我量过。\n\n**谁修的？** 我修的。\n\n**您累吗？** 膝盖累。\n",
        "W 林远
         Q 路有多长？
         A 十二公里。
         A 我量过。
         Q 谁修的？
         A 我修的。
         Q 您累吗？
         A 膝盖累。",
    );
}

#[test]
fn a_line_in_italics_within_an_answer_is_a_reporters() {
    check(
        "a.md",
        "# 专访林远\n\n**记者：**路呢？\n\n**林远：**停了。\n\n*说到这里，他站了起来。*\n\n我也停了。\n\n**记者：**桥呢？\n\n**林远：**还在。\n\n*Enjoying this? Sign up for our letter.*\n\n**记者：**狗呢？\n\n**林远：**在桥上。\n\n**记者：**羊呢？\n\n**林远：**在山上。\n\n**记者：**人呢？\n\n**林远：**走了。\n\n**记者：**您呢？\n\n**林远：**我不走。\n",
        "W 林远
         Q 路呢？
         A 停了。
         R 说到这里，他站了起来。
         A 我也停了。
         Q 桥呢？
         A 还在。
         Q 狗呢？
         A 在桥上。
         Q 羊呢？
         A 在山上。
         Q 人呢？
         A 走了。
         Q 您呢？
         A 我不走。
         X Enjoying this? Sign up for our letter.",
    );
}

#[test]
fn questions_with_a_label_and_answers_without() {
    check(
        "a.md",
        "# Ada Marsh on Stones\n\n**PD:** Why stones?\n\nThey were there.\n\n**PD:** Do they talk?\n\nSlowly.\n\nI listen.\n\n**PD:** Are you done?\n\nNo.\n",
        "W Ada Marsh
         Q Why stones?
         A They were there.
         Q Do they talk?
         A Slowly.
         A I listen.
         Q Are you done?
         A No.",
    );
}

#[test]
fn a_label_of_the_page_does_not_hide_the_questions() {
    check(
        "a.md",
        "# Ada Marsh on Stones\n\n**Why stones?**\n\nI found them there.\n\n**Do you talk to them?**\n\nSlowly.\n\n**Are you done?**\n\nNo.\n\nFiled Under: Interviews Tagged With: stones, roads\n",
        "W Ada Marsh
         Q Why stones?
         A I found them there.
         Q Do you talk to them?
         A Slowly.
         Q Are you done?
         A No.
         X Filed Under: Interviews Tagged With: stones, roads",
    );
}

#[test]
fn an_answer_in_the_paragraph_of_a_question_below_a_picture_is_no_caption() {
    check(
        "a.md",
        "# 对话林远\n\n![](a.jpg)\n\n**这条路有多长？** 十二公里。\n\n**谁修的路？** 大家修的。\n\n![](b.jpg)\n**您累吗？** 膝盖累。\n",
        "W 林远
         Q 这条路有多长？
         A 十二公里。
         Q 谁修的路？
         A 大家修的。
         Q 您累吗？
         A 膝盖累。",
    );
}

#[test]
fn most_of_what_the_interviewer_says_is_no_question() {
    check(
        "a.md",
        "# 专访林远\n\n**您修了三十年路。**\n\n我数过，三十一年。\n\n**有人说您固执。**\n\n石头更固执。\n\n**累吗？**\n\n膝盖累。\n\n**县里后来也出了钱。**\n\n出了水泥。\n\n**以后呢？**\n\n修桥。\n",
        "W 林远
         Q 您修了三十年路。
         A 我数过，三十一年。
         Q 有人说您固执。
         A 石头更固执。
         Q 累吗？
         A 膝盖累。
         Q 县里后来也出了钱。
         A 出了水泥。
         Q 以后呢？
         A 修桥。",
    );
}
