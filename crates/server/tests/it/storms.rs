//! Many incidents at once, and contacts that fail: who gets what, how often, and that nothing is left out.

use std::fmt::Write as _;

use domain::{
    AmendmentId, IncidentId, OrgId,
    incident::{Actor, Incident, Response},
    provider::provider_id,
    setup::Organization,
};
use engine::commands;
use jiff::{SignedDuration, Timestamp};
use store::{Lane, Scope, Tx, incidents, organizations, providers, services, timers, watches};
use testkit::{
    TestApp,
    app::minutes,
    internet::{Arrival, Temper},
};

use crate::reader::Reader;

const PROVIDERS: usize = 40;
pub(crate) const PHONE: &str = "https://phone.test/ana";
const TEXT: &str = "https://text.test/ana";
const CALL: &str = "https://call.test/ana";
pub(crate) const MAIL: &str = "ana@acme.test";

const TWO_RUNGS: &str = r#"{ after = "0s", contact = "phone" }, { after = "3m", contact = "mail" }"#;

const THREE_RUNGS: &str = r#"{ after = "0s", contact = "phone" }, { after = "1m", contact = "text" }, { after = "3m", contact = "call" }"#;

/// A team with a service for each provider, Ana on call, by these rungs.
fn config(providers: usize, ladder: &str) -> String {
    let louder = match ladder.contains("text") {
        true => format!(
            r#"{{ id = "text", kind = "webhook", url = "{TEXT}" }}, {{ id = "call", kind = "webhook", url = "{CALL}" }},"#
        ),
        false => String::new(),
    };
    let mut toml = format!(
        r#"
[organization]
slug = "acme"
[[user]]
email = "{MAIL}"
name = "Ana"
role = "owner"
contact = [
    {{ id = "phone", kind = "webhook", url = "{PHONE}" }},
    {louder}
    {{ id = "mail", kind = "email", address = "{MAIL}" }},
]
notify = [ {ladder} ]
[[escalation_policy]]
slug = "default"
repeat = 3
step = [ {{ after = "0s", notify = ["user:{MAIL}"] }}, {{ after = "5m", notify = ["user:{MAIL}"] }} ]
"#
    );
    for number in 0..providers {
        write!(
            toml,
            r#"
[[provider]]
slug = "p{number}"
name = "Provider {number}"
category = "Payments"
feed = "https://p{number}.status.test/api/v2/summary.json"
interval = "60s"
[[service]]
slug = "service-{number}"
name = "Service {number}"
escalation_policy = "default"
[[service.depends_on]]
provider = "p{number}"
page = "partial_outage"
"#
        )
        .unwrap();
    }
    toml
}

pub(crate) fn start(providers: usize) -> TestApp {
    start_with(providers, TWO_RUNGS)
}

fn start_with(providers: usize, ladder: &str) -> TestApp {
    let slugs: Vec<String> = (0..providers).map(|number| format!("p{number}")).collect();
    let slugs: Vec<&str> = slugs.iter().map(String::as_str).collect();
    TestApp::start(&config(providers, ladder), &slugs)
}

pub(crate) fn all_set(app: &mut TestApp, providers: usize, status: &str) {
    for number in 0..providers {
        app.provider_sets(&format!("p{number}"), "API", status);
    }
}

pub(crate) fn of_kind(arrivals: &[Arrival], kind: &str) -> Vec<Arrival> {
    arrivals.iter().filter(|arrival| arrival.kind == kind).cloned().collect()
}

/// The most messages within any ten minutes.
fn most_in_ten_minutes(arrivals: &[Arrival]) -> usize {
    let within = |from: Timestamp| {
        let until = from + SignedDuration::from_mins(10);
        arrivals.iter().filter(|arrival| arrival.at >= from && arrival.at < until).count()
    };
    arrivals.iter().map(|arrival| within(arrival.at)).max().unwrap_or_default()
}

#[test]
fn a_mass_outage_is_three_pages_in_ten_minutes_with_the_full_list_inside() {
    let mut app = start(PROVIDERS);
    all_set(&mut app, PROVIDERS, "major_outage");
    app.advance(minutes(30));
    let incidents = app.incidents();
    assert_eq!(incidents.len(), PROVIDERS, "providers without a common upstream are incidents of their own");
    let mut pages = of_kind(&app.arrivals_at(PHONE), "page");
    pages.extend(app.arrivals_at(MAIL));
    pages.sort_by_key(|page| page.at);
    assert!(most_in_ten_minutes(&pages) <= 3, "{} pages by both contacts", most_in_ten_minutes(&pages));
    let early = &pages[..3];
    for incident in &incidents {
        let id = incident.id.to_string();
        assert!(early.iter().any(|page| page.text.contains(&id)), "#{}", incident.number);
    }
}

