//! A wall clock that is set while an escalation is under way: spans stay what they were.

use domain::{SourceHealth, escalation::Target};
use engine::{commands, drive, seams::Bell, workers::Escalator};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{acts::silence, people};

const JUMPS: [SignedDuration; 5] = [
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(-1),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(-24),
    SignedDuration::from_secs(3),
];

#[test]
fn a_clock_that_is_set_neither_delays_a_step_nor_fires_a_whole_policy() {
    for by in JUMPS {
        let mut app = outage();
        app.world().clock.jump(by);
        app.advance(minutes(3));
        app.expect_silence();
        app.advance(minutes(2));
        app.expect("Bo", "page");
        app.expect_silence();
    }
}

#[test]
fn a_snooze_keeps_its_length_when_the_clock_is_set_meanwhile() {
    for by in JUMPS {
        let mut app = outage();
        let until = app.now() + SignedDuration::from_mins(30);
        let snoozed = app.act("Ana", 1, move |scope, ground, now, by, id| {
            commands::snooze(scope, ground, now, by, id, until)
        });
        snoozed.unwrap();
        app.world().clock.jump(by);
        app.advance(minutes(29));
        app.expect_silence();
        app.advance(minutes(1));
        app.expect("Ana", "page");
    }
}

#[test]
fn who_is_asked_to_help_after_the_clock_was_set_is_paged_at_once() {
    for by in JUMPS {
        let mut app = outage();
        app.acknowledge("Ana", 1);
        app.advance(minutes(1));
        app.world().clock.jump(by);
        app.advance(minutes(0));
        let bo = Target::User(app.user("Bo"));
        let asked = app.act("Ana", 1, move |scope, ground, now, by, id| {
            commands::add_responder(scope, ground, now, by, id, bo)
        });
        asked.unwrap();
        app.advance(minutes(0));
        app.expect("Bo", "page");
    }
}

#[test]
fn the_next_step_can_be_called_again_after_the_clock_was_set_back() {
    let mut app = outage();
    app.act("Ana", 1, commands::escalate_now).unwrap();
    app.expect("Bo", "page");
    assert!(app.act("Ana", 1, commands::escalate_now).is_err());
    app.world().clock.jump(SignedDuration::from_hours(-1));
    app.advance(minutes(0));
    app.act("Ana", 1, commands::escalate_now).unwrap();
    app.expect("Ana", "page");
}

/// An incident that a silence of an hour covers, two minutes after both began.
fn silenced() -> TestApp {
    let mut app = TestApp::start(&team(""), &["commerce"]);
    silence(&mut app, 1, &["checkout", "orders"], 0, 60).unwrap();
    app.provider_sets("commerce", "Checkout", "major_outage");
    app.advance(minutes(2));
    app.expect_silence();
    app
}

#[test]
fn a_silence_ends_by_the_wall_whichever_way_the_clock_was_set() {
    for (by, left) in [(30, 28), (-1, 59)] {
        let mut app = silenced();
        app.world().clock.jump(SignedDuration::from_mins(by));
        app.advance(minutes(left - 1));
        app.expect_silence();
        app.advance(minutes(1));
        app.expect("Ana", "page");
    }
    // By the wall it is over, or has not begun.
    for by in [60, -30] {
        let mut app = silenced();
        app.world().clock.jump(SignedDuration::from_mins(by));
        app.advance(minutes(0));
        app.expect("Ana", "page");
    }
}

#[test]
fn quiet_hours_end_by_the_wall_whichever_way_the_clock_was_set() {
    // The story begins on a Monday at eight in the morning, UTC; the page is owed at a minute or two past.
    for (by, left) in [(60, 57), (-30, 147)] {
        let mut app = held();
        app.world().clock.jump(SignedDuration::from_mins(by));
        app.advance(minutes(left));
        app.expect("Ana", "unanswered");
        app.expect_silence();
        app.advance(minutes(2));
        app.expect("Bo", "page");
    }
    for by in [120, -90] {
        let mut app = held();
        app.world().clock.jump(SignedDuration::from_mins(by));
        app.advance(minutes(0));
        app.expect("Bo", "page");
        app.acknowledge("Ana", 1);
        app.expect("Bo", "acknowledged");
    }
}

