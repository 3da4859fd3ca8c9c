//! What people do to an incident, in the words of the product: who is paged by it, and who no more.

use std::time::Duration;

use domain::{AmendmentId, incident::Actor};
use engine::{CommandError, commands, commands::whom, workers::Escalator};
use jiff::{SignedDuration, Timestamp};
use store::Scope;
use testkit::{TestApp, app::minutes};
use uuid::Uuid;

use crate::outage::team;

/// An outage that Ana has been paged for.
pub(crate) fn outage() -> TestApp {
    outage_with("")
}

fn outage_with(options: &str) -> TestApp {
    let mut app = TestApp::start(&format!("{}\n{options}", team("")), &["commerce"]);
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    app
}

fn in_minutes(app: &TestApp, count: i64) -> Timestamp {
    app.now() + SignedDuration::from_mins(count)
}

fn hand(app: &mut TestApp, by: &str, to: &'static str) -> Result<(), CommandError> {
    let done = app.act(by, 1, move |scope, ground, now, by, id| {
        let to = whom::assignee(&ground.setups.current(scope)?.1, to)?;
        commands::reassign(scope, ground, now, by, id, to)
    });
    done.map(drop)
}

pub(crate) fn ask(app: &mut TestApp, by: &str, whom: &'static str) -> Result<(), CommandError> {
    let done = app.act(by, 1, move |scope, ground, now, by, id| {
        let target = whom::target(&ground.setups.current(scope)?.1, whom)?;
        commands::add_responder(scope, ground, now, by, id, target)
    });
    done.map(drop)
}

pub(crate) fn snooze(app: &mut TestApp, by: &str, count: i64) -> Result<(), CommandError> {
    let until = in_minutes(app, count);
    let done =
        app.act(by, 1, move |scope, ground, now, by, id| commands::snooze(scope, ground, now, by, id, until));
    done.map(drop)
}

#[track_caller]
fn refused(answer: Result<(), CommandError>, part: &str) {
    match answer {
        Err(CommandError::Rejected(why) | CommandError::Invalid { reason: why, .. }) => {
            assert!(why.contains(part), "{why}");
        }
        other => panic!("refused with {part:?}? {other:?}"),
    }
}

#[test]
fn an_acknowledgement_with_an_end_lapses_and_paging_begins_anew() {
    let mut app = outage();
    let half_hour = |scope: &mut Scope<'_>, ground: &commands::Ground, now, by, id| {
        commands::acknowledge_for(scope, ground, now, by, id, Duration::from_secs(1800))
    };
    app.act("Ana", 1, half_hour).unwrap();
    app.advance(minutes(29));
    app.expect_silence();
    // Who has it and says so again has it for longer.
    app.act("Ana", 1, half_hour).unwrap();
    app.advance(minutes(29));
    app.expect_silence();
    app.advance(minutes(1));
    app.expect("Ana", "page");
    app.advance(minutes(5));
    app.expect("Bo", "page");
    assert_eq!(app.incident(1).generation, 2);
    assert!(app.journal(1).contains(&"ack_expired".to_owned()), "{:?}", app.journal(1));
    app.acknowledge("Bo", 1);
    app.expect("Ana", "acknowledged");
}

#[test]
fn a_page_that_was_made_and_not_sent_before_the_answer_never_leaves() {
    let mut app = outage();
    let due = app.incident(1).first_page_at.unwrap() + SignedDuration::from_mins(5);
    app.world().clock.set(due);
    app.world().take(&Escalator);
    let (ground, by, id) = (app.shell().ground(), Actor::User(app.user("Ana")), app.incident(1).id);
    let answered = app.world().act(move |scope, now| commands::acknowledge(scope, &ground, now, by, id));
    assert_eq!(answered.unwrap().response.word(), "acknowledged");
    app.advance(minutes(60));
    app.expect_silence();
    assert_eq!(app.journal(1).iter().filter(|kind| *kind == "step").count(), 2, "the step had been taken");
}

