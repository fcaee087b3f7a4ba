//! A transcript from anywhere into the corpus folder: read, written in the form that an editor corrects,
//! kept as received beside it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::atomic_file::write_atomically;
use super::canonical;
use super::front_matter::FrontMatter;
use super::read::ParsedFile;
use super::{Finding, Interview, repair_log};

/// Folder of what was received, in the corpus folder.
pub const RECEIVED: &str = "received";

/// Why an import was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is there already.
    #[error(
        "`{0}` is there already; hint: --force writes over it, --slug gives the interview another name"
    )]
    Exists(PathBuf),
    /// It cannot be written.
    #[error("cannot write `{path}`: {source}")]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// An import, ready to be looked at or written.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// What was read.
    pub reading: ParsedFile,
    /// As an interview.
    pub interview: Interview,
    /// The corpus file.
    pub file: String,
    /// The log of repairs, or `None` if nothing was repaired.
    pub repair_log: Option<String>,
    /// Where the received file is kept, from the corpus folder.
    received: String,
}

/// Makes a corpus file of what was read. `name` is what the received file is called.
///
/// # Errors
/// Nobody answers, or it cannot be told who does.
pub fn import(reading: ParsedFile, name: &str) -> Result<Imported, Finding> {
    let path = Path::new(name);
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("txt");
    let interview = reading.interview(stem, &reading.line_repairs())?;
    let received = format!("{RECEIVED}/{}.{extension}", interview.slug);
    let front = FrontMatter {
        slug: Some(interview.slug.clone()),
        title: Some(interview.title.clone()),
        title_inferred: interview.title_inferred,
        received: Some(received.clone()),
        guests: Some(reading.transcript.guests.clone()),
        ..reading.front.clone()
    };
    let written = canonical::write(&reading.transcript, &front.hints());
    let front = format!("{front}\n");
    let repair_log = repair_log::write(&reading.repairs, &written, front.lines().count());
    Ok(Imported { file: front + &written.text, repair_log, received, reading, interview })
}

impl Imported {
    /// What stands in the corpus folder afterwards, by name: what was `received`, the log of
    /// repairs, the transcript.
    pub fn files(&self, received: &[u8]) -> Vec<(String, Vec<u8>)> {
        let slug = &self.interview.slug;
        let mut files = vec![(self.received.clone(), received.to_vec())];
        files.extend(self.repair_log.iter().map(|log| (repair_log_name(slug), log.clone().into())));
        files.push((format!("{slug}.txt"), self.file.clone().into()));
        files
    }

    /// Writes [`Imported::files`] into the corpus folder, and says where the transcript is. Each file
    /// is there whole or not at all, the transcript last.
    ///
    /// # Errors
    /// It is there already and `force` is not set, or it cannot be written.
    pub fn save(&self, dir: &Path, received: &[u8], force: bool) -> Result<PathBuf, Error> {
        let slug = &self.interview.slug;
        let path = dir.join(format!("{slug}.txt"));
        let kept = dir.join(&self.received);
        if let Some(there) = [&path, &kept].into_iter().find(|path| path.exists() && !force) {
            return Err(Error::Exists(there.clone()));
        }
        let beside = dir.join(repair_log_name(slug));
        if self.repair_log.is_none() && beside.exists() {
            fs::remove_file(&beside).map_err(|source| Error::Io { path: beside, source })?;
        }
        for (name, bytes) in self.files(received) {
            replace(&dir.join(name), &bytes)?;
        }
        Ok(path)
    }
}

/// Returns the file name of an interview's log of repairs.
pub fn repair_log_name(slug: &str) -> String {
    format!("{slug}{}", repair_log::SUFFIX)
}

/// Writes a file, and its folder if that is missing, so that readers see the old file or the new one.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let io = |source| Error::Io { path: path.to_path_buf(), source };
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder).map_err(io)?;
    write_atomically(path, bytes).map_err(io)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Folder, Options, read, repair};

    const DAMAGED: &str = "山鎮的書庫\n\n《山鎮》:這裡是終點嗎?\n林遠:可能是一個轉折點,但不是終結?!肮取辈粌H是我們不能借用的一個概念,而且不適應現在的創新了。(笑)\n它在長。\n(完)\n《山鎮》:還有呢?\n周小川:我也來說一句。\n林遠:好。\n";

    fn imported() -> Imported {
        let options = repair::Options { min_confidence: 0.5, min_readings: 3 };
        let reading =
            read("talk.txt", DAMAGED.as_bytes(), &FrontMatter::default(), &[], &options).unwrap();
        import(reading, "talk.txt").unwrap()
    }

    #[test]
    fn what_was_imported_is_what_is_loaded() {
        let imported = imported();
        let folder = tempfile::tempdir().unwrap();
        imported.save(folder.path(), DAMAGED.as_bytes(), false).unwrap();
        let options =
            Options { dir: folder.path().to_path_buf(), max_bytes: 1 << 20, watch: false };
        let repair = repair::Options { min_confidence: 0.5, min_readings: 3 };
        let loaded = Folder::read(&options).unwrap().load(&repair, false).unwrap();
        assert_eq!(loaded.diagnostics, []);
        assert_eq!(loaded.corpus.interviews, [imported.interview]);
    }

    #[test]
    fn moments_of_a_recording_are_kept_and_linked() {
        let talk = "[00:03] 记者：路有多长？\n\n[00:31] 林远：十二公里。\n\n全是石头。\n\n[01:02] 记者：修了多久？\n\n[01:10] 林远：三年。\n";
        let given = FrontMatter {
            slug: Some("road".to_owned()),
            url: Some("https://youtu.be/abc".to_owned()),
            ..FrontMatter::default()
        };
        let options = repair::Options { min_confidence: 0.5, min_readings: 3 };
        let reading = read("talk.txt", talk.as_bytes(), &given, &[], &options).unwrap();
        let imported = import(reading, "talk.txt").unwrap();
        assert!(imported.file.contains("林远 [0:00:31]：十二公里。"), "{}", imported.file);
        let folder = tempfile::tempdir().unwrap();
        imported.save(folder.path(), talk.as_bytes(), false).unwrap();
        let dir = folder.path().to_path_buf();
        let loaded = Folder::read(&Options { dir, max_bytes: 1 << 20, watch: false }).unwrap();
        let loaded = loaded.load(&options, false).unwrap();
        let [interview] = loaded.corpus.interviews.as_slice() else { panic!("one interview") };
        assert_eq!(*interview, imported.interview);
        let link = |turn, paragraph| interview.url_of(turn, paragraph);
        assert_eq!(link(1, 1).as_deref(), Some("https://youtu.be/abc?t=31"));
        assert_eq!(link(1, 2).as_deref(), Some("https://youtu.be/abc?t=31"));
        assert_eq!(link(2, 1).as_deref(), Some("https://youtu.be/abc?t=70"));
    }

    #[test]
    fn the_spot_that_was_repaired_is_marked() {
        let imported = imported();
        let crate::Part::Answer(answer) = &imported.interview.turns[0].parts[0] else {
            panic!("an answer")
        };
        assert!(answer.text.contains("終結。“谷”不僅是"), "{}", answer.text);
        let [repair] = answer.repairs.as_slice() else { panic!("one repair: {answer:?}") };
        let words: String =
            answer.text.chars().skip(repair.span.start).take(repair.span.len()).collect();
        assert!(
            "終結。“谷”不僅是".contains(&words) && repair.received.contains('肮'),
            "{repair:?}"
        );
        assert!(imported.repair_log.unwrap().contains(&repair.received));
    }
}