/// The incidents that were open before a message left and that it does not tell of.
fn left_out(app: &TestApp, page: &Arrival) -> Vec<i64> {
    let is_missing = |it: &Incident| {
        it.opened_at < page.at - SignedDuration::from_secs(1) && !page.text.contains(&it.id.to_string())
    };
    app.incidents().iter().filter(|it| is_missing(it)).map(|it| it.number).collect()
}

#[test]
fn a_ladder_goes_on_in_a_storm_and_each_message_tells_the_whole() {
    let mut app = start_with(PROVIDERS, THREE_RUNGS);
    for number in 0..PROVIDERS {
        app.provider_sets(&format!("p{number}"), "API", "major_outage");
        app.advance(std::time::Duration::from_secs(15));
    }
    let by = |app: &mut TestApp, address| of_kind(&app.arrivals_at(address), "page");
    let (phone, text, call) = (by(&mut app, PHONE), by(&mut app, TEXT), by(&mut app, CALL));
    let began = phone[0].at;
    let within = |pages: &[Arrival]| {
        pages.iter().filter(|page| page.at < began + SignedDuration::from_mins(10)).count()
    };
    assert_eq!([within(&phone), within(&text), within(&call)], [1, 1, 1], "three in ten minutes");
    assert_eq!([text[0].at, call[0].at].map(|at| (at - began).get_seconds()), [60, 180], "at their times");
    for page in [&text[0], &call[0]] {
        assert_eq!(left_out(&app, page), [0_i64; 0], "at {}", page.at);
    }
    app.advance(minutes(20));
    let mut all: Vec<Arrival> = [PHONE, TEXT, CALL].into_iter().flat_map(|it| by(&mut app, it)).collect();
    all.sort_by_key(|page| page.at);
    assert!(most_in_ten_minutes(&all) <= 3, "{}", most_in_ten_minutes(&all));
    for incident in app.incidents() {
        let id = incident.id.to_string();
        for address in [PHONE, TEXT, CALL] {
            let is_told = all.iter().any(|page| page.to == address && page.text.contains(&id));
            assert!(is_told, "#{} by {address}: nothing is dropped", incident.number);
        }
    }
    app.arrivals_at(MAIL);
}

