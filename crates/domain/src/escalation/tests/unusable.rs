//! Contacts that this server can hand nothing to: passed over, with the next in their place, and refused where nothing is
//! left.

use super::*;
use crate::escalation::{Place, dead_ends::DeadEnd};

const WHY: &str = "there is no way";

fn close(user: &mut User, ids: &[&str]) {
    for contact in user.contacts.iter_mut().filter(|contact| ids.contains(&contact.id.as_str())) {
        contact.unusable = Some(WHY.to_owned());
    }
}

/// What is sent in the first round after the team was changed, as `minutes who contact: reason`.
fn told(change: impl FnOnce(&mut Setup), steps: Vec<Step>) -> Vec<String> {
    let mut team = team();
    change(&mut team);
    let policy = Policy { steps, repeat: 0, ..policy() };
    let start = at("2026-01-02T00:00:00Z");
    let shown = |planned: &Planned| {
        let after = planned.at.duration_since(start).as_mins();
        let who = name(&team, planned.responder);
        format!("{after} {who} {}: {}", planned.contact, planned.reason)
    };
    plan(&team, &policy, CRITICAL, start, Timestamp::MAX).iter().map(shown).collect()
}

fn to(name: &str) -> Vec<Step> {
    vec![step(0, &[Target::User(user(name))])]
}

#[test]
fn the_next_contact_comes_in_the_place_of_one_that_cant_be_used() {
    let first = told(|team| close(&mut team.users[0], &["phone"]), to("ana"));
    assert_eq!(first, ["0 ana mail: named in step 1"], "three minutes later is too late");
    let second = told(|team| close(&mut team.users[0], &["mail"]), to("ana"));
    assert_eq!(second, ["0 ana phone: named in step 1"]);
    let off_the_ladder = told(
        |team| {
            team.users[0].ladder.retain(|rung| rung.contact == "mail");
            close(&mut team.users[0], &["mail"]);
        },
        to("ana"),
    );
    assert_eq!(off_the_ladder, ["0 ana phone: named in step 1"], "rather by another way than not at all");
}

#[test]
fn who_cant_be_reached_makes_room_for_those_who_are_left() {
    let silent = told(|team| close(&mut team.users[0], &["phone", "mail"]), to("ana"));
    let reason = "ana@acme.example can't be reached; owner";
    assert_eq!(silent, [format!("0 olga phone: {reason}"), format!("3 olga mail: {reason}")]);
    let owner = |team: &mut Setup| {
        close(&mut team.users[0], &["phone", "mail"]);
        close(&mut team.users[2], &["phone", "mail"]);
    };
    assert_eq!(
        told(owner, to("ana"))[0],
        "0 bo phone: ana@acme.example can't be reached; responder",
        "an owner who can't be reached is no last resort"
    );
    let room = told(
        |team| team.channels[0].unusable = Some(WHY.to_owned()),
        vec![step(0, &[Target::Channel(channel("ops"))])],
    );
    assert_eq!(room[0], "0 olga phone: channel ops can't be reached; owner");
}

#[test]
fn where_nobody_can_be_reached_it_is_tried_all_the_same() {
    let nobody = |team: &mut Setup| team.users.iter_mut().for_each(|user| close(user, &["phone", "mail"]));
    let reason = "ana@acme.example can't be reached; owner";
    assert_eq!(
        told(nobody, to("ana")),
        [format!("0 olga phone: {reason}"), format!("0 olga mail: {reason}")]
    );
}

#[test]
fn what_may_be_called_and_cant_be_reached_is_a_dead_end() {
    let dead_ends = |change: fn(&mut Setup)| {
        let mut team = team();
        change(&mut team);
        team.dead_ends().into_iter().map(|DeadEnd { place, words }| (place, words)).collect::<Vec<_>>()
    };
    assert_eq!(dead_ends(|team| close(&mut team.users[0], &["phone"])), [], "one is left");
    assert_eq!(
        dead_ends(|team| close(&mut team.users[2], &["phone", "mail"])),
        [],
        "nothing calls the owner"
    );
    assert_eq!(
        dead_ends(|team| close(&mut team.users[0], &["phone", "mail"])),
        [(
            Place::User(0),
            "schedule primary may call ana@acme.example, who can't be reached: phone: there is no way; mail: there is no way"
                .to_owned()
        )]
    );
    let low = |team: &mut Setup| {
        team.users[1].ladder_low = vec![Rung { after: minutes(1), contact: "mail".to_owned() }];
        close(&mut team.users[1], &["mail"]);
    };
    assert_eq!(
        dead_ends(low),
        [(
            Place::User(1),
            "escalation policy default may call bo@acme.example, whose `notify_low` names no contact that can be used: \
             mail: there is no way; or add a rung for phone"
                .to_owned()
        )]
    );
    assert_eq!(
        dead_ends(|team| team.channels[0].unusable = Some(WHY.to_owned())),
        [(Place::Policy(0), "step 3 reaches nobody: channel ops: there is no way".to_owned())]
    );
    let beside = |team: &mut Setup| {
        team.channels[0].unusable = Some(WHY.to_owned());
        team.policies[0].steps[2].targets.push(Target::User(user("bo")));
    };
    assert_eq!(dead_ends(beside), [], "somebody else is told by the step");
}

#[test]
fn a_policy_names_people_by_themselves_and_in_teams() {
    let mut team = team();
    let named = |team: &Setup, who: &str| team.named_by(user(who)).is_some();
    assert_eq!(
        ["ana", "bo", "olga"].map(|who| named(&team, who)),
        [false, true, false],
        "a schedule is not a name"
    );
    team.policies[0].steps[2].targets.push(Target::Team(team_id("payments")));
    assert_eq!(["ana", "bo", "olga"].map(|who| named(&team, who)), [true; 3]);
}
