//! Connections: accepted, bounded in number, in the size of what they ask and in the time they take
//! to ask it, and finished before the server stops.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::ServiceExt;

/// From the first byte of a request's head to its last: who is slower is let go of.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// A request's head, bytes: the longest address we serve has less than 4 KiB.
const HEAD_BYTES: usize = 16 * 1024;
/// How long answers that are under way may take after the signal to stop.
const FINISH: Duration = Duration::from_secs(10);

/// Serves `router` on `listener` until `stop` comes, at most `connections` at a time.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections: usize,
    stop: impl Future<Output = ()>,
) {
    let room = Arc::new(Semaphore::new(connections));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        // Who comes when there is no room waits in the system's queue.
        let next = async {
            let permit = room.clone().acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, (stream, peer)) = tokio::select! {
            () = &mut stop => break,
            (permit, accepted) = next => match accepted {
                Ok(accepted) => (permit, accepted),
                Err(error) => {
                    // Too many open files, most likely: at once it would fail again.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        // Small answers leave at once; where the system will not have it they leave later.
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = router.map_request(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(axum::body::Body::new)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A client that breaks off, or sends what is no HTTP, is not our failure.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(FINISH, graceful.shutdown()).await.is_err() {
        tracing::warn!("connections were cut: they did not finish in {} s", FINISH.as_secs());
    }
}
