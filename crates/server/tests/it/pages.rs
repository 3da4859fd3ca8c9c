//! Status pages of a team: what stands on which, and what on none.

use jiff::SignedDuration;
use testkit::{TestApp, app::minutes};

use crate::outage::team;

/// A word that stands nowhere else, in the name of a service that nobody outside may know of.
const CANARY: &str = "Xylophone";

/// The shop with a second page that calls its services otherwise, and the ledger behind it that is internal.
fn shop() -> String {
    format!(
        r#"{}
        [[service]]
        slug = "xylophone-ledger"
        name = "{CANARY} ledger"
        description = "The {CANARY} of the books."
        internal = true
        escalation_policy = "default"
        depends_on = [ {{ provider = "commerce", components = ["API", "Checkout"] }} ]

        [[status_page]]
        slug = "partners"
        title = "Acme for partners"
        languages = ["it"]
        noindex = true
        show_uptime = false
        links = {{ support = "https://acme.test/help" }}
        [[status_page.group]]
        name = "Interfaces"
        description = "What partners connect to."
        services = [{{ service = "checkout", name = "Checkout API", description = "Takes orders." }}]
        "#,
        team("")
    )
}

/// Fails where a public file, in its address or its bytes, has a word of what is internal.
fn is_silent(app: &TestApp, place: &str) {
    let shelf = &app.shell().shelf;
    for path in shelf.paths() {
        let sheet = shelf.get(&path).unwrap();
        let text = String::from_utf8_lossy(&sheet.plain).to_lowercase();
        let word = CANARY.to_lowercase();
        assert!(!path.contains(&word) && !text.contains(&word), "{place}: {path} has it");
    }
}

#[test]
fn no_public_byte_has_a_word_of_an_internal_service() {
    let mut app = TestApp::start(&shop(), &["commerce"]);
    is_silent(&app, "while all is well");
    // It fails alone at first, in an incident that no reader sees; then it takes the shop with it.
    app.provider_sets("commerce", "API", "major_outage");
    app.advance(minutes(2));
    assert!(app.expect("Ana", "page").contains(CANARY), "whoever is paged knows what for");
    assert!(!app.page("/status/acme").contains("outage"));
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.arrivals_at("https://phone.test/ana");
    assert!(app.page("/status/acme").contains("Major outage"));
    is_silent(&app, "while both fail");
    app.provider_sets("commerce", "API", "operational");
    app.advance(minutes(20));
    is_silent(&app, "while one has recovered");
    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(90));
    app.arrivals_at("https://phone.test/ana");
    app.arrivals_at("https://phone.test/bo");
    let history = app.page("/status/acme/history");
    assert!(history.contains("working normally") || history.contains("recover"), "{history}");
    is_silent(&app, "when all is over");
}

#[test]
fn a_page_calls_a_service_as_it_likes_and_shows_as_much_as_it_likes() {
    let mut app = TestApp::start(&shop(), &["commerce"]);
    app.advance(SignedDuration::from_hours(49).unsigned_abs());
    let page = app.page("/status/partners");
    for wanted in
        ["Checkout API", "Takes orders.", "What partners connect to.", "https://acme.test/help", "noindex"]
    {
        assert!(page.contains(wanted), "{wanted} is not in {page}");
    }
    assert!(!page.contains("Our checkout") && !page.contains("uptime") && !page.contains("class=\"days\""));
    assert!(app.shell().shelf.get("/status/partners/uptime").is_none());
    assert!(app.shell().shelf.get("/status/partners/uptime.csv").is_none());
    assert!(app.page("/status/partners/it").contains("Takes orders."));
    let home = app.page("/status/acme");
    assert!(
        home.contains("Our checkout") && home.contains("/status/acme/uptime") && !home.contains("noindex")
    );
    let summary = app.page("/status/partners/api/v2/summary.json");
    assert!(summary.contains("Takes orders.") && summary.contains("What partners connect to."));
}