#[test]
fn a_configured_end_holds_for_every_acknowledgement() {
    let mut app = outage_with("[paging]\nack_timeout = \"20m\"");
    app.acknowledge("Ana", 1);
    app.advance(minutes(19));
    app.expect_silence();
    app.advance(minutes(1));
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(2));
    app.expect("Ana", "resolved");
    app.advance(minutes(60));
    app.expect_silence();
}

#[test]
fn an_answer_that_is_taken_back_pages_at_once() {
    let mut app = outage();
    let none = app.act("Ana", 1, commands::unacknowledge).map(drop);
    refused(none, "incident 1 is not acknowledged");
    app.acknowledge("Ana", 1);
    app.advance(minutes(40));
    app.act("Ana", 1, commands::unacknowledge).unwrap();
    app.expect("Ana", "page");
    let again = app.act("Bo", 1, commands::unacknowledge).unwrap();
    assert_eq!(again.generation, 2, "an open response is not opened again");
    app.expect_silence();
    app.advance(minutes(5));
    app.expect("Bo", "page");
}

#[test]
fn a_snooze_is_silent_until_its_end_and_a_day_at_the_most() {
    let mut app = outage();
    refused(snooze(&mut app, "Ana", 24 * 60 + 1), "within 24 hours");
    refused(snooze(&mut app, "Ana", 0), "within 24 hours");
    snooze(&mut app, "Ana", 60).unwrap();
    refused(snooze(&mut app, "Bo", 90), "Ana has this incident");
    app.advance(minutes(59));
    app.expect_silence();
    app.advance(minutes(1));
    app.expect("Ana", "page");
    app.advance(minutes(5));
    app.expect("Bo", "page");
    assert!(app.journal(1).contains(&"snooze_over".to_owned()), "{:?}", app.journal(1));
}

#[test]
fn a_snoozed_incident_that_is_over_stays_silent() {
    let mut app = outage();
    snooze(&mut app, "Ana", 60).unwrap();
    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(2));
    app.expect("Ana", "resolved");
    app.advance(minutes(120));
    app.expect_silence();
}

