//! Arrays of numbers that lie one after another in a file, and are read where they lie.
//!
//! Each array stands behind its length in bytes. The types of its elements have no alignment and a fixed
//! order of bytes, so that nothing needs to be decoded or copied.

use std::io::{self, Write};
use std::marker::PhantomData;
use std::ops::Range;

use zerocopy::little_endian::U64;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// What an array may hold.
pub(super) trait Element: FromBytes + IntoBytes + Immutable + KnownLayout {}
impl<T: FromBytes + IntoBytes + Immutable + KnownLayout> Element for T {}

/// The place of an array.
#[derive(Debug, Clone)]
pub(super) struct Array<T> {
    bytes: Range<usize>,
    of: PhantomData<T>,
}

impl<T: Element> Array<T> {
    /// Returns the array in the bytes from which it was [taken](ArrayReader::array).
    pub(super) fn of<'b>(&self, bytes: &'b [u8]) -> &'b [T] {
        let own = bytes.get(self.bytes.clone());
        own.and_then(|own| <[T]>::ref_from_bytes(own).ok()).unwrap_or_default()
    }
}

/// The place of one list for each of a row of things: all their elements in one array, and
/// in another where each list starts and the last one ends.
#[derive(Debug, Clone)]
pub(super) struct Lists<T> {
    starts: Array<U64>,
    elements: Array<T>,
}

impl<T: Element> Lists<T> {
    /// Returns the list with this number; it is empty if there is no such list.
    pub(super) fn list<'b>(&self, bytes: &'b [u8], number: usize) -> &'b [T] {
        self.elements.of(bytes).get(self.range(bytes, number)).unwrap_or_default()
    }

    /// Returns where the list with this number lies among the elements of all lists.
    pub(super) fn range(&self, bytes: &[u8], number: usize) -> Range<usize> {
        let starts = self.starts.of(bytes);
        let bound = |at: usize| starts.get(at).map_or(0, |start| start.get() as usize);
        bound(number)..bound(number + 1)
    }

    /// Returns the number of the list that holds the element at `at` among the elements of all lists.
    pub(super) fn number_of(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let starts = self.starts.of(bytes);
        let next = starts.partition_point(|start| start.get() as usize <= at);
        (next < starts.len()).then(|| next.checked_sub(1)).flatten()
    }

    /// Returns the elements of all lists.
    pub(super) fn elements<'b>(&self, bytes: &'b [u8]) -> &'b [T] {
        self.elements.of(bytes)
    }

    /// Returns the number of lists.
    pub(super) fn len(&self, bytes: &[u8]) -> usize {
        self.starts.of(bytes).len().saturating_sub(1)
    }
}

/// Takes the arrays from bytes, in the order in which they were written.
pub(super) struct ArrayReader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> ArrayReader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Takes the next array; `None` if the bytes hold no such array here.
    pub(super) fn array<T: Element>(&mut self) -> Option<Array<T>> {
        let (length, _) = U64::read_from_prefix(self.bytes.get(self.at..)?).ok()?;
        let start = self.at + size_of::<U64>();
        let end = start.checked_add(usize::try_from(length.get()).ok()?)?;
        <[T]>::ref_from_bytes(self.bytes.get(start..end)?).ok()?;
        self.at = end;
        Some(Array { bytes: start..end, of: PhantomData })
    }

    /// Takes the next lists; `None` if the bytes hold no such lists here.
    pub(super) fn lists<T: Element>(&mut self) -> Option<Lists<T>> {
        let lists = Lists { starts: self.array()?, elements: self.array()? };
        let starts: &[U64] = lists.starts.of(self.bytes);
        let end = starts.last()?.get() as usize;
        let fits = starts.is_sorted_by_key(|start| start.get())
            && end == lists.elements.of(self.bytes).len();
        fits.then_some(lists)
    }

    /// Takes the lists of `n` things; `None` if the bytes hold no such lists here.
    pub(super) fn lists_of<T: Element>(&mut self, n: usize) -> Option<Lists<T>> {
        self.lists().filter(|lists| lists.len(self.bytes) == n)
    }

    /// Returns whether everything was taken.
    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }
}

/// Writes an array.
pub(super) fn write_array<T: Element>(out: &mut dyn Write, array: &[T]) -> io::Result<()> {
    let bytes = array.as_bytes();
    out.write_all(U64::new(bytes.len() as u64).as_bytes())?;
    out.write_all(bytes)
}

/// Collects lists, to be written one after another.
#[derive(Debug)]
pub(super) struct ListsBuilder<T> {
    starts: Vec<U64>,
    elements: Vec<T>,
}

impl<T> Default for ListsBuilder<T> {
    fn default() -> Self {
        Self { starts: vec![U64::ZERO], elements: Vec::new() }
    }
}

impl<T: Element> ListsBuilder<T> {
    /// Returns the number of lists.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Returns where the list with this number starts among the elements of all lists.
    pub(super) fn start(&self, number: usize) -> usize {
        self.starts[number].get() as usize
    }

    /// Returns the list with this number.
    pub(super) fn list(&self, number: usize) -> &[T] {
        &self.elements[self.start(number)..self.start(number + 1)]
    }

    /// Adds a list.
    pub(super) fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.elements.extend(list);
        self.starts.push(U64::new(self.elements.len() as u64));
    }

    /// Calls `change` with each element of all lists.
    pub(super) fn for_each(&mut self, change: impl FnMut(&mut T)) {
        self.elements.iter_mut().for_each(change);
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write_array(out, &self.starts)?;
        write_array(out, &self.elements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zerocopy::little_endian::U32;

    fn written() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut lists = ListsBuilder::default();
        for list in [&[1, 2][..], &[], &[3]] {
            lists.push(list.iter().map(|number| U32::new(*number)));
        }
        write_array(&mut bytes, &[7_u8, 8, 9]).unwrap();
        lists.write(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn arrays_and_lists_are_read_where_they_lie() {
        let bytes = written();
        let mut reader = ArrayReader::new(&bytes);
        assert_eq!(reader.array::<u8>().unwrap().of(&bytes), [7, 8, 9]);
        let lists = reader.lists_of::<U32>(3).unwrap();
        assert!(reader.is_at_end());
        let numbers = |at| -> Vec<u32> { lists.list(&bytes, at).iter().map(|n| n.get()).collect() };
        assert_eq!(
            [numbers(0), numbers(1), numbers(2), numbers(3)],
            [vec![1, 2], vec![], vec![3], vec![]]
        );
        assert_eq!((lists.range(&bytes, 2), lists.len(&bytes)), (2..3, 3));
    }

    #[test]
    fn bytes_that_do_not_fit_are_refused() {
        let bytes = written();
        let read = |bytes: &[u8], n| {
            let mut reader = ArrayReader::new(bytes);
            reader.array::<u8>().and_then(|_| reader.lists_of::<U32>(n)).is_some()
        };
        assert!(read(&bytes, 3));
        assert!(!read(&bytes, 2), "there are three lists");
        assert!(!read(&bytes[..bytes.len() - 1], 3));
        assert!(
            ArrayReader::new(&bytes).array::<U32>().is_none(),
            "three bytes are no 32-bit number"
        );
        assert!(ArrayReader::new(&[]).array::<u8>().is_none());
    }
}
