//! Determines the client of a request, and limits how many requests a client may make.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::HeaderMap;
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::options::{ClientLimits, Networks, Options};

/// How many clients are remembered before those without recent requests are forgotten.
const REMEMBERED: usize = 10_000;

/// Returns the address of the client: the peer of the connection or, if that is a trusted proxy, the last address in
/// `X-Forwarded-For` that does not belong to a trusted proxy. Addresses before that one may be forged.
pub(super) fn address(peer: SocketAddr, headers: &HeaderMap, trusted: &Networks) -> IpAddr {
    let mut client = peer.ip().to_canonical();
    let forwarded = headers.get_all("x-forwarded-for").iter();
    let hops = forwarded.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let hops: Vec<&str> = hops.collect();
    for hop in hops.iter().rev() {
        let Some(before) = hop_address(hop.trim()).filter(|_| trusted.contain(client)) else {
            break;
        };
        client = before.to_canonical();
    }
    client
}

/// Parses `203.0.113.7`, `203.0.113.7:1234`, `2001:db8::1` or `[2001:db8::1]:1234`.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let address = hop.parse().ok();
    address.or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// Limits the requests of each client.
pub(super) struct ClientLimiter {
    requests: Option<RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>>,
}

impl ClientLimiter {
    pub(super) fn new(options: &Options) -> Self {
        let quota = Quota::per_second(options.rate).allow_burst(options.burst);
        let requests =
            (options.limits == ClientLimits::Client).then(|| RateLimiter::hashmap(quota));
        Self { requests }
    }

    /// Counts `cost` requests of `client`, or returns how long it has to wait.
    pub(super) fn count(&self, client: IpAddr, cost: NonZeroU32) -> Result<(), Duration> {
        let Some(requests) = &self.requests else { return Ok(()) };
        if requests.len() > REMEMBERED {
            requests.retain_recent();
        }
        match requests.check_key_n(&household(client), cost) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(early)) => Err(early.wait_time_from(DefaultClock::default().now())),
            // The cost exceeds the burst, which no caller asks for.
            Err(_) => Err(Duration::from_mins(1)),
        }
    }
}

/// Returns the address by which a client is counted: the first address of its /64 network for IPv6, because a whole /64
/// belongs to one customer, and the address itself for IPv4.
pub(super) fn household(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, forwarded: &str) -> String {
        let trusted: Networks = serde_json::from_str(r#"["127.0.0.1", "10.0.0.0/8"]"#).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let peer = SocketAddr::new(peer.parse().unwrap(), 4000);
        address(peer, &headers, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_speaks_for_others() {
        assert_eq!(from("198.51.100.1", "203.0.113.7"), "198.51.100.1");
        assert_eq!(from("127.0.0.1", "203.0.113.7"), "203.0.113.7");
        assert_eq!(from("::ffff:127.0.0.1", "203.0.113.7"), "203.0.113.7");
    }

    #[test]
    fn what_a_client_wrote_itself_does_not_count() {
        assert_eq!(from("127.0.0.1", "1.1.1.1, 203.0.113.7, 10.0.0.2"), "203.0.113.7");
        assert_eq!(from("127.0.0.1", "1.1.1.1, nonsense"), "127.0.0.1");
    }

    #[test]
    fn neighbours_in_a_64_share_a_count() {
        let of = |text: &str| household(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
    }
}
