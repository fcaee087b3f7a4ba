//! Writes the files of a site beside its folder, and puts them in the folder's place once all are there.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The file that lists all files of a site. Only a folder with nothing else in it may be replaced.
const MANIFEST: &str = ".wenjian-site";

/// Why the folder of a site cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{0}` is not a folder; hint: give the name of a folder that does not exist yet")]
    NoFolder(PathBuf),
    #[error(
        "`{0}` was not written by `wenjian site`, and is not empty; hint: give the name of a folder that does not exist yet"
    )]
    NotOurs(PathBuf),
    #[error(
        "`{folder}` has the file `{file}`, which `wenjian site` did not write and would remove; hint: keep it elsewhere, or write the site into another folder and copy it"
    )]
    Stranger { folder: PathBuf, file: String },
    #[error("`{path}`: {source}")]
    Io { path: PathBuf, source: io::Error },
}

/// A site that is being written. If this is dropped before it is published, nothing remains of it.
pub(super) struct SiteFolder {
    target: PathBuf,
    /// A folder beside the target, on the same file system.
    workspace: TempDir,
    written: BTreeSet<String>,
}

impl SiteFolder {
    /// Prepares to write a site into `target`. Fails if that exists and is anything but an empty folder or a site that
    /// was written by this program.
    pub(super) fn prepare(target: &Path) -> Result<Self, Error> {
        // A link is followed, so that the folder that it leads to is replaced and not the link.
        let target = fs::canonicalize(target).or_else(|_| std::path::absolute(target));
        let target = target.map_err(io_error(Path::new(".")))?;
        check(&target)?;
        let parent = target.parent().ok_or_else(|| Error::NoFolder(target.clone()))?;
        fs::create_dir_all(parent).map_err(io_error(parent))?;
        let workspace = tempfile::Builder::new().prefix(".wenjian-site-").tempdir_in(parent);
        let workspace = workspace.map_err(io_error(parent))?;
        let folder = Self { target, workspace, written: BTreeSet::new() };
        let new = folder.new_files();
        // Unlike the temporary folder, this one may be read by everybody, as far as the umask permits.
        fs::create_dir(&new).map_err(io_error(&new))?;
        Ok(folder)
    }

    /// Writes a file; its name may have folders.
    pub(super) fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.new_files().join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io_error(folder))?;
        }
        fs::write(&path, bytes).map_err(io_error(&path))?;
        self.written.insert(name.to_owned());
        Ok(())
    }

    /// Puts what was written in the place of the target. If that fails, the target stays as it was.
    pub(super) fn publish(mut self) -> Result<(), Error> {
        let names: Vec<&str> = self.written.iter().map(String::as_str).collect();
        let manifest = names.join("\n") + "\n";
        self.write(MANIFEST, manifest.as_bytes())?;
        // Something may have been put there while the pages were rendered.
        check(&self.target)?;
        let (new, old) = (self.new_files(), self.workspace.path().join("old"));
        let failed = io_error(&self.target);
        let is_replaced = self.target.exists();
        if is_replaced {
            fs::rename(&self.target, &old).map_err(&failed)?;
        }
        if let Err(source) = fs::rename(&new, &self.target) {
            if is_replaced {
                fs::rename(&old, &self.target).map_err(&failed)?;
            }
            return Err(failed(source));
        }
        Ok(())
    }

    fn new_files(&self) -> PathBuf {
        self.workspace.path().join("new")
    }
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    |source| Error::Io { path: path.to_path_buf(), source }
}

/// Checks that nothing is lost if `target` is replaced.
fn check(target: &Path) -> Result<(), Error> {
    if !target.exists() {
        return Ok(());
    }
    if !target.is_dir() {
        return Err(Error::NoFolder(target.to_path_buf()));
    }
    let files = files(target)?;
    let manifest = target.join(MANIFEST);
    let written = match fs::read_to_string(&manifest) {
        Ok(written) => written,
        Err(_) if files.is_empty() => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::NotOurs(target.to_path_buf()));
        }
        Err(error) => return Err(io_error(&manifest)(error)),
    };
    let written: BTreeSet<&str> = written.lines().chain([MANIFEST]).collect();
    match files.into_iter().find(|file| !written.contains(file.as_str())) {
        Some(file) => Err(Error::Stranger { folder: target.to_path_buf(), file }),
        None => Ok(()),
    }
}

/// Returns the paths of all files below `folder`, and of everything else there but folders.
fn files(folder: &Path) -> Result<Vec<String>, Error> {
    let mut folders = vec![folder.to_path_buf()];
    let mut files = Vec::new();
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(&below).map_err(io_error(&below))? {
            let entry = entry.map_err(io_error(&below))?;
            if entry.file_type().map_err(io_error(&below))?.is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path();
                let name = path.strip_prefix(folder).unwrap_or(&path);
                files.push(name.to_string_lossy().into_owned());
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(target: &Path, names: &[&str]) -> Result<(), Error> {
        let mut folder = SiteFolder::prepare(target)?;
        for name in names {
            folder.write(name, name.as_bytes())?;
        }
        folder.publish()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names = files(folder).unwrap();
        names.sort();
        names
    }

    #[test]
    fn a_site_replaces_the_one_before_and_leaves_nothing_beside_it() {
        let parent = tempfile::tempdir().unwrap();
        let target = parent.path().join("new/site");
        write(&target, &["index.html", "i/old.html"]).unwrap();
        write(&target, &["index.html", "i/new.html"]).unwrap();
        assert_eq!(names(&target), [MANIFEST, "i/new.html", "index.html"]);
        assert_eq!(names(target.parent().unwrap()).len(), 3);
    }

    #[test]
    fn what_was_not_written_here_is_never_removed() {
        let parent = tempfile::tempdir().unwrap();
        let target = parent.path().join("site");
        fs::create_dir(&target).unwrap();
        write(&target, &["index.html"]).expect("an empty folder may be used");
        fs::write(target.join("CNAME"), "example.org").unwrap();
        let error = write(&target, &["index.html"]).unwrap_err();
        assert!(error.to_string().contains("`CNAME`"), "{error}");

        let foreign = parent.path().join("foreign");
        fs::create_dir(&foreign).unwrap();
        fs::write(foreign.join("thesis.txt"), "x").unwrap();
        assert!(matches!(write(&foreign, &[]), Err(Error::NotOurs(_))));
        let file = foreign.join("thesis.txt");
        assert!(matches!(write(&file, &[]), Err(Error::NoFolder(_))));
        assert_eq!(fs::read_to_string(file).unwrap(), "x");
    }

    #[test]
    fn a_site_that_is_not_finished_leaves_the_one_before() {
        let parent = tempfile::tempdir().unwrap();
        let target = parent.path().join("site");
        write(&target, &["index.html"]).unwrap();
        let mut unfinished = SiteFolder::prepare(&target).unwrap();
        unfinished.write("other.html", b"x").unwrap();
        drop(unfinished);
        assert_eq!(names(parent.path()), ["site/.wenjian-site", "site/index.html"]);
    }
}
