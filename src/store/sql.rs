//! The little SQL that has to be put together: lists of placeholders.

use std::fmt::Write;

use sqlx::AssertSqlSafe;

/// A statement with `{}` replaced by `rows` rows of `columns` placeholders: `($1,$2),($3,$4)`.
pub(super) fn with_rows(statement: &str, rows: usize, columns: usize) -> AssertSqlSafe<String> {
    let mut list = String::with_capacity(rows * columns * 5);
    for row in 0..rows {
        list.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { "," };
            // Writing to a string cannot fail.
            let _ = write!(list, "{comma}${}", row * columns + column + 1);
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
        let AssertSqlSafe(statement) = with_rows("VALUES {}", 2, 3);
        assert_eq!(statement, "VALUES ($1,$2,$3),($4,$5,$6)");
    }
}
