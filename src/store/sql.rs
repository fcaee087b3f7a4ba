//! The parts of SQL that differ between databases or depend on the number of rows: placeholders,
//! the database's clock, and text that both databases accept.

use std::fmt::Write;

use sqlx::AssertSqlSafe;

/// The character before the number of a placeholder. SQLite takes `$1` for a name and compares it
/// with all other names of the statement, which takes longer than running a statement with hundreds
/// of them. It takes `?1` for a number.
#[derive(Clone, Copy)]
pub(super) struct PlaceholderMark(char);

impl PlaceholderMark {
    pub(super) const SQLITE: Self = Self('?');
    pub(super) const POSTGRES: Self = Self('$');
}

/// The SQL expression for the database's time, as Unix seconds.
#[derive(Clone, Copy)]
pub(super) struct TimeExpression(&'static str);

impl TimeExpression {
    pub(super) const SQLITE: Self = Self("unixepoch()");
    pub(super) const POSTGRES: Self = Self("CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS BIGINT)");
}

/// Replaces `{now}` in a statement by the database's expression for the time.
pub(super) fn with_clock(
    statement: &str,
    TimeExpression(now): TimeExpression,
) -> AssertSqlSafe<String> {
    AssertSqlSafe(statement.replace("{now}", now))
}

/// Replaces `{}` in a statement by `rows` rows of `columns` placeholders, such as `($1,$2),($3,$4)`.
pub(super) fn with_rows(
    statement: &str,
    mark: PlaceholderMark,
    rows: usize,
    columns: usize,
) -> AssertSqlSafe<String> {
    let PlaceholderMark(mark) = mark;
    let mut list = String::with_capacity(rows * columns * 5);
    for row in 0..rows {
        list.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { "," };
            // Writing to a string cannot fail.
            let _ = write!(list, "{comma}{mark}{}", row * columns + column + 1);
        }
        list.push(')');
    }
    AssertSqlSafe(statement.replace("{}", &list))
}

/// Returns the text without NUL characters, which PostgreSQL does not store.
pub(super) fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_through() {
        let AssertSqlSafe(statement) = with_rows("VALUES {}", PlaceholderMark::POSTGRES, 2, 3);
        assert_eq!(statement, "VALUES ($1,$2,$3),($4,$5,$6)");
    }
}
