//! Transcripts in the shapes that sites use, each with what must be read out of it.

use super::*;

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
        "一群人在小镇上做云计算。\n《财经》:您怎么看小镇?\n王坚:浙江有句话:“我负责阳光雨露”。\n我就说:好。\n《财经》:这是一次出海。\n王坚:对。",
        "W 王坚
         L 一群人在小镇上做云计算。
         Q 《财经》|您怎么看小镇?
         A 浙江有句话:“我负责阳光雨露”。
         A 我就说:好。
         Q 《财经》|这是一次出海。
         A 对。",
    );
}
