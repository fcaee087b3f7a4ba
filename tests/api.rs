//! The JSON API and its description.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::site::{Site, encoded};

#[test]
fn responses_match_the_openapi_description() {
    let site = Site::start();
    let description = site.get("/api/openapi.json").json();
    for (path, template) in [
        ("/api/ask?q=%E9%96%8B%E6%BA%90&n=20", "/api/ask"),
        ("/api/ask?q=hello", "/api/ask"),
        ("/api/ask?q=%E9%96%8B%E6%BA%90&interview=caijing-wangjian", "/api/ask"),
        ("/api/ask?q=hello&interview=nowhere", "/api/ask"),
        ("/api/ask?q=hello&interview=", "/api/ask"),
        ("/api/ask", "/api/ask"),
        ("/api/ask?q=a&n=0", "/api/ask"),
        ("/api/ask?q=a&n=many", "/api/ask"),
        ("/api/passages/caijing-wangjian/3.2", "/api/passages/{slug}/{place}"),
        ("/api/passages/caijing-wangjian%2F3.2", "/api/passages/{slug}/{place}"),
        ("/api/passages/caijing-wangjian/0.0", "/api/passages/{slug}/{place}"),
        ("/api/passages/%FF/1.1", "/api/passages/{slug}/{place}"),
        ("/api/interviews", "/api/interviews"),
    ] {
        let page = site.get(path);
        assert_eq!(page.header("content-type"), "application/json", "{path}");
        let responses = &description["paths"][template]["get"]["responses"];
        let response = resolved(&description, &responses[page.status.to_string()]);
        let schema = &response["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{path}: {} is not described", page.status);
        check(&description, schema, &page.json(), path);
    }
}

#[test]
fn the_api_answers_what_ask_json_prints() {
    let site = Site::start();
    for question in ["硅谷为什么解释不了杭州", "他怎么看房价"] {
        let mut answer = site.get(&format!("/api/ask?q={}", encoded(question))).json();
        let printed = std::process::Command::new(env!("CARGO_BIN_EXE_wenjian"))
            .args(["ask", "--json", question])
            .current_dir(site.corpus().parent().unwrap())
            .env("WENJIAN__SEARCH__ENCODER", "")
            .output()
            .unwrap();
        let mut printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
        for object in [&mut answer, &mut printed] {
            object.as_object_mut().unwrap().remove("elapsed_us");
        }
        assert_eq!(answer, printed);
    }
}

#[test]
fn an_excerpt_is_a_slice_of_its_passage() {
    let site = Site::start();
    let answer = site.get(&format!("/api/ask?n=20&q={}", encoded("中小企业的创新"))).json();
    let quotes = answer["quotes"].as_array().unwrap();
    assert!(!quotes.is_empty());
    for quote in quotes {
        let excerpt = &quote["excerpt"];
        let [start, end] =
            ["start", "end"].map(|key| usize::try_from(excerpt[key].as_u64().unwrap()).unwrap());
        let slice: String =
            quote["text"].as_str().unwrap().chars().skip(start).take(end - start).collect();
        assert_eq!(excerpt["text"], slice);
    }
}

#[test]
fn overlong_questions_are_refused_and_special_characters_are_accepted() {
    let site = Site::start();
    assert_eq!(site.get(&format!("/api/ask?q={}", encoded(&"問".repeat(501)))).status, 400);
    for question in ["\u{0}", "\u{202e}", "'; DROP TABLE", "\u{1f600}", "%", "問\n堅", "AND OR \"("]
    {
        assert_eq!(
            site.get(&format!("/api/ask?q={}", encoded(question))).status,
            200,
            "{question:?}"
        );
    }
}

fn resolved<'d>(description: &'d Value, value: &'d Value) -> &'d Value {
    let Some(reference) = value["$ref"].as_str() else { return value };
    description.pointer(reference.trim_start_matches('#')).expect("every reference has a target")
}

/// Checks `value` against `schema`. Supports only those parts of JSON Schema that the description uses.
pub(crate) fn check(description: &Value, schema: &Value, value: &Value, at: &str) {
    let schema = resolved(description, schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        check(description, part, value, at);
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |kind: &&str| match *kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("this check does not support the type `{other}`"),
    };
    assert!(kinds.is_empty() || kinds.iter().any(is), "{at}: {value} is none of {kinds:?}");
    if let Some(allowed) = schema["enum"].as_array() {
        assert!(allowed.contains(value), "{at}: {value}");
    }
    if let Some(minimum) = schema["minimum"].as_f64() {
        assert!(value.as_f64().unwrap() >= minimum, "{at}: {value}");
    }
    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
        check(description, &schema["items"], item, &format!("{at}[{number}]"));
    }
    let Some(object) = value.as_object() else { return };
    for key in schema["required"].as_array().into_iter().flatten() {
        assert!(object.contains_key(key.as_str().unwrap()), "{at} has no {key}");
    }
    let described: BTreeSet<&String> = schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(|properties| properties.keys())
        .collect();
    for (key, value) in object {
        if described.contains(key) {
            check(description, &schema["properties"][key], value, &format!("{at}.{key}"));
        } else {
            assert!(schema["additionalProperties"] != false, "{at}.{key} is not described");
        }
    }
}
