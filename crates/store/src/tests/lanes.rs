//! Who goes first, and what happens when there is no room or no time.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{add, bodies, engines, insert, options, sqlite};
use crate::{BoxFuture, Database, Db, Error, Job, Lane, Options, Waiting};

type Answer = BoxFuture<Result<(), Error>>;

/// Occupies every writer of a lane until the returned senders are used or dropped.
fn occupy(database: &Database, lane: Lane, writers: u32) -> (Vec<Sender<()>>, Vec<Answer>) {
    let blockers = (0..writers).map(|_| {
        let (inside, arrived) = mpsc::channel();
        let (go, may_go): (_, Receiver<()>) = mpsc::channel();
        let job: Job = Box::new(move |_| {
            inside.send(()).expect("the test waits for this");
            // An error means that the sender was dropped, which is as good as a word.
            let _ = may_go.recv();
            Ok(())
        });
        let answer = database.run(lane, job);
        arrived.recv().unwrap();
        (go, answer)
    });
    blockers.unzip()
}

fn writers(fixture: &super::Fixture, options: &Options) -> u32 {
    if fixture.is_postgres() { options.writers } else { 1 }
}

#[tokio::test]
async fn the_paging_lane_goes_before_the_bulk_lane() {
    let fixture = sqlite();
    let database = fixture.notes();
    let order = Arc::new(Mutex::new(Vec::new()));
    let (go, blocked) = occupy(&database, Lane::Bulk, 1);
    let mut answers = Vec::new();
    for (lane, name) in [
        (Lane::Bulk, "bulk 1"),
        (Lane::Bulk, "bulk 2"),
        (Lane::Paging, "paging 1"),
        (Lane::Paging, "paging 2"),
    ] {
        let order = order.clone();
        answers.push(database.run(
            lane,
            Box::new(move |_| {
                order.lock().unwrap().push(name);
                Ok(())
            }),
        ));
    }
    assert_eq!(database.waiting(), Waiting { paging: 2, bulk: 2, read: 0 });
    drop(go);
    for answer in blocked.into_iter().chain(answers) {
        answer.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), ["paging 1", "paging 2", "bulk 1", "bulk 2"]);
}

#[tokio::test]
async fn a_full_lane_refuses_at_once_and_the_other_lane_does_not_mind() {
    let options = Options { queue: 1, ..options() };
    for fixture in engines() {
        let database = fixture.notes_with(&options);
        let (go, blocked) = occupy(&database, Lane::Bulk, writers(&fixture, &options));
        let waiting = database.run(Lane::Bulk, Box::new(|tx| add(tx, 1, "waited").map(drop)));
        let refused = database.run(Lane::Bulk, Box::new(|tx| add(tx, 2, "refused").map(drop))).await;
        assert!(matches!(refused, Err(Error::Unavailable { .. })), "{refused:?}");
        let paging = database.run(Lane::Paging, Box::new(|tx| add(tx, 3, "paged").map(drop)));
        drop(go);
        for answer in blocked.into_iter().chain([waiting, paging]) {
            answer.await.unwrap();
        }
        assert_eq!(bodies(&database), ["waited", "paged"]);
    }
}

#[test]
fn a_job_that_waits_past_the_deadline_is_told_so_and_never_runs() {
    let options = Options { wait: Duration::from_millis(500), ..options() };
    for fixture in engines() {
        let database = fixture.notes_with(&options);
        let (go, _blocked) = occupy(&database, Lane::Bulk, writers(&fixture, &options));
        let late = insert(&database, 1, "late");
        assert!(matches!(late, Err(Error::Unavailable { .. })), "{late:?}");
        drop(go);
        insert(&database, 2, "in time").unwrap();
        assert_eq!(bodies(&database), ["in time"]);
    }
}

#[tokio::test]
async fn closing_finishes_what_has_begun_and_answers_what_waits() {
    for fixture in engines() {
        let database = fixture.notes();
        let (go, blocked) = occupy(&database, Lane::Bulk, writers(&fixture, &options()));
        let waiting = database.run(Lane::Bulk, Box::new(|tx| add(tx, 1, "waits").map(drop)));
        std::thread::scope(|scope| {
            let closing = scope.spawn(|| database.close());
            while database.waiting().bulk > 0 {
                std::thread::yield_now();
            }
            drop(go);
            closing.join().unwrap().unwrap();
        });
        for answer in blocked {
            answer.await.unwrap();
        }
        let waited = waiting.await;
        assert!(matches!(waited, Err(Error::Unavailable { .. })), "{waited:?}");
        assert!(bodies(&fixture.open()).is_empty());
    }
}
