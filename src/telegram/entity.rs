//! Message entities, whose positions Telegram counts in UTF-16 code units.

use teloxide::types::MessageEntity;

/// Splits a text into the part before an entity, the text of the entity, and the part after it.
/// Returns `None` if the entity's range is not in the text.
pub(super) fn split<'t>(
    text: &'t str,
    entity: &MessageEntity,
) -> Option<(&'t str, &'t str, &'t str)> {
    let (before, rest) = text.split_at_checked(byte_offset(text, entity.offset)?)?;
    let (own, after) = rest.split_at_checked(byte_offset(rest, entity.length)?)?;
    Some((before, own, after))
}

/// Returns the byte position of the character that begins at a UTF-16 position. Returns `None` if
/// the position is inside a character or after the end of the text.
fn byte_offset(text: &str, position: usize) -> Option<usize> {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= position {
            return (units == position).then_some(at);
        }
        units += c.len_utf16();
    }
    (units == position).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_counted_in_utf16_units() {
        let split = |offset, length| split("👍杭a", &MessageEntity::bold(offset, length));
        assert_eq!(split(2, 1), Some(("👍", "杭", "a")));
        assert_eq!(split(0, 2), Some(("", "👍", "杭a")));
        for (offset, length) in [(1, 1), (0, 1), (0, 99), (99, 0)] {
            assert_eq!(split(offset, length), None, "{offset} {length}");
        }
    }
}
