//! Subscribers of an organisation's pages: listed, added, imported, removed. Addresses are people's data: seeing them takes a
//! responder, changing them an admin.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use domain::{
    Impact, Language, Role, SubscriberId,
    incident::Actor,
    setup::Setup,
    subscription::{Choice, Subject, Target},
};
use engine::{
    CommandError, Shell,
    commands::{self, Imported, Line, Mistake, Wish},
    seams::Bell,
};
use serde::{Deserialize, Serialize};
use store::{
    Lane, Scope,
    subscribers::{self, Consent, Listed},
};

use super::{
    Caller,
    answer::{Paging, encoded, link_next},
    extract::{Pairs, Path, bad, body},
};
use crate::problem::Problem;

/// Subscribers in one answer where nobody says how many, and at most.
const PAGE: usize = 100;
const MOST: usize = 1_000;

/// The largest list that is taken: 100,000 lines of 160 bytes.
const LIST_BYTES: usize = 16 * 1024 * 1024;

/// The address of the list.
const HERE: &str = "/api/v1/subscribers";

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/subscribers", get(list).post(add))
        .route("/subscribers/import", post(import).layer(DefaultBodyLimit::max(LIST_BYTES)))
        .route("/subscribers/{id}", delete(remove))
}

#[derive(Serialize)]
struct ListJson {
    data: Vec<SubscriberJson>,
}

#[derive(Serialize)]
struct SubscriberJson {
    id: String,
    page: String,
    kind: &'static str,
    address: String,
    services: Vec<String>,
    kinds: Vec<&'static str>,
    least: &'static str,
    only: Option<String>,
    language: &'static str,
    confirmed_at: String,
    consent: Option<String>,
    told_at: Option<String>,
    refusals: i64,
}

fn json(page: &str, of: Listed) -> SubscriberJson {
    let Listed { subscriber, confirmed_at, consent, refusals } = of;
    let choice = subscriber.choice;
    let kinds = [
        ("incidents", choice.incidents),
        ("maintenances", choice.maintenances),
        ("postmortems", choice.postmortems),
    ];
    SubscriberJson {
        id: subscriber.id.to_string(),
        page: page.to_owned(),
        kind: subscriber.target.word(),
        address: subscriber.target.shown(),
        services: choice.components,
        kinds: kinds.into_iter().filter(|(_, is_told)| *is_told).map(|(kind, _)| kind).collect(),
        least: choice.least.word(),
        only: choice.only.map(|id| id.to_string()),
        language: subscriber.language.tag(),
        confirmed_at: confirmed_at.to_string(),
        consent,
        told_at: subscriber.told_at.map(|at| at.to_string()),
        refusals,
    }
}

/// Returns the subscribers of a page, in the order of their ids.
async fn list(State(shell): State<Shell>, caller: Caller, pairs: Pairs) -> Result<Response, Problem> {
    caller.require(Role::Responder)?;
    pairs.only(&["page", "limit", "cursor"])?;
    let page = pairs.one("page").ok_or_else(|| bad("name the status page: ?page=slug"))?.to_owned();
    let paging = Paging::of(&pairs, PAGE, MOST)?;
    let after = paging.from(SubscriberId::parse)?;
    let (ground, slug, limit) = (shell.ground(), page.clone(), paging.limit);
    let most = u32::try_from(limit + 1).unwrap_or(u32::MAX);
    let read = shell.read(move |tx| {
        let mut scope = Scope::new(tx, caller.org);
        let (_, setup) = ground.setups.current(&mut scope)?;
        let id = commands::kept_page(&mut scope, &setup, &slug)?;
        Ok(subscribers::list_page(&mut scope, id, after, most)?)
    });
    let mut found = read.await?;
    let is_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| is_more).map(|last| last.subscriber.id.to_string());
    let data = found.into_iter().map(|one| json(&page, one)).collect();
    let mut response = Json(ListJson { data }).into_response();
    link_next(&mut response, HERE, &pairs, next.as_deref());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    page: String,
    address: String,
    #[serde(default)]
    services: Vec<String>,
    kinds: Option<Vec<String>>,
    least: Option<String>,
    language: Option<String>,
    /// By what right; without it the address is asked.
    consent: Option<String>,
}

