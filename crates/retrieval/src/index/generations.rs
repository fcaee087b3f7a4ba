//! Generations of the index: numbered folders and a pointer to the current one, so that readers see
//! a build as a whole or not at all.
//!
//! `index/CURRENT` names the current folder. A build writes a new folder, syncs it, and renames a
//! new pointer over the old one. A program that has the old generation open can go on using it,
//! because the system keeps deleted files that are open.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use encoder::Encoder;

use super::{Error, Index, build};
use transcript::{Corpus, atomic_file};

const POINTER: &str = "CURRENT";
const LOCK: &str = "LOCK";

/// The generations of one index folder.
#[derive(Clone)]
pub struct Generations {
    dir: PathBuf,
    encoder: Option<Arc<Encoder>>,
}

impl Generations {
    /// Returns the generations in the folder `dir`, which need not exist yet.
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_path_buf(), encoder: None }
    }

    /// Sets the encoder that makes the vectors of the passages, if there is one.
    #[must_use]
    pub fn with_encoder(self, encoder: Option<Arc<Encoder>>) -> Self {
        Self { encoder, ..self }
    }

    /// Returns the folder of the current generation.
    pub fn current(&self) -> Result<PathBuf, Error> {
        match fs::read_to_string(self.dir.join(POINTER)) {
            Ok(name) if is_generation(name.trim()) => Ok(self.dir.join(name.trim())),
            Ok(_) => Err(self.damaged_pointer()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(self.damaged_pointer()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(Error::Missing(self.dir.clone()))
            }
            Err(source) => Err(self.io("read", POINTER, source)),
        }
    }

    /// Opens the current generation. Another process may finish a build and remove the folder after
    /// the pointer was read. Then the pointer is read again.
    pub fn open(&self) -> Result<Index, Error> {
        let folder = self.current()?;
        let open = |folder: &Path| Index::open(folder, self.encoder.as_ref());
        open(&folder).or_else(|error| match self.current() {
            Ok(moved) if moved != folder => open(&moved),
            _ => Err(error),
        })
    }

    /// Opens the current generation, if it was built from the corpus with this fingerprint.
    pub fn open_built_from(&self, fingerprint: &str) -> Option<Index> {
        self.open().ok().filter(|index| index.manifest().fingerprint == fingerprint)
    }

    /// Builds a generation of `corpus` beside the current one, opens it to see that it can be read,
    /// makes it the current one, and removes the others.
    pub fn build(
        &self,
        corpus: &Corpus,
        fingerprint: &str,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Index, Error> {
        fs::create_dir_all(&self.dir).map_err(|source| self.io("write", "", source))?;
        let _lock = self.lock()?;
        let name = format!("{:08}", self.numbers()?.into_iter().max().unwrap_or(0) + 1);
        let folder = self.dir.join(&name);
        let built = self.build_into(&folder, corpus, fingerprint, progress).and_then(|index| {
            self.point_to(&name)?;
            Ok(index)
        });
        match built {
            Ok(index) => {
                self.remove_others(&name);
                Ok(index)
            }
            Err(error) => {
                // If the rest of a failed build cannot be removed either, the error of the build is
                // still the one to return.
                let _ = fs::remove_dir_all(&folder);
                Err(error)
            }
        }
    }

    fn build_into(
        &self,
        folder: &Path,
        corpus: &Corpus,
        fingerprint: &str,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Index, Error> {
        fs::create_dir(folder).map_err(|source| self.io("write", "", source))?;
        build(corpus, fingerprint, folder, self.encoder.as_deref(), progress)?;
        atomic_file::sync_folder(folder).map_err(|source| self.io("write", "", source))?;
        Index::open(folder, self.encoder.as_ref())
    }

    fn point_to(&self, name: &str) -> Result<(), Error> {
        let written =
            atomic_file::write_atomically(&self.dir.join(POINTER), format!("{name}\n").as_bytes());
        written.map_err(|source| self.io("write", POINTER, source))
    }

    /// Locks the folder while building. The system releases the lock when the process ends.
    fn lock(&self) -> Result<File, Error> {
        let file =
            File::create(self.dir.join(LOCK)).map_err(|source| self.io("write", LOCK, source))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Error::Locked(self.dir.clone())),
            Err(TryLockError::Error(source)) => Err(self.io("lock", LOCK, source)),
        }
    }

    fn numbers(&self) -> Result<Vec<u64>, Error> {
        let entries = fs::read_dir(&self.dir).map_err(|source| self.io("read", "", source))?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Ok(names.filter(|name| is_generation(name)).filter_map(|name| name.parse().ok()).collect())
    }

    /// Old folders only take space, so that it is no error if one cannot be removed.
    fn remove_others(&self, served: &str) {
        for number in self.numbers().unwrap_or_default() {
            let name = format!("{number:08}");
            if name != served {
                let _ = fs::remove_dir_all(self.dir.join(name));
            }
        }
    }

    fn damaged_pointer(&self) -> Error {
        Error::Unusable { folder: self.dir.clone(), why: format!("`{POINTER}` is damaged") }
    }

    fn io(&self, doing: &'static str, name: &str, source: io::Error) -> Error {
        Error::Io { doing, path: self.dir.join(name), source }
    }
}

fn is_generation(name: &str) -> bool {
    name.len() >= 8 && name.bytes().all(|byte| byte.is_ascii_digit())
}
