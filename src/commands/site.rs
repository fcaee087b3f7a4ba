//! `wenjian site`: writes the reader pages as files, for a web server that needs no program.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};

use super::open_index;
use crate::config::Config;
use crate::dialogue::Reader;
use crate::picture::Painter;
use crate::web::{StaticSite, web_address};

/// Write the reader pages as a static site, with a search that runs in the browser
#[derive(Debug, clap::Args)]
pub(crate) struct SiteArgs {
    /// The folder of the site. One that this command wrote before is replaced
    dir: PathBuf,
    /// The address at which the site will be, for feeds, previews and the list of pages. By default that of
    /// `web.public_url`
    #[arg(long, value_name = "URL", value_parser = web_address)]
    url: Option<String>,
    /// Draw a picture of every passage, for previews and for sharing
    #[arg(long)]
    pictures: bool,
}

pub(crate) fn run(args: SiteArgs, config: Config) -> Result<()> {
    let service = Arc::new(open_index::service(&config)?);
    let reader = Reader::from(config.reader);
    let mut options = config.web;
    if let Some(url) = args.url {
        options.public_url = url;
    }
    let painter = Painter::new(config.picture);
    let site = StaticSite::new(service, painter, args.pictures, reader, &options);
    let runtime = tokio::runtime::Runtime::new().context("no threads can be started")?;
    let exported = runtime.block_on(site.write(&args.dir))?;
    let megabytes = exported.bytes as f64 / 1e6;
    writeln!(
        std::io::stderr(),
        "{} files, {megabytes:.1} MB, in {}",
        exported.files,
        args.dir.display()
    )?;
    Ok(())
}