#[test]
fn somebody_with_one_contact_gets_three_pages_and_hears_of_everything() {
    let mut app = start_with(PROVIDERS, r#"{ after = "0s", contact = "phone" }"#);
    for number in 0..PROVIDERS {
        app.provider_sets(&format!("p{number}"), "API", "major_outage");
        app.advance(std::time::Duration::from_secs(15));
    }
    app.advance(minutes(12));
    let pages = of_kind(&app.arrivals_at(PHONE), "page");
    assert_eq!(most_in_ten_minutes(&pages), 3);
    for incident in app.incidents() {
        let id = incident.id.to_string();
        assert!(pages.iter().any(|page| page.text.contains(&id)), "#{}", incident.number);
    }
    app.arrivals_at(MAIL);
}

#[test]
fn what_is_worse_than_all_else_is_not_held_behind_it() {
    let mut app = start(5);
    for number in 0..4 {
        app.provider_sets(&format!("p{number}"), "API", "partial_outage");
        app.advance(std::time::Duration::from_secs(70));
    }
    let before = of_kind(&app.arrivals_at(PHONE), "page").len() + app.arrivals_at(MAIL).len();
    assert_eq!(before, 3);
    app.provider_sets("p4", "API", "major_outage");
    app.advance(minutes(1));
    let pages = of_kind(&app.arrivals_at(PHONE), "page");
    let (worst, page) = (app.incident(5), pages.last().unwrap());
    assert!(page.at <= worst.opened_at + SignedDuration::from_secs(1), "at once");
    assert!(page.text.contains(&worst.id.to_string()));
    assert!(page.text.contains(&app.incident(4).id.to_string()), "and what waited is in it");
    app.arrivals_at(MAIL);
}

#[test]
fn an_answer_covers_what_a_message_only_lists_and_its_end_is_told() {
    let mut app = start_with(3, THREE_RUNGS);
    let reader = Reader::of(&app);
    app.provider_sets("p0", "API", "major_outage");
    app.advance(minutes(1));
    app.provider_sets("p1", "API", "major_outage");
    app.advance(minutes(4));
    let call = of_kind(&app.arrivals_at(CALL), "page").remove(0);
    assert!(call.text.contains(&app.incident(2).id.to_string()));
    let from = call.text.find("/ack/").unwrap();
    let path = call.text[from..].split('"').next().unwrap().to_owned();
    let shown = reader.get(&path).body;
    assert!(
        shown.contains("The same message told of 1 more") && shown.contains("Acknowledge all 2</button>")
    );
    assert_eq!(reader.send(&path, "act=acknowledge").status, 303);
    assert!(app.incidents().iter().all(|it| it.response != Response::Open), "one tap takes both");
    all_set(&mut app, 3, "operational");
    app.advance(minutes(12));
    let id = app.incident(2).id.to_string();
    let resolved = of_kind(&app.arrivals_at(CALL), "resolved");
    assert!(resolved.iter().any(|word| word.text.contains(&id)), "whoever heard of it hears of its end");
    [PHONE, TEXT, MAIL].into_iter().for_each(|address| drop(app.arrivals_at(address)));
}

#[test]
fn a_message_that_may_have_arrived_leaves_again_as_it_was_under_the_same_id() {
    let mut app = start(4);
    app.provider_sets("p0", "API", "major_outage");
    app.advance(minutes(1));
    app.destination(PHONE, Temper::Cuts);
    app.provider_sets("p1", "API", "major_outage");
    app.provider_sets("p2", "API", "major_outage");
    app.advance(minutes(2));
    app.provider_sets("p3", "API", "major_outage");
    app.advance(minutes(3));
    app.destination(PHONE, Temper::Well);
    app.advance(minutes(15));
    let arrivals = of_kind(&app.arrivals_at(PHONE), "page");
    let ids: Vec<String> = app.incidents().iter().map(|it| it.id.to_string()).collect();
    let told = |page: &Arrival| ids.iter().map(|id| page.text.contains(id)).collect::<Vec<_>>();
    let attempt = |page: &Arrival| {
        let header = page.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("midwatch-attempt"));
        header.expect("it names its attempt").1.clone()
    };
    let mut repeated = 0;
    for page in &arrivals {
        for again in arrivals.iter().filter(|other| other.id == page.id && other.at > page.at) {
            assert_eq!((attempt(again), told(again)), (attempt(page), told(page)), "at {}", again.at);
            repeated += usize::from(told(page).iter().filter(|is_told| **is_told).count() > 1);
        }
    }
    assert!(repeated > 0, "a message about several incidents came again");
    assert!(arrivals.iter().any(|page| told(page)[3]), "and what was new came too");
    app.arrivals_at(MAIL);
}

#[test]
fn a_silence_that_begins_between_two_rungs_stops_the_louder_one_until_it_ends() {
    let mut app = start(1);
    let at = |minute: i64| app.now() + SignedDuration::from_mins(minute);
    let wanted = commands::NewSilence {
        services: vec!["service-0".to_owned()],
        from: Some(at(2)),
        to: at(30),
        reason: "the mover is in the cellar".to_owned(),
        ..commands::NewSilence::default()
    };
    let (ground, by) = (app.shell().ground(), Actor::User(app.user("Ana")));
    let id = AmendmentId(uuid::Uuid::from_u128(1));
    app.world().act(move |scope, now| commands::silence(scope, &ground, now, by, id, &wanted)).unwrap();
    all_set(&mut app, 1, "major_outage");
    app.advance(std::time::Duration::from_secs(290));
    assert_eq!(of_kind(&app.arrivals_at(PHONE), "page").len(), 1);
    assert!(app.arrivals_at(MAIL).is_empty(), "the mail was owed after three minutes");
    assert!(app.journal(1).contains(&"silenced".to_owned()), "{:?}", app.journal(1));
    app.advance(minutes(30));
    assert_eq!(of_kind(&app.arrivals_at(PHONE), "page").len(), 2, "it pages again when the silence is over");
    assert_eq!(app.arrivals_at(MAIL).len(), 1);
    app.acknowledge("Ana", 1);
}

