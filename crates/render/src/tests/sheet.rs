//! The style sheet and the script: contrast of every pair of tokens in both lights, sizes, and what a strict policy for
//! content forbids.

use crate::assets::{self, EMBED, FINDER, PICKER, SCRIPT, STYLE};

/// Text on the backgrounds it stands on; WCAG AA asks for 4.5.
const PAIRS: &[(&str, &[&str])] = &[
    (
        "ink",
        &[
            "paper",
            "card",
            "ok-wash",
            "degraded-wash",
            "partial-wash",
            "major-wash",
            "work-wash",
            "unknown-wash",
        ],
    ),
    (
        "ink-2",
        &[
            "paper",
            "card",
            "ok-wash",
            "degraded-wash",
            "partial-wash",
            "major-wash",
            "work-wash",
            "unknown-wash",
        ],
    ),
    ("brass", &["paper", "card"]),
    ("ok", &["paper", "card", "ok-wash"]),
    ("degraded", &["paper", "card"]),
    ("partial", &["paper", "card"]),
    ("major", &["paper", "card", "major-wash"]),
    ("work", &["paper", "card"]),
    ("unknown", &["paper", "card"]),
    ("paper", &["ink"]),
];

/// Shapes and cells on their backgrounds; WCAG AA asks for 3.
const SHAPES: &[(&str, &[&str])] = &[
    ("ok", &["ok-wash", "card"]),
    ("degraded", &["degraded-wash"]),
    ("degraded-bar", &["card"]),
    ("partial", &["partial-wash"]),
    ("major", &["major-wash"]),
    ("work", &["work-wash"]),
    ("unknown", &["unknown-wash"]),
];

/// Returns the two colours of a token, day and night.
fn token(name: &str) -> [String; 2] {
    let (_, rest) =
        STYLE.split_once(&format!("--{name}: light-dark(")).unwrap_or_else(|| panic!("no token {name}"));
    let (day, rest) = rest.split_once(", ").unwrap();
    [day.to_owned(), rest.split_once(')').unwrap().0.to_owned()]
}

fn luminance(color: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_pair_of_tokens_can_be_read_by_day_and_by_night() {
    let mut faint = Vec::new();
    for (least, pairs) in [(4.5, PAIRS), (3.0, SHAPES)] {
        for (front, backs) in pairs {
            for back in *backs {
                let (fronts, backs) = (token(front), token(back));
                for light in 0..2 {
                    let ratio = contrast(&fronts[light], &backs[light]);
                    if ratio < least {
                        faint.push(format!("{front} on {back}: {ratio:.2} < {least} ({light})"));
                    }
                }
            }
        }
    }
    assert!(faint.is_empty(), "{faint:#?}");
}

#[test]
fn the_sheet_respects_the_reader_and_the_network() {
    for wanted in ["prefers-reduced-motion", ":focus-visible", "forced-colors", "light-dark(", "@layer"] {
        assert!(STYLE.contains(wanted), "{wanted}");
    }
    assert!(!STYLE.contains("url(") && !STYLE.contains("@import"), "nothing is loaded from elsewhere");
    for script in [SCRIPT, FINDER, PICKER, EMBED] {
        assert!(script.len() < 7168, "{} bytes", script.len());
        for banned in ["innerHTML", "eval(", "new Function", ".style", "document.write"] {
            assert!(!script.contains(banned), "{banned}");
        }
    }
}

#[test]
fn every_class_that_is_drawn_is_in_the_sheet() {
    let directory = crate::story::directory();
    let pages = [
        super::all_files(&crate::story::commerce_layer()),
        crate::status_pages(&crate::story::acme()),
        crate::directory_pages(&directory),
        vec![crate::directory_search(&directory, &crate::story::found("shop"))],
    ];
    for page in pages.iter().flatten().filter(|page| page.content_type.starts_with("text/html")) {
        let html = std::str::from_utf8(&page.body).unwrap();
        for class in
            html.split("class=\"").skip(1).flat_map(|rest| rest.split('"').next().unwrap().split(' '))
        {
            let known = STYLE.match_indices(&format!(".{class}")).any(|(at, found)| {
                !STYLE[at + found.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-')
            });
            assert!(known, "{class} in {}", page.path);
        }
    }
}

#[test]
fn assets_are_named_by_their_content_and_used() {
    let pages = [
        crate::status_pages(&crate::story::acme()),
        crate::provider_pages(&crate::story::commerce_layer()),
        crate::directory_pages(&crate::story::directory()),
    ];
    let html: String = pages.iter().map(|pages| String::from_utf8_lossy(&pages[0].body)).collect();
    for asset in assets::assets().iter().filter(|asset| asset.path != "/favicon.ico") {
        assert!(html.contains(&asset.path), "{} is not used", asset.path);
        assert!(asset.path.starts_with("/assets/app-"));
    }
}

#[test]
fn themes_are_judged_by_the_colours_of_the_sheet() {
    for (name, colours) in domain::theme::TOKENS {
        assert_eq!(token(name), colours.map(|colour| colour.to_string()), "{name}");
    }
}
