//! How SQLite finds what paging asks for: by keys, however much was sent before.

use std::sync::{Arc, Mutex};

use super::*;
use crate::error::Failure;
use crate::sqlite::{self, Sqlite};
use crate::tx::{Access, Connection, Dialect, Session};
use crate::value::Value;
use crate::{LEDGER, audits, retention, timers};

/// What is read whole: what a part of the statement has found, and the index of what is open.
const WHOLE: [&str; 6] = [
    "SCAN (subquery",
    "SCAN ready",
    "SCAN due",
    "SCAN told",
    "SCAN gone",
    "SCAN incident USING INDEX incident_open",
];

/// Conditions that all that an organisation or a person was ever sent meets.
const TOO_WIDE: [&str; 3] =
    ["(org_id=?)", "(org_id=? AND responder_id=?)", "(org_id=? AND responder_id=? AND kind=?)"];

/// A connection that notes how each statement finds its rows.
struct Explained {
    below: Sqlite,
    steps: Arc<Mutex<Vec<(&'static str, String)>>>,
}

impl Explained {
    fn note(&mut self, sql: &'static str, params: &[Value]) -> Result<(), Failure> {
        let explain: &'static str = format!("EXPLAIN QUERY PLAN {sql}").leak();
        for row in self.below.query(explain, params)? {
            self.steps.lock().unwrap().push((sql, row.text(3)?));
        }
        Ok(())
    }
}

impl Connection for Explained {
    fn dialect(&self) -> Dialect {
        self.below.dialect()
    }

    fn begin(&mut self, access: Access) -> Result<(), Failure> {
        self.below.begin(access)
    }

    fn commit(&mut self) -> Result<(), Failure> {
        self.below.commit()
    }

    fn rollback(&mut self) -> Result<(), Failure> {
        self.below.rollback()
    }

    fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<u64, Failure> {
        self.note(sql, params)?;
        self.below.execute(sql, params)
    }

    fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, Failure> {
        self.note(sql, params)?;
        self.below.query(sql, params)
    }

    fn script(&mut self, sql: &str) -> Result<(), Failure> {
        self.below.script(sql)
    }
}

#[test]
fn what_paging_asks_for_is_found_by_keys() {
    let fixture = crate::tests::sqlite();
    fixture.open().migrate(&LEDGER).unwrap();
    let file = fixture.folder.join("test.db");
    let below = sqlite::open(&file, Access::Write, &crate::tests::options()).unwrap();
    let steps = Arc::default();
    let connection = Box::new(Explained { below, steps: Arc::clone(&steps) });
    let mut session = Session { connection, failure: None };
    ask_for_all(&mut Tx::new(&mut session)).unwrap();
    ask_for_one(&mut Scope::new(&mut Tx::new(&mut session), ACME)).unwrap();
    let steps = steps.lock().unwrap();
    assert!(steps.len() > 50, "{} steps", steps.len());
    for (sql, step) in steps.iter() {
        let is_whole = step.starts_with("SCAN") && !WHOLE.iter().any(|known| step.starts_with(known));
        let is_wide = TOO_WIDE.iter().any(|wide| step.ends_with(wide)) || step.contains("AUTOMATIC");
        assert!(!is_whole && !is_wide, "{step}: {sql}");
    }
}

/// Asks what the workers ask.
fn ask_for_all(tx: &mut Tx<'_>) -> Result<(), Error> {
    list_due(tx, at(1), 9)?;
    next_due(tx)?;
    list_unreadable(tx, at(1), 9)?;
    take_unconfirmed(tx, at(1), 9)?;
    audits::list_due(tx, at(1))?;
    timers::claim_due(tx, at(1), at(2), 9)?;
    timers::next_due(tx)?;
    retention::purge_messages(tx, at(1), 9)?;
    find_any(tx, page(1).id).map(drop)
}

/// Asks what concerns one message or incident.
fn ask_for_one(scope: &mut Scope<'_>) -> Result<(), Error> {
    let (message, incident) = (page(1), incident_of(1).id);
    claim(scope, &message, None, at(1), at(2))?;
    put_off(scope, message.id, at(2), "")?;
    set_aside(scope, message.id, at(1), at(2), "")?;
    crate::attempts::report_early(scope, message.id, "")?;
    release(scope, incident, at(1))?;
    release_put_off(scope, incident, "", at(1))?;
    list_folded(scope, message.id)?;
    list_ringing(scope, &message, incident)?;
    thread(scope, &message)?;
    list_inside(scope, message.id)?;
    list_inside_others(scope, incident)?;
    deliver(scope, message.id, at(1))?;
    refute(scope, message.id, "receipt", "why", at(1))?;
    list_sent(scope, &message, at(1))?;
    list_ahead(scope, &message, at(1))?;
    list_waiting(scope, &message, at(1))?;
    list_also_told(scope, message.id)?;
    is_under_way(scope, &message, at(1))?;
    supersede_pending(scope, incident, &[NoticeKind::Page], 1, "", at(1))?;
    supersede_for(scope, incident, message.responder, "", at(1))?;
    pull_forward(scope, &message, at(1))?;
    has_reached(scope, incident, 1)?;
    is_reached(scope, &message, at(1))?;
    find_at_its_place(scope, &message)?;
    has_page(scope, incident, 1, 1)?;
    list(scope, incident, 9)?;
    for (contact, number) in [(None, None), (Some("hook"), None), (None, Some(1))] {
        find_paged(scope, message.responder, contact, number)?;
    }
    list_paged(scope, incident).map(drop)
}