#[test]
fn a_snooze_ends_when_it_gets_worse_and_not_once_more_at_its_time() {
    let mut app = TestApp::start(&team(", page = \"partial_outage\""), &["commerce"]);
    app.provider_sets("commerce", "Checkout", "partial_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    snooze(&mut app, "Ana", 60).unwrap();
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    app.advance(minutes(180));
    app.expect_silence();
    assert_eq!(app.incident(1).generation, 2);
}

#[test]
fn who_is_handed_an_incident_is_paged_and_nobody_else_until_they_fail_to_answer() {
    let mut app = outage();
    hand(&mut app, "Ana", "bo@acme.test").unwrap();
    assert!(app.expect("Bo", "page").contains("handed over to them"));
    hand(&mut app, "Ana", "user:bo@acme.test").unwrap();
    app.expect_silence();
    for _ in 0..2 {
        app.advance(minutes(5));
        app.expect("Bo", "page");
        app.expect_silence();
    }
    // A quarter of an hour without an answer: back to the policy, from its first step.
    app.advance(minutes(5));
    app.expect("Ana", "page");
    app.advance(minutes(5));
    app.expect("Bo", "page");
    assert!(app.journal(1).contains(&"assignee_silent".to_owned()), "{:?}", app.journal(1));
    app.acknowledge("Bo", 1);
    app.expect("Ana", "acknowledged");
}

#[test]
fn an_incident_that_was_taken_is_handed_on_and_its_new_holder_keeps_it() {
    let mut app = outage();
    app.acknowledge("Ana", 1);
    hand(&mut app, "Ana", "user:bo@acme.test").unwrap();
    app.expect("Bo", "page");
    app.acknowledge("Bo", 1);
    app.expect("Ana", "acknowledged");
    hand(&mut app, "Ana", "user:bo@acme.test").unwrap();
    app.advance(minutes(120));
    app.expect_silence();
    assert_eq!(app.incident(1).generation, 2);
    refused(hand(&mut app, "Ana", "user:bob@acme.test"), "is bo@acme.test meant?");
    refused(hand(&mut app, "Ana", "nobody"), "user:ADDRESS");
}

#[test]
fn an_answer_that_lapsed_is_none_to_take_back() {
    let mut app = outage();
    snooze(&mut app, "Ana", 30).unwrap();
    app.advance(minutes(30));
    app.expect("Ana", "page");
    refused(app.act("Ana", 1, commands::unacknowledge).map(drop), "incident 1 is not acknowledged");
    app.acknowledge("Ana", 1);
}

#[test]
fn those_who_were_paged_before_hear_once_whose_it_is_now() {
    let mut app = outage();
    hand(&mut app, "Bo", "user:bo@acme.test").unwrap();
    app.expect("Bo", "page");
    let told = app.expect("Ana", "reassigned");
    assert!(told.contains("\"assigned_to\":\"Bo\"") && told.contains("\"ack_url\":null"), "{told}");
    assert!(app.timeline(1).contains(&"Bo, round 1, step 1".to_owned()), "{:?}", app.timeline(1));
    hand(&mut app, "Bo", "user:bo@acme.test").unwrap();
    app.advance(minutes(1));
    app.expect_silence();
    // Whoever is paged by it needs no word of it, nor does whoever hands it over.
    hand(&mut app, "Bo", "schedule:primary").unwrap();
    app.expect("Ana", "page");
    app.expect_silence();
    app.acknowledge("Ana", 1);
    app.expect("Bo", "acknowledged");
}

#[test]
fn an_incident_is_not_handed_to_whom_no_page_would_reach() {
    // It is Monday morning.
    let mut app = outage_with(
        "[[schedule]]\nslug = \"weekend\"\nlayer = [ { participants = [\"bo@acme.test\"], \
         restrict = [ { days = \"Sat-Sun\" } ] } ]\n",
    );
    let why = "nobody would be told: schedule weekend has nobody on call";
    refused(hand(&mut app, "Ana", "schedule:weekend"), why);
    refused(ask(&mut app, "Ana", "schedule:weekend"), why);
    assert_eq!((app.incident(1).assignee, app.incident(1).generation), (None, 1));
    assert_eq!(app.journal(1), ["opened", "step"]);
    app.acknowledge("Ana", 1);
}

#[test]
fn the_next_step_is_called_at_once_and_later_ones_keep_their_time() {
    let mut app = outage();
    let began = app.incident(1).first_page_at.unwrap();
    app.act("Ana", 1, commands::escalate_now).unwrap();
    app.expect("Bo", "page");
    let twice = app.act("Bo", 1, commands::escalate_now).map(drop);
    refused(twice, "Ana called the next step");
    app.expect_silence();
    // The second round is due ten minutes after the first page, as if nobody had hurried.
    let second_round = began + SignedDuration::from_mins(10);
    let left = second_round.duration_since(app.now());
    app.advance(Duration::try_from(left).unwrap() - Duration::from_secs(1));
    app.expect_silence();
    app.advance(Duration::from_secs(1));
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    app.expect("Bo", "acknowledged");
}

#[test]
fn who_has_it_calls_the_next_without_being_called_again() {
    let mut app = outage();
    app.acknowledge("Ana", 1);
    app.advance(minutes(30));
    app.act("Ana", 1, commands::escalate_now).unwrap();
    app.expect("Bo", "page");
    app.expect_silence();
    app.advance(minutes(5));
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
    app.expect("Bo", "acknowledged");
}

#[test]
fn whoever_is_asked_to_help_is_paged_although_somebody_has_it() {
    let mut app = outage();
    app.acknowledge("Ana", 1);
    app.advance(minutes(1));
    ask(&mut app, "Ana", "user:bo@acme.test").unwrap();
    assert!(app.expect("Bo", "page").contains("added by Ana"));
    ask(&mut app, "Ana", "user:bo@acme.test").unwrap();
    app.advance(minutes(60));
    app.expect_silence();
    let by = app.incident(1).response.given().unwrap().0;
    assert_eq!(by, Actor::User(app.user("Ana")), "the first has it still");
    refused(ask(&mut app, "Ana", "channel:ops"), "no channel");
    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(2));
    app.expect("Ana", "resolved");
    app.expect("Bo", "resolved");
}

