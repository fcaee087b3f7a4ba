//! Draws quote cards as pictures (PNG), for previews of links and for sharing. No other module uses resvg.
//!
//! A quotation is never cut. A longer one is set in smaller type and, if that does not suffice, makes the picture taller.

mod fonts;
mod lines;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::OnceLock;

use resvg::{tiny_skia, usvg};
use serde::{Deserialize, Serialize};

use crate::dialogue::{Card, Quotation};
use fonts::Fonts;
use lines::{Letter, lines};
use transcript::text::Script;

/// Width in pixels. Together with [`HEIGHT`] it has the proportions in which messengers show previews.
pub const WIDTH: u32 = 1200;
/// The least height in pixels.
pub const HEIGHT: u32 = 630;
/// The margin on each side, in pixels.
const MARGIN: u32 = 80;
/// Type sizes of the quotation in pixels, each with the greatest number of characters for which it is used.
const SIZES: [(usize, u32); 4] = [(60, 56), (120, 46), (240, 38), (usize::MAX, 32)];
/// Type size of the question above the quotation and of the lines below it, in pixels.
const SMALL: u32 = 26;
/// The distance between base lines in that size, in pixels.
const SMALL_LEADING: u32 = SMALL * 16 / 10;

/// The `[picture]` section of the settings.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// A folder with fonts that are preferred to those of the system. If empty, only the system's fonts are used.
    pub fonts: PathBuf,
}

/// Why a picture could not be drawn.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No font that was found can write Chinese.
    #[error(
        "none of {0} fonts has Chinese characters; hint: install one (fonts-noto-cjk), or name a folder with one as `picture.fonts`"
    )]
    NoFont(usize),
    /// The card shows whole turns and no excerpt.
    #[error("there is no quotation to draw")]
    NoQuotation,
    /// resvg failed.
    #[error("the picture cannot be drawn: {0}")]
    Drawing(String),
}

/// Draws quote cards.
pub struct Painter {
    options: Options,
    /// The fonts, which are searched for when the first picture is drawn because that reads all font files.
    fonts: OnceLock<Result<Fonts, Error>>,
}

impl Painter {
    /// Creates a painter that draws with the fonts that `options` name.
    pub fn new(options: Options) -> Self {
        Self { options, fonts: OnceLock::new() }
    }

    /// Returns the excerpt of `card` with its question and source as PNG, signed with the `site_name`. Takes some 50 ms
    /// of one processor.
    pub fn paint(&self, card: &Card, site_name: &str) -> Result<Vec<u8>, Error> {
        let layout = Layout::new(card, site_name).ok_or(Error::NoQuotation)?;
        let fonts = self.fonts.get_or_init(|| Fonts::find(&self.options.fonts));
        let fonts = fonts.as_ref().map_err(Clone::clone)?;
        let family = fonts.family(layout.script);
        let options = usvg::Options {
            fontdb: fonts.database(),
            font_family: family.to_owned(),
            ..usvg::Options::default()
        };
        draw(&layout.drawing(family), &options).map_err(Error::Drawing)
    }
}

/// Returns the height of the picture of `card`, pixels; `None` if there is no quotation to draw.
pub fn height(card: &Card, site_name: &str) -> Option<u32> {
    Layout::new(card, site_name).map(|layout| layout.height())
}

fn draw(drawing: &str, options: &usvg::Options<'_>) -> Result<Vec<u8>, String> {
    let tree = usvg::Tree::from_str(drawing, options).map_err(|error| error.to_string())?;
    let size = tree.size().to_int_size();
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).ok_or("it has no size")?;
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}

/// The lines of a picture: the interviewer's question, the quotation, and below it the source and the name of the site.
struct Layout {
    /// Type size of the quotation, in pixels.
    size: u32,
    script: Script,
    question: Vec<Vec<Letter>>,
    words: Vec<Vec<Letter>>,
    foot: Vec<Vec<Letter>>,
}

impl Layout {
    fn new(card: &Card, site_name: &str) -> Option<Self> {
        let passage = card.passage()?;
        let question = &passage.question;
        // A lead answers no question.
        let asked = if question.speaker.is_empty() {
            String::new()
        } else {
            format!("{}：{}", question.speaker, question.text())
        };
        let line = &card.attribution.line;
        Some(Self::of(&passage.excerpt, &asked, &format!("{line}\n{site_name}")))
    }

    fn of(quotation: &Quotation, asked: &str, foot: &str) -> Self {
        let words = letters(quotation);
        let size =
            SIZES.iter().find(|(up_to, _)| words.len() <= *up_to).map_or(SMALL, |(_, size)| *size);
        let em = |size: u32| f64::from(WIDTH - 2 * MARGIN) / f64::from(size);
        let small = |text: &str| {
            let text: Vec<Letter> = text.chars().map(Letter::plain).collect();
            lines(&text, em(SMALL))
        };
        Self {
            size,
            script: Script::of(&quotation.words.text).unwrap_or(Script::Hans),
            question: small(asked),
            words: lines(&words, em(size)),
            foot: small(foot),
        }
    }

    /// Returns the distance between base lines of the quotation, in pixels.
    fn leading(&self) -> u32 {
        self.size * 17 / 10
    }

