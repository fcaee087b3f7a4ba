//! Finds the fonts of the system, and chooses one with Chinese characters for each script.

use std::path::Path;
use std::sync::Arc;

use resvg::usvg::fontdb::{Database, FaceInfo, Language, Style};
use skrifa::{FontRef, MetadataProvider};

use super::Error;
use transcript::text::Script;

/// A font that has these characters of both scripts and these marks is expected to have all that are needed.
const NEEDED: [char; 4] = ['坚', '堅', '「', '…'];
/// Words in the names of fonts that are made for one script or the other.
const REGIONS: [(Script, &[&str]); 2] =
    [(Script::Hans, &["SC", "CN", "GB"]), (Script::Hant, &["TC", "TW", "HK"])];

/// The fonts of the system and of a folder.
pub(super) struct Fonts {
    database: Arc<Database>,
    simplified: String,
    traditional: String,
}

impl Fonts {
    /// Reads the fonts in `folder`, unless its name is empty, and those of the system.
    pub(super) fn find(folder: &Path) -> Result<Self, Error> {
        let mut database = Database::new();
        if !folder.as_os_str().is_empty() {
            database.load_fonts_dir(folder);
        }
        let n_own = database.len();
        database.load_system_fonts();
        Self::among(database, n_own)
    }

    /// Chooses from the fonts of `database`, of which the first `n_own` are those of the folder.
    fn among(database: Database, n_own: usize) -> Result<Self, Error> {
        let chinese =
            |face: &&FaceInfo| face.style == Style::Normal && writes_chinese(&database, face);
        // Fonts of the folder are preferred to all of the system.
        let own: Vec<&FaceInfo> = database.faces().take(n_own).filter(chinese).collect();
        let faces = if own.is_empty() { database.faces().filter(chinese).collect() } else { own };
        let best = |script| {
            let best = faces.iter().max_by_key(|face| fitness(face, script));
            best.and_then(|face| name(face)).ok_or(Error::NoFont(database.len()))
        };
        let (simplified, traditional) = (best(Script::Hans)?, best(Script::Hant)?);
        drop(faces);
        Ok(Self { database: Arc::new(database), simplified, traditional })
    }

    pub(super) fn database(&self) -> Arc<Database> {
        Arc::clone(&self.database)
    }

    /// Returns the font family for a text of `script`.
    pub(super) fn family(&self, script: Script) -> &str {
        match script {
            Script::Hans => &self.simplified,
            Script::Hant => &self.traditional,
        }
    }
}

fn writes_chinese(database: &Database, face: &FaceInfo) -> bool {
    let has_all = database.with_face_data(face.id, |data, number| {
        let font = FontRef::from_index(data, number).ok()?;
        let characters = font.charmap();
        Some(NEEDED.iter().all(|needed| characters.map(*needed).is_some()))
    });
    has_all.flatten().unwrap_or(false)
}

/// Ranks faces for quotations: a serif face is preferred, then one for the script, then one of variable width.
fn fitness(face: &FaceInfo, script: Script) -> (bool, bool, bool) {
    let name = name(face).unwrap_or_default();
    let regions = REGIONS.iter().find(|(of, _)| *of == script).map_or(&[][..], |(_, names)| *names);
    let is_of_script = name.split_whitespace().any(|word| regions.contains(&word));
    let serif = ["Serif", "Song", "Ming"].iter().any(|kind| name.contains(kind));
    (serif, is_of_script, !face.monospaced)
}

fn name(face: &FaceInfo) -> Option<String> {
    let english =
        face.families.iter().find(|(_, language)| *language == Language::English_UnitedStates);
    english.or(face.families.first()).map(|(name, _)| name.clone())
}

#[cfg(test)]
mod tests {
    use resvg::usvg::fontdb::{ID, Source, Stretch, Weight};

    use super::*;

    /// A face with this name, whose file does not exist.
    fn face(name: &str) -> FaceInfo {
        FaceInfo {
            id: ID::dummy(),
            source: Source::File("/no/such/font".into()),
            index: 0,
            families: vec![(name.to_owned(), Language::English_UnitedStates)],
            post_script_name: String::new(),
            style: Style::Normal,
            weight: Weight::NORMAL,
            stretch: Stretch::Normal,
            monospaced: false,
        }
    }

    fn best(names: &[&str], script: Script) -> String {
        let faces = names.iter().map(|name| face(name));
        name(&faces.max_by_key(|face| fitness(face, script)).unwrap()).unwrap()
    }

    #[test]
    fn a_serif_font_of_the_script_is_preferred() {
        let names =
            ["Noto Serif CJK TC", "Noto Serif CJK SC", "Noto Sans CJK TC", "Noto Sans CJK SC"];
        assert_eq!(best(&names, Script::Hans), "Noto Serif CJK SC");
        assert_eq!(best(&names, Script::Hant), "Noto Serif CJK TC");
        // A serif matters more than the script.
        assert_eq!(best(&names[1..], Script::Hant), "Noto Serif CJK SC");
        assert_eq!(best(&names[2..], Script::Hant), "Noto Sans CJK TC");
    }

    #[test]
    fn fonts_that_cannot_be_read_are_not_used() {
        assert!(matches!(Fonts::among(Database::new(), 0), Err(Error::NoFont(0))));
        let mut database = Database::new();
        database.push_face_info(face("Noto Serif CJK SC"));
        assert!(matches!(Fonts::among(database, 1), Err(Error::NoFont(1))));
    }
}