#[test]
fn whoever_was_paged_in_a_storm_is_told_of_every_recovery() {
    let mut app = start(10);
    all_set(&mut app, 10, "major_outage");
    app.advance(minutes(4));
    let incidents = app.incidents();
    for number in 0..10 {
        app.provider_sets(&format!("p{number}"), "API", "operational");
        app.advance(std::time::Duration::from_secs(20));
    }
    app.advance(minutes(2));
    app.arrivals_at(MAIL);
    let resolved = of_kind(&app.arrivals_at(PHONE), "resolved");
    for incident in &incidents {
        let (id, over) = (incident.id.to_string(), app.incident(incident.number).resolved_at().unwrap());
        let word = resolved.iter().find(|word| word.text.contains(&id)).unwrap();
        let waited = word.at.duration_since(over);
        assert!(waited <= SignedDuration::from_secs(61), "#{}: {waited}", incident.number);
    }
    assert!(
        resolved
            .windows(2)
            .all(|pair| pair[1].at.duration_since(pair[0].at) >= SignedDuration::from_secs(60))
    );
    assert!(resolved.len() <= 6, "one message tells of all that ended within a minute: {}", resolved.len());
}

#[test]
fn an_answer_makes_room_for_the_next_page() {
    let mut app = start(4);
    for number in 0..3_i64 {
        app.provider_sets(&format!("p{number}"), "API", "major_outage");
        app.advance(minutes(2));
        app.acknowledge("Ana", number + 1);
    }
    let before = of_kind(&app.arrivals_at(PHONE), "page").len();
    app.provider_sets("p3", "API", "major_outage");
    app.advance(minutes(2));
    assert_eq!(of_kind(&app.arrivals_at(PHONE), "page").len(), before + 1);
}

#[test]
fn a_contact_that_fails_hands_over_to_the_next_at_once_and_is_tried_again() {
    let mut app = start(1);
    app.destination(PHONE, Temper::Silent);
    all_set(&mut app, 1, "major_outage");
    app.advance(minutes(2));
    let opened = app.incident(1).opened_at;
    let mail = app.arrivals_at(MAIL);
    assert!(
        mail.iter().any(|mail| mail.at <= opened + SignedDuration::from_secs(1)),
        "mail waits for nobody"
    );
    app.destination(PHONE, Temper::Well);
    app.advance(minutes(1));
    assert_eq!(of_kind(&app.arrivals_at(PHONE), "page").len(), 1, "and the phone is tried all the same");
}

#[test]
fn a_provider_that_flaps_pages_for_two_returns_and_not_for_twenty() {
    let mut app = start(1);
    for _ in 0..20 {
        all_set(&mut app, 1, "major_outage");
        app.advance(minutes(2));
        if app.incident(1).response == Response::Open {
            app.acknowledge("Ana", 1);
        }
        all_set(&mut app, 1, "operational");
        app.advance(minutes(2));
    }
    assert_eq!(app.incidents().len(), 1);
    assert!(!app.incident(1).is_resolved(), "its end is not believed yet");
    let pages = of_kind(&app.arrivals_at(PHONE), "page").len();
    assert!((1..=3).contains(&pages), "{pages} pages");
    app.advance(minutes(11));
    assert!(app.incident(1).is_resolved(), "calm for ten minutes is the end");
    assert_eq!(of_kind(&app.arrivals_at(PHONE), "resolved").len(), 3);
    app.arrivals_at(MAIL);
}

#[test]
fn one_tap_acknowledges_everything_that_a_message_told_of() {
    let mut app = start(10);
    let reader = Reader::of(&app);
    all_set(&mut app, 10, "major_outage");
    app.advance(minutes(3));
    let pages = of_kind(&app.arrivals_at(PHONE), "page");
    let digest = pages.iter().find(|page| page.text.contains("\"also\"")).expect("there is one with several");
    let from = digest.text.find("/ack/").unwrap();
    let path = digest.text[from..].split('"').next().unwrap().to_owned();
    let shown = reader.get(&path);
    assert!(shown.body.contains("The same message told of 8 more"), "{}", shown.body);
    assert!(shown.body.contains("Acknowledge all 9</button>"), "{}", shown.body);
    let open = |app: &TestApp| {
        let is_open = |incident: &Incident| incident.response == Response::Open;
        app.incidents().iter().filter(|incident| is_open(incident)).count()
    };
    assert_eq!(open(&app), 10, "looking does nothing");
    // Each of the others can be opened, and answered, by itself.
    let links = shown.body.split("<a href=\"/ack/").skip(1).map(|rest| rest.split('"').next().unwrap());
    let own = links.map(|token| format!("/ack/{token}")).find(|link| *link != path).unwrap();
    assert!(reader.get(&own).body.contains("Acknowledge</button>"));
    assert_eq!(reader.send(&own, "act=acknowledge").status, 303);
    assert_eq!(open(&app), 9);
    assert!(reader.get(&path).body.contains("Acknowledge all 8</button>"));
    assert_eq!(reader.send(&path, "act=acknowledge").status, 303);
    assert_eq!(open(&app), 1, "the one that had a page of its own is still to be answered");
    app.advance(minutes(1));
    app.arrivals_at(PHONE);
    app.arrivals_at(MAIL);
}

