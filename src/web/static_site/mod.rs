//! The reader pages as files, which any web server can host: the same pages as on the server, and a search that runs in
//! the reader's browser.

mod folder;
mod search_data;
mod search_page;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode};
use axum::routing::get;
use tokio::sync::watch;
use tower::ServiceExt;

use super::file_page::{FilePage, file_of, folder as language_folder};
use super::health::Condition;
use super::options::Options;
use super::{Site, layout, reader_pages};
use crate::dialogue::{Language, ReadPart, Reader, ScriptChoice};
use crate::picture::Painter;
use crate::service::Service;
use folder::SiteFolder;

/// The path of the page that web servers show instead of a missing file.
const MISSING: &str = "/404";
/// The path of what the search page searches.
const SEARCH_DATA: &str = "/search.json";
/// The path of the script that searches.
const SEARCH_SCRIPT: &str = "/static-search.js";

/// Why a site could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The folder cannot be used or written.
    #[error(transparent)]
    Folder(#[from] folder::Error),
    /// A page could not be rendered.
    #[error("the page `{path}` could not be rendered (status {status}): {message}")]
    Page { path: String, status: StatusCode, message: String },
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    pub files: usize,
    pub bytes: usize,
}

/// The reader pages as files.
pub struct StaticSite {
    service: Arc<Service>,
    router: Router,
    /// The preferences of the readers of the pages at the top of the folder.
    reader: Reader,
    public_url: String,
    has_pictures: bool,
}

impl StaticSite {
    /// Prepares the pages of `service` for the address `options.public_url`, if that is known. The `painter` draws a
    /// picture of every passage if `has_pictures` is true.
    pub fn new(
        service: Arc<Service>,
        painter: Painter,
        has_pictures: bool,
        reader: Reader,
        options: &Options,
    ) -> Self {
        let (_, ending) = watch::channel::<Option<Instant>>(None);
        let condition = Condition { ending, telegram: None };
        let painter = Arc::new(painter);
        let site = Site::new(Arc::clone(&service), None, condition, painter, reader, options);
        let router = reader_pages()
            .route("/search", get(search_page::page))
            .route(SEARCH_DATA, get(search_data::passages))
            .route(SEARCH_SCRIPT, get(layout::search_script))
            .with_state(Arc::new(site));
        let public_url = options.public_url.clone();
        Self { service, router, reader, public_url, has_pictures }
    }

    /// Writes the site into the folder `dir`, which comes into being with all files or stays as it was.
    pub async fn write(&self, dir: &Path) -> Result<Exported, ExportError> {
        let mut folder = SiteFolder::prepare(dir)?;
        let mut exported = Exported { files: 0, bytes: 0 };
        for language in Language::ALL {
            let script = if language == self.reader.language {
                self.reader.script
            } else {
                ScriptChoice::Auto
            };
            let reader = Reader { language, script };
            let of_all_languages = self.shared_paths().into_iter();
            let of_all_languages = of_all_languages.filter(|_| language == self.reader.language);
            for path in self.paths(reader).into_iter().chain(of_all_languages) {
                let file = language_folder(language, self.reader.language) + &file_of(&path);
                let bytes = self.render(reader, &path, &file).await?;
                folder.write(&file, &bytes)?;
                exported.files += 1;
                exported.bytes += bytes.len();
            }
        }
        folder.publish()?;
        Ok(exported)
    }

    /// Returns the paths, on the server, of the pages that there are in each language.
    fn paths(&self, reader: Reader) -> Vec<String> {
        let engine = self.service.engine();
        let mut paths = vec!["/".to_owned(), "/search".to_owned(), SEARCH_DATA.to_owned()];
        for listing in engine.listings(reader) {
            let whole = format!("/i/{}", listing.slug);
            let reading = engine.reading(&listing.slug, None, None, reader);
            for turn in reading.into_iter().flat_map(|reading| reading.turns) {
                paths.push(format!("{whole}/{}", turn.number));
                for part in turn.parts {
                    let ReadPart::Answer { place, .. } = part else { continue };
                    paths.push(format!("{whole}/{place}"));
                    if self.has_pictures {
                        paths.push(format!("/card/{}/{place}.png", listing.slug));
                    }
                }
            }
            paths.push(whole);
        }
        paths
    }

    /// Returns the paths of what exists once for all languages. Feeds and the list of pages need absolute addresses, and
    /// so do the links of the page for missing files.
    fn shared_paths(&self) -> Vec<String> {
        let mut paths = vec!["/reader.js", SEARCH_SCRIPT, "/icon.svg", "/robots.txt"];
        if !self.public_url.is_empty() {
            paths.extend(["/feed.xml", "/daily.xml", "/sitemap.xml", MISSING]);
        }
        paths.into_iter().map(str::to_owned).collect()
    }

    /// Renders the page that the server has at `path` for the file `file`.
    async fn render(&self, reader: Reader, path: &str, file: &str) -> Result<Bytes, ExportError> {
        let page = FilePage {
            reader,
            default_language: self.reader.language,
            file: (path != MISSING).then(|| file.to_owned()),
            public_url: self.public_url.clone(),
            has_pictures: self.has_pictures,
        };
        let failed = |status, message| ExportError::Page { path: path.to_owned(), status, message };
        let unreadable = |error: String| failed(StatusCode::INTERNAL_SERVER_ERROR, error);
        let request = Request::get(path).extension(page).body(Body::empty());
        let request = request.map_err(|error| unreadable(error.to_string()))?;
        let Ok(response) = self.router.clone().oneshot(request).await;
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await;
        let body = body.map_err(|error| unreadable(error.to_string()))?;
        let expected = if path == MISSING { StatusCode::NOT_FOUND } else { StatusCode::OK };
        if status == expected {
            return Ok(body);
        }
        Err(failed(status, String::from_utf8_lossy(&body).chars().take(200).collect()))
    }
}
