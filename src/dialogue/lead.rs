//! Answers the question who the interviewee is with the lead of the interview, which is by the publication.

use super::Engine;
use retrieval::answer::{Answer, Quote, Verdict};
use transcript::text::{CharSpan, fold, sentences};
use transcript::{Interview, Passage};

/// Sentences are added to the excerpt of a lead while it has fewer characters than this.
const ENOUGH: usize = 60;

impl Engine {
    /// Returns the names and aliases of all interviewees.
    pub(super) fn names(&self) -> Vec<&str> {
        let interviews = &self.library().corpus().interviews;
        let names = interviews.iter().flat_map(|interview| {
            [&interview.interviewee].into_iter().chain(&interview.interviewee_aliases)
        });
        names.map(String::as_str).collect()
    }

    /// Puts the paragraphs of leads that name the interviewee before the other quotes: of those interviews whose
    /// interviewee the question names, or of all if it names none.
    pub(super) fn put_lead_first(
        &self,
        question: &str,
        within: Option<&str>,
        answer: &mut Answer,
        n_quotes: usize,
    ) {
        let interviews = &self.library().corpus().interviews;
        let asked = fold(question);
        let is_asked = |interview: &Interview| is_named_in(interview, &asked).is_some();
        let is_any_asked = interviews.iter().any(is_asked);
        let chosen = |interview: &Interview| {
            (!is_any_asked || is_asked(interview))
                && within.is_none_or(|slug| slug == interview.slug)
        };
        let leads = interviews.iter().enumerate().filter(|(_, interview)| chosen(interview));
        let leads: Vec<Quote> =
            leads.filter_map(|(at, interview)| self.lead(at, interview)).collect();
        if leads.is_empty() {
            return;
        }
        answer.verdict = Verdict::Answer;
        answer.quotes.splice(0..0, leads);
        answer.quotes.truncate(n_quotes);
    }

    /// Returns the first paragraph of the lead that names the interviewee, quoted from the sentence with the name.
    fn lead(&self, position: usize, interview: &Interview) -> Option<Quote> {
        let named = |lead: &&Passage| is_named_in(interview, &fold(&lead.text)).is_some();
        let lead = self.library().passages_of(position, 0).find(named)?;
        let text = fold(&lead.text);
        let name = is_named_in(interview, &text)?;
        let after = sentences(&text).into_iter().filter(|sentence| sentence.end > name.start);
        let excerpt = after.fold(None, |excerpt: Option<CharSpan>, sentence| match excerpt {
            None => Some(sentence),
            Some(excerpt) if excerpt.len() < ENOUGH => Some(excerpt.start..sentence.end),
            enough => enough,
        })?;
        Some(Quote {
            position: self.library().position(&lead.id)?,
            excerpt: lead.excerpt(excerpt),
            matches: vec![name],
            score: 1.0,
            also: Vec::new(),
        })
    }
}

/// Finds the first mention of the interviewee in `text`, which is folded.
fn is_named_in(interview: &Interview, text: &[char]) -> Option<CharSpan> {
    let names = [&interview.interviewee].into_iter().chain(&interview.interviewee_aliases);
    names.map(|name| fold(name)).filter(|name| !name.is_empty()).find_map(|name| {
        let start = text.windows(name.len()).position(|window| window == name)?;
        Some(start..start + name.len())
    })
}
