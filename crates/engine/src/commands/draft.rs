//! What waits for a person's word before readers are told of it: to see it, to publish it, to keep it from them.

use std::{collections::BTreeSet, fmt::Write};

use domain::{
    IncidentId, Language, ServiceId, Status,
    incident::{Actor, Incident},
    judge::{REOPENED_WITHIN, judge},
    maintenance::hush,
    public::{self, Said, Told},
    setup::{Publish, Setup},
    subscription::Thing,
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::{Scope, incidents, maintenances, public_words, told};

use super::{
    Ground,
    growth::grown,
    judge::{Before, judge_organization, wanted},
    known::Known,
    log,
    respond::{begin, begin_live, get, judge_soon},
    teller::{Teller, tellable},
    words,
};
use crate::{error::CommandError, readers::known};

/// Bytes of the digest that tells one draft from the next.
const MARK_BYTES: usize = 8;

/// What readers would see of an incident once a person says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The incident's title.
    pub title: String,
    /// What they would be told of each service.
    pub services: Vec<(ServiceId, Status)>,
    /// The words, Markdown.
    pub body: String,
    /// Title and words in each other language of the status pages.
    pub others: Vec<(Language, String, String)>,
    /// Tells this draft from what it may become.
    pub mark: String,
    /// Whether a person has kept it from readers.
    pub is_refused: bool,
    /// The worst status that would be told.
    worst: Status,
}

/// Returns what waits for a person's word; `None` when nothing does.
///
/// # Errors
/// When there is no such incident.
pub fn draft(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    id: IncidentId,
) -> Result<Option<Draft>, CommandError> {
    let (setup, incident) = begin(scope, ground, id)?;
    drafted(scope, ground, &setup, &incident, now)
}

fn drafted(
    scope: &mut Scope<'_>,
    ground: &Ground,
    setup: &Setup,
    incident: &Incident,
    now: Timestamp,
) -> Result<Option<Draft>, CommandError> {
    if incident.is_resolved() || incident.causes.is_empty() {
        return Ok(None);
    }
    let known = Known::load(scope, ground, setup, &[])?;
    let world = known.world();
    let mut judged = judge(setup, &world, now);
    hush(&mut judged, &maintenances::list_live(scope)?);
    let Before { wanted, .. } = wanted(scope, ground, &known, &judged, now)?;
    let Some(want) = wanted.iter().find(|want| want.incident == Some(incident.id)) else { return Ok(None) };
    let resolved_after = now.checked_sub(REOPENED_WITHIN).unwrap_or(Timestamp::MIN);
    let told = told::list_live(scope, resolved_after)?.into_iter().collect();
    let teller = Teller { setup, world: &world, now, told };
    let told = teller.known(incident);
    if told.waits(&want.says).is_none() {
        return Ok(None);
    }
    let after = grown(setup, &world, incident, want);
    let (worst, refused) = (public::worst(&after.services), told.refused);
    let version = teller.version(&Told { cleared: worst, ..told }, incident, &after, &want.says);
    let services = version.incident.services.iter().map(|affected| (affected.service, affected.status));
    let services: Vec<(ServiceId, Status)> = services.collect();
    let body = version.body.unwrap_or_default();
    let title = Said { text: version.incident.title, tongues: version.incident.titles };
    let put = |language| (language, title.put(language).to_owned(), body.put(language).to_owned());
    let others: Vec<_> = others(setup).into_iter().map(put).collect();
    let mark = mark(&title.text, &services, &body.text, &others);
    let (title, body) = (title.text, body.text);
    Ok(Some(Draft { title, services, body, others, mark, is_refused: refused >= worst, worst }))
}

/// The languages of the status pages besides English.
fn others(setup: &Setup) -> BTreeSet<Language> {
    let spoken =
        setup.status_pages.iter().flat_map(|page| page.other_languages.iter().chain([&page.language]));
    spoken.copied().filter(|language| *language != Language::English).collect()
}

fn mark(
    title: &str,
    services: &[(ServiceId, Status)],
    body: &str,
    others: &[(Language, String, String)],
) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("{title}\n{services:?}\n{body}\n{others:?}"));
    digest.finalize()[..MARK_BYTES].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Lets readers be told of an incident as it is now. Publishing again changes nothing; when it gets worse than was published,
