//! Pages in the shapes that sites publish, all made up, each with what must be read out of it.

mod markdown;
mod no_interview;
mod plain_text;
mod recording;
mod web_page;

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
