//! A message that can't be made: it holds up nothing, is put off for longer and longer, and goes out once it can be.

use domain::{IncidentId, escalation::Responder};
use engine::workers::Notifier;
use jiff::SignedDuration;
use store::{Error, Scope, damage, incidents, notifications};
use testkit::{
    TestApp,
    app::minutes,
    internet::{Arrival, Temper},
};

use crate::storms::of_kind;

const ANA: &str = "https://phone.test/ana";
const BO: &str = "https://phone.test/bo";

/// Two services by providers and policies of their own; Ana is paged for the first, Bo for the second, and neither of their phones
/// takes anything.
fn waiting() -> TestApp {
    let mut toml = "[organization]\nslug = \"acme\"\n".to_owned();
    for (name, role) in [("Ana", "owner"), ("Bo", "responder")] {
        let slug = name.to_lowercase();
        toml.push_str(&format!(
            r#"
            [[user]]
            email = "{slug}@acme.test"
            name = "{name}"
            role = "{role}"
            contact = [ {{ id = "hook", kind = "webhook", url = "https://phone.test/{slug}" }} ]
            [[escalation_policy]]
            slug = "{slug}"
            step = [ {{ after = "0s", notify = ["user:{slug}@acme.test"] }} ]
            [[provider]]
            slug = "for-{slug}"
            name = "For {name}"
            category = "Shops"
            feed = "https://for-{slug}.status.test/api/v2/summary.json"
            interval = "60s"
            [[service]]
            slug = "of-{slug}"
            name = "Of {name}"
            escalation_policy = "{slug}"
            depends_on = [ {{ provider = "for-{slug}", components = ["Checkout"] }} ]
            "#
        ));
    }
    let mut app = TestApp::start(&toml, &["for-ana", "for-bo"]);
    for (provider, phone) in [("for-ana", ANA), ("for-bo", BO)] {
        app.destination(phone, Temper::Silent);
        app.provider_sets(provider, "Checkout", "major_outage");
    }
    app.advance(minutes(2));
    for phone in [ANA, BO] {
        app.destination(phone, Temper::Well);
    }
    app
}

/// Spells a word in the rows of what Ana is paged for.
type Spelling = fn(&mut Scope<'_>, IncidentId, &str) -> Result<(), Error>;

fn spell(app: &TestApp, spelling: Spelling, incident: IncidentId, word: &'static str) {
    let org = app.org();
    app.world().write(move |tx| Ok(spelling(&mut Scope::new(tx, org), incident, word)?));
}

/// What Ana is paged for.
fn incident_of_ana(app: &TestApp) -> IncidentId {
    let ana = Responder::User(app.user("Ana"));
    app.world().read(move |scope| {
        for incident in incidents::list_recent(scope, None, 9)? {
            if notifications::list(scope, incident.id, 9)?.iter().any(|owed| owed.responder == ana) {
                return Ok(incident.id);
            }
        }
        panic!("Ana is paged for nothing")
    })
}

/// Has the notifier alone work through some minutes.
fn notify(app: &TestApp, until: SignedDuration) {
    let notifier = Notifier::default();
    let end = app.now() + until;
    while app.now() < end {
        for _ in 0..3 {
            app.world().take(&notifier);
        }
        app.world().clock.set(app.now() + SignedDuration::from_secs(20));
    }
    app.world().take(&notifier);
}

#[test]
fn one_message_that_cant_be_made_holds_up_no_other_and_goes_out_when_it_can_be() {
    let damages: [(Spelling, &str); 2] = [(damage::spell_severity, "critical"), (damage::spell_kind, "page")];
    for (spelling, whole) in damages {
        let mut app = waiting();
        let incident = incident_of_ana(&app);
        spell(&app, spelling, incident, "odd");
        notify(&app, SignedDuration::from_mins(5));
        assert_eq!(of_kind(&app.arrivals_at(BO), "page").len(), 1, "{whole}: Bo is paged");
        assert!(of_kind(&app.arrivals_at(ANA), "page").is_empty(), "{whole}");
        let times = app.shell().meters.times_set_aside();
        assert!((4..15).contains(&times), "{whole}: it is tried later and later, {times} times");
        spell(&app, spelling, incident, whole);
        app.advance(minutes(6));
        let told = app.arrivals_at(ANA);
        assert!(!of_kind(&told, "page").is_empty(), "{whole}: Ana is paged: {told:?}");
        let is_trouble = |arrival: &Arrival| arrival.text.contains("can't make a message");
        assert!(told.iter().any(is_trouble), "{whole}: the owner has been told");
        app.arrivals_at(BO);
    }
}