/// what is worse waits again.
///
/// # Errors
/// When there is no such incident.
pub fn publish(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
) -> Result<Incident, CommandError> {
    published(scope, ground, now, by, id, None)
}

/// As [`publish`], only where readers would be told what somebody has seen, by its mark.
///
/// # Errors
/// As [`publish`], and when what they would be told is something else by now.
pub fn publish_seen(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    seen: &str,
) -> Result<Incident, CommandError> {
    published(scope, ground, now, by, id, Some(seen))
}

fn published(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
    seen: Option<&str>,
) -> Result<Incident, CommandError> {
    let (setup, before) = begin(scope, ground, id)?;
    let draft = drafted(scope, ground, &setup, &before, now)?;
    if before.publish == Publish::Auto && draft.is_none() {
        return Ok(before);
    }
    let is_other = |seen: &str| draft.as_ref().is_none_or(|draft| draft.mark != seen);
    if seen.is_some_and(is_other) {
        let why = "what readers would be told has changed since that was shown: look again";
        return Err(CommandError::Rejected(why.to_owned()));
    }
    let known = known(scope, &before)?;
    let worst = draft.map_or_else(|| public::worst(&before.services), |draft| draft.worst);
    let is_judged = !before.causes.is_empty();
    let incident = Incident { publish: Publish::Auto, ..before };
    incidents::update(scope, &incident)?;
    log(scope, id, now, "published", by, words::by(&setup, by))?;
    if !is_judged {
        owe_last_word(scope, &incident, now)?;
        judge_soon(scope, &setup, now)?;
        return Ok(incident);
    }
    let cleared = known.cleared.max(worst);
    told::save(scope, id, &Told { cleared, refused: Status::Unknown, ..known.clone() })?;
    judge_organization(scope, ground, &[], now)?;
    let after = get(scope, id)?;
    if known.services.is_empty() && told::find(scope, id)?.is_some_and(|told| told.services.is_empty()) {
        // Its trouble is over by now: readers see what it was.
        let world = Known::load(scope, ground, &setup, &[])?;
        let told = tellable(&setup, &after);
        let Said { text: title, tongues: titles } = words::title(&setup, &world.world(), &told);
        told::save(scope, id, &Told { cleared, ..Told::by_default(&Incident { title, titles, ..told }) })?;
        owe_last_word(scope, &after, now)?;
    }
    Ok(after)
}

/// Whoever follows the page was told nothing while it waited for a person's word: the last that was said is owed to them. What
/// was recorded afterwards is news for nobody.
fn owe_last_word(scope: &mut Scope<'_>, of: &Incident, now: Timestamp) -> Result<(), CommandError> {
    let said = incidents::list_updates(scope, of.id)?;
    let Some(last) = said.iter().rposition(|update| update.is_public) else { return Ok(()) };
    if of.is_added_afterwards() {
        return Ok(());
    }
    let number = i64::try_from(last + 1).unwrap_or(i64::MAX);
    Ok(public_words::owe(scope, Thing::Incident(of.id), public_words::Said::Update(number), now)?)
}

/// Keeps from readers what waits for a person's word, until it gets worse or is over. Doing so again changes nothing.
///
/// # Errors
/// When there is no such incident, it is over, or nothing waits.
pub fn reject(
    scope: &mut Scope<'_>,
    ground: &Ground,
    now: Timestamp,
    by: Actor,
    id: IncidentId,
) -> Result<Incident, CommandError> {
    let (setup, before) = begin_live(scope, ground, id)?;
    let Some(draft) = drafted(scope, ground, &setup, &before, now)? else {
        let why = format!("nothing about incident {} waits for anybody's word", before.number);
        return Err(CommandError::Rejected(why));
    };
    if draft.is_refused {
        return Ok(before);
    }
    let known = known(scope, &before)?;
    told::save(scope, id, &Told { refused: draft.worst, ..known })?;
    let detail =
        format!("readers are not told of {}, {}", words::status_word(draft.worst), words::by(&setup, by));
    log(scope, id, now, "draft_rejected", by, detail)?;
    Ok(before)
}
