//! Where what is known of an interview was found.

/// Where a value was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// An option of the command line, or the front matter of a corpus file.
    Given,
    /// The header of a Markdown or HTML file.
    Header,
    /// Structured data (JSON-LD) of a page.
    StructuredData,
    /// A `<meta>` or `<link>` element of a page.
    MetaElement,
    /// The headline or the window title of a page, or the first line of a text.
    Headline,
    /// A line of credits or a date above or below the conversation.
    Byline,
    /// The title's wording.
    Title,
    /// The text before the conversation.
    Lead,
    /// The speakers' labels.
    Labels,
}

impl Provenance {
    /// The provenance in words, as the report of an import prints it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given by the editor",
            Self::Header => "the file's header",
            Self::StructuredData => "the page's structured data",
            Self::MetaElement => "the page's meta elements",
            Self::Headline => "the headline",
            Self::Byline => "a line of credits",
            Self::Title => "inferred from the title",
            Self::Lead => "inferred from the text before the conversation",
            Self::Labels => "the speakers' labels",
        }
    }

    /// Whether a value from here is concluded from wording rather than stated.
    pub fn is_inferred(self) -> bool {
        matches!(self, Self::Title | Self::Lead)
    }
}

/// Where each value of an interview's front matter was found; `None` for what is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenances {
    /// Of the title.
    pub title: Option<Provenance>,
    /// Of the publisher.
    pub publisher: Option<Provenance>,
    /// Of the date.
    pub date: Option<Provenance>,
    /// Of the address.
    pub url: Option<Provenance>,
    /// Of the interviewee's name.
    pub interviewee: Option<Provenance>,
}
