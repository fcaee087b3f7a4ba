//! Transcripts of recordings, as services and programs export them.

use super::check;

const CONVERSATION: &str = "W 林远
     Q 路有多长？
     A 十二公里，全是石头。
     Q 修了多久？
     A 三年，冬天不能修。";

#[test]
fn a_time_stands_between_the_name_and_the_words() {
    check(
        "a.txt",
        "李明 (00:00:03) 路有多长？\n\n林远 (00:00:09) 十二公里，全是石头。\n\n李明 (00:01:02) 修了多久？\n\n林远 (00:01:08) 三年，冬天不能修。\n",
        CONVERSATION,
    );
}

#[test]
fn a_date_and_a_time_stand_beside_the_name() {
    check(
        "a.txt",
        "李明 2026/3/12 14:00:11\n路有多长？\n\n林远 2026/3/12 14:00:58\n十二公里，全是石头。\n\n李明 2026/3/12 14:01:11\n修了多久？\n\n林远 2026/3/12 14:01:58\n三年，冬天不能修。\n",
        CONVERSATION,
    );
    check(
        "a.txt",
        "[2026-03-12 14:00:11] 李明: 路有多长？\n[2026-03-12 14:00:58] 林远: 十二公里，全是石头。\n[2026-03-12 14:01:11] 李明: 修了多久？\n[2026-03-12 14:01:58] 林远: 三年，冬天不能修。\n",
        CONVERSATION,
    );
}

#[test]
fn speakers_are_only_numbered() {
    check(
        "a.txt",
        "林远访谈 会议记录\n2026年3月12日 14:00|45分钟 12秒\n\n关键词:\n山路、石头\n\n文字记录:\n说话人 1 00:03\n路有多长？\n\n说话人 2 00:09\n十二公里，全是石头。\n\n说话人 1 01:03\n修了多久？\n\n说话人 2 01:09\n三年，冬天不能修。\n",
        "W 林远
         L 关键词:
         L 山路、石头
         L 文字记录:
         Q 路有多长？
         A 十二公里，全是石头。
         Q 修了多久？
         A 三年，冬天不能修。
         X 2026年3月12日 14:00|45分钟 12秒",
    );
}

#[test]
fn pictures_stand_before_the_labels() {
    check(
        "a.md",
        "# 林远访谈\n\n[00:03] 🎤 采访者：路有多长？\n\n[00:09] 🗣️ 受访人：十二公里，全是石头。\n\n[01:03] 🎤 采访者：修了多久？\n\n[01:09] 🗣️ 受访人：三年，冬天不能修。\n",
        CONVERSATION,
    );
}

#[test]
fn tables_and_documents_hold_speakers_and_words() {
    check(
        "a.csv",
        "开始,说话人,内容\n00:03,记者,路有多长？\n00:09,林远,\"十二公里，\"\n00:12,林远,全是石头。\n01:02,记者,修了多久？\n01:08,林远,三年，冬天不能修。\n",
        CONVERSATION,
    );
    check(
        "a.json",
        r#"{"segments":[{"speaker":"记者","text":"路有多长？"},{"speaker":"林远","text":"十二公里，"},{"speaker":"林远","text":"全是石头。"},{"speaker":"记者","text":"修了多久？"},{"speaker":"林远","text":"三年，冬天不能修。"}]}"#,
        CONVERSATION,
    );
}

#[test]
fn hosts_are_named_with_their_post_once() {
    check(
        "a.txt",
        "ADA STONE, HOST: Why did you build the road?\n\nJOHN MARSH: Nobody else would.\n\nSTONE: And who paid?\n\nMARSH: We sold two boats.\n\n(SOUNDBITE OF MUSIC)\n\nSTONE: Will you rest now?\n\nMARSH: When my knees say so.\n",
        "W John Marsh
         Q Why did you build the road?
         A Nobody else would.
         Q And who paid?
         A We sold two boats.
         R (SOUNDBITE OF MUSIC)
         Q Will you rest now?
         A When my knees say so.",
    );
}
