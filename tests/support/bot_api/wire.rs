//! A listener whose connections can be made to fail.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

const ALIVE: u8 = 0;
const RESET: u8 = 1;
const HALF_CLOSED: u8 = 2;
const STALLED: u8 = 3;
const BROKEN_OFF: u8 = 4;

/// How a connection fails. Handlers get it in place of the client's address.
#[derive(Debug, Clone, Default)]
pub(super) struct Fate(Arc<AtomicU8>);

impl Fate {
    /// Cuts the connection instead of sending the response.
    pub(super) fn reset(&self) {
        self.0.store(RESET, Ordering::SeqCst);
    }

    /// Closes the sending side after this response, so that the client may think that the connection is open.
    pub(super) fn half_close(&self) {
        self.0.store(HALF_CLOSED, Ordering::SeqCst);
    }

    /// Sends the head of the response and half of its body, and the rest never.
    pub(super) fn stall(&self) {
        self.0.store(STALLED, Ordering::SeqCst);
    }

    /// Sends the head of the response and half of its body, and then cuts the connection.
    pub(super) fn break_off(&self) {
        self.0.store(BROKEN_OFF, Ordering::SeqCst);
    }

    fn is(&self, fate: u8) -> bool {
        self.0.load(Ordering::SeqCst) == fate
    }
}

/// A listener whose connections can fail.
pub(super) struct Wires(pub(super) TcpListener);

/// A connection that can fail.
pub(super) struct Wire {
    stream: TcpStream,
    fate: Fate,
    has_begun: bool,
}

impl Listener for Wires {
    type Io = Wire;
    type Addr = Fate;

    async fn accept(&mut self) -> (Wire, Fate) {
        let (stream, _) = self.0.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let fate = Fate(Arc::new(AtomicU8::new(ALIVE)));
        (Wire { stream, fate: fate.clone(), has_begun: false }, fate)
    }

    fn local_addr(&self) -> io::Result<Fate> {
        Ok(Fate::default())
    }
}

impl Connected<IncomingStream<'_, Wires>> for Fate {
    fn connect_info(stream: IncomingStream<'_, Wires>) -> Self {
        stream.remote_addr().clone()
    }
}

/// Returns the length of a response's head and half of its body.
fn half(response: &[u8]) -> usize {
    let head = response.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
    head + (response.len() - head) / 2
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.fate.is(RESET) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        if self.fate.is(STALLED) || self.fate.is(BROKEN_OFF) {
            if std::mem::replace(&mut self.has_begun, true) {
                return if self.fate.is(STALLED) {
                    Poll::Pending
                } else {
                    Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
                };
            }
            return Pin::new(&mut self.stream).poll_write(context, &bytes[..half(bytes)]);
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.fate.is(HALF_CLOSED) {
            return Pin::new(&mut self.stream).poll_shutdown(context);
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
