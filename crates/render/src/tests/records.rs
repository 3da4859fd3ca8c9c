//! The pages of single incidents.

use domain::{Phase, SourceHealth, Status};

use super::{all_files, holds, text, visible};
use crate::{provider_pages, provider_record, provider_records, status_pages, story, view::ProviderView};

const BASE: &str = "/directory/e-commerce-marketplaces/commerce-layer";

fn incident(view: &ProviderView, id: &str) -> String {
    let page = provider_record(view, &format!("{BASE}/incidents/{id}")).unwrap();
    String::from_utf8(page.body).unwrap()
}

#[test]
fn every_incident_and_maintenance_has_a_page_of_its_own() {
    let view = story::commerce_layer();
    let pages = all_files(&view);
    let html = text(&pages, &format!("{BASE}/incidents/3nd7wq1m0fzk"));
    let seen = visible(html);
    for wanted in [
        "Started May 23, 2025, 05:50 UTC",
        "First public word May 23, 2025, 06:56 UTC 66 min after the start",
        "First seen by us May 23, 2025, 06:56 UTC as soon as it was posted",
        "Resolved May 23, 2025, 07:03 UTC 1 h 13 min after the start",
        "Affected Checkout, Commerce API",
        "At the provider ↗",
    ] {
        holds(&seen, wanted);
    }
    holds(html, "<h3>Summary</h3>");
    holds(text(&pages, &format!("{BASE}/maintenance/n4u8rb6q2yvd")), "Upgrade of the search cluster");
    let history = visible(text(&pages, &format!("{BASE}/history")));
    for wanted in ["December 2025", "November 2025", "May 2025", "October 2024", "April 2024", "March 2024"] {
        holds(&history, wanted);
    }
    holds(text(&pages, &format!("{BASE}/uptime")), "1 − down / (window − maintenance − unknown)");
}

#[test]
fn a_path_that_names_no_record_has_no_page() {
    let view = story::commerce_layer();
    for path in ["", BASE, "/directory", &format!("{BASE}/incidents/nothing"), &format!("{BASE}/incidents/")]
    {
        assert_eq!(provider_record(&view, path), None, "{path}");
    }
    assert_eq!(provider_records(&view).len(), 7);
    let together = provider_pages(&view);
    assert!(provider_records(&view).iter().all(|path| together.iter().all(|page| page.path != *path)));
}

#[test]
fn an_edited_update_shows_what_it_said_before() {
    let html = incident(&story::commerce_layer(), "8vh2kq0l9zxc");
    holds(&html, "edited, first seen so <time datetime=\"2025-12-02T09:18:00Z\" ");
    let changed =
        "A connection pool refuses <del>sessions.</del><ins>new sessions; capacity is being added.</ins>";
    holds(&html, changed);
    let index = provider_pages(&story::commerce_layer());
    assert!(!text(&index, BASE).contains("<del>"), "among others an edit is only told of");
}

#[test]
fn an_open_incident_keeps_itself_current_and_one_that_is_over_does_not() {
    let view = story::commerce_layer();
    let open = incident(&view, "8vh2kq0l9zxc");
    holds(&open, "data-events=");
    holds(&visible(&open), "Resolved not yet");
    holds(&visible(&open), "as of Dec 2, 2025");
    // A script says how old that is by the reader's clock, and without it there is the instant.
    let page = status_pages(&story::acme());
    holds(text(&page, "/status/acme"), "</time><span data-old=\"{age} old\"></span></p>");
    let over = incident(&view, "3nd7wq1m0fzk");
    assert!(!over.contains("data-events") && !over.contains("as of "), "it is drawn once and stays so");
}

#[test]
fn incidents_lead_to_their_neighbours_in_time() {
    let view = story::commerce_layer();
    let newest = visible(&incident(&view, "8vh2kq0l9zxc"));
    holds(&newest, "Older · Nov 18, 2025 Dashboard affected");
    assert!(!newest.contains("Newer ·"));
    let middle = visible(&incident(&view, "3nd7wq1m0fzk"));
    holds(&middle, "Newer · Nov 18, 2025");
    holds(&middle, "Older · Oct 1, 2024");
}

#[test]
fn what_was_over_when_we_first_read_the_page_is_nobody_s_delay() {
    let mut view = story::commerce_layer();
    view.board.past[0].first_seen_at = view.board.as_of;
    let id = view.board.past[0].id.clone();
    holds(&visible(&incident(&view, &id)), "09:22 UTC when it was over already");
}

#[test]
fn clocks_that_nobody_stated_are_not_guessed() {
    let mut view = story::commerce_layer();
    let one = &mut view.board.past[0];
    (one.started_at, one.posted_at, one.resolved_at) = (None, None, None);
    one.components.clear();
    assert_eq!(one.phase, Phase::Resolved);
    let id = one.id.clone();
    let seen = visible(&incident(&view, &id));
    for wanted in [
        "Started the start is not stated",
        "First public word the time is not stated",
        "Resolved the end is not stated",
        "Affected no component is named",
    ] {
        holds(&seen, wanted);
    }
}

