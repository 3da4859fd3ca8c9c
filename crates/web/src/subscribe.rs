//! Alerts for people outside, about providers and pages of ours: the form, the link that confirms, and the link by which a
//! subscriber changes or leaves.
//!
//! Looking never acts, since mail scanners and chat previews look, and some of them send every form they see, empty: only the
//! word of a button acts (`act=confirm`), or of a mail program that unsubscribes (RFC 8058). Whether somebody is subscribed
//! shows nowhere: asking for alerts is answered the same for every address.

mod form;
mod network;

use std::sync::Arc;

use axum::{
    Form as Fields, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Query, State, rejection::FormRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{
    Language, SubscriberId,
    setup::Setup,
    subscription::{Subject, Target},
};
use engine::{
    CommandError, Shell,
    commands::{self, Wish},
    live::Entry,
    shelf::Lookup,
};
use render::view::{About, NoteView, SubscribeView, SubscriptionView};
use store::{Lane, Scope, Tx, subscribers};
use uuid::Uuid;

use crate::{problem::Problem, public::harden};
use form::{Form, Offer};
pub(crate) use network::Network;

/// The largest form that is read.
const MOST_BYTES: usize = 64 * 1024;

/// The fields of a form, in their order.
type Sent = Result<Fields<Vec<(String, String)>>, FormRejection>;

pub(crate) fn routes() -> Router<Shell> {
    Router::new()
        .route("/directory/{category}/{provider}/subscribe", get(show).post(ask))
        .route("/status/{slug}/subscribe", get(show_page).post(ask_page))
        .route("/subscriptions/{token}", get(manage).post(change))
        .route("/subscriptions/{token}/confirm", get(question).post(confirm))
        .route("/subscriptions/{token}/unsubscribe", get(leaving).post(leave))
        .route("/subscriptions/{token}/changed", get(changed))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// The form of a provider, empty.
async fn show(State(shell): State<Shell>, Path((category, slug)): Path<(String, String)>) -> Response {
    answered(async {
        let (desk, offer) = of_provider(&shell, find(&shell, &category, &slug)?).await?;
        Ok(page(StatusCode::OK, &render::subscribe_page(&view(&shell, &desk, Form::fresh(offer), None))))
    })
    .await
}

/// Somebody asks for alerts about a provider.
async fn ask(
    State(shell): State<Shell>,
    Path((category, slug)): Path<(String, String)>,
    network: Network,
    fields: Sent,
) -> Response {
    answered(async {
        let (desk, offer) = of_provider(&shell, find(&shell, &category, &slug)?).await?;
        asked(&shell, desk, Form::sent(offer, &read(fields)?), &network).await
    })
    .await
}

/// The form of a page of ours, empty.
async fn show_page(
    State(shell): State<Shell>,
    Path(slug): Path<String>,
    Query(fields): Query<Vec<(String, String)>>,
) -> Response {
    answered(async {
        let (desk, offer) = of_page(&shell, slug, &fields).await?;
        Ok(page(StatusCode::OK, &render::subscribe_page(&view(&shell, &desk, Form::fresh(offer), None))))
    })
    .await
}

/// Somebody asks for alerts about a page of ours.
async fn ask_page(
    State(shell): State<Shell>,
    Path(slug): Path<String>,
    network: Network,
    fields: Sent,
) -> Response {
    answered(async {
        let fields = read(fields)?;
        let (desk, offer) = of_page(&shell, slug, &fields).await?;
        asked(&shell, desk, Form::sent(offer, &fields), &network).await
    })
    .await
}

/// Takes what was asked, or shows the form again.
async fn asked(shell: &Shell, desk: Desk, form: Form, network: &Network) -> Result<Response, Problem> {
    let language = desk.about.language;
    let again = |status, form, trouble: String| {
        Ok(page(status, &render::subscribe_page(&view(shell, &desk, form, Some(trouble)))))
    };
    let target = match form.target(shell.identity.mail_from.is_some()) {
        Ok(target) => target,
        Err(trouble) => {
            let says = render::form_trouble(language, trouble);
            return again(StatusCode::UNPROCESSABLE_ENTITY, form, says.to_owned());
        }
    };
    if let Some(trouble) = form.trouble() {
        let says = render::form_trouble(language, trouble);
        return again(StatusCode::UNPROCESSABLE_ENTITY, form, says.to_owned());
    }
    let id = SubscriberId(shell.mint.id());
    let is_mail = matches!(target, Target::Email(_));
    let wish = Wish {
        subject: desk.subject,
        target,
        choice: form.choice(),
        language: form.shown.language,
        network: shell.key.network(&network.0),
    };
    match shell.write(Lane::Bulk, move |tx, now| commands::subscribe(tx, now, id, &wish)).await {
        Ok(()) => {
            shell.doorbell.ring(engine::seams::Bell::Announce);
            Ok(page(StatusCode::ACCEPTED, &render::note_page(&render::sent_note(desk.about, is_mail))))
        }
        Err(CommandError::Rejected(why)) => again(StatusCode::TOO_MANY_REQUESTS, form, why),
        Err(error) => Err(Problem::from(error)),
    }
}

/// The question whether it was them.
async fn question(State(shell): State<Shell>, Path(token): Path<String>) -> Response {
    answered(async {
        let id = shell.key.read_confirm_token(&token).ok_or_else(unknown)?;
        let now = shell.clock.now();
        let request = shell.read(move |tx| Ok(subscribers::find_request(tx, id, now)?)).await?;
        let request = request.ok_or_else(unknown)?;
        let (mut desk, _) = of_subject(&shell, request.subject, false).await?;
        desk.about.language = request.language;
        let note = render::asking_note(desk.about, &request.target.shown());
        Ok(page(StatusCode::OK, &render::note_page(&note)))
    })
    .await
}

/// It was them.
async fn confirm(State(shell): State<Shell>, Path(token): Path<String>, fields: Sent) -> Response {
    answered(async {
        pressed(&read(fields)?, "confirm")?;
        let id = shell.key.read_confirm_token(&token).ok_or_else(unknown)?;
        let (ground, key) = (shell.ground(), shell.key.clone());
        let confirm = move |tx: &mut Tx<'_>, now| commands::confirm(tx, (&ground, &key), now, id);
        let confirmed = shell.write(Lane::Bulk, confirm).await?;
        let subscriber = confirmed.ok_or_else(unknown)?;
        Ok(Redirect::to(&format!("/subscriptions/{}", shell.key.subscription_token(subscriber)))
            .into_response())
    })
    .await
}

/// What a subscriber can change.
async fn manage(State(shell): State<Shell>, Path(token): Path<String>) -> Response {
    answered(subscription(&shell, &token, false)).await
}

async fn changed(State(shell): State<Shell>, Path(token): Path<String>) -> Response {
    answered(subscription(&shell, &token, true)).await
}

async fn subscription(shell: &Shell, token: &str, is_saved: bool) -> Result<Response, Problem> {
    let (subscriber, desk, offer) = linked(shell, token).await?;
    let form = Form::of(offer, &subscriber.choice);
    let secret = match &subscriber.target {
        Target::Email(_) | Target::Slack(_) => None,
        Target::Webhook(_) => Some(shell.key.webhook_secret(subscriber.id.0, "subscriber")),
    };
    let view = SubscriptionView {
        about: desk.about,
        address: subscriber.target.shown(),
        choice: form.shown,
        secret,
        leave_path: format!("/subscriptions/{token}/unsubscribe"),
        is_saved,
    };
    Ok(page(StatusCode::OK, &render::subscription_page(&view)))
}

/// A subscriber changes their choice.
async fn change(State(shell): State<Shell>, Path(token): Path<String>, fields: Sent) -> Response {
    answered(async {
        let (subscriber, desk, offer) = linked(&shell, &token).await?;
        let fields = read(fields)?;
        pressed(&fields, "save")?;
        let form = Form::sent(offer, &fields);
        if let Some(trouble) = form.trouble() {
            let says = render::form_trouble(desk.about.language, trouble);
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "Unprocessable Content", says));
        }
        let (id, choice, language) = (subscriber.id, form.choice(), form.shown.language);
        shell.write(Lane::Bulk, move |tx, _| Ok(subscribers::set_choice(tx, id, &choice, language)?)).await?;
        Ok(Redirect::to(&format!("/subscriptions/{token}/changed")).into_response())
    })
    .await
}