/// Adds a subscriber who agreed elsewhere, or asks an address whether it wants to be one.
async fn add(State(shell): State<Shell>, caller: Caller, sent: Bytes) -> Result<Response, Problem> {
    let by = caller.require(Role::Admin)?;
    let new: New = body(&sent)?;
    let ground = shell.ground();
    let read = shell.read(move |tx| Ok(ground.setups.current(&mut Scope::new(tx, caller.org))?.1));
    let setup = read.await?;
    let page = commands::named_page(&setup, &new.page)?;
    let (target, choice) = (target(&new.address)?, choice(&setup, page, &new)?);
    let language = new.language.as_deref().map(|tag| spoken(page, tag)).transpose()?;
    let Some(statement) = new.consent else {
        if page.protection.is_some() {
            let reason = "only whom you add with a record of consent is told of a protected page; say what they agreed to";
            return Err(CommandError::Invalid { field: "consent", reason: reason.to_owned() }.into());
        }
        let id = SubscriberId(shell.mint.id());
        let wish = Wish {
            subject: Subject::Page(caller.org, page.id),
            target,
            choice,
            language: language.unwrap_or(page.language),
            network: shell.key.network(&format!("organization {}", caller.org)),
        };
        let asked = shell.write(Lane::Bulk, move |tx, now| commands::subscribe(tx, now, id, &wish)).await;
        asked.map_err(|error| match error {
            CommandError::Rejected(why) => {
                Problem::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests", why)
            }
            other @ (CommandError::NotFound(_) | CommandError::Invalid { .. } | CommandError::Store(_)) => {
                Problem::from(other)
            }
        })?;
        shell.doorbell.ring(Bell::Announce);
        return Ok(StatusCode::ACCEPTED.into_response());
    };
    let line = Line { number: 1, target, choice, language, confirmed_at: None };
    let imported = added(&shell, caller, (by, &new.page, &statement), vec![line]).await?;
    let status = match imported {
        Imported { added: 1, .. } => StatusCode::CREATED,
        Imported { departed: 0, .. } => StatusCode::OK,
        Imported { .. } => {
            let detail = "this address left the page; it can come back only by itself";
            return Err(Problem::new(StatusCode::CONFLICT, "Conflict", detail));
        }
    };
    let place = format!("{HERE}?page={}", encoded(&new.page));
    Ok((status, [(header::LOCATION, place)], Json(ImportJson::of(imported, &[]))).into_response())
}

#[derive(Serialize)]
struct ImportJson<'a> {
    added: u64,
    known: u64,
    departed: u64,
    mistakes: Vec<MistakeJson<'a>>,
}

#[derive(Serialize)]
struct MistakeJson<'a> {
    line: u64,
    column: &'static str,
    reason: &'a str,
}

impl<'a> ImportJson<'a> {
    fn of(imported: Imported, mistakes: &'a [Mistake]) -> Self {
        let Imported { added, known, departed } = imported;
        let mistake = |of: &'a Mistake| MistakeJson { line: of.line, column: of.column, reason: &of.reason };
        Self { added, known, departed, mistakes: mistakes.iter().map(mistake).collect() }
    }
}

/// Adds a list of people who agreed elsewhere: all of it, or with `skip_bad` all lines without mistakes.
async fn import(
    State(shell): State<Shell>,
    caller: Caller,
    pairs: Pairs,
    sent: Bytes,
) -> Result<Response, Problem> {
    let by = caller.require(Role::Admin)?;
    pairs.only(&["page", "consent", "skip_bad"])?;
    let page = pairs.one("page").ok_or_else(|| bad("name the status page: ?page=slug"))?;
    let statement = pairs.one("consent").unwrap_or_default();
    let skips = pairs.read("skip_bad", "true or false", |text| text.parse::<bool>().ok())?.unwrap_or(false);
    commands::consent(statement)?;
    let (ground, slug, csv) = (shell.ground(), page.to_owned(), sent.clone());
    let now = shell.clock.now();
    let checked = shell.read(move |tx| {
        let (_, setup) = ground.setups.current(&mut Scope::new(tx, caller.org))?;
        commands::check_list(&setup, &slug, &csv, now)
    });
    let list = checked.await?;
    if !list.mistakes.is_empty() && !skips {
        let body = Json(ImportJson::of(Imported::default(), &list.mistakes));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response());
    }
    let imported = added(&shell, caller, (by, page, statement), list.lines).await?;
    Ok(Json(ImportJson::of(imported, &list.mistakes)).into_response())
}

