//! The `[web]` section of the settings.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use serde::de::{DeserializeOwned, Error as _, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::secret::{self, Secret};

/// The `[web]` section: the reader pages, the JSON API, and the pages for operators.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The address on which the pages and the API are served, `IP:PORT`. Port 0 takes any free port. If empty, they are
    /// not served.
    #[serde(deserialize_with = "empty_as_none")]
    pub listen: Option<SocketAddr>,
    /// The server's address as its readers see it, without a slash at the end. Empty if the pages are read only on this
    /// machine.
    #[serde(deserialize_with = "address")]
    pub public_url: String,
    /// Addresses or networks (`10.0.0.0/8`) of the proxies whose `X-Forwarded-For` header is trusted.
    pub trusted_proxies: Networks,
    /// Whether language models are served at `/mcp`, by the Model Context Protocol.
    pub mcp: bool,
    pub limits: ClientLimits,
    /// Requests per second that a client may make on average.
    pub rate: std::num::NonZeroU32,
    /// Requests that a client may make in a burst.
    pub burst: std::num::NonZeroU32,
    /// Connections of all clients at a time.
    pub connections: usize,
    /// Connections of one client at a time. Proxies are exempt.
    pub connections_per_client: usize,
    /// The address on which metrics are served, `IP:PORT`. If empty, they are not served.
    #[serde(deserialize_with = "empty_as_none")]
    pub metrics_listen: Option<SocketAddr>,
    /// The token for `/admin`. Without one the page does not exist.
    #[serde(deserialize_with = "secret::long_or_empty")]
    pub admin_token: Secret,
}

/// Whether clients are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientLimits {
    /// Each client is limited by `rate`, `burst` and `connections_per_client`.
    Client,
    /// Clients are not limited, for load tests.
    Off,
}

/// Addresses and networks. They are given as a list, or as one text with commas, as in environment variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Returns whether `address` is in one of the networks.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl<'de> Deserialize<'de> for Networks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum OneOrList {
            One(String),
            List(Vec<String>),
        }
        let written = match OneOrList::deserialize(deserializer)? {
            OneOrList::One(text) => text.split(',').map(str::to_owned).collect(),
            OneOrList::List(list) => list,
        };
        let written = written.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        let network = |text: &str| {
            let address = text.parse::<IpAddr>().map(IpNet::from);
            address.or_else(|_| text.parse()).map_err(|_| {
                D::Error::custom(format!("`{text}` is neither an address nor a network"))
            })
        };
        written.map(network).collect::<Result<_, _>>().map(Self)
    }
}

impl Serialize for Networks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

/// Reads an empty text as `None`, because TOML has no null value.
fn empty_as_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let text = String::deserialize(deserializer)?;
    let text = text.trim();
    (!text.is_empty()).then(|| T::deserialize(text.into_deserializer())).transpose()
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    web_address(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// Reads `https://…` without a slash at the end, or an empty text.
pub fn web_address(text: &str) -> Result<String, String> {
    let url = text.trim().trim_end_matches('/');
    let known = url.is_empty() || url.starts_with("https://") || url.starts_with("http://");
    if known && !url.contains(['"', '<', ' ', '?', '#']) {
        return Ok(url.to_owned());
    }
    Err(format!("`{url}` is not a web address; hint: https://example.org"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(json: &str) -> Result<Networks, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn proxies_are_a_list_or_one_text() {
        let list = networks(r#"["127.0.0.1", "10.0.0.0/8"]"#).unwrap();
        assert_eq!(list, networks(r#""127.0.0.1, 10.0.0.0/8""#).unwrap());
        assert!(list.contain([10, 1, 2, 3].into()) && !list.contain([11, 1, 2, 3].into()));
        assert_eq!(networks(r#""""#).unwrap(), Networks::default());
        assert!(networks(r#""localhost""#).unwrap_err().contains("`localhost`"));
    }
}
