//! Teams in steps, and round robins: everyone once, or one after the other.

use super::*;

fn payments() -> Target {
    Target::Team(team_id("payments"))
}

/// Whom a round robin over these targets takes, by incident number and round, as `name: reason`.
fn taken(setup: &Setup, targets: &[Target], number: i64, round: u32) -> Vec<String> {
    let only = Step { round_robin: true, ..step(0, targets) };
    let policy = Policy { steps: vec![only], ..policy() };
    let about = About { number, ..CRITICAL };
    let found =
        recipients(setup, &policy, about, taking(Position { round, step: 1 }, at("2026-01-02T00:00:00Z")));
    found.into_iter().map(|one| format!("{}: {}", name(setup, one.responder), one.reason)).collect()
}

#[test]
fn a_team_is_all_its_members_each_once() {
    assert_eq!(
        reached(&team(), &[Target::User(user("bo")), payments()]),
        [
            "bo: named in step 1",
            "ana: team payments, named in step 1",
            "olga: team payments, named in step 1"
        ]
    );
}

#[test]
fn who_left_a_team_is_passed_over_and_an_empty_team_goes_to_the_owners() {
    let mut team = team();
    team.teams[0].members = vec![user("gone"), user("bo")];
    assert_eq!(reached(&team, &[payments()]), ["bo: team payments, named in step 1"]);
    team.teams[0].members = vec![user("gone")];
    assert_eq!(
        reached(&team, &[payments()]),
        ["olga: team payments has somebody in it who is no longer a member; owner"]
    );
    team.teams[0].members.clear();
    assert_eq!(reached(&team, &[payments()]), ["olga: team payments has no members; owner"]);
    team.teams.clear();
    assert_eq!(reached(&team, &[payments()]), ["olga: step 1 names a team that is gone; owner"]);
}

#[test]
fn a_round_robin_takes_the_next_one_for_each_incident_and_each_round() {
    let names = |round| (3..7).map(|number| taken(&team(), &[payments()], number, round).remove(0)).collect();
    let first: Vec<String> = names(1);
    assert_eq!(
        first,
        [
            "ana: team payments, named in step 1, 1 of 3 in turn",
            "bo: team payments, named in step 1, 2 of 3 in turn",
            "olga: team payments, named in step 1, 3 of 3 in turn",
            "ana: team payments, named in step 1, 1 of 3 in turn"
        ]
    );
    let second: Vec<String> = names(2);
    assert_eq!(second[..3], first[1..]);
    assert_eq!(taken(&team(), &[payments()], -1, 1), [first[2].clone()]);
}

#[test]
fn a_round_robin_skips_who_can_not_be_reached() {
    let mut team = team();
    team.users[1].contacts.clear();
    for number in 0..6 {
        let found = taken(&team, &[payments(), Target::User(user("gone"))], number, 1);
        assert_eq!(found.len(), 1);
        assert!(!found[0].starts_with("bo"), "{found:?}");
    }
    team.teams[0].members = vec![user("bo")];
    assert_eq!(taken(&team, &[payments()], 1, 1), ["olga: bo@acme.example has no contact; owner"]);
    assert_eq!(taken(&team, &[], 1, 1), ["olga: step 1 of policy default names nobody; owner"]);
}

#[test]
fn a_round_robin_passes_over_whoever_has_quiet_hours_unless_all_have_or_it_is_critical() {
    let mut team = team();
    let night = crate::schedule::Restriction {
        days: civil::Weekday::Monday.cycle_forward().take(7).collect(),
        from: civil::time(22, 0, 0, 0),
        to: civil::time(7, 0, 0, 0),
    };
    team.users[0].quiet = vec![night.clone()];
    let only = Step { round_robin: true, ..step(0, &[payments()]) };
    let policy = Policy { steps: vec![only], ..policy() };
    let turn = |team: &Setup, number, severity| {
        let about = About { number, severity };
        let taking = taking(Position { round: 1, step: 1 }, at("2026-01-02T00:00:00Z"));
        let one = recipients(team, &policy, about, taking).remove(0);
        format!("{}: {}", name(team, one.responder), one.reason)
    };
    assert_eq!(
        turn(&team, 3, Severity::Error),
        "bo: team payments, named in step 1, 2 of 3 in turn, in place of ana@acme.example, who has quiet hours until 07:00 UTC"
    );
    assert_eq!(turn(&team, 4, Severity::Error), "bo: team payments, named in step 1, 2 of 3 in turn");
    assert_eq!(turn(&team, 3, Severity::Critical), "ana: team payments, named in step 1, 1 of 3 in turn");
    team.users.iter_mut().for_each(|user| user.quiet = vec![night.clone()]);
    assert_eq!(turn(&team, 3, Severity::Error), "ana: team payments, named in step 1, 1 of 3 in turn");
}

#[test]
fn two_round_robins_of_one_round_take_two_people() {
    let robin = |after| Step { round_robin: true, ..step(after, &[payments()]) };
    let policy = Policy { steps: vec![robin(0), robin(5)], repeat: 1, ..policy() };
    let start = at("2026-01-02T00:00:00Z");
    let planned = plan(&team(), &policy, CRITICAL, start, Timestamp::MAX);
    let phones: Vec<_> = planned.iter().filter(|message| message.contact == "phone").collect();
    let names: Vec<_> = phones.iter().map(|message| name(&team(), message.responder)).collect();
    assert_eq!(names, ["bo", "olga", "olga", "ana"]);
}
