//! What an editor says about single paragraphs, over what was read: their role and who speaks.

use super::explanation::BlockRole;
use super::parse::{Kind, OtherSpeakers, TranscriptBlock, Voice, other_speakers};
use super::read::ParsedFile;

/// What a paragraph is, by an editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The paragraph, by its position in [`ParsedFile::explanation`].
    pub block: usize,
    /// What it is.
    pub role: BlockRole,
    /// Who speaks. Where nobody is named, a question is the first interviewer's and an answer is the
    /// interviewee's.
    pub speaker: Option<String>,
}

impl ParsedFile {
    /// Gives paragraphs the roles that an editor gave them. A position that does not exist is passed over.
    pub fn correct(&mut self, corrections: &[Correction]) {
        let interviewee = self.front.interviewee.clone();
        let asker = self.front.interviewers.first().cloned();
        for correction in corrections {
            let Some(block) = self.transcript.blocks.get_mut(correction.block) else { continue };
            let speaker = correction.speaker.clone().filter(|name| !name.trim().is_empty());
            let kind = match correction.role {
                BlockRole::Title => Kind::Title,
                BlockRole::LeftOut => Kind::Furniture,
                BlockRole::Caption => Kind::Caption,
                BlockRole::Lead => Kind::Lead,
                BlockRole::Heading => Kind::Heading,
                BlockRole::Aside => Kind::Aside,
                BlockRole::Question => {
                    let name = speaker.or_else(|| asker.clone()).unwrap_or_else(|| "Q".to_owned());
                    Kind::Speech(Voice::Interviewer(name))
                }
                BlockRole::Answer => {
                    match speaker.filter(|name| Some(name) != interviewee.as_ref()) {
                        Some(name) => Kind::Speech(Voice::CoInterviewee(name)),
                        None => Kind::Speech(Voice::Interviewee),
                    }
                }
                BlockRole::Guest => Kind::Speech(Voice::Guest(speaker.unwrap_or_default())),
            };
            replace(block, kind);
        }
        let OtherSpeakers { interviewers, co_interviewees, guests } =
            other_speakers(&self.transcript.blocks);
        self.front.interviewers.clone_from(&interviewers);
        self.front.co_interviewees.clone_from(&co_interviewees);
        self.transcript.interviewers = interviewers;
        self.transcript.co_interviewees = co_interviewees;
        self.transcript.guests = guests;
    }
}

fn replace(block: &mut TranscriptBlock, kind: Kind) {
    if block.kind == kind {
        return;
    }
    let was_speech = matches!(block.kind, Kind::Speech(_));
    if was_speech && !matches!(kind, Kind::Speech(_)) {
        // Who said it stays visible.
        let mut words = std::mem::take(&mut block.label);
        words.append(None, &block.text);
        block.text = words;
    }
    block.kind = kind;
    block.why = "an editor says so";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FrontMatter, import, read, repair};

    #[test]
    fn corrected_roles_stand_in_the_corpus_file() {
        let options = repair::Options { min_confidence: 0.75, min_readings: 3 };
        let page =
            "林远访谈\n\n记者：路呢？\n林远：修了。\n那天下雨。\n记者：桥呢？\n林远：也修了。\n";
        let mut file =
            read("a.txt", page.as_bytes(), &FrontMatter::default(), &[], &options).unwrap();
        let at = file.explanation().iter().position(|block| block.text == "那天下雨。").unwrap();
        file.correct(&[
            Correction {
                block: at, role: BlockRole::Question, speaker: Some("周小川".to_owned())
            },
            Correction { block: 10_000, role: BlockRole::Lead, speaker: None },
        ]);
        let imported = import::import(file, "a.txt").unwrap();
        assert!(imported.file.contains("周小川：那天下雨。"), "{}", imported.file);
        assert_eq!(imported.interview.interviewers, ["记者", "周小川"]);
        let turns: Vec<&str> =
            imported.interview.turns.iter().map(|turn| &*turn.question).collect();
        assert_eq!(turns, ["路呢？", "那天下雨。\n桥呢？"]);
    }
}
