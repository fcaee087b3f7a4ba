//! `[web]`: where to serve, whom to trust, how much of it.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use serde::de::{DeserializeOwned, Error as _, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::secret::{self, Secret};

/// `[web]`: the reader pages, the JSON API and what operators look at.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Address of the pages and the API, `IP:PORT`; port 0 is any free one. Empty: none.
    #[serde(deserialize_with = "empty_as_none")]
    pub listen: Option<SocketAddr>,
    /// The server's address as its readers see it, without a slash at its end; empty where only
    /// this machine reads.
    #[serde(deserialize_with = "web_address")]
    pub public_url: String,
    /// Whose `X-Forwarded-For` counts: addresses or networks (`10.0.0.0/8`).
    pub trusted_proxies: Networks,
    /// How much a client may ask for.
    pub limits: Limits,
    /// Requests a second that a client may make for long.
    pub rate: std::num::NonZeroU32,
    /// Requests that a client may make at once.
    pub burst: std::num::NonZeroU32,
    /// Connections at a time, over all clients.
    pub connections: usize,
    /// Address of the metrics, `IP:PORT`; empty: none.
    #[serde(deserialize_with = "empty_as_none")]
    pub metrics_listen: Option<SocketAddr>,
    /// Opens `/admin`; empty: there is none.
    #[serde(deserialize_with = "secret::long_or_empty")]
    pub admin_token: Secret,
}

/// How much a client may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Limits {
    /// As `rate` and `burst` say, counted by client.
    Client,
    /// Anything: for load tests.
    Off,
}

/// Addresses and networks: a list, or one text with commas, as the environment gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Whether `address` is one of them or in one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl<'de> Deserialize<'de> for Networks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            One(String),
            List(Vec<String>),
        }
        let written = match Written::deserialize(deserializer)? {
            Written::One(text) => text.split(',').map(str::to_owned).collect(),
            Written::List(list) => list,
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

/// What may be left empty: TOML has no way to write that there is nothing.
fn empty_as_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let text = String::deserialize(deserializer)?;
    let text = text.trim();
    (!text.is_empty()).then(|| T::deserialize(text.into_deserializer())).transpose()
}

/// `https://…` without a slash at its end, or nothing.
fn web_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let url = String::deserialize(deserializer)?;
    let url = url.trim().trim_end_matches('/');
    let known = url.is_empty() || url.starts_with("https://") || url.starts_with("http://");
    if known && !url.contains(['"', '<', ' ', '?', '#']) {
        return Ok(url.to_owned());
    }
    Err(D::Error::custom(format!("`{url}` is no web address; hint: https://example.org")))
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
