//! Files that are written once, with a checksum, and are read where they lie: the system maps them into
//! memory, and takes what nobody reads out again.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;

use tantivy::Directory;
use tantivy::directory::MmapDirectory;

use crate::forward::Bytes;

/// The number of bytes that are read at once to compute a checksum.
const BLOCK: usize = 1 << 16;

/// A new file, whose checksum is computed while it is written.
pub(super) struct NewFile {
    file: BufWriter<File>,
    checksum: crc32fast::Hasher,
}

impl NewFile {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(File::create(path)?), checksum: crc32fast::Hasher::new() })
    }

    /// Returns the checksum once the content is on the disk.
    pub(super) fn finish(self) -> io::Result<u32> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(self.checksum.finalize())
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.checksum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Computes the checksum of a file. It is read rather than mapped for that, so that it takes no memory.
pub(super) fn checksum(path: &Path) -> io::Result<u32> {
    let mut file = File::open(path)?;
    let mut block = vec![0; BLOCK];
    let mut checksum = crc32fast::Hasher::new();
    loop {
        match file.read(&mut block)? {
            0 => return Ok(checksum.finalize()),
            length => checksum.update(&block[..length]),
        }
    }
}

/// Maps the file `name` in `folder`.
pub(super) fn map(folder: &Path, name: &str) -> io::Result<Bytes> {
    let folder = MmapDirectory::open(folder).map_err(io::Error::other)?;
    let file = folder.open_read(Path::new(name)).map_err(io::Error::other)?;
    Ok(Arc::new(file.read_bytes()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_mapped_with_the_checksum_that_was_computed_while_writing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lamp.bin");
        let content = "燈塔".repeat(BLOCK);
        let mut file = NewFile::create(&path).unwrap();
        file.write_all(content.as_bytes()).unwrap();
        let written = file.finish().unwrap();
        assert_eq!(written, crc32fast::hash(content.as_bytes()));
        assert_eq!(checksum(&path).unwrap(), written);
        let mapped = map(folder.path(), "lamp.bin").unwrap();
        assert_eq!((*mapped).as_ref(), content.as_bytes());
        assert!(map(folder.path(), "none.bin").is_err());
    }
}
