//! One upstream that takes many providers with it: one incident, however many services and teams it touches.

use std::fmt::Write as _;

use testkit::{TestApp, app::minutes, internet::Arrival};

const ANA: &str = "https://phone.test/ana";
const BO: &str = "https://phone.test/bo";

/// Providers that run on one which no service depends on, with a service each; the even ones wake Ana, the odd ones Bo.
fn start(providers: usize) -> TestApp {
    start_with(providers, "")
}

/// As [`start`], with a first step of each policy.
fn start_with(providers: usize, first: &str) -> TestApp {
    let after = if first.is_empty() { "0s" } else { "5m" };
    let mut toml = String::from("[organization]\nslug = \"acme\"\n");
    for (name, phone) in [("ana", ANA), ("bo", BO)] {
        write!(
            toml,
            "[[user]]\nemail = \"{name}@acme.test\"\nname = \"{name}\"\nrole = \"owner\"\n\
             contact = [ {{ id = \"phone\", kind = \"webhook\", url = \"{phone}\" }}, \
             {{ id = \"mail\", kind = \"email\", address = \"{name}@acme.test\" }} ]\n\
             notify = [ {{ after = \"0s\", contact = \"phone\" }}, {{ after = \"10m\", contact = \"mail\" }} ]\n\
             [[escalation_policy]]\nslug = \"{name}\"\n\
             step = [ {first} {{ after = \"{after}\", notify = [\"user:{name}@acme.test\"] }} ]\n"
        )
        .unwrap();
    }
    let names = (0..providers).map(|number| format!("p{number}"));
    for (number, slug) in names.clone().enumerate() {
        let policy = if number % 2 == 0 { "ana" } else { "bo" };
        toml += &provider(&slug, "upstreams = [\"cloud\"]\n");
        write!(
            toml,
            "[[service]]\nslug = \"s{number}\"\nname = \"Service {number}\"\nescalation_policy = \"{policy}\"\n\
             [[service.depends_on]]\nprovider = \"{slug}\"\npage = \"partial_outage\"\n"
        )
        .unwrap();
    }
    toml += &provider("cloud", "");
    let slugs: Vec<String> = names.chain(["cloud".to_owned()]).collect();
    TestApp::start(&toml, &slugs.iter().map(String::as_str).collect::<Vec<_>>())
}

fn provider(slug: &str, more: &str) -> String {
    format!(
        "[[provider]]\nslug = \"{slug}\"\nname = \"The {slug}\"\ncategory = \"Hosting\"\n\
         feed = \"https://{slug}.status.test/api/v2/summary.json\"\ninterval = \"60s\"\n{more}"
    )
}

fn pages(app: &mut TestApp, phone: &str) -> Vec<Arrival> {
    app.arrivals_at(phone).into_iter().filter(|arrival| arrival.kind == "page").collect()
}

#[test]
fn what_one_upstream_takes_with_it_is_one_incident_though_nobody_depends_on_it_itself() {
    let mut app = start(6);
    app.provider_sets("cloud", "API", "major_outage");
    app.advance(minutes(2));
    assert!(app.incidents().is_empty(), "no service depends on it");
    for number in 0..6 {
        app.provider_sets(&format!("p{number}"), "API", "major_outage");
        app.advance(minutes(1));
    }
    let incidents = app.incidents();
    let [incident] = incidents.as_slice() else { panic!("{incidents:#?}") };
    assert_eq!(
        incident.title,
        "Service 0, Service 1, Service 2 and 3 more services: major outage at The p0, The p1 and 4 more providers"
    );
    let journal = app.timeline(1);
    for line in [
        "API in major outage, probably because of The cloud",
        "now at The p5 too, probably because of The cloud",
    ] {
        assert!(journal.iter().any(|known| known.contains(line)), "{line}: {journal:#?}");
    }
    app.provider_sets("cloud", "API", "operational");
    app.advance(minutes(3));
    assert!(!app.incident(1).is_resolved(), "what it took with it is not back yet");
    for number in 0..6 {
        app.provider_sets(&format!("p{number}"), "API", "operational");
    }
    app.advance(minutes(3));
    assert!(app.incident(1).is_resolved());
    let told =
        app.arrivals_at(ANA).into_iter().filter(|arrival| arrival.kind == "resolved").collect::<Vec<_>>();
    let [told] = told.as_slice() else { panic!("{told:#?}") };
    assert!(told.text.contains(r#""component":"API","status":"major_outage""#), "as it was: {}", told.text);
    assert!(!app.arrivals_at(BO).is_empty(), "the other team hears of it too");
    ["ana@acme.test", "bo@acme.test"].into_iter().for_each(|mail| drop(app.arrivals_at(mail)));
}

#[test]
fn whose_service_an_incident_spreads_to_is_told_though_somebody_has_it_already() {
    spreads_to_the_other_team("");
    // It is Monday.
    spreads_to_the_other_team(
        "{ after = \"0s\", notify = [\"user:ana@acme.test\"], \
           when = [ { days = \"Sat-Sun\", time_zone = \"UTC\" } ] },",
    );
}

fn spreads_to_the_other_team(first: &str) {
    let mut app = start_with(4, first);
    app.provider_sets("cloud", "API", "major_outage");
    app.provider_sets("p0", "API", "major_outage");
    app.advance(minutes(2));
    app.acknowledge("ana", 1);
    let before = pages(&mut app, ANA).len();
    for number in 1..4 {
        app.provider_sets(&format!("p{number}"), "API", "major_outage");
        app.advance(minutes(1));
    }
    app.advance(minutes(20));
    assert_eq!(app.incidents().len(), 1);
    let told = pages(&mut app, BO);
    let [told] = told.as_slice() else { panic!("Bo hears of it once: {told:#?}") };
    assert!(told.text.contains("\"s1\""), "{}", told.text);
    assert!(app.arrivals_at("bo@acme.test").is_empty(), "louder ways are for what nobody has");
    assert_eq!(pages(&mut app, ANA).len(), before, "Ana has it");
}
