//! Trouble that only an incident tells of, while every component is said to work; pages that were read and say no state.

use domain::{Impact, SourceHealth, Status};

use super::{holds, text, visible};
use crate::{
    directory_pages, provider_pages, story,
    view::{Claim, ProviderView},
};

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

#[test]
fn a_log_that_was_read_and_states_no_status_is_no_lack_of_a_reading() {
    let mut view = story::commerce_layer();
    view.board.components.clear();
    view.siblings.clear();
    view.board.open.clear();
    (view.status, view.since, view.claim) = (Status::Unknown, None, None);
    let base = view.board.place.base_path.clone();
    let seen = |view: &ProviderView| visible(text(&provider_pages(view), &base));
    let page = seen(&view);
    holds(&page, "No incident open in its log It states no overall status");
    holds(&page, "Commerce Layer lists no components.");
    assert!(!page.contains("No reading") && !page.contains("verdict above"), "{page}");
    let pages = provider_pages(&view);
    holds(text(&pages, &format!("{base}/badge.json")), r#""message":"state not known","color":"lightgrey""#);
    let status = r#""status":{"indicator":"unknown","description":"State not known"}"#;
    holds(text(&pages, &format!("{base}/api/v2/status.json")), status);
    view.claim = Some(Claim { status: Status::Unknown, headline: None, raw: "fine_ish".to_owned() });
    holds(&seen(&view), "A state we don’t know (fine_ish) No incident is open in its log");
    view.board.open = story::commerce_layer().board.open;
    view.board.open[0].impact = Impact::Unknown;
    holds(&seen(&view), "State not known An incident is open in its log");
    view.status = Status::Operational;
    holds(&seen(&view), "lists no components; the verdict above is that of its whole page.");
    view.source.health = SourceHealth::Unreadable;
    holds(&seen(&view), "No reading since");
}

#[test]
fn a_component_in_an_unknown_state_says_the_word_of_its_page() {
    let mut view = story::commerce_layer();
    let docs = &mut view.board.components[3];
    (docs.status, docs.stated) = (Status::Unknown, Some("weird_word".to_owned()));
    let base = view.board.place.base_path.clone();
    let page = visible(text(&provider_pages(&view), &base));
    holds(&page, "Documentation A state we don’t know (weird_word) since 09:04 UTC");
    holds(&page, "; a state we don’t know for 1");
    holds(text(&provider_pages(&view), &format!("{base}/index.md")), "A state we don’t know (weird\\_word)");
    view.status = Status::Operational;
    let page = visible(text(&provider_pages(&view), &base));
    holds(&page, "5 of 6 components operational; a state we don’t know for 1");
    for component in &mut view.board.components {
        (component.status, component.stated) = (Status::Unknown, Some(String::new()));
    }
    view.board.open.clear();
    view.status = Status::Unknown;
    let page = visible(text(&provider_pages(&view), &base));
    holds(&page, "State not known 6 of 6 components in a state we don’t know");
    holds(&page, "Documentation No state given");
    view.source.health = SourceHealth::Unreadable;
    let page = visible(text(&provider_pages(&view), &base));
    holds(&page, "Documentation No reading since");
    assert!(!page.contains("No state given"), "{page}");
}

#[test]
fn the_directory_tells_a_state_that_is_not_known_from_no_reading() {
    let mut view = story::directory();
    view.categories[1].providers[0].status = Status::Unknown;
    (view.categories[1].providers[2].status, view.categories[1].providers[2].health) =
        (Status::Unknown, SourceHealth::Unreadable);
    let seen = visible(text(&directory_pages(&view), "/directory/payments"));
    holds(&seen, "Adyen State not known");
    holds(&seen, "Stripe No reading");
}

#[test]
fn a_word_of_a_machine_is_not_quoted_as_what_a_provider_says() {
    let says = |headline: &str| {
        let mut view = story::commerce_layer();
        view.claim = Some(Claim {
            status: Status::PartialOutage,
            headline: Some(headline.to_owned()),
            raw: String::new(),
        });
        visible(text(&provider_pages(&view), &view.board.place.base_path)).contains("itself says")
    };
    for code in ["HASISSUES", "major", "partial_outage", "HasIssues", "UP", "p1"] {
        assert!(!says(code), "{code}");
    }
    for words in ["Partial System Outage", "Degraded", "Störung", "部分中断", "All good!"] {
        assert!(says(words), "{words}");
    }
}

#[test]
fn days_are_drawn_from_the_second_day_of_readings_on() {
    let page = |days: usize| {
        let mut view = story::commerce_layer();
        for component in &mut view.board.components {
            component.days.drain(..90 - days);
        }
        text(&provider_pages(&view), &view.board.place.base_path).to_owned()
    };
    let (first, second) = (page(1), page(2));
    let sentence = "Days are drawn from the second day of readings on.";
    assert_eq!(first.matches(sentence).count(), 1);
    assert!(
        !first.contains("<rect ") && !first.contains("without a reading") && !first.contains("90 days ago")
    );
    assert!(second.contains("<rect ") && !second.contains(sentence) && second.contains("90 days ago"));
}

#[test]
fn a_long_list_of_components_begins_with_those_in_trouble() {
    let mut view = story::commerce_layer();
    let base = view.board.place.base_path.clone();
    assert!(!visible(text(&provider_pages(&view), &base)).contains("In trouble"));
    let calm = view.board.components[3].clone();
    view.board.components.splice(0..0, vec![calm; 30]);
    let pages = provider_pages(&view);
    let html = text(&pages, &base);
    holds(
        &visible(html),
        "In trouble Commerce API Partial outage since 09:04 UTC Checkout Major outage since 09:04 UTC All components Documentation",
    );
    holds(html, "<a href=\"#c-checkout\">Checkout</a>");
}
