//! Links to a moment of a recording.

use url::Url;

/// Endings of addresses of recordings, for which browsers understand media fragments.
const MEDIA: [&str; 8] = [".mp3", ".m4a", ".aac", ".ogg", ".opus", ".mp4", ".webm", ".m4v"];

/// Returns the address of the recording at `url`, `seconds` after its start, or `None` if no such address is
/// known for the site. `YouTube` and Bilibili take a parameter `t`; files take a fragment as the W3C's Media
/// Fragments URI describes it.
pub(crate) fn moment_link(url: &str, seconds: u32) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    let host = url.host_str()?.trim_start_matches("www.").trim_start_matches("m.");
    let is_video = match host {
        "youtu.be" => true,
        "youtube.com" => matches!(url.path(), "/watch") || url.path().starts_with("/live/"),
        "bilibili.com" => url.path().starts_with("/video/"),
        _ => false,
    };
    if is_video {
        let parameters = url.query_pairs().into_owned();
        let others: Vec<(String, String)> = parameters.filter(|(name, _)| name != "t").collect();
        url.query_pairs_mut().clear().extend_pairs(others).append_pair("t", &seconds.to_string());
        Some(url.into())
    } else if MEDIA.iter().any(|ending| url.path().to_lowercase().ends_with(ending)) {
        url.set_fragment(Some(&format!("t={seconds}")));
        Some(url.into())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_recordings_name_the_moment() {
        for (url, expected) in [
            ("https://www.youtube.com/watch?v=abc", "https://www.youtube.com/watch?v=abc&t=31"),
            ("https://www.youtube.com/watch?t=9&v=a", "https://www.youtube.com/watch?v=a&t=31"),
            ("https://youtu.be/abc", "https://youtu.be/abc?t=31"),
            ("https://www.bilibili.com/video/BV1x/", "https://www.bilibili.com/video/BV1x/?t=31"),
            ("https://a.example/12.MP3", "https://a.example/12.MP3#t=31"),
        ] {
            assert_eq!(moment_link(url, 31).as_deref(), Some(expected), "help: {url}");
        }
        for url in ["https://a.example/talk", "https://www.youtube.com/@lamp", "talk", ""] {
            assert_eq!(moment_link(url, 31), None, "help: {url}");
        }
    }
}
