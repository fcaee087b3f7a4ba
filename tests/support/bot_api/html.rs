//! Parses Telegram's HTML as strictly as Telegram does.

/// A text with its entities, parsed from Telegram's HTML.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Parsed {
    /// The text without markup.
    pub(crate) text: String,
    /// The entities, ordered by their ends.
    pub(crate) entities: Vec<Marked>,
}

/// A marked part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marked {
    /// The name of the tag; `blockquote expandable` for a folded quotation.
    pub(crate) kind: String,
    pub(crate) text: String,
}

impl Parsed {
    /// Returns the length of the text in UTF-16 code units.
    pub(crate) fn units(&self) -> usize {
        self.text.encode_utf16().count()
    }

    /// Returns the parts that are marked with `kind`.
    pub(crate) fn marked(&self, kind: &str) -> Vec<&str> {
        let of_kind = self.entities.iter().filter(|marked| marked.kind == kind);
        of_kind.map(|marked| marked.text.as_str()).collect()
    }
}

const PLAIN_TAGS: [&str; 13] = [
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "code",
    "pre",
    "tg-spoiler",
    "blockquote",
];

/// Parses `text`, or returns Telegram's error message.
pub(crate) fn parse(html: &str) -> Result<Parsed, String> {
    let mut parsed = Parsed::default();
    let mut open: Vec<(String, String, usize)> = Vec::new();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("</") {
            let (name, after) = after.split_once('>').ok_or("Unclosed end tag")?;
            let (tag, kind, start) =
                open.pop().ok_or_else(|| format!("Unexpected end tag \"{name}\""))?;
            if !tag.eq_ignore_ascii_case(name.trim()) {
                return Err(format!(
                    "Unmatched end tag, expected \"</{tag}>\", found \"</{name}>\""
                ));
            }
            let text = parsed.text.chars().skip(start).collect();
            parsed.entities.push(Marked { kind, text });
            rest = after;
        } else if let Some(after) = rest.strip_prefix('<') {
            let (tag, after) = after.split_once('>').ok_or("Unclosed start tag")?;
            let (name, kind) = start_tag(tag)?;
            if name == "blockquote" && open.iter().any(|(open, ..)| open == "blockquote") {
                return Err("Blockquotes can't be nested".to_owned());
            }
            open.push((name, kind, parsed.text.chars().count()));
            rest = after;
        } else if let Some(after) = rest.strip_prefix('&') {
            let (name, after) = after.split_once(';').ok_or("Unescaped \"&\"")?;
            parsed.text.push(entity(name).ok_or_else(|| format!("Unknown entity \"&{name};\""))?);
            rest = after;
        } else {
            parsed.text.push(c);
            rest = rest.strip_prefix(c).unwrap_or_default();
        }
    }
    match open.pop() {
        Some((tag, ..)) => Err(format!("Can't find end tag corresponding to start tag \"{tag}\"")),
        None => Ok(parsed),
    }
}

/// Returns the name of a tag and the kind of its entity.
fn start_tag(tag: &str) -> Result<(String, String), String> {
    let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
    let name = name.to_ascii_lowercase();
    let is_known = match (name.as_str(), attributes) {
        (name, "") => PLAIN_TAGS.contains(&name),
        ("blockquote", "expandable") | ("span", r#"class="tg-spoiler""#) => true,
        ("a", attributes) => {
            let address =
                attributes.strip_prefix("href=\"").and_then(|rest| rest.strip_suffix('"'));
            address.is_some_and(|address| address.contains("://") && !address.contains('"'))
        }
        _ => false,
    };
    if !is_known {
        return Err(format!("Unsupported start tag \"{tag}\""));
    }
    let kind = if attributes == "expandable" { format!("{name} expandable") } else { name.clone() };
    Ok((name, kind))
}

fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[test]
fn the_strict_parser_is_strict() {
    for bad in [
        "<b>",
        "</b>",
        "<b><i></b></i>",
        "<p>x</p>",
        "a & b",
        "1 < 2",
        "<a>x</a>",
        "&nbsp;",
        "<blockquote><b><blockquote>x</blockquote></b></blockquote>",
    ] {
        assert!(parse(bad).is_err(), "`{bad}` was taken");
    }
    let parsed = parse("<blockquote expandable>a<b>&lt;b&#x4e2d;</b></blockquote>👍").unwrap();
    assert_eq!((parsed.text.as_str(), parsed.units()), ("a<b中👍", 6));
    assert_eq!(parsed.marked("b"), ["<b中"]);
    assert_eq!(parsed.marked("blockquote expandable"), ["a<b中"]);
}