/// Does something in the ledger, as nobody in particular.
fn write<T: Send + 'static>(
    app: &TestApp,
    mut job: impl FnMut(&mut Tx<'_>) -> Result<T, store::Error> + Send + 'static,
) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(app.shell().write(Lane::Bulk, move |tx, _| Ok(job(tx)?))).unwrap()
}

/// Makes an organisation that can't be judged, since it has no configuration.
fn broken(app: &TestApp) -> OrgId {
    let organization = Organization {
        id: OrgId::named(uuid::Uuid::nil(), "broken"),
        slug: "broken".to_owned(),
        name: "Broken".to_owned(),
    };
    let (id, now) = (organization.id, app.now());
    write(app, move |tx| organizations::insert_if_absent(tx, &organization, now));
    id
}

#[test]
fn news_that_can_not_be_recorded_holds_up_no_other() {
    let mut app = start(4);
    app.advance(minutes(2));
    let (org, now) = (broken(&app), app.now());
    write(&app, move |tx| {
        watches::replace(&mut Scope::new(tx, org), &[provider_id("p0")])?;
        (0..4).try_for_each(|n| providers::set_next_poll(tx, provider_id(&format!("p{n}")), Some(now)))
    });
    all_set(&mut app, 4, "major_outage");
    app.advance(minutes(1));
    let titles: Vec<String> = app.incidents().into_iter().map(|incident| incident.title).collect();
    assert_eq!(titles.len(), 4, "{titles:?}");
    assert_eq!(of_kind(&app.arrivals_at(PHONE), "page").len(), 1, "and their pages leave as one");
}

#[test]
fn a_step_that_can_not_be_taken_holds_up_no_other() {
    let mut app = start(1);
    app.provider_sets("p0", "API", "major_outage");
    app.advance(minutes(2));
    assert_eq!(of_kind(&app.arrivals_at(PHONE), "page").len(), 1);
    let (org, acme, incident) = (broken(&app), app.org(), app.incident(1));
    write(&app, move |tx| {
        let own = timers::list(&mut Scope::new(tx, acme), incident.id)?;
        let mut scope = Scope::new(tx, org);
        let incident = Incident { id: IncidentId::named(org.0, "1"), ..incident.clone() };
        incidents::insert(&mut scope, &incident)?;
        own.into_iter().try_for_each(|timer| {
            timers::set(&mut scope, &timers::Timer { org, incident: incident.id, ..timer })
        })
    });
    app.advance(minutes(5));
    assert_eq!(of_kind(&app.arrivals_at(PHONE), "page").len(), 2, "the second step is taken in its time");
    assert_eq!(app.arrivals_at(MAIL).len(), 1);
}

#[test]
fn a_judgement_writes_what_is_different_and_nothing_else() {
    let mut app = start(2);
    app.advance(minutes(2));
    let judged = |app: &TestApp| {
        let org = app.org();
        let states = write(app, move |tx| services::list_states(&mut Scope::new(tx, org)));
        let mut judged: Vec<Timestamp> = states.into_iter().map(|state| state.judged_at).collect();
        judged.sort_unstable();
        judged
    };
    let before = judged(&app);
    app.provider_sets("p1", "API", "major_outage");
    app.advance(minutes(2));
    let after = judged(&app);
    assert_eq!(of_kind(&app.arrivals_at(PHONE), "page").len(), 1);
    assert!(before.contains(&after[0]), "what p0 does to its service is what it was");
    assert!(!before.contains(&after[1]), "what p1 does to its service is written");
}

#[test]
fn an_answer_lets_go_at_once_what_a_storm_holds_back() {
    let mut app = start(4);
    for number in 0..4_i64 {
        app.provider_sets(&format!("p{number}"), "API", "major_outage");
        app.advance(std::time::Duration::from_secs(100));
    }
    assert_eq!(app.incidents().len(), 4);
    assert_eq!(of_kind(&app.arrivals_at(PHONE), "page").len(), 2, "the others wait for room");
    for number in 1..4 {
        app.acknowledge("Ana", number);
    }
    app.advance(minutes(0));
    assert_eq!(of_kind(&app.arrivals_at(PHONE), "page").len(), 3);
    app.arrivals_at(MAIL);
}
