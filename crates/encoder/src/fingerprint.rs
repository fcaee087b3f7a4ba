//! Fingerprints, which tell encoders apart.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::Error;

/// The number of stretches of a file that are hashed, and the bytes of each. Hashing all weights
/// would take long, and another training changes them everywhere.
const STRETCHES: u64 = 64;
const STRETCH_BYTES: u64 = 4096;

/// Returns the SHA-256 hash over the names, the sizes and [stretches](STRETCHES) of those files in
/// `folder` that exist, in hexadecimal.
pub(crate) fn fingerprint(folder: &Path, names: &[&str]) -> Result<String, Error> {
    let mut hash = Sha256::new();
    for name in names {
        let path = folder.join(name);
        if path.is_file() {
            hash.update(name.as_bytes());
            sample(&path, &mut hash).map_err(|source| Error::io(&path, source))?;
        }
    }
    Ok(hex(&hash.finalize()))
}

/// Returns the fingerprint of several encoders together.
pub(crate) fn joined<'a>(fingerprints: impl Iterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    fingerprints.for_each(|fingerprint| hash.update(fingerprint.as_bytes()));
    hex(&hash.finalize())
}

fn sample(path: &Path, hash: &mut Sha256) -> io::Result<()> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    hash.update(size.to_le_bytes());
    let step = size.div_ceil(STRETCHES).max(STRETCH_BYTES);
    let mut stretch = Vec::new();
    for start in (0..size).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
        stretch.clear();
        file.seek(SeekFrom::Start(start))?;
        file.by_ref().take(STRETCH_BYTES).read_to_end(&mut stretch)?;
        hash.update(&stretch);
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn other_weights_have_another_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        let of = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            fingerprint(folder.path(), &["config.json", "model.safetensors"]).unwrap()
        };
        let weights = vec![7; 1 << 20];
        let mut others = weights.clone();
        others[(1 << 19) + 5] = 8;
        assert_eq!(of(&weights), of(&weights));
        assert_ne!(of(&weights), of(&others));
        assert_ne!(of(&weights), of(&weights[1..]));
        assert_eq!(of(&weights).len(), 64);
    }
}