#[test]
fn whoever_was_asked_to_help_and_answers_is_left_alone() {
    let mut app = outage();
    app.act("Bo", 1, commands::acknowledge).unwrap();
    app.expect("Ana", "acknowledged");
    app.advance(minutes(1));
    // Ana's ladder has a second rung half an hour later.
    ask(&mut app, "Bo", "schedule:primary").unwrap();
    assert!(app.expect("Ana", "page").contains("added by Bo; schedule primary"));
    app.act("Ana", 1, commands::acknowledge).unwrap();
    app.advance(minutes(60));
    app.expect_silence();
    assert!(app.journal(1).contains(&"joined".to_owned()), "{:?}", app.journal(1));
}

#[test]
fn the_second_to_end_it_changes_nothing_and_the_late_are_told_who_did() {
    let mut app = outage();
    app.act("Bo", 1, commands::resolve).unwrap();
    app.expect("Ana", "resolved");
    let second = app.act("Ana", 1, commands::resolve).unwrap();
    assert_eq!(second.response.given().unwrap().0, Actor::User(app.user("Bo")));
    let late = app.act("Ana", 1, commands::acknowledge).map(drop);
    refused(late, "Bo resolved this incident at 2026-03-02");
    refused(snooze(&mut app, "Ana", 30), "Bo resolved");
    refused(hand(&mut app, "Ana", "user:bo@acme.test"), "Bo resolved");
    let ended = app.journal(1).iter().filter(|kind| *kind == "resolved").count();
    assert_eq!(ended, 1);
}

fn id(n: u128) -> AmendmentId {
    AmendmentId(Uuid::from_u128(n))
}

pub(crate) fn silence(
    app: &mut TestApp,
    n: u128,
    services: &[&str],
    from: i64,
    to: i64,
) -> Result<(), CommandError> {
    let wanted = commands::NewSilence {
        services: services.iter().map(|slug| (*slug).to_owned()).collect(),
        from: Some(in_minutes(app, from)),
        to: in_minutes(app, to),
        reason: "the mover is in the cellar".to_owned(),
        ..commands::NewSilence::default()
    };
    let (ground, by) = (app.shell().ground(), Actor::User(app.user("Bo")));
    let made = app.world().act(move |scope, now| commands::silence(scope, &ground, now, by, id(n), &wanted));
    app.advance(minutes(0));
    made.map(drop)
}

#[test]
fn a_silenced_incident_is_shown_and_pages_when_the_silence_ends() {
    let mut app = TestApp::start(&team(""), &["commerce"]);
    silence(&mut app, 1, &["checkout", "orders"], 0, 60).unwrap();
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    assert_eq!(app.incident(1).response.word(), "open");
    assert!(app.page("/status/acme").contains("Major outage"));
    app.advance(minutes(57));
    app.expect_silence();
    app.advance(minutes(1));
    app.expect("Ana", "page");
    app.advance(minutes(5));
    app.expect("Bo", "page");
    assert_eq!(app.journal(1).iter().filter(|kind| *kind == "silenced").count(), 1, "{:?}", app.journal(1));
}

#[test]
fn a_silence_stops_what_pages_and_those_who_were_paged_hear_of_the_end() {
    let mut app = outage();
    silence(&mut app, 1, &["checkout", "orders"], 0, 60).unwrap();
    app.advance(minutes(30));
    app.expect_silence();
    app.provider_sets("commerce", "Checkout", "operational");
    app.advance(minutes(2));
    app.expect("Ana", "resolved");
    app.advance(minutes(60));
    app.expect_silence();
}

#[test]
fn a_silence_that_is_ended_pages_at_once_although_it_had_paged_before() {
    let mut app = outage();
    silence(&mut app, 1, &["checkout", "orders"], 0, 60).unwrap();
    app.advance(minutes(10));
    let (ground, by) = (app.shell().ground(), Actor::User(app.user("Bo")));
    app.world().act(move |scope, now| commands::end_silence(scope, &ground, now, by, id(1))).unwrap();
    app.advance(minutes(0));
    app.expect("Ana", "page");
    app.advance(minutes(5));
    app.expect("Bo", "page");
}

