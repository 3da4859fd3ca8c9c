//! A small team, and what its policy does at night, at a hand-off, and when somebody is missing.

mod conditions;
mod ladders;
mod mistakes;
mod property;
mod teams;
mod unusable;

use jiff::{Timestamp, civil, tz::TimeZone};
use uuid::Uuid;

use super::*;
use crate::{
    OrgId, Role, Severity,
    schedule::{Layer, Override, Rotation, Schedule},
    setup::{Channel, Contact, Destination, Organization, Rung, Setup, Team, User},
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

fn schedule_id(slug: &str) -> ScheduleId {
    ScheduleId::named(Uuid::nil(), slug)
}

fn channel(slug: &str) -> ChannelId {
    ChannelId::named(Uuid::nil(), slug)
}

fn team_id(slug: &str) -> TeamId {
    TeamId::named(Uuid::nil(), slug)
}

/// An incident that is as bad as it gets.
const CRITICAL: About = About { number: 7, severity: Severity::Critical };

fn step(after: u64, targets: &[Target]) -> Step {
    Step { after: minutes(after), targets: targets.to_vec(), ..Step::default() }
}

/// The step is taken at this instant and the round has reached nobody yet.
fn taking(position: Position, at: Timestamp) -> Taking {
    Taking { position, due: at, at, has_reached: false }
}

/// A member whose phone rings at once and who gets mail three minutes later.
fn member(name: &str, role: Role) -> User {
    let email = format!("{name}@acme.example");
    let contact = |id: &str| Contact {
        id: id.to_owned(),
        destination: Destination::Email { address: email.clone() },
        unusable: None,
    };
    let rung = |after, contact: &str| Rung { after: minutes(after), contact: contact.to_owned() };
    User {
        id: user(name),
        name: name.to_owned(),
        role,
        time_zone: TimeZone::UTC,
        contacts: vec![contact("phone"), contact("mail")],
        ladder: vec![rung(3, "mail"), rung(0, "phone")],
        ladder_low: Vec::new(),
        quiet: Vec::new(),
        email,
    }
}

/// Ana and Bo change at noon, from 1 January.
fn rota() -> Schedule {
    let layer = Layer {
        rotation: Rotation::Daily,
        handoff_day: None,
        handoff_time: civil::time(12, 0, 0, 0),
        start: civil::date(2026, 1, 1),
        end: None,
        participants: vec![user("ana"), user("bo")],
        restrictions: Vec::new(),
    };
    Schedule {
        id: schedule_id("primary"),
        slug: "primary".to_owned(),
        name: "Primary".to_owned(),
        time_zone: TimeZone::UTC,
        layers: vec![layer],
        overrides: Vec::new(),
        fallback: None,
    }
}

/// The contract's policy: the schedule at once, Bo after five minutes, the room after fifteen, once more.
fn policy() -> Policy {
    Policy {
        id: PolicyId::named(Uuid::nil(), "default"),
        slug: "default".to_owned(),
        repeat: 1,
        repeat_after: None,
        steps: vec![
            step(0, &[Target::Schedule(schedule_id("primary"))]),
            step(5, &[Target::User(user("bo"))]),
            step(15, &[Target::Channel(channel("ops"))]),
        ],
    }
}

fn team() -> Setup {
    let room = Destination::Email { address: "ops@acme.example".to_owned() };
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
            id: team_id("payments"),
            slug: "payments".to_owned(),
            name: "Payments".to_owned(),
            members: vec![user("ana"), user("bo"), user("olga")],
        }],
        schedules: vec![rota()],
        policies: vec![policy()],
        channels: vec![Channel {
            id: channel("ops"),
            slug: "ops".to_owned(),
            destination: room,
            unusable: None,
        }],
        services: Vec::new(),
        status_pages: Vec::new(),
        paging: crate::setup::Paging::default(),
        assertions: Vec::new(),
        public: crate::setup::Public::default(),
    }
}

fn name(setup: &Setup, responder: Responder) -> String {
    match responder {
        Responder::User(id) => setup.user(id).map_or_else(|| id.to_string(), |user| user.name.clone()),
        Responder::Channel(id) => format!("#{}", setup.channel(id).unwrap().slug),
    }
}

/// Whom a step of these targets reaches at midnight, each as `name: reason`.
fn reached(setup: &Setup, targets: &[Target]) -> Vec<String> {
    let policy = Policy { steps: vec![step(0, targets)], ..policy() };
    let found = recipients(setup, &policy, CRITICAL, taking(policy.first(), at("2026-01-02T00:00:00Z")));
    found.into_iter().map(|one| format!("{}: {}", name(setup, one.responder), one.reason)).collect()
}

