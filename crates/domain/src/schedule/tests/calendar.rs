//! What calendars hold.

use super::*;
use crate::{
    OrgId, Role,
    setup::{Organization, Setup, User},
};

fn setup() -> Setup {
    let mut primary = schedule("UTC", vec![layer(Rotation::Daily, date(2026, 1, 2), "09:00", "ana bo")]);
    primary.overrides = vec![over("bo", "2026-01-04T00:00:00Z", "2026-01-04T01:00:00Z")];
    let mut backup = schedule("UTC", vec![layer(Rotation::Weekly, date(2026, 1, 2), "00:00", "bo ana")]);
    backup.id = ScheduleId::named(Uuid::nil(), "backup");
    let member = |name: &str| User {
        id: user(name),
        email: format!("{name}@acme.example"),
        name: name.to_owned(),
        role: Role::Responder,
        time_zone: TimeZone::UTC,
        contacts: Vec::new(),
        ladder: Vec::new(),
        ladder_low: Vec::new(),
        quiet: Vec::new(),
    };
    Setup {
        organization: Organization { id: OrgId(Uuid::nil()), slug: "acme".into(), name: "Acme".into() },
        users: ["ana", "bo"].map(member).into(),
        teams: Vec::new(),
        schedules: vec![primary, backup],
        policies: Vec::new(),
        channels: Vec::new(),
        services: Vec::new(),
        status_pages: Vec::new(),
        paging: Default::default(),
        assertions: Vec::new(),
        public: crate::setup::Public::default(),
    }
}

#[test]
fn a_schedule_has_all_shifts_and_a_person_their_own_in_every_schedule() {
    let mut setup = setup();
    let lines = |subject: Subject| {
        let entries = subject.entries(&setup, at("2026-01-01T00:00:00Z"), at("2026-01-05T00:00:00Z"))?;
        let line = |entry: &Entry<'_>| {
            let name =
                PEOPLE.into_iter().find(|name| Some(user(name)) == entry.shift.user).unwrap_or("nobody");
            let place = setup.schedules.iter().position(|schedule| schedule.id == entry.schedule.id).unwrap();
            format!("{place} {} {name}", entry.shift.from.strftime("%d %H:%M"))
        };
        assert!(entries.is_whole);
        Some(entries.list.iter().map(line).collect::<Vec<_>>())
    };
    assert_eq!(
        lines(Subject::Schedule(setup.schedules[0].id)).unwrap(),
        [
            "0 01 00:00 nobody",
            "0 02 09:00 ana",
            "0 03 09:00 bo",
            "0 04 00:00 bo",
            "0 04 01:00 bo",
            "0 04 09:00 ana"
        ]
    );
    assert_eq!(
        lines(Subject::User(user("bo"))).unwrap(),
        ["1 02 00:00 bo", "0 03 09:00 bo", "0 04 00:00 bo", "0 04 01:00 bo"]
    );
    setup.schedules[0].layers[0].rotation = every(1);
    let primary = Subject::Schedule(setup.schedules[0].id);
    let entries = primary.entries(&setup, at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z")).unwrap();
    assert_eq!((entries.list.len(), entries.is_whole), (MOST_SHIFTS, false));
}

#[test]
fn a_subject_that_is_gone_has_no_calendar() {
    let setup = setup();
    let entries =
        |subject: Subject| subject.entries(&setup, at("2026-01-01T00:00:00Z"), at("2026-01-05T00:00:00Z"));
    assert_eq!(entries(Subject::User(user("gus"))), None);
    assert_eq!(entries(Subject::Schedule(ScheduleId::named(Uuid::nil(), "gone"))), None);
}
