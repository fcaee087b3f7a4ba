//! The little SQL that has to be put together: lists of placeholders.

use std::fmt::Write;

use sqlx::AssertSqlSafe;

/// What numbered placeholders begin with. SQLite takes `$1` for a name, which it looks for among
/// all others: with hundreds of them that costs more than the statement. `?1` is a number to it.
#[derive(Clone, Copy)]
pub(super) struct Mark(char);

impl Mark {
    pub(super) const SQLITE: Self = Self('?');
    pub(super) const SERVER: Self = Self('$');
}

/// A statement with `{}` replaced by `rows` rows of `columns` placeholders: `($1,$2),($3,$4)`, or
/// with another mark than `$`.
pub(super) fn with_rows(
    statement: &str,
    mark: Mark,
    rows: usize,
    columns: usize,
) -> AssertSqlSafe<String> {
    let Mark(mark) = mark;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_through() {
        let AssertSqlSafe(statement) = with_rows("VALUES {}", Mark::SERVER, 2, 3);
        assert_eq!(statement, "VALUES ($1,$2,$3),($4,$5,$6)");
    }
}
