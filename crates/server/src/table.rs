//! Lists as aligned tables.

use unicode_width::UnicodeWidthStr;

/// Returns rows as a table with a head. The last column is not padded.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].width());
        cells.chain([head[column].width()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |cells: &[&str]| {
        let padded = cells.iter().enumerate().map(|(column, cell)| {
            let blanks = if column + 1 == N { 0 } else { widths[column] - cell.width() };
            format!("{cell}{}", " ".repeat(blanks))
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    let mut text = line(&head);
    for row in rows {
        text += &line(&row.each_ref().map(String::as_str));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_align_by_what_is_seen() {
        let rows = [["é".to_owned(), "one".to_owned()], ["世界".to_owned(), "two".to_owned()]];
        assert_eq!(table(["A", "B"], &rows), "A     B\né     one\n世界  two\n");
    }
}
