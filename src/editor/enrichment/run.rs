//! Drafts for every passage that has none, written one by one: a run that is broken off goes on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::task::JoinSet;

use super::client::{Client, Failure, Spent};
use super::draft::Draft;
use super::filter::{DraftFilter, Filtered};
use super::{Error, file_name, passages_of, prompt};
use retrieval::search;
use transcript::{Corpus, Origin, Passage, PassageId, Questions};

/// Passages that fail in a row before a run gives up: the endpoint is down, not the passage odd.
const IN_A_ROW: usize = 3;

/// What a run did.
#[derive(Debug, Default)]
pub struct Report {
    /// Passages that were drafted for.
    pub passages: usize,
    /// Questions that were kept.
    pub questions: usize,
    /// Terms that were kept.
    pub terms: usize,
    /// Drafts that left the passage's subject.
    pub off_subject: usize,
    /// Drafts that repeat another.
    pub repeats: usize,
    /// Passages without a draft, and why.
    pub failed: Vec<(PassageId, Failure)>,
    /// What the endpoint was asked.
    pub spent: Spent,
}

impl Report {
    fn count(&mut self, filtered: &Filtered) {
        self.passages += 1;
        self.questions += filtered.kept.questions.len();
        self.terms += filtered.kept.terms.len();
        self.off_subject += filtered.off_subject;
        self.repeats += filtered.repeats;
    }
}

/// What became of a passage.
#[derive(Debug)]
pub enum Event<'a> {
    /// Its drafts are written.
    Drafted(&'a PassageId),
    /// It has none.
    Failed(&'a PassageId, &'a Failure),
}

/// Drafting for the interviews of one corpus folder.
pub struct Drafting<'c> {
    /// Whom to ask.
    pub client: Arc<Client>,
    /// What was said.
    pub corpus: &'c Corpus,
    /// The corpus folder, where the questions files are.
    pub dir: &'c Path,
    /// How passages are found: drafts are judged by it.
    pub search: &'c search::Options,
}

/// A passage to ask about: its position in its interview, and what to ask.
struct Task {
    position: usize,
    prompt: String,
}

impl Drafting<'_> {
    /// How many passages of `interviews` the model was not asked about yet.
    pub fn n_missing(&self, interviews: &[usize]) -> Result<usize, Error> {
        let missing = interviews.iter().map(|&interview| {
            let (_, ids) = passages_of(self.corpus, interview);
            let questions = Questions::load(&self.path(interview), &ids)?;
            Ok(ids.iter().filter(|id| questions.of(id, Origin::Model).is_none()).count())
        });
        missing.sum()
    }

    /// Drafts questions and terms for the passages of `interviews` that have none from a model.
    /// `report` tells what was done even where the run is broken off.
    ///
    /// # Errors
    /// The endpoint refuses whatever it is asked, or does not answer any more; a questions file
    /// cannot be read or written.
    pub async fn run(
        &self,
        interviews: &[usize],
        report: &mut Report,
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
        report: &mut Report,
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
                Err(_) => unreachable!("nobody aborts these tasks"),
            });
            let id = &ids[position];
            match answer {
                Ok(draft) => {
                    in_a_row = 0;
                    // Read anew: an editor may have been at it since.
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
            .filter(|(_, passage)| questions.of(&passage.id, Origin::Model).is_none());
        let tasks: Vec<Task> = open
            .map(|(position, passage)| Task { position, prompt: prompt::user(interview, passage) })
            .collect();
        tasks.into_iter()
    }

    fn path(&self, interview: usize) -> PathBuf {
        self.dir.join(file_name(&self.corpus.interviews[interview].slug))
    }
}

async fn ask(client: Arc<Client>, task: Task) -> (usize, Result<Draft, Failure>) {
    let system = prompt::system(client.questions());
    (task.position, client.ask(&system, &task.prompt, Draft::read).await)
}