/// Each message as `minute round.step name contact: reason`.
fn written(setup: &Setup, planned: &[Planned], start: Timestamp) -> Vec<String> {
    let line = |message: &Planned| {
        let minute = message.at.duration_since(start).as_mins();
        let Position { round, step } = message.position;
        let name = name(setup, message.responder);
        format!("{minute} {round}.{step} {name} {}: {}", message.contact, message.reason)
    };
    planned.iter().map(line).collect()
}

#[test]
fn the_plan_names_every_message_in_order_of_time() {
    let start = at("2026-01-02T11:58:00Z");
    let planned = plan(&team(), &policy(), CRITICAL, start, at("2026-01-02T12:30:00Z"));
    assert_eq!(
        written(&team(), &planned, start),
        [
            "0 1.1 ana phone: schedule primary, layer 1",
            "3 1.1 ana mail: schedule primary, layer 1",
            "5 1.2 bo phone: named in step 2",
            "8 1.2 bo mail: named in step 2",
            "15 1.3 #ops ops: named in step 3",
            "25 2.1 bo phone: schedule primary, layer 1",
            "28 2.1 bo mail: schedule primary, layer 1",
            "30 2.2 bo phone: named in step 2"
        ]
    );
}

#[test]
fn a_plan_ends_where_it_is_told_to() {
    let start = at("2026-01-02T00:00:00Z");
    assert_eq!(plan(&team(), &policy(), CRITICAL, start, start).len(), 1);
    assert_eq!(plan(&team(), &policy(), CRITICAL, start, at("2026-01-01T23:59:59Z")), []);
    assert_eq!(plan(&team(), &policy(), CRITICAL, start, Timestamp::MAX).len(), 10);
}

#[test]
fn whoever_is_on_call_when_the_step_is_taken_is_paged() {
    let position = policy().first();
    let messages = |fired_at| messages(&team(), &policy(), CRITICAL, taking(position, at(fired_at)));
    assert_eq!(messages("2026-01-02T11:59:00Z")[0].responder, Responder::User(user("ana")));
    assert_eq!(messages("2026-01-02T12:00:00Z")[0].responder, Responder::User(user("bo")));
}

#[test]
fn rounds_follow_each_other_until_the_last() {
    let policy = policy();
    let mut position = policy.first();
    let mut seen = vec![(position.round, position.step)];
    while let Some(next) = policy.next(position) {
        assert!(next > position);
        position = next;
        seen.push((position.round, position.step));
    }
    assert_eq!(seen, [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]);
    let shortened = Policy { steps: policy.steps[..1].to_vec(), ..policy };
    assert_eq!(shortened.next(Position { round: 1, step: 3 }), Some(Position { round: 2, step: 1 }));
    assert_eq!(shortened.next(Position { round: 7, step: 1 }), None);
}

#[test]
fn due_times_count_from_the_first_page_alone() {
    let start = at("2026-01-02T00:00:00Z");
    let due = |policy: &Policy, round, step| {
        policy.due(start, Position { round, step }).duration_since(start).as_mins()
    };
    assert_eq!(
        [due(&policy(), 1, 1), due(&policy(), 1, 3), due(&policy(), 2, 1), due(&policy(), 3, 2)],
        [0, 15, 25, 55]
    );
    let quick = Policy { repeat_after: Some(minutes(2)), ..policy() };
    assert_eq!([due(&quick, 2, 1), due(&quick, 3, 1)], [17, 34]);
    assert_eq!(due(&policy(), 1, 9), 15);
    assert_eq!(policy().due(start, Position { round: u32::MAX, step: 1 }), Timestamp::MAX);
}

#[test]
fn rounds_are_never_closer_than_a_minute() {
    let gap = |repeat_after, afters: &[u64]| {
        let steps = afters.iter().map(|&after| Step { after: Duration::from_secs(after), ..Step::default() });
        Policy { repeat_after, steps: steps.collect(), ..policy() }.round_gap()
    };
    assert_eq!(gap(Some(minutes(7)), &[0, 60]), minutes(7));
    assert_eq!(gap(Some(Duration::from_secs(1)), &[0, 600]), minutes(1));
    assert_eq!(gap(None, &[0, 60, 240]), minutes(3));
    assert_eq!(gap(None, &[0, 20]), minutes(1));
    assert_eq!(gap(None, &[600, 0]), minutes(1));
    assert_eq!(gap(None, &[600]), minutes(5));
    assert_eq!(gap(None, &[]), minutes(5));
}

#[test]
fn each_responder_comes_once_with_the_first_reason() {
    let targets =
        [Target::Channel(channel("ops")), Target::User(user("bo")), Target::Schedule(schedule_id("primary"))];
    let again =
        [targets, [Target::User(user("ana")), Target::User(user("bo")), Target::Channel(channel("ops"))]]
            .concat();
    assert_eq!(
        reached(&team(), &again),
        ["#ops: named in step 1", "bo: named in step 1", "ana: schedule primary, layer 1"]
    );
}

