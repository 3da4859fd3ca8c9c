//! Pages by selectors: what is believed, and how a page that changed is told from one where all is well.

use super::*;
use crate::feed::{self, Source, recognise};
use crate::feeds::testing::{covers, source};
use crate::feeds::tree::{PAGE_BYTES, TOKEN_BYTES};
use domain::snapshot::Reading;

const PAGE: &str = r#"<!DOCTYPE html>
<html><head><title>Lumen</title><style>.row{}</style></head><body>
<h1 class="banner major">Some systems are down</h1>
<div class="row"><b class="name">Inbox</b><span class="state ok">Works</span></div>
<div class="row"><b class="name">Outbox</b><span class="state">Broken<script>"Works"</script></span></div>
<div class="row"><b class="name">Calendar</b><span class="state late"></span></div>
</body></html>
<!-- served by node 4 -->
"#;

fn selectors() -> Selectors {
    Selectors {
        component: ".row".to_owned(),
        name: Some(".name".to_owned()),
        status: ".state".to_owned(),
        words: [
            ("works", Status::Operational),
            ("ok", Status::Operational),
            ("Broken", Status::MajorOutage),
            ("late", Status::DegradedPerformance),
            ("major", Status::PartialOutage),
        ]
        .map(|(word, status)| (word.to_owned(), status))
        .into(),
        headline: Some("h1".to_owned()),
    }
}

fn reading(page: &str, selectors: &Selectors) -> Reading {
    let source = Source { selectors: Some(selectors), ..source("https://status.lumen.example/", page) };
    feed::read(&source, Some(Platform::Html))
}

fn fresh(page: &str, selectors: &Selectors) -> Snapshot {
    match reading(page, selectors) {
        Reading::Fresh(snapshot) => *snapshot,
        Reading::Unreadable { reason } => panic!("{reason}"),
    }
}

fn reason(page: &str, selectors: &Selectors) -> String {
    match reading(page, selectors) {
        Reading::Fresh(snapshot) => panic!("read as {snapshot:?}"),
        Reading::Unreadable { reason } => reason,
    }
}

fn rows(snapshot: &Snapshot) -> Vec<(&str, Status, &str)> {
    snapshot.components.iter().map(|row| (row.name.as_str(), row.status, row.raw_status.as_str())).collect()
}

#[test]
fn declared_words_are_read_from_text_and_class() {
    let snapshot = fresh(PAGE, &selectors());
    assert_eq!(
        rows(&snapshot),
        [
            ("Inbox", Status::Operational, "Works"),
            ("Outbox", Status::MajorOutage, "Broken"),
            ("Calendar", Status::DegradedPerformance, "late"),
        ]
    );
    let overall = snapshot.overall.as_ref().unwrap();
    assert_eq!((overall.status, overall.raw.as_str()), (Status::PartialOutage, "major"));
    assert_eq!(overall.headline.as_deref(), Some("Some systems are down"));
    assert_eq!((covers(&snapshot), snapshot.warnings.len()), ([true, false, false], 0));
}

#[test]
fn a_word_that_was_not_declared_is_unknown_and_told() {
    let snapshot = fresh(&PAGE.replace("Broken", "Shaky"), &selectors());
    assert_eq!(rows(&snapshot)[1], ("Outbox", Status::Unknown, "Shaky"));
    assert_eq!(snapshot.warnings, ["component 'Outbox' has a status word that was not declared: 'Shaky'"]);
    let silent = fresh(&PAGE.replace("state late", "state"), &selectors());
    assert_eq!(rows(&silent)[2], ("Calendar", Status::Unknown, "state"));
}

#[test]
fn a_text_and_a_class_that_contradict_are_unknown() {
    let snapshot = fresh(&PAGE.replace(">Works</span>", ">Broken</span>"), &selectors());
    assert_eq!(rows(&snapshot)[0].1, Status::Unknown);
    assert_eq!(snapshot.warnings, ["component 'Inbox' says both 'Broken' and 'ok'"]);
}

#[test]
fn a_selector_that_finds_nothing_is_named() {
    let told = |change: fn(&mut Selectors), expect: &str| {
        let mut selectors = selectors();
        change(&mut selectors);
        let expect = format!("selector {expect} found nothing: the page may have been redesigned");
        assert_eq!(reason(PAGE, &selectors), expect);
    };
    told(|it| it.component = ".line".to_owned(), "component '.line'");
    told(|it| it.status = ".lamp".to_owned(), "status '.lamp'");
    told(|it| it.name = Some("h3".to_owned()), "name 'h3'");
    told(|it| it.headline = Some("h2".to_owned()), "headline 'h2'");
}

