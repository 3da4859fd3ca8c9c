//! What the machine says in public, in the languages of the page and in an organisation's own words.

use std::time::Duration;

use axum::http::Method;
use domain::{
    IncidentId, MaintenanceId, Phase, Severity, Status,
    incident::{Actor, Incident},
};
use engine::{
    CommandError,
    commands::{self, Ground, NewIncident, NewMaintenance, NewUpdate},
};
use jiff::{SignedDuration, Timestamp};
use store::Scope;
use testkit::{TestApp, app::minutes};

use crate::{outage::team, reader::Reader};

/// A page in Italian that also speaks Arabic, German and English.
fn italian(templates: &str) -> TestApp {
    italian_by("", templates)
}

fn italian_by(dependency: &str, templates: &str) -> TestApp {
    let page = "slug = \"acme\"\n        title = \"Acme\"\n";
    let spoken = format!("{page}        language = \"it\"\n        languages = [\"ar\", \"de\", \"en\"]\n");
    let setup = team(dependency).replace(page, &spoken);
    assert!(setup.contains("languages"), "{setup}");
    TestApp::start(&(setup + templates), &["commerce"])
}

fn breaks(app: &mut TestApp) {
    app.provider_page("commerce", |page, now| {
        page.post("inc1", "Elevated errors", "major", &["Checkout"], now);
    });
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
}

/// The text of a page without what sets names apart.
fn plain(app: &TestApp, path: &str) -> String {
    app.page(path).replace(['\u{2068}', '\u{2069}'], "").replace("<bdi>", "").replace("</bdi>", "")
}

#[test]
fn what_the_machine_says_is_said_in_each_language_of_the_page() {
    let mut app = italian("");
    breaks(&mut app);
    let title = "Our checkout e Our orders: interruzione grave presso Commerce";
    let said = "Interruzione grave: Our checkout e Our orders. La causa è presso il nostro fornitore Commerce. Il fornitore segnala:";
    for path in [
        "/status/acme",
        "/status/acme/history.atom",
        "/status/acme/index.md",
        "/status/acme/api/v2/summary.json",
    ] {
        let page = plain(&app, path);
        for words in [title, said, "«Elevated errors»"] {
            assert!(page.contains(words), "{path}: {words}: {page}");
        }
        assert!(!page.contains("The cause is") && !page.contains("major outage"), "{path}: {page}");
    }
    let incident = format!("incidents/{}", app.incident(1).id);
    for (path, words) in [
        ("/status/acme/de", "Our checkout und Our orders: schwerer Ausfall bei Commerce"),
        ("/status/acme/de", "Die Ursache liegt bei unserem Anbieter Commerce."),
        ("/status/acme/ar", "Our checkout وOur orders: انقطاع كبير لدى Commerce"),
        ("/status/acme/ar", "السبب لدى مزوّدنا: Commerce."),
        ("/status/acme/en", "Our checkout and Our orders: major outage at Commerce"),
        ("/status/acme/en", "The cause is at our provider Commerce."),
    ] {
        for path in [path.to_owned(), format!("{path}/{incident}")] {
            let page = plain(&app, &path);
            assert!(page.contains(words), "{path}: {words}: {page}");
        }
    }
    assert!(app.page("/status/acme/ar").contains("\u{2068}Commerce\u{2069}"), "a name stands apart");
    let index = app.page("/status/acme/de");
    let heading = index.split("<h3>").nth(1).unwrap().split("</h3>").next().unwrap();
    assert!(!heading.contains("lang="), "what we say is in the language of the page: {heading}");
    // Inside everything stays as it was.
    assert_eq!(app.incident(1).title, "Our checkout and Our orders: major outage at Commerce");

    app.provider_sets("commerce", "Checkout", "operational");
    app.provider_page("commerce", |page, now| page.end("inc1", now));
    app.advance(minutes(2));
    let page = plain(&app, "/status/acme");
    assert!(
        page.contains("Commerce segnala il ripristino; Our checkout e Our orders funzionano normalmente."),
        "{page}"
    );
    app.expect("Ana", "resolved");
}

const OWN: &str = r#"
        [[template]]
        occasion = "opened"
        text = "{state} Da {provider} {link}"

        [[template]]
        occasion = "noticed"
        language = "de"
        text = "Wir sind dran: {services}."

        [[template]]
        name = "failover"
        title = "La base dati si sposta"
        text = "Un momento."
        severity = "critical"
        phase = "identified"
"#;

fn wanted(title: &str, template: Option<&str>) -> NewIncident {
    NewIncident {
        title: title.to_owned(),
        text: String::new(),
        services: vec![("checkout".to_owned(), Status::PartialOutage)],
        severity: None,
        pages: false,
        is_public: true,
        began_at: None,
        resolved_at: None,
        template: template.map(str::to_owned),
    }
}

fn open(app: &mut TestApp, id: u128, wanted: NewIncident) -> Result<Incident, CommandError> {
    let (ground, id) = (app.shell().ground(), IncidentId(uuid::Uuid::from_u128(id)));
    let done =
        app.world().act(move |scope, now| commands::open(scope, &ground, now, Actor::Operator, id, &wanted));
    app.advance(Duration::ZERO);
    done
}

