//! A status page that stands alone.

use crate::{export::File, exported, story};

const HOME: &str = "https://midwatch.example";

fn body<'a>(files: &'a [File], path: &str) -> &'a str {
    let file = files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("no {path}"));
    std::str::from_utf8(&file.body).unwrap()
}

/// Returns the file that a link of a page leads to, as a server of files finds it.
fn target(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    let link = link.split('#').next().unwrap();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop().unwrap_or_else(|| panic!("{link} of {page} leaves the folder"))),
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    if link.ends_with('/') { format!("{path}/index.html").trim_start_matches('/').to_owned() } else { path }
}

#[test]
fn every_link_of_an_exported_page_leads_to_a_file_or_to_an_address() {
    let files = exported(&story::acme(), HOME, None);
    let mut followed = 0;
    for file in files.iter().filter(|file| file.path.ends_with(".html")) {
        let html = std::str::from_utf8(&file.body).unwrap();
        for attribute in [" href=\"", " src=\""] {
            for link in html.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap()) {
                if link.starts_with("http") || link.starts_with('#') {
                    continue;
                }
                assert!(!link.starts_with('/'), "{link} in {} needs a server of ours", file.path);
                let target = target(&file.path, link);
                assert!(files.iter().any(|file| file.path == target), "{link} in {}: {target}", file.path);
                followed += 1;
            }
        }
    }
    assert!(followed > 200, "{followed}");
    let html = body(&files, "index.html");
    assert!(!html.contains("data-events"), "nobody tells a copy what is new");
    assert!(html.contains("Dec 2, 2025, 09:22 UTC"), "the day stands beside the time: {html}");
    let provider = "href=\"https://midwatch.example/directory/e-commerce-marketplaces/commerce-layer";
    assert!(html.contains(provider), "what is not exported is linked where it is");
}

#[test]
fn an_export_is_whole_and_the_same_view_gives_the_same_bytes() {
    let files = exported(&story::acme(), HOME, None);
    for path in [
        "index.html",
        "de/index.html",
        "ar/incidents/41/index.html",
        "history/index.html",
        "history.atom",
        "history.rss",
        "uptime.csv",
        "uptime.json",
        "api/v2/summary.json",
        "badge.svg",
        "maintenance.ics",
        "index.md",
        "favicon.ico",
        "preview.png",
        "ar/preview.png",
    ] {
        assert!(files.iter().any(|file| file.path == path), "{path}");
    }
    assert_eq!(files, exported(&story::acme(), HOME, None));
    let mut paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    paths.dedup();
    assert_eq!(paths.len(), files.len(), "no file stands in the way of another");
}

#[test]
fn with_a_base_links_and_feeds_name_it() {
    let files = exported(&story::acme(), HOME, Some("https://pages.example/acme/"));
    let html = body(&files, "history/index.html");
    assert!(html.contains("href=\"https://pages.example/acme/assets/app-"));
    assert!(html.contains("href=\"https://pages.example/acme/incidents/41/\""));
    assert!(body(&files, "history.atom").contains("https://pages.example/acme/incidents/41"));
}
