//! The one test binary: each module drives the built program the way its users do.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test that fails says why")]

mod support;

/// The reader pages over HTTP and in a browser.
mod reader;
/// The JSON API and its description.
mod api;
/// A changed corpus, picked up without a gap.
mod reload;
/// Limits, headers, wrong secrets and clients that mean no good.
mod hardening;