#[test]
fn a_selector_that_is_none_is_named() {
    let told = |change: fn(&mut Selectors), expect: &str| {
        let mut selectors = selectors();
        change(&mut selectors);
        let reason = reason(PAGE, &selectors);
        assert!(reason.starts_with(&format!("selector {expect} is no CSS selector: ")), "{reason}");
    };
    told(|it| it.component = "div[".to_owned(), "component 'div['");
    told(|it| it.status = "..x".to_owned(), "status '..x'");
    told(|it| it.name = Some(String::new()), "name ''");
    told(|it| it.headline = Some("a >>> b".to_owned()), "headline 'a >>> b'");
}

#[test]
fn a_page_that_was_cut_off_or_too_large_is_refused() {
    let end = PAGE.find("</html>").unwrap();
    for at in (0..end + "</html>".len()).filter(|at| PAGE.is_char_boundary(*at)) {
        assert!(matches!(reading(&PAGE[..at], &selectors()), Reading::Unreadable { .. }), "{at}");
    }
    assert_eq!(reason(&PAGE[..end], &selectors()), "the page was cut off: it does not end in </html>");
    assert!(matches!(reading(&PAGE[..end + 7], &selectors()), Reading::Fresh(_)));
    assert!(matches!(reading(&PAGE.replace("</html>", "</HTML>"), &selectors()), Reading::Fresh(_)));
    let deep = PAGE.replace("<h1", &format!("{}<h1", "<div>".repeat(300)));
    assert_eq!(reason(&deep, &selectors()), "page nested more than 256 deep");
    let tags = PAGE.replace("<h1", &format!("{}<h1", "<b></b>".repeat(60_000)));
    assert_eq!(reason(&tags, &selectors()), "page of more than 100000 tags");
    let open: String = (0..200).map(|n| format!("<font id={n}>")).collect();
    let again = format!("<div>{open}</div>{}<h1", "<p>x</p>".repeat(3_000));
    assert_eq!(reason(&PAGE.replace("<h1", &again), &selectors()), "page of more than 200000 nodes");
    let wide = PAGE.replace("<h1", &format!("<i {}></i><h1", "a ".repeat(TOKEN_BYTES / 2 + 64)));
    assert_eq!(reason(&wide, &selectors()), "page with a tag of more than 131072 bytes");
    let script = PAGE.replace("<h1", &format!("<script>{}</script><h1", "a b; ".repeat(100_000)));
    assert_eq!(fresh(&script, &selectors()), fresh(PAGE, &selectors()));
    let large = PAGE.replace("<h1", &format!("{}<h1", "x".repeat(PAGE_BYTES)));
    assert!(reason(&large, &selectors()).starts_with("page of "));
}

#[test]
fn a_row_may_be_its_own_status_and_the_rest_of_it_its_name() {
    let page = r#"<html><body><p class="s up">Inbox</p><p class="s">Outbox <i>down</i></p>
        <p class="s up">Inbox</p><p class="s up"></p></body></html>"#;
    let mut selectors = Selectors {
        component: "p".to_owned(),
        name: None,
        status: "p.s".to_owned(),
        words: vec![("up".to_owned(), Status::Operational), ("down".to_owned(), Status::MajorOutage)],
        headline: None,
    };
    let snapshot = fresh(page, &selectors);
    let ids: Vec<_> = snapshot.components.iter().map(|row| (row.id.as_str(), row.status)).collect();
    assert_eq!(
        ids,
        [("Inbox", Status::Operational), ("Outbox down", Status::Unknown), ("Inbox#2", Status::Operational)]
    );
    assert_eq!(covers(&snapshot), [false; 3]);
    selectors.status = "i".to_owned();
    let snapshot = fresh(page, &selectors);
    assert_eq!(rows(&snapshot)[1], ("Outbox", Status::MajorOutage, "down"));
    assert_eq!(snapshot.components[0].status, Status::Unknown);
}

#[test]
fn many_rows_are_cut_and_said_to_be() {
    let row = r#"<div class="row"><b class="name">N</b><i class="state ok"></i></div>"#;
    let page = PAGE.replace(
        "<div class=\"row\"><b class=\"name\">Inbox",
        &format!("{}<div class=\"row\"><b class=\"name\">Inbox", row.repeat(2_000)),
    );
    let snapshot = fresh(&page, &selectors());
    assert_eq!((snapshot.components.len(), covers(&snapshot)), (2_000, [false; 3]));
    assert_eq!(snapshot.warnings, ["more than 2000 components"]);
}

#[test]
fn without_selectors_a_page_is_nobodys() {
    let source = source("https://status.lumen.example/", PAGE);
    assert_eq!(recognise(&source), None);
    assert!(matches!(feed::read(&source, Some(Platform::Html)), Reading::Unreadable { .. }));
}
