//! What is proved of a small team, and the counter-examples where it can't be.

mod property;

use jiff::{Timestamp, civil, tz::TimeZone};
use uuid::Uuid;

use super::*;
use crate::{
    OrgId, ProviderId, Status,
    escalation::{Condition, Step, Target},
    schedule::{Layer, Restriction, Rotation, Schedule},
    setup::{
        Channel, Contact, Dependency, Destination, Effect, Organization, Publish, Rung, Service, Team,
        Upstream, User,
    },
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

fn user(name: &str) -> UserId {
    UserId::named(Uuid::nil(), name)
}

fn schedule_id() -> ScheduleId {
    ScheduleId::named(Uuid::nil(), "primary")
}

fn team_id() -> TeamId {
    TeamId::named(Uuid::nil(), "all")
}

fn ops() -> ChannelId {
    ChannelId::named(Uuid::nil(), "ops")
}

/// A member whose phone gets a message at once and whose mailbox gets one three minutes later.
fn member(name: &str, role: Role) -> User {
    let email = format!("{name}@acme.example");
    let phone = Destination::Webhook {
        url: crate::setup::Secret::new("https://a.example"),
        secret: None,
        template: None,
    };
    let mail = Destination::Email { address: email.clone() };
    let contact = |id: &str, destination| Contact { id: id.to_owned(), destination, unusable: None };
    let rung = |after, contact: &str| Rung { after: minutes(after), contact: contact.to_owned() };
    User {
        id: user(name),
        name: name.to_owned(),
        role,
        ladder_low: Vec::new(),
        quiet: Vec::new(),
        time_zone: TimeZone::UTC,
        contacts: vec![contact("phone", phone), contact("mail", mail)],
        ladder: vec![rung(0, "phone"), rung(3, "mail")],
        email,
    }
}

/// Ana and Bo change every day at nine, Rome's time, and are on duty in these hours.
fn rota(restrictions: Vec<Restriction>) -> Schedule {
    let layer = Layer {
        rotation: Rotation::Daily,
        handoff_day: None,
        handoff_time: civil::time(9, 0, 0, 0),
        start: civil::date(2026, 1, 1),
        participants: vec![user("ana"), user("bo")],
        restrictions,
        end: None,
    };
    Schedule {
        id: schedule_id(),
        slug: "primary".to_owned(),
        name: "Primary".to_owned(),
        time_zone: TimeZone::get("Europe/Rome").unwrap(),
        layers: vec![layer],
        overrides: Vec::new(),
        fallback: None,
    }
}

fn policy(steps: &[(u64, Target)]) -> Policy {
    let step = |&(after, target): &(u64, Target)| Step {
        after: minutes(after),
        targets: vec![target],
        ..Step::default()
    };
    Policy {
        id: PolicyId::named(Uuid::nil(), "default"),
        slug: "default".to_owned(),
        repeat: 1,
        repeat_after: None,
        steps: steps.iter().map(step).collect(),
    }
}

fn service(slug: &str, policy: Option<PolicyId>) -> Service {
    let dependency = Dependency {
        upstream: Upstream::Provider(ProviderId(Uuid::nil())),
        components: Vec::new(),
        effect: Effect::Mirror,
        page: Some(Status::MajorOutage),
        publish: Publish::Auto.into(),
        hold: Duration::ZERO,
        show_maintenance: false,
    };
    Service {
        id: ServiceId::named(Uuid::nil(), slug),
        slug: slug.to_owned(),
        name: slug.to_owned(),
        policy,
        description: None,
        is_internal: false,
        labels: std::collections::BTreeMap::new(),
        depends_on: vec![dependency],
    }
}

fn team(schedule: Schedule, policy: Policy) -> Setup {
    let room = Destination::Email { address: "ops@acme.example".to_owned() };
    let service = service("checkout", Some(policy.id));
    Setup {
        organization: Organization {
            id: OrgId(Uuid::nil()),
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
        },
        users: vec![
            member("ana", Role::Responder),
            member("bo", Role::Responder),
            member("olga", Role::Owner),
        ],
        teams: vec![Team {
            id: team_id(),
            slug: "all".to_owned(),
            name: "All".to_owned(),
            members: vec![user("ana"), user("bo")],
        }],
        schedules: vec![schedule],
        policies: vec![policy],
        channels: vec![Channel { id: ops(), slug: "ops".to_owned(), destination: room, unusable: None }],
        services: vec![service],
        status_pages: Vec::new(),
        paging: Default::default(),
        assertions: Vec::new(),
        public: crate::setup::Public::default(),
    }
}

fn reaches(within: u64) -> Reaches {
    Reaches {
        among: Among::Services,
        severity: Some(Severity::Critical),
        within: Some(minutes(within)),
        whom: Whom::Human,
        by: Vec::new(),
        at_least: 1,
        last_resort: false,
    }
}

fn assertion(days: u32, claim: Claim) -> Assertion {
    Assertion { name: "it holds".to_owned(), lasts: days * DAY, claim }
}

/// Proves a statement from 1 January 2026 on: the first of its parts that fails, else the last.
fn prove(setup: &Setup, assertion: &Assertion) -> Proof {
    let obligations = assertion.obligations(setup);
    let mut proofs = obligations.iter().map(|part| assertion.prove(setup, part, at("2026-01-05T00:00:00Z")));
    let mut last = None;
    proofs.find(|proof| {
        last = Some(proof.clone());
        matches!(proof, Proof::Fails(_))
    });
    last.expect("a statement has parts")
}

#[track_caller]
fn unreached(proof: Proof) -> (Timestamp, String, Path) {
    match proof {
        Proof::Fails(Counterexample::Unreached { at, why, path: Some(path), .. }) => (at, why, path),
        other @ (Proof::Holds { .. } | Proof::Fails(_)) => panic!("{other:?}"),
    }
}

fn hours(from: i8, to: i8) -> Restriction {
    Restriction {
        days: civil::Weekday::Monday.cycle_forward().take(7).collect(),
        from: civil::time(from, 0, 0, 0),
        to: civil::time(to, 0, 0, 0),
    }
}

#[test]
fn a_schedule_without_a_gap_reaches_somebody_at_once() {
    let setup = team(rota(Vec::new()), policy(&[(0, Target::Schedule(schedule_id()))]));
    let proof = prove(&setup, &assertion(90, Claim::Reaches(reaches(0))));
    assert_eq!(proof, Proof::Holds { cases: 91, only_by_last_resort: None });
}

#[test]
fn a_gap_is_found_with_its_first_instant_and_its_path() {
    let steps = policy(&[(0, Target::Schedule(schedule_id())), (15, Target::User(user("olga")))]);
    let setup = team(rota(vec![hours(8, 20)]), steps);
    let (found, why, path) = unreached(prove(&setup, &assertion(90, Claim::Reaches(reaches(10)))));
    assert_eq!(found.to_string(), "2026-01-05T00:00:00Z");
    assert_eq!(why, "nobody who counts is told within 10m; the next is olga@acme.example after 15m");
    let reasons: Vec<_> = path.tellings().map(|it| (it.is_last_resort, it.planned.reason.clone())).collect();
    assert_eq!(reasons[0], (true, "schedule primary has nobody on call; owner".to_owned()));
    assert!(reasons.contains(&(false, "named in step 2".to_owned())), "{reasons:?}");
    // Where those who are left count, it holds and says on whom it hangs.
    let claim = Reaches { last_resort: true, ..reaches(10) };
    match prove(&setup, &assertion(90, Claim::Reaches(claim))) {
        Proof::Holds { only_by_last_resort: Some(path), .. } => assert_eq!(path.first_page_at, found),
        other @ (Proof::Holds { .. } | Proof::Fails(_)) => panic!("{other:?}"),
    }
}

#[test]
fn a_gap_in_the_hour_that_the_clock_skips_is_none() {
    let steps = policy(&[(0, Target::Schedule(schedule_id()))]);
    let setup = team(rota(vec![hours(3, 2)]), steps);
    let assertion = assertion(1, Claim::Reaches(reaches(10)));
    let parts = assertion.obligations(&setup);
    let (found, ..) = unreached(assertion.prove(&setup, &parts[0], at("2026-03-27T12:00:00Z")));
    assert_eq!(found.to_string(), "2026-03-28T01:00:00Z");
    let proof = assertion.prove(&setup, &parts[0], at("2026-03-28T12:00:00Z"));
    assert!(matches!(proof, Proof::Holds { .. }), "{proof:?}");
}

#[test]
fn kinds_of_contact_roles_and_numbers_of_people_are_counted() {
    let steps = policy(&[(0, Target::Schedule(schedule_id())), (5, Target::User(user("olga")))]);
    let setup = team(rota(Vec::new()), steps);
    let holds = |claim| matches!(prove(&setup, &assertion(7, Claim::Reaches(claim))), Proof::Holds { .. });
    assert!(holds(Reaches { by: vec![ChannelKind::Webhook], ..reaches(0) }));
    assert!(!holds(Reaches { by: vec![ChannelKind::Email], ..reaches(2) }));
    assert!(holds(Reaches { by: vec![ChannelKind::Email], ..reaches(3) }));
    assert!(!holds(Reaches { at_least: 2, ..reaches(4) }));
    assert!(holds(Reaches { at_least: 2, ..reaches(5) }));
    assert!(!holds(Reaches { at_least: 3, ..reaches(60) }));
    assert!(!holds(Reaches { whom: Whom::Role(Role::Admin), ..reaches(4) }));
    assert!(holds(Reaches { whom: Whom::Role(Role::Admin), ..reaches(5) }));
    assert!(!holds(Reaches { whom: Whom::User(user("ana")), ..reaches(5) }), "Bo has every other day");
    assert!(!holds(Reaches { whom: Whom::Channel(ops()), ..reaches(60) }));
    let (_, why, _) = unreached(prove(
        &setup,
        &assertion(7, Claim::Reaches(Reaches { whom: Whom::Channel(ops()), ..reaches(60) })),
    ));
    assert_eq!(why, "nobody who counts is told within 1h; nobody else follows in any round");
}

#[test]
fn what_holds_of_itself_is_proved_of_every_configuration() {
    let mut setup = team(rota(Vec::new()), policy(&[(0, Target::Channel(ops()))]));
    let [has_policy, reaches_human] = <[Assertion; 2]>::try_from(Assertion::built_in()).unwrap();
    assert!(matches!(prove(&setup, &has_policy), Proof::Holds { .. }));
    // Channels wake nobody.
    let (_, why, _) = unreached(prove(&setup, &reaches_human));
    assert_eq!(why, "nobody who counts is told within 4m59s; nobody else follows in any round");
    setup.policies[0] = policy(&[(0, Target::Channel(ops())), (5, Target::Schedule(schedule_id()))]);
    assert_eq!(prove(&setup, &reaches_human), Proof::Holds { cases: 366, only_by_last_resort: None });
    setup.services.push(service("search", None));
    let lone = ServiceId::named(Uuid::nil(), "search");
    assert_eq!(prove(&setup, &has_policy), Proof::Fails(Counterexample::NoPolicy(lone)));
    match prove(&setup, &assertion(1, Claim::Reaches(reaches(10)))) {
        Proof::Fails(Counterexample::Unreached { service, policy: None, path: None, .. }) => {
            assert_eq!(service, Some(lone));
        }
        other @ (Proof::Holds { .. } | Proof::Fails(_)) => panic!("{other:?}"),
    }
}

#[test]
fn nobody_is_on_call_for_longer_than_is_stated() {
    let setup = team(rota(Vec::new()), policy(&[(0, Target::Schedule(schedule_id()))]));
    let rests = |hours: u64| Claim::Rests(Rests { schedules: Vec::new(), at_most: minutes(60 * hours) });
    // The day on which the clock is set back, 25 October, has 25 hours.
    assert!(matches!(prove(&setup, &assertion(290, rests(24))), Proof::Holds { .. }));
    match prove(&setup, &assertion(300, rests(24))) {
        Proof::Fails(Counterexample::NoRest { from, to, .. }) => {
            assert_eq!(
                (from.to_string(), to.to_string()),
                ("2026-10-24T07:00:00Z".to_owned(), "2026-10-25T08:00:00Z".to_owned())
            );
        }
        other @ (Proof::Holds { .. } | Proof::Fails(_)) => panic!("{other:?}"),
    }
    assert!(matches!(prove(&setup, &assertion(300, rests(25))), Proof::Holds { .. }));
}

#[test]
fn quiet_hours_conditions_and_turns_are_seen_through() {
    let mut setup = team(rota(Vec::new()), policy(&[(0, Target::Team(team_id()))]));
    let claim = |severity| Reaches { severity: Some(severity), ..reaches(5) };
    let fails_at = |setup: &Setup, claim: Reaches| match prove(setup, &assertion(7, Claim::Reaches(claim))) {
        Proof::Fails(Counterexample::Unreached { at, about, .. }) => Some((at.to_string(), about.number)),
        Proof::Fails(_) | Proof::Holds { .. } => None,
    };
    // Both sleep from one to two, which critical incidents pass through.
    for user in &mut setup.users {
        user.quiet = vec![hours(1, 2)];
    }
    assert_eq!(fails_at(&setup, claim(Severity::Critical)), None);
    assert_eq!(fails_at(&setup, claim(Severity::Error)), Some(("2026-01-05T01:00:00Z".to_owned(), 1)));
    // It is Ana's turn only every other time.
    setup.policies[0].steps[0].round_robin = true;
    let of_ana = Reaches { whom: Whom::User(user("ana")), ..reaches(4) };
    assert_eq!(fails_at(&setup, of_ana), Some(("2026-01-05T00:00:00Z".to_owned(), 1)));
    // The only step is not taken from three to four, and those who are left are told.
    setup.policies[0].steps[0].unless =
        vec![Condition { severity: None, hours: Some(hours(3, 4)), time_zone: TimeZone::UTC }];
    let failure = fails_at(&setup, claim(Severity::Critical));
    assert_eq!(failure, Some(("2026-01-05T03:00:00Z".to_owned(), 1)));
    assert_eq!(fails_at(&setup, Reaches { last_resort: true, ..claim(Severity::Critical) }), None);
}

#[test]
fn a_path_has_every_step_and_says_why_by_which_contact() {
    let steps = policy(&[(0, Target::Schedule(schedule_id())), (5, Target::Channel(ops()))]);
    let setup = team(rota(Vec::new()), steps);
    let start = at("2026-01-05T12:00:00Z");
    let about = About { number: 1, severity: Severity::Critical };
    let path = path(&setup, &setup.policies[0], about, start, Timestamp::MAX);
    assert_eq!(path.steps.len(), 4);
    let methods: Vec<_> = path.steps[0].tellings.iter().map(|it| (it.kind, it.method.as_str())).collect();
    assert_eq!(
        methods,
        [
            (Some(ChannelKind::Webhook), "rung 1 of 2: at once"),
            (Some(ChannelKind::Email), "rung 2 of 2: 3m after the step")
        ]
    );
    let plan = crate::escalation::plan(&setup, &setup.policies[0], about, start, Timestamp::MAX);
    let told: Vec<_> = path.tellings().map(|telling| telling.planned.clone()).collect();
    assert_eq!(told, plan, "the path is the plan of the pager");
}

#[test]
fn a_step_whose_people_have_quiet_hours_says_so() {
    let mut setup = team(rota(Vec::new()), policy(&[(0, Target::User(user("ana")))]));
    setup.users[0].quiet = vec![hours(1, 2)];
    let (start, until) = (at("2026-01-05T01:10:00Z"), at("2026-01-05T01:20:00Z"));
    let why = |severity| {
        let about = About { number: 1, severity };
        path(&setup, &setup.policies[0], about, start, until).steps[0].passed_over.clone()
    };
    assert_eq!(
        why(Severity::Error).as_deref(),
        Some("quiet hours of ana@acme.example go on until 02:00 UTC")
    );
    assert_eq!(why(Severity::Critical), None);
}

#[test]
fn what_cant_be_used_is_shown_and_proves_nothing() {
    let steps = policy(&[(0, Target::User(user("ana"))), (5, Target::Channel(ops()))]);
    let mut setup = team(rota(Vec::new()), steps);
    setup.users[0].contacts[0].unusable = Some("no way".to_owned());
    setup.channels[0].unusable = Some("no mail".to_owned());
    let start = at("2026-01-05T12:00:00Z");
    let about = About { number: 1, severity: Severity::Critical };
    let shown = path(&setup, &setup.policies[0], about, start, Timestamp::MAX);
    let unusable = |step: &Taken| {
        let words = step.unusable.iter().map(|it| format!("{} ({}): {}", it.contact, it.kind.word(), it.why));
        words.collect::<Vec<_>>()
    };
    let [hook, mail] = [0, 1].map(|place: usize| setup.users[0].contacts[place].id.clone());
    assert_eq!(unusable(&shown.steps[0]), [format!("{hook} (webhook): no way")]);
    assert_eq!(unusable(&shown.steps[1]), ["ops (email): no mail"]);
    assert_eq!(shown.steps[0].tellings[0].method, format!("rung 2 of 2: at once, in place of {hook}"));
    let by_hook = Reaches { by: vec![ChannelKind::Webhook], ..reaches(4) };
    let holds = |setup: &Setup, claim: &Reaches| {
        matches!(prove(setup, &assertion(7, Claim::Reaches(claim.clone()))), Proof::Holds { .. })
    };
    assert!(holds(&setup, &reaches(4)), "{mail} is left");
    assert!(!holds(&setup, &by_hook), "nothing can be handed to it");
    for user in &mut setup.users {
        user.contacts.iter_mut().for_each(|contact| contact.unusable = Some("no way".to_owned()));
    }
    let at_last = Reaches { last_resort: true, ..reaches(60) };
    assert!(!holds(&setup, &at_last), "what is tried all the same reaches nobody");
}