    /// Returns the heights of question, quotation and foot, with the gaps between them but without the margins.
    fn heights(&self) -> [u32; 3] {
        let gap = if self.question.is_empty() { 0 } else { MARGIN / 2 };
        [
            count(self.question.len()) * SMALL_LEADING + gap,
            count(self.words.len()) * self.leading(),
            count(self.foot.len()) * SMALL_LEADING + MARGIN / 2,
        ]
    }

    fn height(&self) -> u32 {
        (2 * MARGIN + self.heights().iter().sum::<u32>()).max(HEIGHT)
    }

    /// Returns the picture as SVG. The quotation is centred between the question and the foot.
    fn drawing(&self, family: &str) -> String {
        let (height, [question_height, words_height, foot_height]) =
            (self.height(), self.heights());
        let size = self.size;
        let mut svg = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="{}"><rect width="{WIDTH}" height="{height}" fill="#fbf9f5"/><rect width="14" height="{height}" fill="#963712"/><g font-size="{SMALL}" fill="#655e54">"##,
            escape(family),
        );
        write_lines(&mut svg, &self.question, MARGIN + SMALL, SMALL_LEADING);
        // Writing to a string does not fail.
        let _ = write!(svg, r##"</g><g font-size="{size}" fill="#1d1b18">"##);
        let free = height - 2 * MARGIN - question_height - words_height - foot_height;
        let top = MARGIN + question_height + free / 2 + size;
        write_lines(&mut svg, &self.words, top, self.leading());
        let _ = write!(svg, r##"</g><g font-size="{SMALL}" fill="#655e54">"##);
        let top = height - MARGIN - foot_height + MARGIN / 2 + SMALL_LEADING;
        write_lines(&mut svg, &self.foot, top, SMALL_LEADING);
        svg + "</g></svg>"
    }
}

/// Writes lines one below the other. The base line of the first is at `top`.
fn write_lines(svg: &mut String, lines: &[Vec<Letter>], top: u32, leading: u32) {
    for (nth, line) in lines.iter().enumerate() {
        write_line(svg, line, top + count(nth) * leading);
    }
}

/// Converts a number of lines. A quotation has far fewer than the limit, which keeps the height within its type.
fn count(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX / HEIGHT)
}

/// Returns the characters of the quotation, with an ellipsis where the stored text goes on.
fn letters(quotation: &Quotation) -> Vec<Letter> {
    let dots = |cut: bool| cut.then_some(Letter::plain('…'));
    let words = quotation.words.text.chars().enumerate().map(|(at, character)| Letter {
        character,
        guessed: quotation.guessed.iter().any(|span| span.contains(&at)),
    });
    dots(quotation.cut_before).into_iter().chain(words).chain(dots(quotation.cut_after)).collect()
}

fn write_line(svg: &mut String, line: &[Letter], y: u32) {
    let _ = write!(svg, r#"<text xml:space="preserve" x="{MARGIN}" y="{y}">"#);
    for run in line.chunk_by(|one, next| one.guessed == next.guessed) {
        let text: String = run.iter().map(|letter| letter.character).collect();
        let style = if run[0].guessed { r#" text-decoration="underline""# } else { "" };
        let _ = write!(svg, "<tspan{style}>{}</tspan>", escape(&text));
    }
    svg.push_str("</text>");
}

/// Escapes `text` for XML, and drops control characters, which XML does not allow.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !character.is_control()) {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::{Locus, Weight, Words};
    use transcript::PassageId;

    fn quotation(text: &str) -> Quotation {
        let source = Locus::Passage(PassageId::new("talk", 1, 1, None));
        let span = 0..text.chars().count();
        Quotation {
            speaker: String::new(),
            words: Words { source, text: text.to_owned(), span, script: None },
            marks: Vec::new(),
            guessed: Vec::new(),
            received: Vec::new(),
            cut_before: false,
            cut_after: true,
            weight: Weight::Main,
        }
    }

    #[test]
    fn a_long_quotation_is_drawn_whole() {
        let text = "一句要畫出來的話。".repeat(100);
        let drawn = Layout::of(&quotation(&text), "誰問？", "——某人").drawing("Serif");
        let document = usvg::roxmltree::Document::parse(&drawn).unwrap();
        let words: String = document
            .descendants()
            .filter_map(|node| node.text().filter(|_| node.is_text()))
            .collect();
        assert_eq!(words, format!("誰問？{text}…——某人"));
    }

    #[test]
    fn the_height_is_that_of_the_lines_and_at_least_that_of_a_preview() {
        assert_eq!(Layout::of(&quotation("短。"), "", "——某人").height(), HEIGHT);
        // Nine hundred characters and an ellipsis in lines of 32 fill 29 lines of 54 pixels; between the margins stand
        // a question and a foot of 41 pixels, each with a gap of 40.
        let long = Layout::of(&quotation(&"一句要畫出來的話。".repeat(100)), "誰問？", "——某人");
        let n_lines = count(long.words.len());
        assert_eq!(long.height(), 160 + 41 + 40 + n_lines * 54 + 41 + 40);
        assert!((28..=30).contains(&n_lines));
    }

    #[test]
    fn words_are_no_markup() {
        let drawn = Layout::of(&quotation("<b>&\"\u{1}"), "<i>", "<script>").drawing("a\"b");
        let document = usvg::roxmltree::Document::parse(&drawn).unwrap();
        assert!(document.descendants().all(|node| !node.has_tag_name("b")));
    }
}
