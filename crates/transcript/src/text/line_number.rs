//! Converts byte offsets to line numbers for messages.

/// Returns the line, counted from 1, that holds the byte at `offset`.
///
/// An offset beyond the end belongs to the last line.
///
/// ```
/// use transcript::text::line_number;
/// assert_eq!(line_number("a = 1\nb = ?", 10), 2);
/// ```
pub fn line_number(text: impl AsRef<[u8]>, offset: usize) -> usize {
    1 + text.as_ref().iter().take(offset).filter(|byte| **byte == b'\n').count()
}