/// Adds lines part by part.
async fn added(
    shell: &Shell,
    caller: Caller,
    (by, page, statement): (Actor, &str, &str),
    lines: Vec<Line>,
) -> Result<Imported, Problem> {
    let statement = commands::consent(statement)?;
    let (id, made_at) = (shell.mint.id(), shell.clock.now());
    let record = Consent { id, statement, made_at, made_by: by };
    let (ground, slug, count) = (shell.ground(), page.to_owned(), lines.len());
    let room =
        shell.read(move |tx| commands::check_room(&mut Scope::new(tx, caller.org), &ground, &slug, count));
    room.await?;
    let mut imported = Imported::default();
    for part in lines.chunks(commands::IMPORTED_AT_ONCE) {
        let (ground, key, part) = (shell.ground(), shell.key.clone(), part.to_vec());
        let (page, record) = (page.to_owned(), record.clone());
        let add = shell.write(Lane::Bulk, move |tx, now| {
            let mut scope = Scope::new(tx, caller.org);
            commands::add_subscribers(&mut scope, (&ground, &key), now, &page, &record, &part)
        });
        imported.count(add.await?);
    }
    Ok(imported)
}

/// Removes everything about the address of a subscriber from their page.
async fn remove(
    State(shell): State<Shell>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.require(Role::Admin)?;
    let key = shell.key.clone();
    let done = shell.write(Lane::Bulk, move |tx, now| {
        let unknown = || CommandError::NotFound(format!("subscriber {id}"));
        let found = subscribers::get(tx, SubscriberId::parse(&id).ok_or_else(unknown)?)?;
        let found = found.filter(|found| found.subject.org() == Some(caller.org)).ok_or_else(unknown)?;
        let mut scope = Scope::new(tx, caller.org);
        let Subject::Page(_, page) = found.subject else { return Err(unknown()) };
        commands::remove_address(&mut scope, &key, now, page, &found.target)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn invalid(field: &'static str, reason: String) -> Problem {
    Problem::from(CommandError::Invalid { field, reason })
}

fn target(address: &str) -> Result<Target, Problem> {
    Target::any(address).ok_or_else(|| {
        let right = "right would be ana@example.com, or https://example.com/hook";
        invalid("address", format!("{address:?} is neither an e-mail address nor one of the web; {right}"))
    })
}

fn choice(setup: &Setup, page: &domain::setup::StatusPage, new: &New) -> Result<Choice, Problem> {
    let is_shown = |slug: &str| setup.services.iter().any(|it| it.slug == slug && page.shows(it.id));
    if let Some(other) = new.services.iter().find(|slug| !is_shown(slug)) {
        return Err(invalid("services", format!("the page shows no service {other:?}")));
    }
    let least = match &new.least {
        None => Impact::None,
        Some(word) => Impact::from_word(word).ok_or_else(|| {
            invalid("least", format!("{word:?} is no impact; right would be none, minor, major or critical"))
        })?,
    };
    let all = ["incidents", "maintenances", "postmortems"];
    let kinds: Vec<&str> = match &new.kinds {
        None => all.to_vec(),
        Some(kinds) => kinds.iter().map(String::as_str).collect(),
    };
    if kinds.is_empty() || kinds.iter().any(|kind| !all.contains(kind)) {
        return Err(invalid("kinds", format!("give some of {}", all.join(", "))));
    }
    let [incidents, maintenances, postmortems] = all.map(|kind| kinds.contains(&kind));
    Ok(Choice { components: new.services.clone(), least, incidents, maintenances, postmortems, only: None })
}

fn spoken(page: &domain::setup::StatusPage, tag: &str) -> Result<Language, Problem> {
    let mut languages = std::iter::once(page.language).chain(page.other_languages.iter().copied());
    languages
        .find(|language| language.tag() == tag)
        .ok_or_else(|| invalid("language", format!("the page does not speak {tag:?}")))
}