/// Ana was paged, and Bo will be when his quiet hours are over.
fn held() -> TestApp {
    let quiet = r#"quiet = [ { from = "07:00", to = "10:00" } ]"#;
    let mut app = people::start(r#"{ notify = ["team:shop"] }"#, quiet);
    app.provider_sets("commerce", "Checkout", "partial_outage");
    app.advance(minutes(2));
    app.expect("Ana", "page");
    app.expect_silence();
    app
}

#[test]
fn a_clock_that_two_nodes_see_set_moves_the_ledger_once() {
    for by in JUMPS {
        let mut app = outage();
        let other = Shell { pulse: Arc::default(), ..app.shell().clone() };
        let turn = |shell: &Shell| {
            let mut turn: Pin<Box<dyn Future<Output = _> + Send + '_>> =
                Box::pin(drive::take(&Escalator, shell));
            assert!(matches!(poll(&mut turn), Poll::Ready(Ok(_))));
        };
        turn(&other);
        app.world().clock.jump(by);
        turn(&other);
        turn(app.shell());
        app.advance(minutes(3));
        app.expect_silence();
        app.advance(minutes(2));
        app.expect("Bo", "page");
    }
}

#[test]
fn a_clock_that_is_set_does_not_hold_up_reading() {
    for by in JUMPS {
        let mut app = outage();
        app.world().clock.jump(by);
        let polls = |app: &TestApp| app.shell().meters.polls().iter().map(|(_, count)| count).sum::<u64>();
        let before = polls(&app);
        app.advance(minutes(3));
        let read = polls(&app) - before;
        assert!((3..=30).contains(&read), "{by}: {read}");
        assert_eq!(app.provider("commerce").health, SourceHealth::Fresh, "{by}");
    }
}

#[test]
fn after_a_jump_every_worker_looks_again_at_once() {
    let app = outage();
    let rung = || {
        let bells = Bell::ALL.into_iter();
        bells.filter(|bell| poll(&mut app.shell().doorbell.wait(*bell)).is_ready()).count()
    };
    let stop = CancellationToken::new();
    let mut driven: Pin<Box<dyn Future<Output = ()> + Send + '_>> =
        Box::pin(drive::run(&Escalator, app.shell(), &stop));
    assert!(poll(&mut driven).is_pending());
    rung();
    pass(&app, seconds(1));
    assert!(poll(&mut driven).is_pending());
    assert_eq!(rung(), 0);
    app.world().clock.jump(SignedDuration::from_secs(3));
    pass(&app, seconds(1));
    assert!(poll(&mut driven).is_pending());
    // The escalator itself was woken by its own.
    assert_eq!(rung(), Bell::ALL.len() - 1);
}

#[test]
fn a_clock_that_was_set_is_a_finding_of_the_next_audit_only() {
    let mut app = outage();
    let (outside, auditor) = (Outside::that_says(200), auditor(PING, Some(FAIL)));
    let shell = facing(&app, &outside);
    turn(&auditor, &shell).unwrap();
    app.world().clock.jump(SignedDuration::from_hours(-1));
    app.world().settle(&[]).unwrap();
    let stop = CancellationToken::new();
    {
        let mut driven: Pin<Box<dyn Future<Output = ()> + Send + '_>> =
            Box::pin(drive::run(&auditor, &shell, &stop));
        pass(&app, seconds(60));
        assert!(poll(&mut driven).is_pending());
    }
    assert_eq!(outside.asked(), [format!("POST {FAIL} wall clock: was set back by 1h00m\n")]);
    app.advance(minutes(0));
    assert!(app.expect("Ana", "notice").contains("wall clock: was set back by 1h00m"));
    app.expect("Ana", "Notice");
    audit(&app, &auditor, &shell);
    assert_eq!(outside.asked(), [format!("GET {PING} ")]);
}

#[test]
fn while_the_ledger_can_not_follow_no_due_time_is_believed() {
    let app = outage();
    app.world().clock.jump(SignedDuration::from_hours(24));
    let read_only = with_trouble(app.shell(), Trouble::ReadOnly);
    let workers: Vec<Box<dyn Worker>> = vec![Box::new(Escalator)];
    let mut settling: Pin<Box<dyn Future<Output = _> + Send + '_>> =
        Box::pin(drive::settle(&workers, &read_only));
    assert!(matches!(poll(&mut settling), Poll::Ready(Err(CommandError::Store(_)))));
    let mut settling: Pin<Box<dyn Future<Output = _> + Send + '_>> =
        Box::pin(drive::settle(&workers, app.shell()));
    let Poll::Ready(Ok(Some(next))) = poll(&mut settling) else { panic!("Bo's step is ahead") };
    let ahead = next.duration_since(app.now());
    assert!((SignedDuration::from_mins(3)..SignedDuration::from_mins(5)).contains(&ahead), "{ahead}");
}
