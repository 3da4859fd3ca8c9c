//! When a contact counts as working, and who on call is out of reach.

use jiff::{SignedDuration, civil, tz::TimeZone};

use super::*;
use crate::{
    OrgId, Role, ScheduleId,
    destination::Secret,
    schedule::{Layer, Override, Rotation},
    setup::Organization,
};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn user_id(name: &str) -> UserId {
    UserId::named(Uuid::nil(), name)
}

fn mail(address: &str) -> Destination {
    Destination::Email { address: address.to_owned() }
}

fn user(name: &str) -> User {
    let contact = |id: &str| Contact {
        id: id.to_owned(),
        destination: mail(&format!("{id}@{name}.example")),
        unusable: None,
    };
    User {
        id: user_id(name),
        email: format!("{name}@acme.example"),
        name: name.to_owned(),
        role: Role::Responder,
        time_zone: TimeZone::UTC,
        contacts: vec![contact("home"), contact("work")],
        ladder: Vec::new(),
        ladder_low: Vec::new(),
        quiet: Vec::new(),
    }
}

fn state(of: &User, contact: usize) -> ContactState {
    let contact = &of.contacts[contact];
    ContactState {
        user: of.id,
        contact: contact.id.clone(),
        fingerprint: contact.destination.fingerprint(),
        verified_at: None,
        last_confirmed_at: None,
        last_accepted_at: None,
        last_failed_at: None,
        last_answer: None,
    }
}

#[test]
fn the_last_word_of_a_destination_counts() {
    let state = state(&user("ana"), 0);
    let standing = |verified: i64, confirmed: i64, accepted: i64, failed: i64| {
        let at = |second: i64| (second > 0).then(|| at(second));
        ContactState {
            verified_at: at(verified),
            last_confirmed_at: at(confirmed),
            last_accepted_at: at(accepted),
            last_failed_at: at(failed),
            ..state.clone()
        }
        .standing()
    };
    assert_eq!(standing(0, 0, 0, 0), Standing::Unverified);
    assert_eq!(standing(0, 0, 5, 0), Standing::Unverified, "that it was taken does not say by whom");
    assert_eq!(standing(1, 0, 0, 0), Standing::Good);
    assert_eq!(standing(0, 1, 0, 0), Standing::Good);
    assert_eq!(standing(1, 0, 2, 3), Standing::Failing);
    assert_eq!(standing(1, 0, 4, 3), Standing::Good);
    assert_eq!(standing(0, 0, 0, 3), Standing::Failing);
    assert_eq!(standing(4, 0, 0, 3), Standing::Good);
}

#[test]
fn a_changed_destination_is_unverified_again() {
    let mut ana = user("ana");
    let states = [ContactState { verified_at: Some(at(1)), ..state(&ana, 0) }];
    assert_eq!(ana.contacts[0].standing(ana.id, &states), Standing::Good);
    assert_eq!(ana.contacts[1].standing(ana.id, &states), Standing::Unverified);
    assert_eq!(ana.contacts[0].standing(user_id("bo"), &states), Standing::Unverified);
    let before = std::mem::replace(&mut ana.contacts[0].destination, mail("new@ana.example"));
    assert_eq!(ana.contacts[0].standing(ana.id, &states), Standing::Unverified);
    ana.contacts[0].destination = before;
    assert_eq!(ana.contacts[0].standing(ana.id, &states), Standing::Good, "back to the old one");
}

#[test]
fn a_key_that_lets_us_in_is_no_part_of_the_place() {
    let matrix = |token: &str, room: &str| Destination::Matrix {
        server: "https://m.example".to_owned(),
        token: Secret::new(token),
        room: room.to_owned(),
    };
    assert_eq!(matrix("a", "!r").fingerprint(), matrix("b", "!r").fingerprint());
    assert_ne!(matrix("a", "!r").fingerprint(), matrix("a", "!s").fingerprint());
    let hook = |url: &str, secret| Destination::Webhook { url: Secret::new(url), secret, template: None };
    let signed = hook("https://h.example/1", Some(Secret::new("whsec_x")));
    assert_eq!(hook("https://h.example/1", None).fingerprint(), signed.fingerprint());
    assert_ne!(hook("https://h.example/2", None).fingerprint(), signed.fingerprint());
    let (text, call) =
        (Destination::Sms { number: "+390".to_owned() }, Destination::Voice { number: "+390".to_owned() });
    assert_ne!(text.fingerprint(), call.fingerprint());
}

#[test]
fn one_contact_that_works_is_enough() {
    let ana = user("ana");
    let good = ContactState { verified_at: Some(at(1)), ..state(&ana, 1) };
    let failing = ContactState { last_failed_at: Some(at(2)), ..state(&ana, 0) };
    assert_eq!(ana.out_of_reach(&[]).as_deref(), Some("home is not verified, work is not verified"));
    assert_eq!(
        ana.out_of_reach(std::slice::from_ref(&failing)).as_deref(),
        Some("home failed last, work is not verified")
    );
    assert_eq!(ana.out_of_reach(&[failing, good.clone()]), None);
    let mut closed = ana.clone();
    closed.contacts[1].unusable = Some("there is no way".to_owned());
    assert_eq!(
        closed.out_of_reach(&[good]).as_deref(),
        Some("home is not verified, work can't be used"),
        "what worked once and can't be used works no more"
    );
    let nobody = User { contacts: Vec::new(), ..ana };
    assert_eq!(nobody.out_of_reach(&[]).as_deref(), Some("no contact"));
}

#[test]
fn whoever_is_on_call_within_the_horizon_and_out_of_reach_is_named_once() {
    let (ana, bo) = (user("ana"), user("bo"));
    let start = civil::date(2026, 1, 1).at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
    let hour = |hours: i64| start + SignedDuration::from_hours(hours);
    let setup = Setup {
        organization: Organization {
            id: OrgId(Uuid::nil()),
            slug: "acme".to_owned(),
            name: "Acme".to_owned(),
        },
        users: vec![ana.clone(), bo.clone()],
        teams: Vec::new(),
        schedules: vec![Schedule {
            id: ScheduleId(Uuid::nil()),
            slug: "primary".to_owned(),
            name: "Primary".to_owned(),
            time_zone: TimeZone::UTC,
            layers: vec![Layer {
                rotation: Rotation::Daily,
                handoff_day: None,
                handoff_time: civil::time(12, 0, 0, 0),
                start: civil::date(2026, 1, 1),
                end: None,
                participants: vec![ana.id, bo.id],
                restrictions: Vec::new(),
            }],
            overrides: vec![Override { user: user_id("gone"), from: hour(1), to: hour(2) }],
            fallback: None,
        }],
        policies: Vec::new(),
        channels: Vec::new(),
        services: Vec::new(),
        status_pages: Vec::new(),
        paging: Default::default(),
        assertions: Vec::new(),
        public: crate::setup::Public::default(),
    };
    let found = |states: &[ContactState], from: i64, until: i64| {
        let found = reachability(&setup, states, &setup.schedules[0], hour(from), hour(until));
        found.iter().map(|one| (one.user, one.from)).collect::<Vec<_>>()
    };
    assert_eq!(found(&[], 0, 96), [(ana.id, hour(0)), (bo.id, hour(24))]);
    assert_eq!(found(&[], 30, 40), [(bo.id, hour(30))]);
    assert_eq!(found(&[], 30, 49), [(bo.id, hour(30)), (ana.id, hour(48))]);
    let ana_works = ContactState { verified_at: Some(start), ..state(&ana, 0) };
    assert_eq!(found(&[ana_works], 0, 96), [(bo.id, hour(24))]);
}
