//! What a reading says about the whole interview: who is interviewed, who asks, and when it was published.

use super::label::Label;
use super::legend::Legend;
use super::name::bare;
use super::name_key::key;
use super::speaker_evidence::{LEAD_LINES, SpeakerEvidence};
use super::speakers::Voice;
use super::{Hints, Kind, TranscriptBlock, interviewee};
use crate::Provenance;
use crate::dates::date_in;
use crate::text::{Script, is_han};

/// What gave the interviewee's name: a label as it stands, or the wording of the title or the lead.
pub(super) fn provenance(
    name: &str,
    labels: &[Option<Label>],
    evidence: &SpeakerEvidence<'_>,
) -> Provenance {
    let is_label = labels.iter().flatten().any(|label| key(&bare(&label.name)) == key(name));
    let legend = &evidence.legend;
    let is_listed =
        legend.interviewee.iter().chain(legend.names.values()).any(|other| other == name);
    if is_label || is_listed {
        Provenance::Labels
    } else if key(evidence.title).contains(&key(name)) {
        Provenance::Title
    } else {
        Provenance::Lead
    }
}

/// What whoever asks is called where questions stand without a label.
pub(super) fn asker(text: &str, hints: &Hints, legend: &Legend) -> String {
    let known = hints.interviewers.first().or(legend.interviewers.first());
    known.cloned().unwrap_or_else(|| {
        let label = match Script::of(text) {
            Some(Script::Hant) => "問",
            None if !text.chars().any(is_han) => "Q",
            Some(Script::Hans) | None => "问",
        };
        label.to_owned()
    })
}

/// Who is interviewed where no label names them: the hints, the legend, the title and the lead tell.
pub(super) fn interviewee_of(
    title: Option<&str>,
    blocks: &[TranscriptBlock],
    legend: &Legend,
    hints: &Hints,
) -> Option<String> {
    let lead = blocks.iter().filter(|block| block.kind == Kind::Lead).take(LEAD_LINES);
    let lead = lead.map(|block| block.text.to_string()).collect::<Vec<_>>().join("\n");
    let title = title.unwrap_or_default();
    hints.interviewee.clone().or_else(|| legend.interviewee.clone()).or_else(|| {
        let answers = blocks.iter().filter(|block| block.kind == Kind::Speech(Voice::Interviewee));
        let own = interviewee::in_first_person(answers.map(|block| block.text.chars()));
        // `对话林远`, above the part of a feature that is an interview.
        let headings = blocks.iter().filter(|block| block.kind == Kind::Heading);
        interviewee::credible(title, &lead, &hints.about, own).or_else(|| {
            headings
                .into_iter()
                .find_map(|heading| interviewee::stated(&heading.text.to_string(), ""))
        })
    })
}

/// The date of publication, by a line of credits.
pub(super) fn date_of(blocks: &[TranscriptBlock]) -> Option<String> {
    let bylines = blocks.iter().filter(|block| block.kind == Kind::Furniture);
    bylines.into_iter().find_map(|block| date_in(&block.text.to_string()))
}

/// Labels by what their bearers do, in the order in which they first speak.
#[derive(Debug, Default)]
pub(crate) struct OtherSpeakers {
    pub(crate) interviewers: Vec<String>,
    pub(crate) co_interviewees: Vec<String>,
    pub(crate) guests: Vec<String>,
}

/// The labels of all who speak but the interviewee.
pub(crate) fn speakers(blocks: &[TranscriptBlock]) -> OtherSpeakers {
    let mut spoken = OtherSpeakers::default();
    for block in blocks {
        let (list, name) = match &block.kind {
            Kind::Speech(Voice::Interviewer(name)) => (&mut spoken.interviewers, name),
            Kind::Speech(Voice::CoInterviewee(name)) => (&mut spoken.co_interviewees, name),
            Kind::Speech(Voice::Guest(name)) => (&mut spoken.guests, name),
            _ => continue,
        };
        if !list.contains(name) {
            list.push(name.clone());
        }
    }
    spoken
}
