//! Drafts questions for every passage that has no drafts. The result for each passage is written at once,
//! so that an interrupted run can be continued.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::task::JoinSet;

use super::client::{Client, DraftError, Spent};
use super::draft::Draft;
use super::filter::{DraftFilter, Filtered};
use super::{Error, file_name, passages_of, prompt};
use retrieval::search;
use transcript::{Corpus, Passage, PassageId, QuestionOrigin, Questions};

/// Number of passages that may fail in a row. After these the endpoint counts as down, and the run ends.
const IN_A_ROW: usize = 3;

/// The results of a run.
#[derive(Debug, Default)]
pub struct EnrichmentReport {
    /// Number of passages with new drafts.
    pub passages: usize,
    /// Number of questions that were kept.
    pub questions: usize,
    /// Number of terms that were kept.
    pub terms: usize,
    /// Number of drafts that were dropped because they leave the passage's subject.
    pub off_subject: usize,
    /// Number of drafts that were dropped because they repeat another.
    pub repeats: usize,
    /// Passages that failed, with the reasons.
    pub failed: Vec<(PassageId, DraftError)>,
    /// The requests and tokens that the run used.
    pub spent: Spent,
}

impl EnrichmentReport {
    fn count(&mut self, filtered: &Filtered) {
        self.passages += 1;
        self.questions += filtered.kept.questions.len();
        self.terms += filtered.kept.terms.len();
        self.off_subject += filtered.off_subject;
        self.repeats += filtered.repeats;
    }
}

/// The outcome of a passage.
#[derive(Debug)]
pub enum Event<'a> {
    /// Its drafts were written.
    Drafted(&'a PassageId),
    /// It has no drafts.
    Failed(&'a PassageId, &'a DraftError),
}

/// Drafts questions for the interviews of one corpus folder.
pub struct Drafting<'c> {
    pub client: Arc<Client>,
    pub corpus: &'c Corpus,
    /// The corpus folder, where the questions files are.
    pub dir: &'c Path,
    /// Settings of the search that judges the drafts.
    pub search: &'c search::Options,
}

/// The position of a passage in its interview, and the prompt for it.
struct Task {
    position: usize,
    prompt: String,
}

impl Drafting<'_> {
    /// Counts the passages of `interviews` for which no model has drafted yet.
    pub fn n_missing(&self, interviews: &[usize]) -> Result<usize, Error> {
        let missing = interviews.iter().map(|&interview| {
            let (_, ids) = passages_of(self.corpus, interview);
            let questions = Questions::load(&self.path(interview), &ids)?;
            Ok(ids.iter().filter(|id| questions.of(id, QuestionOrigin::Model).is_none()).count())
        });
        missing.sum()
    }

    /// Drafts questions and terms for the passages of `interviews` that have no drafts yet. `report` is
    /// filled even if the run fails.
    ///
    /// # Errors
    /// Fails if the endpoint refuses all requests or no longer responds, or if a questions file cannot
    /// be read or written.
    pub async fn run(
        &self,
        interviews: &[usize],
        report: &mut EnrichmentReport,
        watch: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), Error> {
        let mut outcome = Ok(());
        for &interview in interviews {
            outcome = self.run_interview(interview, report, watch).await;
            if outcome.is_err() {
                break;
            }
        }
        report.spent = self.client.spent();
        outcome
    }

    async fn run_interview(
        &self,
        interview: usize,
        report: &mut EnrichmentReport,
        watch: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), Error> {
        let (passages, ids) = passages_of(self.corpus, interview);
        let path = self.path(interview);
        let filter = DraftFilter::new(self.corpus, interview, self.search)?;
        let mut tasks = self.tasks(interview, &passages, &Questions::load(&path, &ids)?);
        let mut asked = JoinSet::new();
        let mut in_a_row = 0;
        loop {
            while asked.len() < self.client.concurrency() {
                let Some(task) = tasks.next() else { break };
                asked.spawn(ask(Arc::clone(&self.client), task));
            }
            let Some(done) = asked.join_next().await else { return Ok(()) };
            let (position, answer) = done.unwrap_or_else(|error| match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => unreachable!("these tasks are never aborted"),
            });
            let id = &ids[position];
            match answer {
                Ok(draft) => {
                    in_a_row = 0;
                    // The file is read again, because an editor may have changed it meanwhile.
                    let mut questions = Questions::load(&path, &ids)?;
                    let filtered = filter.filter(position, draft, &questions);
                    report.count(&filtered);
                    questions.add(filtered.kept);
                    questions.save(&path)?;
                    watch(Event::Drafted(id));
                }
                Err(failure) if failure.is_final() => return Err(Error::Refused { failure }),
                Err(failure) => {
                    in_a_row += 1;
                    if in_a_row == IN_A_ROW {
                        return Err(Error::GivenUp { in_a_row, failure });
                    }
                    watch(Event::Failed(id, &failure));
                    report.failed.push((id.clone(), failure));
                }
            }
        }
    }

    fn tasks(
        &self,
        interview: usize,
        passages: &[Passage],
        questions: &Questions,
    ) -> impl Iterator<Item = Task> + use<> {
        let interview = &self.corpus.interviews[interview];
        let open = passages
            .iter()
            .enumerate()
            .filter(|(_, passage)| questions.of(&passage.id, QuestionOrigin::Model).is_none());
        let tasks: Vec<Task> = open
            .map(|(position, passage)| Task { position, prompt: prompt::user(interview, passage) })
            .collect();
        tasks.into_iter()
    }

    fn path(&self, interview: usize) -> PathBuf {
        self.dir.join(file_name(&self.corpus.interviews[interview].slug))
    }
}

async fn ask(client: Arc<Client>, task: Task) -> (usize, Result<Draft, DraftError>) {
    let system = prompt::system(client.questions());
    (task.position, client.ask(&system, &task.prompt, Draft::read).await)
}
