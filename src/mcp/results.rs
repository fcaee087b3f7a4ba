//! What the tools return: quotations with everything that it takes to attribute them.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Value, json};

use super::INTERVIEW_URI;
use crate::dialogue::{
    AnswerJson, Engine, Language, Listing, Permalink, ReadPart, Reader, ScriptChoice,
};
use retrieval::Library;
use transcript::Passage;
use transcript::text::CharSpan;

/// Words that may be quoted, and where they are from.
#[derive(Serialize)]
struct QuotationJson {
    /// The exact words.
    quotation: String,
    passage_id: String,
    /// The interviewer's question that the words answer.
    source_question: String,
    speaker: String,
    /// Who said it where, to be shown beside the quotation.
    attribution: String,
    /// The page that shows the words in their place, if there are reader pages.
    permalink: Option<String>,
    /// Where the interview was published, if known.
    source_url: Option<String>,
}

/// Texts are returned as stored, whoever asks.
pub(super) fn reader() -> Reader {
    Reader { language: Language::ZhHans, script: ScriptChoice::Original }
}

/// Returns what `search_quotes` found.
pub(super) fn quotes(engine: &Engine, public_url: &str, answer: &AnswerJson) -> Value {
    let listings = engine.listings(reader());
    let quotes = answer.quotes.iter().filter_map(|quote| {
        let passage = find(engine.library(), &quote.passage)?;
        let span = quote.excerpt.start..quote.excerpt.end;
        Some(quotation(engine, &listings, public_url, (passage, span)))
    });
    json!({
        "verdict": answer.verdict,
        "quotes": quotes.collect::<Vec<_>>(),
        "nearest_questions": answer.nearest_questions,
        "reply": answer.reply,
    })
}

/// Returns a whole passage, with the ids of those before and after it.
pub(super) fn passage(engine: &Engine, public_url: &str, id: &str) -> Option<Value> {
    let library = engine.library();
    let passage = library.passage_named(id)?;
    let listings = engine.listings(reader());
    let span = 0..passage.text.chars().count();
    let beside = |position: Option<usize>| {
        let beside = library.passages().get(position?)?;
        (beside.interview == passage.interview).then(|| beside.id.to_string())
    };
    let position = library.position(&passage.id)?;
    let mut json =
        serde_json::to_value(quotation(engine, &listings, public_url, (passage, span))).ok()?;
    json["previous_passage_id"] = json!(beside(position.checked_sub(1)));
    json["next_passage_id"] = json!(beside(position.checked_add(1)));
    Some(json)
}

/// Returns the interviews.
pub(super) fn interviews(engine: &Engine) -> Value {
    let corpus = engine.library().corpus();
    let listings = engine.listings(reader()).into_iter().map(|listing| {
        let interview = corpus.interviews.iter().find(|interview| interview.slug == listing.slug);
        json!({
            "interview": listing.slug,
            "uri": format!("{INTERVIEW_URI}{}", listing.slug),
            "title": listing.title,
            "interviewee": interview.map(|interview| &interview.interviewee),
            "attribution": listing.source,
            "source_url": listing.url,
            "questions": listing.n_turns,
            "passages": listing.n_passages,
        })
    });
    json!({"interviews": listings.collect::<Vec<_>>()})
}

/// Returns a whole interview as Markdown, each passage below its id.
pub(super) fn interview_markdown(engine: &Engine, slug: &str) -> Option<String> {
    let reading = engine.reading(slug, None, None, reader())?;
    let interview = engine.library().corpus().interviews.iter().find(|known| known.slug == slug)?;
    let mut text = format!("# {}\n\n{}\n\n", reading.listing.title, reading.listing.source);
    for lead in &reading.lead {
        // Writing to a string cannot fail.
        let _ = write!(text, "{lead}\n\n");
    }
    for turn in &reading.turns {
        let _ = write!(text, "## {}. {}：{}\n\n", turn.number, turn.interviewer, turn.question);
        for part in &turn.parts {
            let _ = match part {
                ReadPart::Answer { place, quotation } => {
                    let speaker = &interview.interviewee;
                    write!(text, "`{slug}/{place}` {speaker}：{}\n\n", quotation.words.text)
                }
                ReadPart::Aside(aside) => write!(text, "*{aside}*\n\n"),
                ReadPart::Guest { speaker, text: words } => write!(text, "{speaker}：{words}\n\n"),
                ReadPart::Heading(heading) => write!(text, "### {heading}\n\n"),
            };
        }
    }
    Some(text)
}

/// Returns the passage or the lead with this id.
fn find<'l>(library: &'l Library, id: &str) -> Option<&'l Passage> {
    let lead = || library.leads().iter().find(|lead| lead.id.to_string() == id);
    library.passage_named(id).or_else(lead)
}

fn quotation(
    engine: &Engine,
    listings: &[Listing],
    public_url: &str,
    (passage, span): (&Passage, CharSpan),
) -> QuotationJson {
    let library = engine.library();
    let interview = library.interview(passage);
    let speaker = library.speaker(passage).to_owned();
    let listing = listings.iter().find(|listing| listing.slug == interview.slug);
    let source = listing.map_or(interview.title.as_str(), |listing| listing.source.as_str());
    let excerpt = passage.excerpt(span);
    let permalink = Permalink::of(passage.id.clone()).range(excerpt.span()).script(None);
    // A lead, which no turn contains, has no page of its own.
    let has_page = !public_url.is_empty() && library.turn(passage).is_some();
    QuotationJson {
        quotation: excerpt.text().to_owned(),
        passage_id: passage.id.to_string(),
        source_question: library.question(passage).to_owned(),
        attribution: format!("{speaker} · {source}"),
        speaker,
        permalink: has_page.then(|| format!("{public_url}{permalink}")),
        source_url: interview.url_of(passage.turn, passage.paragraph),
    }
}
