//! The prompt for a passage.

use transcript::{Interview, Passage};

/// The task. `{questions}` is replaced by the number of questions to draft.
const TASK: &str = "\
You help readers to find passages of an interview. You are given one passage with the question that \
led to it. Draft questions that real readers would type and that this passage answers, and key terms \
for what it is about.

Draft {questions} questions, each clearly about this passage and not about others of the interview, \
no two alike:
- about a third full questions in simplified Chinese, in other words than the passage uses;
- colloquial ones, and some that are keywords only;
- ones that use other people's terms for the same thing;
- at least three in traditional Chinese: as people write in Taiwan, in Hong Kong, and in Cantonese;
- at least two in English.
Ask only what the passage answers. Do not copy its sentences. Name no number, date or name that is \
not in it.

Give up to 12 terms: names and concepts of the passage, and what else people call them.

Answer with one JSON object and nothing else:
{\"questions\": [\"…\", \"…\"], \"terms\": [\"…\", \"…\"]}";

/// Returns the system message, which asks for `questions` questions.
pub(super) fn system(questions: usize) -> String {
    TASK.replace("{questions}", &questions.to_string())
}

/// Returns the user message: the passage with what is needed to understand it.
pub(super) fn user(interview: &Interview, passage: &Passage) -> String {
    let turn = interview.turns.get(passage.turn.saturating_sub(1));
    let question = turn.map_or("", |turn| turn.question.as_str());
    format!(
        "Interview: {}\nInterviewee: {}\n\nQuestion of the interviewer:\n{question}\n\n\
         Passage, in the words of the interviewee:\n{}",
        interview.title, interview.interviewee, passage.text
    )
}
