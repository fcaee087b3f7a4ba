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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::{
        CardBody, Engine, Intent, Language, Phrases, Reader, Reply, ScriptChoice,
    };
    use retrieval::index::Generations;
    use transcript::text::Script;
    use transcript::{Corpus, Interview, Paragraph, Turn};

    const ANSWER: &str = "灯塔建在山上，守灯的人每天爬三百级台阶。后来有了电，灯就自己亮了。";

    fn corpus() -> Corpus {
        let text = ANSWER.to_owned();
        let answer = Part::Answer(Paragraph::new(1, text));
        let turn = Turn {
            number: 1,
            interviewer: "记者".to_owned(),
            question: "灯塔是谁守的？".to_owned(),
            parts: vec![answer, Part::Aside("笑".to_owned())],
        };
        let interview = Interview {
            slug: "lamp".to_owned(),
            title: "守灯".to_owned(),
            interviewee: "林海".to_owned(),
            turns: vec![turn],
            ..Interview::default()
        };
        Corpus { interviews: vec![interview], ..Corpus::default() }
    }

    fn words(text: &str, span: std::ops::Range<usize>, script: Option<Script>) -> Words {
        let source = Locus::Passage(PassageId::new("lamp", 1, 1, None));
        Words { source, text: text.to_owned(), span, script }
    }

    #[test]
    fn only_the_stored_words_at_their_place_are_verbatim() {
        let library = Library::new(corpus()).unwrap();
        let check = |words: &Words| is_verbatim(&library, words);
        assert!(check(&words("灯塔建在山上", 0..6, None)));
        assert!(check(&words("燈塔建在山上", 0..6, Some(Script::Hant))));
        assert!(!check(&words("灯塔建在海上", 0..6, None)), "another word");
        assert!(!check(&words("灯塔建在山上", 1..7, None)), "another place");
        assert!(!check(&words("灯塔建在山上", 0..5, None)), "a shorter place");
        assert!(!check(&words("燈塔建在山上", 0..6, None)), "an unrecorded conversion");
        assert!(!check(&words("灯塔建在山上", 0..6, Some(Script::Hant))), "no conversion");
        let end = ANSWER.chars().count();
        assert!(!check(&words("了。", end - 1..end + 1, None)), "beyond the end");
    }

    #[test]
    fn words_of_passages_and_parts_that_do_not_exist_are_not_verbatim() {
        let library = Library::new(corpus()).unwrap();
        let id = PassageId::new("lamp", 1, 1, None);
        let at = |source, text: &str, span| {
            is_verbatim(&library, &Words { source, text: text.to_owned(), span, script: None })
        };
        assert!(at(Locus::QuestionOf(id.clone()), "灯塔", 0..2));
        assert!(at(Locus::PartOf(id.clone(), 1), "笑", 0..1));
        assert!(!at(Locus::PartOf(id, 2), "笑", 0..1));
        assert!(!at(Locus::Passage(PassageId::new("lamp", 2, 1, None)), "灯塔", 0..2));
    }

    #[test]
    fn a_reply_with_a_quotation_that_was_tampered_with_is_withheld() {
        let folder = tempfile::tempdir().unwrap();
        let index = Generations::new(folder.path()).build(&corpus(), "", &mut |_| {}).unwrap();
        let engine = Engine::new(
            index,
            retrieval::search::Options {
                candidates: 10,
                sentence_weight: 0.5,
                question_weight: 0.5,
                title_weight: 0.1,
                expansion_weight: 0.5,
                encoder: std::path::PathBuf::new(),
                encoder_weight: 0.0,
            },
        );
        let phrases = Phrases::of(Language::En);
        let reader = Reader { language: Language::En, script: ScriptChoice::Original };
        let key = PassageId::new("lamp", 1, 1, None).key();
        let reply = engine.handle(&Intent::Open { key }, reader);
        let Reply::Card(card) = &reply else { panic!("it is no card: {reply:?}") };
        assert_eq!(engine.checked(reply.clone(), phrases), reply);

        let mut tampered = card.clone();
        let quotation = match &mut tampered.body {
            CardBody::Passage(passage) => &mut passage.excerpt,
            CardBody::Turns(_) => panic!("it is a whole turn: {card:?}"),
        };
        quotation.words.text = quotation.words.text.replace("每天", "从不");
        assert_ne!(&tampered, card);
        let withheld = engine.checked(Reply::Card(tampered), phrases);
        assert_eq!(withheld, Reply::Notice(phrases.answer.failed.clone()));
    }
}
