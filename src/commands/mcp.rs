//! `wenjian mcp`: a server of the Model Context Protocol on standard input and output.

use std::sync::Arc;

use anyhow::{Context, Result};

use super::open_index;
use crate::config::Config;
use crate::mcp::QuotationServer;

pub(super) fn run(config: &Config) -> Result<()> {
    let service = Arc::new(open_index::service(config)?);
    let server = QuotationServer::new(service, &config.web.public_url);
    let runtime = tokio::runtime::Runtime::new().context("no threads can be started")?;
    let outcome = runtime.block_on(server.serve_stdio());
    // The thread that reads standard input may wait for a line that never comes.
    runtime.shutdown_background();
    Ok(outcome?)
}
