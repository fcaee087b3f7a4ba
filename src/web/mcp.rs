//! The route of the Model Context Protocol, which `web.mcp` switches on.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use axum::routing::any;

use super::App;
use super::options::Options;
use super::request_body::read_body;
use crate::mcp::{HttpService, MAX_REQUEST_BYTES, http_service};

/// The path of the route.
pub(super) const PATH: &str = "/mcp";

/// Returns the route, or none if `web.mcp` is off.
pub(super) fn routes(app: &App) -> Router<App> {
    let options = &app.options;
    if !options.mcp {
        return Router::new();
    }
    let service = Arc::clone(&app.service);
    let service = http_service(service, &options.public_url, hosts(options), origin(options));
    Router::new().route(PATH, any(move |request| answer(service, request)))
}

/// Answers a request of the protocol.
async fn answer(service: HttpService, request: Request) -> Response {
    let (head, body) = request.into_parts();
    match read_body(body, MAX_REQUEST_BYTES).await {
        Ok(body) => {
            let request = Request::from_parts(head, Body::from(body));
            service.handle(request).await.map(Body::new)
        }
        Err(unread) => unread.status().into_response(),
    }
}

/// Returns the names by which clients may call this server: those of the machine itself, that of `web.public_url`,
/// and the address in `web.listen` unless it stands for all addresses.
fn hosts(options: &Options) -> Vec<String> {
    let local = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let listen = options.listen.map(|address| address.ip()).filter(|ip| !ip.is_unspecified());
    let public = options.public_url.parse::<Uri>().ok();
    let public = public.and_then(|url| url.host().map(str::to_owned));
    local.into_iter().chain(listen.map(|ip| ip.to_string())).chain(public).collect()
}

/// Returns the origin of the pages at `web.public_url`, which is the only one from which pages may send requests.
fn origin(options: &Options) -> Option<String> {
    let url = options.public_url.parse::<Uri>().ok()?;
    let scheme = url.scheme_str()?;
    let port = url.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
    Some(format!("{scheme}://{}:{port}", url.host()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(listen: &str, public_url: &str) -> Options {
        let json = serde_json::json!({
            "listen": listen, "public_url": public_url, "trusted_proxies": [], "mcp": true,
            "limits": "client", "rate": 5, "burst": 60, "connections": 10,
            "connections_per_client": 5, "metrics_listen": "", "admin_token": "",
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn the_server_is_called_by_its_own_names_only() {
        let public = options("0.0.0.0:8080", "https://quotes.example.org/reader");
        assert_eq!(hosts(&public), ["localhost", "127.0.0.1", "::1", "quotes.example.org"]);
        assert_eq!(origin(&public).as_deref(), Some("https://quotes.example.org:443"));
        let private = options("192.0.2.1:8080", "");
        assert_eq!(hosts(&private), ["localhost", "127.0.0.1", "::1", "192.0.2.1"]);
        assert_eq!(origin(&private), None);
        let with_port = options("", "http://quotes.example.org:8080");
        assert_eq!(origin(&with_port).as_deref(), Some("http://quotes.example.org:8080"));
    }
}