#[test]
fn trouble_of_a_third_party_is_said_to_be_one_s() {
    let mut view = story::commerce_layer();
    for component in &mut view.board.components[..2] {
        component.is_third_party = true;
    }
    let seen = visible(text(&provider_pages(&view), BASE));
    holds(&seen, "2 of 6 components affected, all of them third parties’ since 09:04 UTC");
    holds(&seen, "2 of these are third parties’, which Commerce Layer only lists");
    holds(&seen, "Checkout third party Major outage");
    view.board.components[0].is_third_party = false;
    let seen = visible(text(&provider_pages(&view), BASE));
    holds(&seen, "2 of 6 components affected, one of them a third party’s since");
}

#[test]
fn a_page_of_hundreds_of_components_draws_the_days_of_those_that_had_some() {
    let mut view = story::commerce_layer();
    let calm = view.board.components[3].clone();
    let more = (0..200).map(|n| crate::view::ComponentView { id: format!("c{n}"), ..calm.clone() });
    view.board.components.extend(more);
    let pages = provider_pages(&view);
    let html = text(&pages, BASE);
    assert_eq!(html.matches("viewBox=\"0 0 90 1\"").count(), 4, "four had trouble or work");
    assert_eq!(html.matches("No trouble</span>").count(), 202, "of the others it is said in words");
    assert!(html.len() < 400_000, "{} bytes", html.len());
}

#[test]
fn a_provider_that_was_never_read_says_so_and_is_nowhere_green() {
    let mut view = story::commerce_layer();
    view.source.health = SourceHealth::NeverRead;
    view.source.last_read_at = None;
    view.source.reason = None;
    view.claim = None;
    view.siblings.clear();
    view.upstreams.clear();
    view.status = Status::Unknown;
    let board = &mut view.board;
    board.components.clear();
    for incidents in [&mut board.open, &mut board.past] {
        incidents.clear();
    }
    board.maintenances.clear();
    board.uptime = None;
    let pages = provider_pages(&view);
    let seen = visible(text(&pages, BASE));
    holds(&seen, "No reading yet The first reading is under way");
    holds(&seen, "Its components are shown after the first reading.");
    assert!(!seen.to_lowercase().contains("operational"), "{seen}");
    holds(text(&pages, BASE), "data-events=");
    holds(text(&pages, &format!("{BASE}/badge.svg")), "no reading");
    view.source.reason = Some("HTTP status 503".to_owned());
    let seen = visible(text(&provider_pages(&view), BASE));
    holds(&seen, "No reading yet Its page could not be read so far source unreadable so far");
    holds(
        &seen,
        "We can’t read Commerce Layer’s page: HTTP status 503. This says nothing about Commerce Layer.",
    );
}

#[test]
fn facts_for_programs_are_those_of_the_page() {
    let view = story::commerce_layer();
    let html = incident(&view, "3nd7wq1m0fzk");
    let facts = html.split("ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    let facts: serde_json::Value = serde_json::from_str(facts).unwrap();
    let page = &facts["@graph"][0];
    assert_eq!(page["datePublished"], "2025-05-23T06:56:00Z");
    assert_eq!(page["about"]["name"], "Commerce Layer");
    let trail = facts["@graph"][1]["itemListElement"].as_array().unwrap();
    let items: Vec<&str> = trail.iter().map(|crumb| crumb["item"].as_str().unwrap()).collect();
    let root = "https://midwatch.example";
    let expected = [
        format!("{root}/directory"),
        format!("{root}/directory/e-commerce-marketplaces"),
        format!("{root}{BASE}"),
        format!("{root}{BASE}/incidents/3nd7wq1m0fzk"),
    ];
    assert_eq!(items, expected);
    holds(&html, &format!("<link rel=\"canonical\" href=\"{}\">", expected[3]));
}

#[test]
fn a_past_incident_is_summed_up_by_what_was_known_last_and_not_by_a_formula() {
    let gist = |said: &[(&str, &str)]| {
        let mut view = story::commerce_layer();
        let mut incident = view.board.past.swap_remove(0);
        let update = incident.updates[0].clone();
        let update = |(word, body): &(&str, &str)| crate::view::UpdateView {
            word: (*word).to_owned(),
            body: (*body).to_owned(),
            ..update.clone()
        };
        incident.updates = said.iter().map(update).collect();
        view.board.past = vec![incident];
        let pages = provider_pages(&view);
        let html = text(&pages, BASE);
        html.split("<p class=\"gist\" dir=\"auto\">")
            .nth(1)
            .map(|rest| rest.split("</p>").next().unwrap().to_owned())
    };
    let over = ("resolved", "This incident has been resolved.");
    let cause = "A certificate of the gateway had run out; we have renewed it and watch its age from now on.";
    let first = "We are looking into reports that some customers can not open the dashboard at the moment.";
    let check = |said: &[(&str, &str)], expected: Option<&str>| {
        assert_eq!(gist(said).as_deref(), expected, "{said:?}");
    };
    check(&[over, ("identified", cause), ("investigating", first)], Some(cause));
    check(&[over, ("investigating", first)], Some(first));
    check(&[over, ("investigating", "Slow searches.")], Some("Slow searches."));
    check(&[("postmortem", "# Why\n\nA switch."), over, ("identified", cause)], Some("A switch."));
    check(&[("postmortem", ""), over, ("identified", cause)], Some(cause));
    check(&[over], Some("This incident has been resolved."));
    check(&[], None);
    let thanks = format!("{}\n\nWe thank everybody who has told us of it and was so patient.", over.1);
    check(&[("resolved", &thanks), ("identified", cause)], Some(cause));
}
