//! Tensors of a `model.safetensors` file, read one at a time.
//!
//! Only the header of the file is kept in memory. Word embeddings are most of the weights of a
//! multilingual encoder (nine tenths of a gigabyte in bge-m3), and a text needs one row of them for
//! each token. [`EmbeddingTable`] reads these rows when they are needed, and the system caches
//! those that are read often.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use half::{bf16, f16};
use safetensors::tensor::{Dtype, Metadata, TensorInfo};

use crate::Error;

/// The longest header that is read. The largest encoders have some hundred tensors.
const MAX_HEADER_BYTES: u64 = 16 << 20;

/// An open `model.safetensors`.
pub(crate) struct WeightsFile {
    path: PathBuf,
    file: Arc<Mutex<File>>,
    /// Where the tensors begin in the file.
    start: u64,
    contents: Metadata,
    bytes: Bytes,
}

/// What a tensor of bytes holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bytes {
    /// Numbers from 0 to 255.
    Numbers,
    /// Blocks of 32 numbers of four bits each, [as in GGML's format `Q4_0`](decode_q4_block).
    Q4,
}

impl WeightsFile {
    /// Opens the file at `path`. `bytes` says what its tensors of bytes hold.
    pub(crate) fn open(path: &Path, bytes: Bytes) -> Result<Self, Error> {
        let io = |source| Error::io(path, source);
        let mut file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut length = [0; 8];
        file.read_exact(&mut length).map_err(|_| Error::damaged(path, "it is cut short"))?;
        let length = u64::from_le_bytes(length);
        if length > MAX_HEADER_BYTES {
            return Err(Error::damaged(path, "it is not in the safetensors format"));
        }
        let mut header = Vec::new();
        file.by_ref().take(length).read_to_end(&mut header).map_err(io)?;
        let contents: Metadata = serde_json::from_slice(&header)
            .map_err(|error| Error::damaged(path, error.to_string()))?;
        let start = 8 + length;
        let expected = start + contents.data_len() as u64;
        if size != expected {
            let why = format!("it has {size} bytes instead of {expected}");
            return Err(Error::damaged(path, why));
        }
        let file = Arc::new(Mutex::new(file));
        Ok(Self { path: path.to_path_buf(), file, start, contents, bytes })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.contents.info(name).is_some()
    }

    /// Reads the tensor `name`, which must have the shape `shape`.
    pub(crate) fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let info = self.info(name)?;
        let format = self.format(name, info)?;
        if format.shape(&info.shape) != shape {
            let why = format!("`{name}` has the shape {:?} instead of {shape:?}", info.shape);
            return Err(Error::damaged(&self.path, why));
        }
        let bytes =
            read_at(&self.file, self.offset(info), info.data_offsets.1 - info.data_offsets.0)
                .map_err(|source| Error::io(&self.path, source))?;
        let mut numbers = Vec::with_capacity(shape.iter().product());
        format.decode(&bytes, &mut numbers);
        Ok(numbers)
    }

    /// Returns the tensor `name` as a table with `columns` numbers in each row.
    pub(crate) fn table(&self, name: &str, columns: usize) -> Result<EmbeddingTable, Error> {
        let info = self.info(name)?;
        let format = self.format(name, info)?;
        match *format.shape(&info.shape) {
            [rows, width] if width == columns && rows > 0 => Ok(EmbeddingTable {
                path: self.path.clone(),
                file: Arc::clone(&self.file),
                start: self.offset(info),
                rows,
                row_bytes: (info.data_offsets.1 - info.data_offsets.0) / rows,
                format,
            }),
            _ => {
                let why =
                    format!("`{name}` has the shape {:?}, not of {columns} columns", info.shape);
                Err(Error::damaged(&self.path, why))
            }
        }
    }

    fn info(&self, name: &str) -> Result<&TensorInfo, Error> {
        let missing = || Error::damaged(&self.path, format!("it has no tensor `{name}`"));
        self.contents.info(name).ok_or_else(missing)
    }

    fn offset(&self, info: &TensorInfo) -> u64 {
        self.start + info.data_offsets.0 as u64
    }

    fn format(&self, name: &str, info: &TensorInfo) -> Result<Format, Error> {
        match info.dtype {
            Dtype::F32 => Ok(Format::F32),
            Dtype::F16 => Ok(Format::F16),
            Dtype::BF16 => Ok(Format::Bf16),
            Dtype::U8 => Ok(match self.bytes {
                Bytes::Numbers => Format::U8,
                Bytes::Q4 => Format::Q4,
            }),
            other => Err(Error::unsupported(&self.path, format!("`{name}` of type {other:?}"))),
        }
    }
}

