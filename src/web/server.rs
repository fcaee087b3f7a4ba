//! Accepts connections and limits their number, size and duration.
//!
//! Each client may hold only so many connections. Each connection may take only so long to send the head of a request and
//! to receive the next part of an answer. A client that opens connections and leaves them idle therefore cannot keep
//! others out. When the server stops, it lets answers that are under way finish.

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use super::client_limits::household;
use super::options::Networks;

/// The longest time from the first byte of a request's head to the last.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of a request's head: the longest address that is served has less than 4 KiB.
const HEAD_BYTES: usize = 16 * 1024;
/// How long answers under way may take after the program was told to end.
const FINISH: Duration = Duration::from_secs(10);
/// How long answers under way may take at least once the server stops, even if stopping the rest of the program used up
/// the time above.
const FINISH_AT_LEAST: Duration = Duration::from_secs(1);

/// The limits for clients of a server.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// The most connections at a time. Further ones wait in the system's queue.
    pub in_all: usize,
    /// The most connections of one client at a time. Further ones are closed at once. `None` means no limit.
    pub per_client: Option<usize>,
    /// Proxies are exempt from the limit for one client, because they carry the requests of many.
    pub proxies: Networks,
    /// How long a client may take to receive the next part of an answer.
    pub write_timeout: Duration,
}

/// Serves `router` on `listener` until `stop` is ready. Answers that are under way at that time may take some seconds
/// more, counted from when the program was told to stop.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    ending: watch::Receiver<Option<Instant>>,
    stop: impl Future<Output = ()>,
) {
    let room = Arc::new(Semaphore::new(limits.in_all));
    let clients = Clients::default();
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, (stream, peer)) = tokio::select! {
            () = &mut stop => break,
            (permit, accepted) = next => match (permit, accepted) {
                (Ok(permit), Ok(accepted)) => (permit, accepted),
                // Acquiring fails only on a closed semaphore, and this one is never closed.
                (Err(_), _) => break,
                (_, Err(error)) => {
                    // Most likely too many files are open: the next attempt would fail as well.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let Some(slot) = clients.admit(peer.ip().to_canonical(), &limits) else {
            ::metrics::counter!("wenjian_connections_refused_total").increment(1);
            continue;
        };
        let place = ConnectionSlot { _permit: permit, _slot: slot };
        let connection = graceful.watch(connection(stream, peer, &router, limits.write_timeout));
        tokio::spawn(async move {
            // A client that disconnects, is too slow, or does not speak HTTP is no fault of the server.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    let told_at = *ending.borrow();
    let left = FINISH.saturating_sub(told_at.map_or(Duration::ZERO, |at| at.elapsed()));
    if tokio::time::timeout(left.max(FINISH_AT_LEAST), graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections were closed before their answers were received");
    }
}

/// The service that answers the requests of a connection.
fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: &Router,
    write_timeout: Duration,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + use<> {
    // Without the delay of Nagle's algorithm small answers leave at once. If that cannot be set, they leave a little later.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(write_timeout));
    let service = router.clone().map_request(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(service))
}

/// The places that a connection takes up while it lasts, in all and for its client.
struct ConnectionSlot {
    _permit: OwnedSemaphorePermit,
    _slot: ClientSlot,
}

/// Counts the connections of each client.
#[derive(Clone, Default)]
struct Clients(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A connection of a client, which is counted until this is dropped.
struct ClientSlot {
    clients: Clients,
    /// `None` if the client's connections are not counted.
    client: Option<IpAddr>,
}

impl Clients {
    /// Counts a connection, unless the client has too many.
    fn admit(&self, client: IpAddr, limits: &ConnectionLimits) -> Option<ClientSlot> {
        let limit = limits.per_client.filter(|_| !limits.proxies.contain(client));
        let Some(limit) = limit else {
            return Some(ClientSlot { clients: self.clone(), client: None });
        };
        let client = household(client);
        let mut counts = self.lock();
        let count = counts.entry(client).or_default();
        if *count >= limit {
            return None;
        }
        *count += 1;
        Some(ClientSlot { clients: self.clone(), client: Some(client) })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ClientSlot {
    fn drop(&mut self) {
        let Some(client) = self.client else { return };
        let mut counts = self.clients.lock();
        if let Some(count) = counts.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use axum::routing::get;

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    /// More than the buffers of both sides of a connection hold.
    const LARGE: usize = 64 << 20;

    /// A server whose only page is large, and which has never been told to end.
    async fn start(limits: ConnectionLimits) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(|| async { vec![b'x'; LARGE] }));
        let (_sender, ending) = watch::channel(None);
        tokio::spawn(serve(listener, router, limits, ending, std::future::pending()));
        address
    }

    fn limits() -> ConnectionLimits {
        ConnectionLimits {
            in_all: 100,
            per_client: None,
            proxies: Networks::default(),
            write_timeout: Duration::from_mins(1),
        }
    }

    /// Reads a connection to its end, and returns how many bytes came.
    async fn read(mut stream: std::net::TcpStream) -> usize {
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            // A connection that was cut ends with an error.
            let _ = stream.read_to_end(&mut bytes);
            bytes.len()
        });
        read.await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_client_that_does_not_read_is_let_go() {
        let write_timeout = Duration::from_millis(100);
        let server = start(ConnectionLimits { in_all: 1, write_timeout, ..limits() }).await;
        let mut silent = std::net::TcpStream::connect(server).unwrap();
        silent.write_all(REQUEST).unwrap();
        let mut reader = std::net::TcpStream::connect(server).unwrap();
        reader.write_all(REQUEST).unwrap();
        assert!(read(reader).await > LARGE, "there was no room before the first one was let go");
        assert!(read(silent).await < LARGE);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_client_has_so_many_connections_and_a_proxy_any_number() {
        let server = start(ConnectionLimits { per_client: Some(2), ..limits() }).await;
        let connect = || std::net::TcpStream::connect(server).unwrap();
        let (_one, two) = (connect(), connect());
        assert_eq!(read(connect()).await, 0, "the third is closed");
        drop(two);
        // The server notices that in its own time.
        while {
            let mut stream = connect();
            let _ = stream.write_all(REQUEST);
            read(stream).await == 0
        } {}

        let proxies: Networks = serde_json::from_str(r#""127.0.0.0/8""#).unwrap();
        let server = start(ConnectionLimits { per_client: Some(0), proxies, ..limits() }).await;
        let mut stream = std::net::TcpStream::connect(server).unwrap();
        stream.write_all(REQUEST).unwrap();
        assert!(read(stream).await > LARGE);
    }

    #[test]
    fn a_client_that_is_gone_is_not_remembered() {
        let clients = Clients::default();
        let limits = ConnectionLimits { per_client: Some(1), ..limits() };
        let client = IpAddr::from([192, 0, 2, 1]);
        let slot = clients.admit(client, &limits).unwrap();
        assert!(clients.admit(client, &limits).is_none());
        assert!(clients.admit([192, 0, 2, 2].into(), &limits).is_some());
        drop(slot);
        assert!(clients.lock().is_empty());
    }
}
