//! The server over HTTP, by the transport "Streamable HTTP" of the protocol.
//!
//! It keeps no sessions: every request is complete in itself and is answered by one JSON object. A client may therefore
//! send each request to another replica, and nothing stays open that a server would have to close when it stops.

use std::sync::Arc;

use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use super::QuotationServer;
use crate::service::Service;

/// The most bytes of a request: much more than the longest question takes.
pub const MAX_REQUEST_BYTES: usize = 64 * 1024;

/// Answers requests to the address of the server, for `tower`.
pub type HttpService = StreamableHttpService<QuotationServer, NeverSessionManager>;

/// Returns a server that links to the reader pages at `public_url`, if there are any.
///
/// It refuses requests whose `Host` is none of `hosts`, and requests whose `Origin` is not `origin`. Without these
/// checks a page from elsewhere could make a visitor's browser send requests here, after its name was made to point to
/// this server (DNS rebinding). Programs other than browsers send no `Origin`.
pub fn http_service(
    service: Arc<Service>,
    public_url: &str,
    hosts: Vec<String>,
    origin: Option<String>,
) -> HttpService {
    let public_url = public_url.to_owned();
    let server = move || Ok(QuotationServer::new(Arc::clone(&service), &public_url));
    let options = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(MAX_REQUEST_BYTES)
        .with_allowed_hosts(hosts)
        .with_allowed_origins(origin)
        .enforce_origin_validation();
    StreamableHttpService::new(server, Arc::new(NeverSessionManager::default()), options)
}