/// How the numbers of a tensor are stored.
#[derive(Debug, Clone, Copy)]
enum Format {
    F32,
    F16,
    Bf16,
    U8,
    Q4,
}

/// The number of values and of bytes in a block of four-bit numbers.
const Q4_NUMBERS: usize = 32;
const Q4_BYTES: usize = 18;

impl Format {
    /// Returns the shape of the numbers in a tensor that is stored with the shape `stored`.
    fn shape(self, stored: &[usize]) -> Vec<usize> {
        let mut shape = stored.to_vec();
        if let (Self::Q4, Some(last)) = (self, shape.last_mut()) {
            *last = *last / Q4_BYTES * Q4_NUMBERS;
        }
        shape
    }

    /// Appends the numbers in `bytes` to `numbers`.
    fn decode(self, bytes: &[u8], numbers: &mut Vec<f32>) {
        match self {
            Self::F32 => {
                let (words, _) = bytes.as_chunks();
                numbers.extend(words.iter().map(|word| f32::from_le_bytes(*word)));
            }
            Self::F16 => {
                let (words, _) = bytes.as_chunks();
                numbers.extend(words.iter().map(|word| f16::from_le_bytes(*word).to_f32()));
            }
            Self::Bf16 => {
                let (words, _) = bytes.as_chunks();
                numbers.extend(words.iter().map(|word| bf16::from_le_bytes(*word).to_f32()));
            }
            Self::U8 => numbers.extend(bytes.iter().map(|&byte| f32::from(byte))),
            Self::Q4 => {
                let (blocks, _) = bytes.as_chunks();
                blocks.iter().for_each(|block| numbers.extend(decode_q4_block(block)));
            }
        }
    }
}

/// Decodes a block: a half-precision scale, then 16 bytes of which the j-th holds the j-th
/// number in its lower four bits and the (j + 16)-th in its upper four. A number q stands for
/// `(q − 8) · scale`.
fn decode_q4_block(block: &[u8; Q4_BYTES]) -> [f32; Q4_NUMBERS] {
    let scale = f16::from_le_bytes([block[0], block[1]]).to_f32();
    let mut numbers = [0.0; Q4_NUMBERS];
    for (at, &byte) in block[2..].iter().enumerate() {
        numbers[at] = (f32::from(byte & 0x0f) - 8.0) * scale;
        numbers[at + 16] = (f32::from(byte >> 4) - 8.0) * scale;
    }
    numbers
}

/// A tensor of two dimensions whose rows are read when they are needed.
pub(crate) struct EmbeddingTable {
    path: PathBuf,
    file: Arc<Mutex<File>>,
    start: u64,
    rows: usize,
    row_bytes: usize,
    format: Format,
}

impl EmbeddingTable {
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Appends the numbers of the row `row` to `numbers`.
    ///
    /// # Panics
    /// Panics if there is no such row.
    pub(crate) fn read(&self, row: usize, numbers: &mut Vec<f32>) -> Result<(), Error> {
        assert!(row < self.rows, "row {row} of {}", self.rows);
        let start = self.start + (row * self.row_bytes) as u64;
        let bytes = read_at(&self.file, start, self.row_bytes)
            .map_err(|source| Error::io(&self.path, source))?;
        self.format.decode(&bytes, numbers);
        Ok(())
    }
}

/// Reads `length` bytes from the position `start` on.
fn read_at(file: &Mutex<File>, start: u64, length: usize) -> std::io::Result<Vec<u8>> {
    // A thread that panicked has changed only the position in the file, which is set here.
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_four_bit_numbers_is_decoded() {
        let mut block = [0x88; Q4_BYTES];
        block[..2].copy_from_slice(&f16::from_f32(0.5).to_le_bytes());
        block[2] = 0xf0;
        let numbers = decode_q4_block(&block);
        // (0 − 8) · 0.5, (8 − 8) · 0.5, (15 − 8) · 0.5
        assert_eq!(vec![numbers[0], numbers[1], numbers[16]], [-4.0, 0.0, 3.5]);
    }

    #[test]
    fn half_precision_numbers_are_decoded() {
        let mut numbers = Vec::new();
        Format::F16.decode(&f16::from_f32(1.5).to_le_bytes(), &mut numbers);
        Format::Bf16.decode(&bf16::from_f32(-2.0).to_le_bytes(), &mut numbers);
        assert_eq!(numbers, [1.5, -2.0]);
    }
}
