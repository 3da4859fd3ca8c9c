//! Commands: each is one transaction, and sends nothing.
//!
//! A command may run twice, so it takes the instant as an argument and derives every id from what it names. What has to
//! leave the building is written as a row; workers find it.

mod amend;
mod ask;
mod browsers;
mod by_phone;
mod clock;
mod contacts;
mod draft;
mod escalate;
mod flapping;
mod growth;
mod hand;
mod holders;
mod impact;
mod joining;
mod judge;
mod known;
mod locks;
mod maintenance;
mod merging;
mod notices;
mod nudge;
mod opening;
mod operators;
pub mod postmortem;
mod press;
mod promise;
mod readers;
mod receipts;
mod record;
mod respond;
mod saying;
mod shown;
mod subscriptions;
mod teller;
mod touched;
pub mod whom;
pub mod words;
mod worse;

use std::sync::Arc;

use domain::{OrgId, incident::Actor};
use jiff::Timestamp;
use store::{Scope, Tx, incidents, stale_pages};

use crate::{catalog::Catalog, error::CommandError, memory::Memory, setups::Setups};

pub use amend::{NewShift, NewSilence, end_silence, give_back, silence, take_shift};
pub use browsers::{Browser, MOST_BROWSERS, NewBrowser, add_browser, list_browsers, remove_browser};
pub use by_phone::{Answered, Caller, PhoneAct, act_by_phone, caller};
pub use clock::follow_clock;
pub(crate) use contacts::test_words;
pub use contacts::{Verification, record_result, test_contact, verify_contact};
pub use draft::{Draft, draft, publish, publish_seen, reject};
pub use escalate::{escalate, silenced};
pub use flapping::held_while_calm;
pub use formats::subscribers::{Line, Mistake};
pub use hand::{add_responder, escalate_now, policy_of, reassign};
pub use impact::{NewWave, WaveEdit, add_wave, correct_wave, remove_wave};
pub use joining::{NewLink, add_link, remove_link, set_role};
pub use judge::{judge_due, judge_organization};
pub use locks::{NewLock, lock_status, release_lock, release_status};
pub use maintenance::{NewMaintenance, WorkAct, act_on_work, incident_of_work, plan_work};
pub use notices::{failing, unconfirmed, undelivered};
pub use nudge::nudge;
pub use opening::{IncidentEdit, NewIncident, edit, merge, open, reopen};
pub use operators::{tell_audit_failed, tell_audit_passed, tell_of_trouble, tell_operators};
pub use press::{Press, press};
pub use readers::{
    IMPORTED_AT_ONCE, Imported, add_subscribers, check_list, check_room, consent, kept_page, named_page,
    remove_address, remove_subscriber,
};
pub use receipts::{Receipt, overtaken, receipt};
pub use record::{Answer, Poll, Polled, Recorded, record, record_quiet};
pub use respond::{
    Acknowledged, Told, acknowledge, acknowledge_for, acknowledge_message, incident, list_told, resolve,
    snooze, unacknowledge,
};
pub use saying::{NewUpdate, edit_update, remove_update, say};
pub(crate) use subscriptions::{CONFIRM_WITHIN, DEBOUNCE, hand_on, route};
pub use subscriptions::{Wish, confirm, find_page, find_thing, is_open_to, leave, subscribe};

/// What the rules stand on besides the ledger: declared providers and decoded configurations.
#[derive(Clone)]
pub struct Ground {
    /// The providers that can be watched.
    pub catalog: Arc<Catalog>,
    /// Configurations by version.
    pub setups: Arc<Setups>,
    /// What is known of providers.
    pub memory: Arc<Memory>,
}

/// Writes an act into the incident's timeline.
fn log(
    scope: &mut Scope<'_>,
    incident: domain::IncidentId,
    at: Timestamp,
    kind: &str,
    actor: Actor,
    detail: String,
) -> Result<(), CommandError> {
    let event = incidents::IncidentEvent { at, kind: kind.to_owned(), actor, detail };
    incidents::push_event(scope, incident, &event)?;
    Ok(())
}

/// Marks every status page of the organisation to be drawn again.
fn mark_status_pages(
    tx: &mut Tx<'_>,
    setup: &domain::setup::Setup,
    now: Timestamp,
) -> Result<(), CommandError> {
    for page in &setup.status_pages {
        stale_pages::mark(tx, stale_pages::PageKind::StatusPage, page.id.0, now)?;
    }
    Ok(())
}

/// Most organisations that one reading is judged for in its own transaction; the others follow, each in its own.
const JUDGED_AT_ONCE: usize = 20;

/// Most organisations that can depend on one provider in one installation.
const MOST_ORGANIZATIONS: u32 = 10_000;

fn split_for_judging(mut orgs: Vec<OrgId>) -> (Vec<OrgId>, Vec<OrgId>) {
    let later = orgs.split_off(orgs.len().min(JUDGED_AT_ONCE));
    (orgs, later)
}
