//! A quotation in the forms in which other texts cite it.

use super::Attribution;

/// A quotation to cite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation<'c> {
    /// The words that are quoted.
    pub words: &'c str,
    pub attribution: &'c Attribution,
    /// Where the quotation can be read, if it is on the web.
    pub url: Option<&'c str>,
    /// The day on which it was read, `2026-11-24`.
    pub accessed: &'c str,
}

impl Citation<'_> {
    /// Returns the words with their source below them, as a block quotation in Markdown.
    pub fn markdown(&self) -> String {
        let words = markdown(self.words).replace('\n', "\n> ");
        let line = markdown(&self.attribution.line);
        match self.url {
            Some(url) => format!("> {words}\n>\n> [{line}]({url})"),
            None => format!("> {words}\n>\n> {line}"),
        }
    }

    /// Returns the source as GB/T 7714—2015 wants an electronic resource: who spoke, title, `[EB/OL]`, publisher, date,
    /// the day of access and the address. What is not known is left out.
    pub fn gb_t_7714(&self) -> String {
        let Attribution { speaker, title, publisher, date, .. } = self.attribution;
        let published: Vec<&str> =
            [publisher.as_deref(), date.as_deref()].into_iter().flatten().collect();
        let published = match published.join(", ") {
            published if published.is_empty() => String::new(),
            published => format!(" {published}"),
        };
        let url = self.url.map(|url| format!(" {url}.")).unwrap_or_default();
        format!("{speaker}. {title}[EB/OL].{published}[{}].{url}", self.accessed)
    }

    /// Returns the source as an entry for BibTeX.
    pub fn bibtex(&self) -> String {
        let Attribution { speaker, title, publisher, date, passage, .. } = self.attribution;
        // BibTeX takes a key of letters, digits and a few marks.
        let key: String = passage.to_string();
        let key = key.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "-");
        let year: Option<String> = date.as_ref().map(|date| date.chars().take(4).collect());
        let fields = [
            ("author", Some(format!("{{{}}}", tex(speaker)))),
            ("title", Some(format!("{{{}}}", tex(title)))),
            ("howpublished", publisher.as_ref().map(|publisher| tex(publisher))),
            ("year", year.map(|year| tex(&year))),
            ("url", self.url.map(tex)),
            ("urldate", Some(self.accessed.to_owned())),
        ];
        let fields = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let lines: Vec<String> =
            fields.map(|(name, value)| format!("  {name} = {{{value}}}")).collect();
        format!("@misc{{{key},\n{}\n}}", lines.join(",\n"))
    }
}

/// Escapes the characters that have a meaning in Markdown.
fn markdown(text: &str) -> String {
    escaped(text, |c| matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '#'))
}

/// Escapes the characters that have a meaning in TeX. Braces and backslashes are left out: they could leave a field
/// unbalanced.
fn tex(text: &str) -> String {
    let text: String = text.chars().filter(|c| !matches!(c, '{' | '}' | '\\')).collect();
    escaped(&text, |c| matches!(c, '&' | '%' | '$' | '#' | '_'))
}

fn escaped(text: &str, has_meaning: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if has_meaning(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use transcript::PassageId;

    fn attribution() -> Attribution {
        Attribution {
            passage: PassageId::new("lighthouse", 2, 1, None),
            speaker: "林海".to_owned(),
            publisher: Some("《海风》".to_owned()),
            title: "守灯塔的人 & {他}".to_owned(),
            date: Some("2024-05".to_owned()),
            turn: 2,
            url: None,
            line: "——林海｜《海风》".to_owned(),
        }
    }

    fn citation<'c>(attribution: &'c Attribution, url: Option<&'c str>) -> Citation<'c> {
        Citation { words: "光*很*远。\n真的。", attribution, url, accessed: "2026-11-24" }
    }

    #[test]
    fn markdown_is_a_block_quotation_with_a_link() {
        let attribution = attribution();
        assert_eq!(
            citation(&attribution, Some("https://read.er/i/x")).markdown(),
            "> 光\\*很\\*远。\n> 真的。\n>\n> [——林海｜《海风》](https://read.er/i/x)"
        );
        assert!(citation(&attribution, None).markdown().ends_with("\n> ——林海｜《海风》"));
    }

    #[test]
    fn the_chinese_standard_has_the_day_of_access() {
        let attribution = attribution();
        assert_eq!(
            citation(&attribution, Some("https://read.er/i/x")).gb_t_7714(),
            "林海. 守灯塔的人 & {他}[EB/OL]. 《海风》, 2024-05[2026-11-24]. https://read.er/i/x."
        );
        let unknown = Attribution { publisher: None, date: None, ..attribution };
        assert_eq!(
            citation(&unknown, None).gb_t_7714(),
            "林海. 守灯塔的人 & {他}[EB/OL].[2026-11-24]."
        );
    }

    #[test]
    fn bibtex_has_a_key_and_balanced_braces() {
        let attribution = attribution();
        let entry = citation(&attribution, Some("https://read.er/i/x_1")).bibtex();
        assert_eq!(
            entry,
            "@misc{lighthouse-2-1,\n  author = {{林海}},\n  title = {{守灯塔的人 \\& 他}},\n  \
             howpublished = {《海风》},\n  year = {2024},\n  url = {https://read.er/i/x\\_1},\n  \
             urldate = {2026-11-24}\n}"
        );
    }
}