#[test]
fn an_organisation_says_it_in_its_own_words_and_leaves_the_rest_to_ours() {
    let mut app = italian(OWN);
    breaks(&mut app);
    let page = plain(&app, "/status/acme");
    assert!(page.contains("Interruzione grave: Our checkout e Our orders. Da Commerce"), "{page}");
    assert!(page.contains("https://commerce.status.test/incidents/inc1"), "{page}");
    let page = plain(&app, "/status/acme/de");
    assert!(page.contains("Die Ursache liegt bei unserem Anbieter Commerce."), "{page}");
}

#[test]
fn people_begin_with_a_template_and_what_they_say_themselves_takes_its_place() {
    let mut app = italian(OWN);
    let made = open(&mut app, 1, wanted("", Some("failover"))).unwrap();
    assert_eq!((made.severity, made.phase), (Severity::Critical, Phase::Identified));
    for path in ["/status/acme", "/status/acme/de", "/status/acme/ar"] {
        let page = app.page(path);
        assert!(page.contains("La base dati si sposta") && page.contains("Un momento."), "{page}");
    }
    let own = NewIncident { text: "Subito.".to_owned(), ..wanted("Altro", Some("failover")) };
    assert_eq!(open(&mut app, 2, own).unwrap().title, "Altro");
    assert!(app.page("/status/acme").contains("Subito."));
    let said = NewUpdate {
        body: String::new(),
        is_public: true,
        phase: None,
        next: None,
        template: Some("failover".to_owned()),
    };
    let unknown = NewUpdate { template: Some("failovr".to_owned()), ..said.clone() };
    let say = |said: NewUpdate| {
        move |scope: &mut Scope<'_>, ground: &Ground, now: Timestamp, by: Actor, id: IncidentId| {
            commands::say(scope, ground, now, by, id, &said)
        }
    };
    assert_eq!(app.act("Ana", 2, say(said)).unwrap().phase, Phase::Identified);
    let refused = app.act("Ana", 2, say(unknown)).unwrap_err().to_string();
    assert!(refused.contains("failover"), "{refused}");
    let refused = open(&mut app, 3, wanted("", None)).unwrap_err().to_string();
    assert!(refused.contains("title"), "{refused}");
}

#[test]
fn what_people_do_without_a_word_is_said_in_each_language_and_what_they_correct_is_theirs() {
    let mut app = italian(OWN);
    open(&mut app, 1, wanted("Ordini lenti", None)).unwrap();
    assert!(app.page("/status/acme").contains("Stiamo esaminando il problema."));
    assert!(app.page("/status/acme/de").contains("Wir sind dran: Our checkout."));
    assert!(app.page("/status/acme/ar").contains("نحقّق في الأمر."));
    app.act("Ana", 1, |scope, ground, now, by, id| {
        commands::edit_update(scope, ground, now, by, id, 1, "Stiamo esaminando gli ordini.")
    })
    .unwrap();
    let path = format!("/incidents/{}", app.incident(1).id);
    let page = app.page(&format!("/status/acme{path}"));
    for part in ["<del>il problema", "<ins>gli ordini", "Ordini lenti"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let page = app.page(&format!("/status/acme/de{path}"));
    assert!(page.contains("Wir sind dran") && page.contains("gli ordini"), "{page}");

    let from = app.now() + SignedDuration::from_mins(10);
    let planned = NewMaintenance {
        title: "Trasloco".to_owned(),
        services: vec![("checkout".to_owned(), Status::DegradedPerformance)],
        times: vec![(from, from + SignedDuration::from_hours(1))],
        ..NewMaintenance::default()
    };
    let (ground, id) = (app.shell().ground(), MaintenanceId(uuid::Uuid::from_u128(7)));
    app.world()
        .act(move |scope, now| commands::plan_work(scope, &ground, now, Actor::Operator, id, &planned))
        .unwrap();
    app.advance(minutes(11));
    let page = app.page(&format!("/status/acme/maintenance/{id}"));
    assert!(page.contains("Questa manutenzione è pianificata."), "{page}");
    assert!(page.contains("Questa manutenzione è iniziata."), "{page}");
    assert!(app.page(&format!("/status/acme/ar/maintenance/{id}")).contains("بدأت هذه الصيانة."));
}

#[test]
fn what_waits_for_a_person_is_shown_in_each_language_of_the_page() {
    let mut app = italian_by(", publish = \"draft\"", OWN);
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    let page: serde_json::Value = serde_json::from_str(&app.expect("Ana", "page")).unwrap();
    let url = page["ack_url"].as_str().unwrap();
    let shown = Reader::of(&app).ask(Method::GET, &url[url.find("/ack/").unwrap()..], &[], "").body;
    for part in [
        "<div lang=\"it\" dir=\"ltr\">",
        "interruzione grave presso Commerce",
        "Interruzione grave: Our checkout e Our orders. Da Commerce",
        "<div lang=\"ar\" dir=\"rtl\">",
        "major outage at Commerce",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    app.acknowledge("Ana", 1);
    app.publish("Ana", 1);
    assert!(
        plain(&app, "/status/acme").contains("Interruzione grave: Our checkout e Our orders. Da Commerce")
    );
}
