//! Searches of the directory: what an address asks for, and the answer to it.

use axum::{
    http::{Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{Platform, SourceHealth};
use engine::finding;
use render::view::Wanted;

use super::Front;

/// An answer to a search is as fresh as the directory, and nobody else asks for the same.
const CACHE: &str = "private, max-age=5";

/// What an address asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    wanted: Wanted,
    /// Only the part of the page that holds what was found, as a script asks for it.
    only_results: bool,
}

/// Parameters that other sites add to a link.
const STRANGERS: &[&str] = &["fbclid", "gclid", "msclkid", "ref"];

/// Characters of an unknown word that are repeated to whoever asked.
const REPEATED: usize = 60;

/// Reads a search of the directory from an address; `None` when it asks for nothing in particular. What does not exist is
/// noted, for a filter that is not applied would be a wrong answer.
pub(super) fn asked(uri: &Uri) -> Option<Query> {
    if uri.path().trim_end_matches('/') != "/directory" {
        return None;
    }
    let mut wanted = Wanted { part: 1, ..Wanted::default() };
    let mut only_results = false;
    for pair in uri.query()?.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name), decoded(value));
        let value = value.trim();
        match name.as_str() {
            "q" => value.clone_into(&mut wanted.words),
            "part" => wanted.part = value.parse().unwrap_or(1),
            "only" => only_results = value == "results",
            name => {
                let amiss = filter(&mut wanted, name, value);
                wanted.amiss.extend(amiss);
            }
        }
    }
    let nothing = Wanted { part: wanted.part, ..Wanted::default() };
    (wanted != nothing || only_results).then_some(Query { wanted, only_results })
}

/// Adds a filter to what is wanted, or says in a sentence that there is no such thing.
fn filter(wanted: &mut Wanted, name: &str, value: &str) -> Option<String> {
    let is_known = match (name, value) {
        ("trouble" | "status" | "category" | "platform" | "health", "") => true,
        ("trouble", "1") | ("status", "trouble") => {
            wanted.trouble = true;
            true
        }
        ("category", slug) => {
            wanted.category = Some(slug.to_owned());
            true
        }
        ("platform", word) => {
            wanted.platform = Platform::from_word(word);
            wanted.platform.is_some()
        }
        ("health", word) => {
            wanted.health = SourceHealth::from_word(word);
            wanted.health.is_some()
        }
        ("trouble" | "status", _) => false,
        (name, _) if name.is_empty() || name.starts_with("utm_") || STRANGERS.contains(&name) => true,
        (name, _) => return Some(format!("There is no filter “{}”.", shortened(name))),
    };
    (!is_known).then(|| format!("There is no {name} “{}”.", shortened(value)))
}

fn shortened(text: &str) -> String {
    text.chars().take(REPEATED).collect()
}

/// Answers a search.
pub(super) fn found(front: &Front, query: Query) -> Response {
    let (Some(view), Some(shell)) = (front.shelf.directory(), &front.shell) else {
        // Right after a start the pages stand before what they were drawn from does: the whole directory, unsearched.
        return Redirect::to("/directory").into_response();
    };
    let found = finding::find(&view, &shell.catalog, query.wanted);
    let draw = if query.only_results { render::directory_results } else { render::directory_search };
    let page = draw(&view, &found);
    let headers = [(header::CONTENT_TYPE, page.content_type), (header::CACHE_CONTROL, CACHE)];
    (headers, page.body).into_response()
}

/// Decodes a form value: `+` is a blank, `%41` a byte; what is not UTF-8 is replaced.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let hex = (byte == b'%').then(|| tail.get(..2)).flatten();
        let hex = hex.filter(|pair| pair.iter().all(u8::is_ascii_hexdigit));
        let coded = hex.and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        match (byte, coded) {
            (_, Some(value)) => {
                bytes.push(value);
                rest = &tail[2..];
            }
            (b'+', None) => {
                bytes.push(b' ');
                rest = tail;
            }
            (other, None) => {
                bytes.push(other);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(address: &str) -> Option<Query> {
        asked(&address.parse().unwrap())
    }

    #[test]
    fn an_address_asks_for_words_and_filters_in_any_order() {
        let check = |address: &str, wanted: Wanted| {
            assert_eq!(query(address), Some(Query { wanted, only_results: false }), "{address}");
        };
        let none = || Wanted { part: 1, ..Wanted::default() };
        check("/directory?q=a+b", Wanted { words: "a b".to_owned(), ..none() });
        check(
            "/directory/?q=caf%C3%A9&q=&utm_source=x&ref&q=tea",
            Wanted { words: "tea".to_owned(), ..none() },
        );
        check("/directory?trouble=1&part=3", Wanted { trouble: true, part: 3, ..none() });
        check("/directory?part=many&category=a-b", Wanted { category: Some("a-b".to_owned()), ..none() });
        check(
            "/directory?health=stale&platform=hund&category=",
            Wanted { health: Some(SourceHealth::Stale), platform: Some(Platform::Hund), ..none() },
        );
        check("/directory?status=trouble", Wanted { trouble: true, ..none() });
        let only = query("/directory?only=results").unwrap();
        assert_eq!(only, Query { wanted: none(), only_results: true });
    }

    #[test]
    fn what_does_not_exist_is_said_and_not_passed_over() {
        let check = |address: &str, expected: &[&str]| {
            assert_eq!(query(address).unwrap().wanted.amiss, expected, "{address}");
        };
        check("/directory?platform=nope", &["There is no platform “nope”."]);
        check("/directory?health=good&q=a", &["There is no health “good”."]);
        check(
            "/directory?status=broken&trouble=yes",
            &["There is no status “broken”.", "There is no trouble “yes”."],
        );
        check("/directory?bogus=1", &["There is no filter “bogus”."]);
        check("/directory?x", &["There is no filter “x”."]);
        let long = format!("There is no filter “{}”.", "a".repeat(60));
        check(&format!("/directory?{}=1", "a".repeat(500)), &[&long]);
        check("/directory?status=trouble&platform=hund", &[]);
    }

    #[test]
    fn what_means_nothing_asks_for_nothing() {
        for address in [
            "/directory",
            "/directory?",
            "/directory?q=&trouble=&category=&platform=&health=",
            "/directory?q=%20+&trouble=&health=&platform=&part=2&&",
            "/directory?only=everything",
            "/directory?utm_source=letter&utm_medium=mail&fbclid=1",
            "/directory/shops?q=a",
            "/status/acme?q=a",
        ] {
            assert_eq!(query(address), None, "{address}");
        }
    }
}
