//! Trouble that only an incident tells of, while every component is said to work.

use domain::{Impact, Status};

use super::{holds, text, visible};
use crate::{directory_pages, provider_pages, story};

#[test]
fn an_open_incident_that_components_deny_is_nowhere_green() {
    let mut view = story::commerce_layer();
    view.board.components.iter_mut().for_each(|component| component.status = Status::Operational);
    view.board.open[0].impact = Impact::Critical;
    view.status = Status::Operational;
    let base = view.board.place.base_path.clone();
    let pages = provider_pages(&view);
    let file = |name: &str| text(&pages, &format!("{base}/{name}"));
    let html = text(&pages, &base);
    holds(html, "<div class=\"verdict degraded\"");
    holds(&visible(html), "Operational, with an open critical incident All 6 components operational");
    let words = "operational, with an open critical incident";
    holds(file("badge.json"), &format!(r#""message":"{words}","color":"yellow""#));
    holds(file("badge.svg"), words);
    assert!(!file("badge.svg").contains("#1a7f4b"), "{}", file("badge.svg"));
    holds(file("index.md"), "**Operational, with an open critical incident**");
    for name in ["api/v2/status.json", "api/v2/summary.json"] {
        let wanted =
            r#""status":{"indicator":"none","description":"Operational, with an open critical incident"}"#;
        holds(file(name), wanted);
    }
    view.board.open[0].impact = Impact::None;
    let pages = provider_pages(&view);
    holds(text(&pages, &base), "<div class=\"verdict ok\"");
}

#[test]
fn the_directory_counts_an_open_incident_as_trouble() {
    let mut view = story::directory();
    view.categories[0].providers.retain(|line| line.name != "Etsy");
    let line = &mut view.categories[0].providers[1];
    (line.status, line.affected) = (Status::Operational, None);
    let pages = directory_pages(&view);
    let seen = visible(text(&pages, "/directory"));
    holds(&seen, "1 in trouble now");
    holds(
        &seen,
        "In trouble now Commerce Layer E-commerce &#38; Marketplaces major Elevated errors on order placement Operational, open incident",
    );
    holds(&visible(text(&pages, "/directory/e-commerce-marketplaces")), "5 providers, 1 in trouble now");
}
