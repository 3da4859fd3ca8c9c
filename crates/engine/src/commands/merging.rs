//! One incident becomes part of another: everything of it goes on there, and its own page says where.

use domain::{
    NoticeKind,
    incident::{Actor, Incident, Merging, Response},
    public::{Occasion, Told},
    setup::{Publish, Setup},
};
use jiff::Timestamp;
use store::{
    Scope, incidents, subscribers,
    timers::{self, WAKE},
    told,
};

use super::{
    escalate::policies,
    impact, log, notices,
    opening::{page_changed, public_word, say},
    respond::{judge_soon, member, refused},
    words, worse,
};
use crate::{error::CommandError, readers::known};

/// Merges the first of two into the second.
pub(super) fn merge(
    scope: &mut Scope<'_>,
    setup: &Setup,
    (before, held): (Incident, Incident),
    by: Actor,
    now: Timestamp,
) -> Result<Incident, CommandError> {
    // Nothing gets to readers by becoming part of something else.
    let (known, part_known) = (known(scope, &held)?, known(scope, &before)?);
    let (shown, part_shown) = (known.of(held.clone()), part_known.of(before.clone()));
    let merged = before.clone().merged_into(held.clone(), by, now);
    let Merging { mut into, part } = merged.map_err(|refusal| refused(setup, refusal))?;
    if before.is_paging() && into.response == Response::Open && !into.is_paging() {
        (into.first_page_at, into.generation) = (Some(now), into.generation + 1);
    }
    // What was over by then wakes nobody.
    let raised = match before.is_resolved() {
        true => None,
        false => worse::raise(scope, setup, by, &held, &mut into, now)?,
    };
    let by_words = words::by(setup, by);
    log(scope, part.id, now, "merged", by, format!("into incident {}, {by_words}", into.number))?;
    log(scope, into.id, now, "merged_in", by, format!("incident {}, {by_words}", part.number))?;
    impact::save(scope, setup, &before, &part, by, now)?;
    impact::save(scope, setup, &held, &into, by, now)?;
    let joined = known.joined(part_known);
    if told::find(scope, into.id)?.is_some() || joined != Told::by_default(&into) {
        told::save(scope, into.id, &joined)?;
    }
    for mut earlier in incidents::list_merged(scope, part.id)? {
        earlier.by_hand.merged_into = Some(into.id);
        incidents::update(scope, &earlier)?;
    }
    incidents::move_links(scope, part.id, into.id)?;
    subscribers::move_only(scope, part.id.0, into.id.0)?;
    notices::stop_paging(scope, &part, "merged", now)?;
    timers::delete(scope, part.id, WAKE)?;
    if !before.is_resolved() {
        notices::tell_the_paged(scope, setup, &part, NoticeKind::Resolved, member(by), now)?;
    }
    if before.publish == Publish::Auto {
        // Whoever follows is told once: by the word on what goes on.
        let word = words::of_other(setup, &shown, Occasion::GoesOnAs);
        incidents::record_update(scope, part.id, &public_word(&part, by, word, now))?;
        let told = words::of_other(setup, &part_shown, Occasion::PartOfIt);
        say(scope, setup, &into, by, told, now)?;
    }
    if !policies(setup, &into).is_empty() {
        page_changed(scope, setup, (&held, &into), raised, now)?;
    }
    judge_soon(scope, setup, now)?;
    Ok(into)
}
