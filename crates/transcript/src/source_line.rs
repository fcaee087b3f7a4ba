//! Lines of a page's text to the lines of its file: in Markdown and HTML the two differ.

use super::Finding;
use super::parse::key;

/// Characters of a line's words by which it is looked for in the file.
const WORDS: usize = 16;
/// Findings that are located at most; the others keep the line of the text.
const MOST: usize = 50;

/// Gives each finding, whose line counts in `text`, the line of `file` that begins to say the same. The
/// order of both is the same, so that the search goes on from the last line found.
pub(super) fn locate(findings: &mut [Finding], text: &str, file: &str) {
    let lines: Vec<&str> = text.lines().collect();
    let mut last = 0;
    for finding in findings.iter_mut().take(MOST) {
        let words = lines.get(finding.line.saturating_sub(1)).copied().unwrap_or_default();
        let words: String = key(words).chars().take(WORDS).collect();
        if words.is_empty() {
            continue;
        }
        let mut candidates = file.lines().enumerate().skip(last);
        if let Some((at, _)) = candidates.find(|(_, line)| key(line).contains(&words)) {
            finding.line = at + 1;
            last = at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_point_into_the_file() {
        let file = "![](a.png)\n\n**Q:** Why?\n\n**A:** Stones: [see](http://a.example).\n";
        let mut findings = vec![Finding { line: 3, message: String::new() }];
        locate(&mut findings, "Q: Why?\n\nA: Stones: see.\n", file);
        assert_eq!(findings[0].line, 5);
    }
}