/// The button for those whose mail program has none.
async fn leaving(State(shell): State<Shell>, Path(token): Path<String>) -> Response {
    answered(async {
        let id = shell.key.read_subscription_token(&token).ok_or_else(unknown)?;
        let language = spoken(&shell, id).await?;
        let note = render::leaving_note(language, format!("/subscriptions/{token}"));
        Ok(page(StatusCode::OK, &render::note_page(&note)))
    })
    .await
}

/// A subscriber leaves: by the button, or by their mail program (RFC 8058). Whoever has left already is told so again.
async fn leave(State(shell): State<Shell>, Path(token): Path<String>, sent: Bytes) -> Response {
    answered(async {
        leaves(&sent)?;
        let id = shell.key.read_subscription_token(&token).ok_or_else(unknown)?;
        let language = spoken(&shell, id).await?;
        let key = shell.key.clone();
        shell.write(Lane::Bulk, move |tx, now| commands::leave(tx, &key, now, id)).await?;
        Ok(page(StatusCode::OK, &render::note_page(&render::left_note(language))))
    })
    .await
}

/// The language of a subscriber; English of whoever has left.
async fn spoken(shell: &Shell, id: SubscriberId) -> Result<Language, Problem> {
    let found = shell.read(move |tx| Ok(subscribers::get(tx, id)?)).await?;
    Ok(found.map_or(Language::English, |subscriber| subscriber.language))
}