#[test]
fn an_override_is_the_reason_while_it_lasts() {
    let mut team = team();
    let (from, to) = (at("2026-01-01T20:00:00Z"), at("2026-01-02T08:00:00Z"));
    team.schedules[0].overrides = vec![Override { user: user("bo"), from, to }];
    assert_eq!(
        reached(&team, &[Target::Schedule(schedule_id("primary"))]),
        ["bo: schedule primary, override"]
    );
}

#[test]
fn a_step_that_can_wake_nobody_goes_to_the_owners() {
    let mut team = team();
    team.schedules[0].layers.clear();
    let primary = Target::Schedule(schedule_id("primary"));
    let ops = Target::Channel(channel("ops"));
    let nobody = "schedule primary has nobody on call";
    assert_eq!(reached(&team, &[primary]), [format!("olga: {nobody}; owner")]);
    assert_eq!(reached(&team, &[primary, Target::User(user("bo"))]), ["bo: named in step 1"]);
    let room = "#ops: named in step 1".to_owned();
    assert_eq!(reached(&team, &[ops, primary]), [room.clone(), format!("olga: {nobody}; owner")]);
    assert_eq!(reached(&team, &[ops]), [room]);
    let gone = Target::User(user("gone"));
    let why = format!("{nobody}, step 1 names somebody who is no longer a member; owner");
    assert_eq!(reached(&team, &[primary, gone]), [format!("olga: {why}")]);
    assert_eq!(reached(&team, &[]), ["olga: step 1 of policy default names nobody; owner"]);
    assert_eq!(
        reached(&team, &[Target::Channel(channel("gone")), Target::Schedule(schedule_id("gone"))]),
        ["olga: step 1 names a channel that is gone, step 1 names a schedule that is gone; owner"]
    );
    let ninth = Position { round: 1, step: 9 };
    let late = recipients(&team, &policy(), CRITICAL, taking(ninth, at("2026-01-02T00:00:00Z")));
    assert_eq!(late[0].reason, "step 9 of policy default names nobody; owner");
}

#[test]
fn members_without_a_contact_are_passed_over_while_there_are_others() {
    let mut team = team();
    let primary = [Target::Schedule(schedule_id("primary"))];
    team.users[0].contacts.clear();
    assert_eq!(reached(&team, &primary), ["olga: ana@acme.example has no contact; owner"]);
    team.users[2].contacts.clear();
    assert_eq!(reached(&team, &primary), ["bo: ana@acme.example has no contact; responder"]);
    team.users[1].contacts.clear();
    assert_eq!(reached(&team, &primary), ["olga: ana@acme.example has no contact; owner"]);
    team.users.remove(0);
    let gone = "schedule primary has somebody on call who is no longer a member";
    assert_eq!(reached(&team, &primary), [format!("olga: {gone}; owner")]);
}

#[test]
fn a_ladder_without_a_good_rung_uses_every_contact_at_once() {
    let mut team = team();
    let start = at("2026-01-02T00:00:00Z");
    let first = |team: &Setup| {
        let planned = messages(team, &policy(), CRITICAL, taking(policy().first(), start));
        written(team, &planned, start)
    };
    let reason = "schedule primary, layer 1";
    let rung = |after, contact: &str| Rung { after: minutes(after), contact: contact.to_owned() };
    team.users[0].ladder = vec![rung(4, "pager")];
    assert_eq!(first(&team), [format!("0 1.1 ana phone: {reason}"), format!("0 1.1 ana mail: {reason}")]);
    team.users[0].ladder = vec![rung(9, "mail"), rung(4, "mail"), rung(1, "pager")];
    assert_eq!(first(&team), [format!("4 1.1 ana mail: {reason}")]);
}

#[test]
fn a_step_that_was_taken_over_is_told_as_that_of_its_policy() {
    let mut policy = policy();
    let named = [Target::User(user("bo")), Target::Team(team_id("payments")), Target::User(user("gone"))];
    policy.steps[1].targets = named.to_vec();
    let origin = Origin { policies: vec!["leads".to_owned(), "managers".to_owned()], step: 1 };
    policy.steps[1].taken_from = Some(origin);
    let taken = taking(Position { round: 1, step: 2 }, at("2026-01-02T00:00:00Z"));
    let reasons = |policy: &Policy| {
        let found = recipients(&team(), policy, CRITICAL, taken);
        found.into_iter().map(|one| one.reason).collect::<Vec<_>>()
    };
    let team = "team payments, named in step 1 of policy managers";
    assert_eq!(reasons(&policy), ["named in step 1 of policy managers", team, team]);
    policy.steps[1].targets = vec![Target::User(user("gone"))];
    assert!(reasons(&policy)[0].starts_with("step 1 of policy managers names somebody who is no longer"));
    assert!(
        policy.hands_over_to("leads") && policy.hands_over_to("managers") && !policy.hands_over_to("default")
    );
}
