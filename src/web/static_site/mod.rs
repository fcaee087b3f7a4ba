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

use super::file_page::{FilePage, file_in};
use super::health::Condition;
use super::options::Options;
use super::{Site, layout, page_files, reader_pages};
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
    /// Its reader is that of the pages at the top of the folder.
    site: Arc<Site>,
    router: Router,
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
        let site = Site::new(service, None, condition, Arc::new(painter), reader, options);
        let site = Arc::new(site);
        let router = reader_pages()
            .merge(page_files())
            .route("/search", get(search_page::page))
            .route(SEARCH_DATA, get(search_data::passages))
            .route(SEARCH_SCRIPT, get(layout::search_script))
            .with_state(Arc::clone(&site));
        Self { site, router, has_pictures }
    }

    /// Writes the site into the folder `dir`, which comes into being with all files or stays as it was.
    pub async fn write(&self, dir: &Path) -> Result<Exported, ExportError> {
        let mut folder = SiteFolder::prepare(dir)?;
        let mut exported = Exported { files: 0, bytes: 0 };
        let (paths, shared_paths) = (self.paths(), self.shared_paths());
        let default = self.site.reader;
        let readers = Language::ALL.map(|language| {
            let other = Reader { language, script: ScriptChoice::Auto };
            if language == default.language { default } else { other }
        });
        let pages = readers.iter().flat_map(|reader| paths.iter().map(move |path| (*reader, path)));
        for (reader, path) in pages.chain(shared_paths.iter().map(|path| (default, path))) {
            let file = file_in(reader.language, default.language, path);
            let bytes = self.render(reader, path, &file).await?;
            folder.write(&file, &bytes)?;
            exported.files += 1;
            exported.bytes += bytes.len();
        }
        folder.publish()?;
        Ok(exported)
    }

    /// Returns the paths, on the server, of the pages that there are in each language.
    fn paths(&self) -> Vec<String> {
        let reader = self.site.reader;
        let engine = self.site.service.engine();
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
        if !self.site.options.public_url.is_empty() {
            paths.extend(["/feed.xml", "/daily.xml", "/sitemap.xml", MISSING]);
        }
        paths.into_iter().map(str::to_owned).collect()
    }

    /// Renders the page that the server has at `path` for the file `file`.
    async fn render(&self, reader: Reader, path: &str, file: &str) -> Result<Bytes, ExportError> {
        let page = FilePage {
            reader,
            default_language: self.site.reader.language,
            file: (path != MISSING).then(|| file.to_owned()),
            public_url: self.site.options.public_url.clone(),
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