/// What alerts are about.
struct Desk {
    subject: Subject,
    about: About,
}

fn find(shell: &Shell, category: &str, slug: &str) -> Result<Arc<Entry>, Problem> {
    let missing = || Problem::not_found("There is no provider at this address.");
    let overview = shell.live.overview();
    let entry = overview.get(slug).filter(|entry| *entry.category_slug == *category).ok_or_else(missing)?;
    Ok(Arc::clone(entry))
}

async fn of_provider(shell: &Shell, entry: Arc<Entry>) -> Result<(Desk, Offer), Problem> {
    let provider = &entry.provider;
    let about = About {
        name: provider.name.clone(),
        path: provider.path(),
        category: Some((provider.category.clone(), format!("/directory/{}", provider.category_slug()))),
        public_url: shell.identity.public_url.clone(),
        language: Language::English,
    };
    let desk = Desk { subject: Subject::Provider(provider.id()), about };
    Ok((desk, Offer::of_provider(&shell.live.whole(shell, &entry).await?.knowledge)))
}

/// What a page of ours offers to whoever sends these fields.
async fn of_page(shell: &Shell, slug: String, fields: &[(String, String)]) -> Result<(Desk, Offer), Problem> {
    let missing = || Problem::not_found("There is no status page at this address.");
    // Most of the wrong addresses need no ledger.
    if !matches!(shell.shelf.find(&format!("/status/{slug}")), Lookup::Page(..)) {
        return Err(missing());
    }
    let ground = shell.ground();
    let found = shell.read(move |tx| commands::find_page(tx, &ground, &slug)).await?;
    let (setup, subject) = found.ok_or_else(missing)?;
    let only = match form::one(fields, "only") {
        id if id.is_empty() => None,
        id => Some(Uuid::try_parse(&id).map_err(|_| missing())?),
    };
    page_desk(shell, (&setup, subject), only, &form::one(fields, "language")).await
}

async fn page_desk(
    shell: &Shell,
    (setup, subject): (&Arc<Setup>, Subject),
    only: Option<Uuid>,
    language: &str,
) -> Result<(Desk, Offer), Problem> {
    let of = setup.status_pages.iter().find(|page| page.id.0 == subject.id()).ok_or_else(unknown)?;
    let mut offer = Offer::of_page(setup, of);
    offer.speak(language);
    if let Some(thing) = only {
        let (setup, org, page) = (Arc::clone(setup), setup.organization.id, of.id);
        let language = offer.language;
        let title = shell
            .read(move |tx| commands::find_thing(&mut Scope::new(tx, org), &setup, page, thing, language));
        offer.only = Some((thing, title.await?.ok_or_else(unknown)?));
    }
    let about = About {
        name: of.title.clone(),
        path: format!("/status/{}", of.slug),
        category: None,
        public_url: shell.identity.public_url.clone(),
        language: offer.language,
    };
    Ok((Desk { subject, about }, offer))
}

