//! The last check before anything is shown as somebody's words: is it what the library holds?

use retrieval::Library;
use transcript::{Part, PassageId};

use super::{Locus, Words};

/// Whether `words` are what `library` holds at their place, or its recorded conversion to another
/// script.
pub(super) fn is_verbatim(library: &Library, words: &Words) -> bool {
    let Some(stored) = stored(library, &words.source) else { return false };
    let slice: String = stored.chars().skip(words.span.start).take(words.span.len()).collect();
    slice.chars().count() == words.span.len()
        && match words.script {
            None => slice == words.text,
            Some(script) => script.convert(&slice) == words.text,
        }
}

fn stored<'l>(library: &'l Library, source: &Locus) -> Option<&'l str> {
    let passage = |id: &PassageId| library.passage(id.key()).filter(|passage| passage.id == *id);
    match source {
        Locus::Passage(id) => passage(id).map(|passage| passage.text.as_str()),
        Locus::QuestionOf(id) => Some(library.turn(passage(id)?)?.question.as_str()),
        Locus::PartOf(id, part) => match library.turn(passage(id)?)?.parts.get(*part)? {
            Part::Aside(text) | Part::Guest { text, .. } | Part::Heading(text) => Some(text),
            Part::Answer(paragraph) => Some(&paragraph.text),
        },
    }
}