#[test]
fn a_silence_of_the_file_keeps_quiet_as_any_other_and_ends_in_the_file_alone() {
    let silence = "[[silence]]\nname = \"the move\"\nservices = [\"checkout\", \"orders\"]\nreason = \"cellar\"\n\
                   from = \"2026-03-02T08:00:00Z\"\nuntil = \"2026-03-02T09:00:00Z\"";
    let mut app = TestApp::start(&format!("{}\n{silence}", team("")), &["commerce"]);
    assert_eq!(app.now().to_string(), "2026-03-02T08:00:00Z");
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(59));
    app.expect_silence();
    let (ground, by) = (app.shell().ground(), Actor::User(app.user("Bo")));
    let of_file = app.world().act(move |scope, now| {
        let id = ground.setups.current(scope)?.1.paging.silences[0].id;
        commands::end_silence(scope, &ground, now, by, id)
    });
    refused(of_file.map(drop), "is managed by file");
    app.advance(minutes(1));
    app.expect("Ana", "page");
    app.acknowledge("Ana", 1);
}

#[test]
fn a_silence_for_a_part_of_it_is_none_and_a_planned_one_begins_at_its_time() {
    let mut app = TestApp::start(&team(""), &["commerce"]);
    silence(&mut app, 1, &["checkout"], 0, 600).unwrap();
    silence(&mut app, 2, &["orders"], 6, 60).unwrap();
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    app.advance(minutes(57));
    app.expect_silence();
    app.advance(minutes(1));
    app.expect("Ana", "page");
    refused(silence(&mut app, 3, &["checkin"], 0, 60), "known are: checkout, orders");
    refused(silence(&mut app, 3, &[], 0, 60), "names a service");
    app.acknowledge("Ana", 1);
}

#[test]
fn whoever_takes_the_shift_is_paged_and_the_past_is_told_as_it_was() {
    let mut app = TestApp::start(&team(""), &["commerce"]);
    let before = app.now();
    app.advance(minutes(10));
    let wanted = commands::NewShift {
        schedule: "primary".to_owned(),
        user: "bo@acme.test".to_owned(),
        from: before,
        to: in_minutes(&app, 60),
        note: "Ana is at the dentist".to_owned(),
    };
    let take = |n, wanted: commands::NewShift| {
        let (ground, by) = (app.shell().ground(), Actor::User(app.user("Bo")));
        app.world().act(move |scope, now| commands::take_shift(scope, &ground, now, by, id(n), &wanted))
    };
    let taken = take(1, wanted.clone()).unwrap();
    assert_eq!(take(1, wanted.clone()).unwrap(), taken);
    let other = commands::NewShift { user: "ana@acme.test".to_owned(), ..wanted.clone() };
    refused(take(2, other).map(drop), "bo@acme.test has an override");
    let past = commands::NewShift { to: before + SignedDuration::from_secs(1), ..wanted.clone() };
    refused(take(2, past).map(drop), "which is past");
    let unknown = commands::NewShift { schedule: "secondary".to_owned(), ..wanted };
    refused(take(2, unknown).map(drop), "there is no schedule secondary");

    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    let page = app.expect("Bo", "page");
    assert!(page.contains("schedule primary, override"), "{page}");
    app.acknowledge("Bo", 1);
    let by = Actor::User(app.user("Ana"));
    app.world().act(move |scope, now| commands::give_back(scope, now, by, id(1))).unwrap();
    let on_call = |at: Timestamp| {
        let ground = app.shell().ground();
        let setup = app.world().act(move |scope, _| ground.setups.at(scope, at)).unwrap().1;
        setup.schedules[0].on_call(at).map(|on_call| on_call.user)
    };
    let (ana, bo) = (app.user("Ana"), app.user("Bo"));
    let half_past = before + SignedDuration::from_mins(11);
    assert_eq!([before, half_past, app.now()].map(on_call), [Some(ana), Some(bo), Some(ana)]);
}