/// What a subscription is about, with all that it offers to whoever may know it.
async fn of_subject(shell: &Shell, subject: Subject, is_added: bool) -> Result<(Desk, Offer), Problem> {
    match subject {
        Subject::Provider(id) => {
            let provider = shell.catalog.get(id).ok_or_else(unknown)?;
            let overview = shell.live.overview();
            let entry = overview.get(&provider.slug).ok_or_else(unknown)?;
            of_provider(shell, Arc::clone(entry)).await
        }
        Subject::Page(org, _) => {
            let ground = shell.ground();
            let setup = shell.read(move |tx| ground.setups.readable(&mut Scope::new(tx, org))).await?;
            let is_open = |setup: &Arc<Setup>| commands::is_open_to(setup, subject, is_added);
            let setup = setup.filter(is_open).ok_or_else(unknown)?;
            page_desk(shell, (&setup, subject), None, "").await
        }
    }
}

async fn linked(shell: &Shell, token: &str) -> Result<(subscribers::Subscriber, Desk, Offer), Problem> {
    let id = shell.key.read_subscription_token(token).ok_or_else(unknown)?;
    let found = shell.read(move |tx| Ok(subscribers::get(tx, id)?)).await?;
    let subscriber = found.ok_or_else(unknown)?;
    let (mut desk, mut offer) = of_subject(shell, subscriber.subject, subscriber.is_added).await?;
    offer.speak(subscriber.language.tag());
    desk.about.language = offer.language;
    if let (Some(thing), Subject::Page(org, page)) = (subscriber.choice.only, subscriber.subject) {
        let (ground, language) = (shell.ground(), offer.language);
        let read = shell.read(move |tx| {
            let mut scope = Scope::new(tx, org);
            let Some(setup) = ground.setups.readable(&mut scope)? else { return Ok(None) };
            commands::find_thing(&mut scope, &setup, page, thing, language)
        });
        // What readers may not see any more keeps its name to itself.
        offer.only = Some((thing, read.await?.unwrap_or_default()));
    }
    Ok((subscriber, desk, offer))
}

fn read(fields: Sent) -> Result<Vec<(String, String)>, Problem> {
    fields
        .map(|Fields(fields)| fields)
        .map_err(|refused| Problem::new(refused.status(), "Bad Request", "The form could not be read."))
}

/// Refuses a form that was sent without its button: nobody has pressed it.
fn pressed(fields: &[(String, String)], act: &str) -> Result<(), Problem> {
    let is_act = |(name, value): &(String, String)| name == "act" && value == act;
    if fields.iter().any(is_act) { Ok(()) } else { Err(unpressed()) }
}

/// Refuses what asks for nothing: neither the button's form nor what RFC 8058 has mail programs send, as a form of either kind.
fn leaves(sent: &[u8]) -> Result<(), Problem> {
    let sent = String::from_utf8_lossy(sent);
    let mut fields = sent.trim().split('&');
    let is_part = || {
        let (_, value) = sent.split_once("name=\"List-Unsubscribe\"")?;
        value.trim_start().starts_with("One-Click").then_some(())
    };
    if fields.any(|field| matches!(field, "act=leave" | "List-Unsubscribe=One-Click")) || is_part().is_some()
    {
        Ok(())
    } else {
        Err(unpressed())
    }
}

fn unpressed() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "Bad Request",
        "Nothing was asked for, so nothing was changed. Open the link, and press the button on the page.",
    )
}

fn unknown() -> Problem {
    Problem::not_found(
        "This link is not one of ours, was cut short, or is no longer good. Ask for alerts again.",
    )
}

fn view(shell: &Shell, desk: &Desk, form: Form, trouble: Option<String>) -> SubscribeView {
    SubscribeView {
        about: desk.about.clone(),
        choice: form.shown,
        email: form.email,
        url: form.url,
        slack: form.slack,
        has_mail: shell.identity.mail_from.is_some(),
        trouble,
    }
}

/// Returns the answer, or the page that says why there is none.
async fn answered(answer: impl Future<Output = Result<Response, Problem>>) -> Response {
    answer.await.unwrap_or_else(|problem| {
        let heading = match problem.status() {
            StatusCode::NOT_FOUND => "There is nothing here",
            _ => "That did not work",
        };
        let note = NoteView {
            about: None,
            heading: heading.to_owned(),
            text: problem.detail().to_owned(),
            button: None,
            link: Some(("To the directory", "/directory".to_owned())),
        };
        page(problem.status(), &render::note_page(&note))
    })
}

/// A page for one reader: not stored, not indexed, its address not passed on.
fn page(status: StatusCode, page: &render::Page) -> Response {
    let mut response =
        (status, [(header::CONTENT_TYPE, page.content_type)], page.body.clone()).into_response();
    let set = response.headers_mut();
    harden(set);
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    set.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    set.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}
