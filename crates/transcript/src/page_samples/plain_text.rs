//! Plain text and subtitles.

use super::check;

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
fn questions_that_only_their_marks_tell() {
    check(
        "a.txt",
        "对话林远\n\n路修了多久？\n\n我修了三十年，中间停过一次。\n\n您为什么停下来？\n\n我的腿断了，躺了一个冬天。\n\n躺着的时候您想什么？\n\n想那些石头，我知道每一块在哪里。\n\n现在您还上山吗？\n\n上，慢一点就是了。\n",
        "W 林远
         Q 路修了多久？
         A 我修了三十年，中间停过一次。
         Q 您为什么停下来？
         A 我的腿断了，躺了一个冬天。
         Q 躺着的时候您想什么？
         A 想那些石头，我知道每一块在哪里。
         Q 现在您还上山吗？
         A 上，慢一点就是了。",
    );
}

#[test]
fn symbols_and_brackets_around_questions() {
    check(
        "a.txt",
        "对话林远\n\n▍路呢？\n\n我修好了。\n\n▍您还修吗？\n\n还修。\n",
        "W 林远
         Q 路呢？
         A 我修好了。
         Q 您还修吗？
         A 还修。",
    );
    check(
        "b.txt",
        "对话林远\n\n【路呢？】\n\n我修好了。\n\n【您还修吗？】\n\n还修。\n",
        "W 林远
         Q 【路呢？】
         A 我修好了。
         Q 【您还修吗？】
         A 还修。",
    );
}

#[test]
fn times_on_lines_of_their_own_part_nothing() {
    check(
        "a.txt",
        "The road, told by Ada Marsh\n\n0:00\nINTERVIEWER: Why stones?\n0:17\nADA: They were there.\n0:34\nINTERVIEWER: And the bridge?\n0:51\nADA: Later.\n",
        "W Ada Marsh
         Q Why stones?
         A They were there.
         Q And the bridge?
         A Later.
         X 0:00
         X 0:17
         X 0:34
         X 0:51",
    );
}

#[test]
fn the_line_that_introduces_a_short_label_is_speech() {
    check(
        "a.txt",
        "山路纪事\n\n《山路》记者周小川（以下简称“周”）：路呢？\n\n林远（以下简称“林”）：修好了。\n\n周：桥呢？\n\n林：还没有。\n",
        "W 林远
         Q 路呢？
         A 修好了。
         Q 桥呢？
         A 还没有。",
    );
}

#[test]
fn a_quotation_that_a_reporter_was_told_opens_nobodys_speech() {
    check(
        "a.txt",
        "修路的林远\n\n县里的一位老人告诉记者：“路是他一个人修的。”\n\n记者：路呢？\n\n林远：修好了。\n\n记者：桥呢？\n\n林远：还没有。\n",
        "W 林远
         L 县里的一位老人告诉记者：“路是他一个人修的。”
         Q 路呢？
         A 修好了。
         Q 桥呢？
         A 还没有。",
    );
}

#[test]
fn double_dashes_after_names() {
    check(
        "a.txt",
        "山路访谈\n\n记者——路呢？\n\n林远——停了。\n\n记者——桥呢？\n\n林远——还在。\n",
        "W 林远
         Q 路呢？
         A 停了。
         Q 桥呢？
         A 还在。",
    );
}

#[test]
fn verbs_after_names_are_no_part_of_them() {
    check(
        "a.txt",
        "对话林远\n\n李明问：路有多长？\n林远答：十二公里。\n李明问：修了多久？\n林远答：三年。\n",
        "W 林远
         Q 路有多长？
         A 十二公里。
         Q 修了多久？
         A 三年。",
    );
}

#[test]
fn names_stand_in_brackets_or_before_a_slash() {
    for page in [
        "專訪林遠\n\n〈記者〉路有多長？\n〈林遠〉十二公里。\n〈記者〉修了多久？\n〈林遠〉三年。\n",
        "專訪林遠\n\n記者／路有多長？\n林遠／十二公里。\n記者／修了多久？\n林遠／三年。\n",
        "專訪林遠\n\n（記者）路有多長？\n（林遠）十二公里。\n（記者）修了多久？\n（林遠）三年。\n",
    ] {
        check(
            "a.txt",
            page,
            "W 林遠
             Q 路有多長？
             A 十二公里。
             Q 修了多久？
             A 三年。",
        );
    }
}

#[test]
fn a_question_that_begins_with_a_name_is_no_list_of_speakers() {
    check(
        "a.txt",
        "林远访谈录\n\n问：林先生，您为什么修路？\n答：孩子上学要翻两座山。\n问：修了多久？\n答：三年。\n",
        "W 林远
         Q 林先生，您为什么修路？
         A 孩子上学要翻两座山。
         Q 修了多久？
         A 三年。",
    );
}

#[test]
fn heads_of_printed_pages_part_no_sentence() {
    check(
        "a.txt",
        "AN INTERVIEW WITH JOHN MARSH\n\nQ: Why did you build the road\nyourself, and not the council?\nA: The council had talked about it for\n12\nTHE VALLEY REVIEW\nten years, and every winter somebody\nbroke a leg on the old path.\nQ: And who paid for the first stones,\nif the council did not?\nA: We did. I sold my second boat and\n13\nTHE VALLEY REVIEW\nthe village held a fair in summer,\nuntil the bridge was paid for.\n",
        "W JOHN MARSH
         Q Why did you build the road yourself, and not the council?
         A The council had talked about it for ten years, and every winter somebody broke a leg on the old path.
         Q And who paid for the first stones, if the council did not?
         A We did. I sold my second boat and the village held a fair in summer, until the bridge was paid for.
         X 12
         X THE VALLEY REVIEW
         X 13
         X THE VALLEY REVIEW",
    );
}

#[test]
fn guests_are_listed_with_their_posts() {
    check(
        "a.txt",
        "圆桌：路与桥\n\n主持人：李明\n嘉宾：林远，石匠；周小川，桥梁工程师\n\n李明：路有多长？\n林远：十二公里。\n李明：桥呢？\n周小川：还没有。\n",
        "W 林远
         Q 路有多长？
         A 十二公里。
         Q 桥呢？
         A 周小川|还没有。
         X 主持人：李明
         X 嘉宾：林远，石匠；周小川，桥梁工程师",
    );
}

#[test]
fn questions_have_a_dash_and_answers_a_family_name() {
    check(
        "a.txt",
        "林遠談路\n\n――路有多長？\n\n林　十二公里。\n\n――修了多久？\n\n林　三年。\n",
        "W 林遠
         Q 路有多長？
         A 十二公里。
         Q 修了多久？
         A 三年。",
    );
}
