//! Alerts for people outside: the form, the link that confirms, and the link by which a subscriber changes or leaves.
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
    extract::{DefaultBodyLimit, Path, State, rejection::FormRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{Language, SubscriberId, provider::Provider, subscription::Target};
use engine::{
    CommandError, Shell,
    commands::{self, Wish},
    live::Entry,
};
use render::view::{About, NoteView, SubscribeView, SubscriptionView};
use store::{Lane, subscribers};

use crate::{problem::Problem, public::harden};
use form::Form;
pub(crate) use network::Network;

/// The largest form that is read.
const MOST_BYTES: usize = 64 * 1024;

/// The fields of a form, in their order.
type Sent = Result<Fields<Vec<(String, String)>>, FormRejection>;

pub(crate) fn routes() -> Router<Shell> {
    Router::new()
        .route("/directory/{category}/{provider}/subscribe", get(show).post(ask))
        .route("/subscriptions/{token}", get(manage).post(change))
        .route("/subscriptions/{token}/confirm", get(question).post(confirm))
        .route("/subscriptions/{token}/unsubscribe", get(leaving).post(leave))
        .route("/subscriptions/{token}/changed", get(changed))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// The form, empty.
async fn show(State(shell): State<Shell>, Path((category, slug)): Path<(String, String)>) -> Response {
    answered(async {
        let entry = find(&shell, &category, &slug)?;
        let form = Form::fresh(&shell.live.whole(&shell, &entry).await?.knowledge);
        Ok(page(StatusCode::OK, &render::subscribe_page(&view(&shell, &entry.provider, form, None))))
    })
    .await
}

/// Somebody asks for alerts.
async fn ask(
    State(shell): State<Shell>,
    Path((category, slug)): Path<(String, String)>,
    network: Network,
    fields: Sent,
) -> Response {
    answered(async {
        let entry = find(&shell, &category, &slug)?;
        let form = Form::sent(&shell.live.whole(&shell, &entry).await?.knowledge, &read(fields)?);
        let again = |status, form, trouble: String| {
            let view = view(&shell, &entry.provider, form, Some(trouble));
            Ok(page(status, &render::subscribe_page(&view)))
        };
        let target = match form.target(shell.identity.mail_from.is_some()) {
            Ok(target) => target,
            Err(trouble) => return again(StatusCode::UNPROCESSABLE_ENTITY, form, trouble.to_owned()),
        };
        if let Some(trouble) = form.trouble() {
            return again(StatusCode::UNPROCESSABLE_ENTITY, form, trouble.to_owned());
        }
        let id = SubscriberId(shell.mint.id());
        let wish = Wish {
            provider: entry.provider.id(),
            target,
            choice: form.choice(),
            network: shell.key.network(&network.0),
        };
        let sent = sent(&shell, &entry.provider, &wish.target);
        match shell.write(Lane::Bulk, move |tx, now| commands::subscribe(tx, now, id, &wish)).await {
            Ok(()) => {
                shell.doorbell.ring(engine::seams::Bell::Announce);
                Ok(page(StatusCode::ACCEPTED, &render::note_page(&sent)))
            }
            Err(CommandError::Rejected(why)) => again(StatusCode::TOO_MANY_REQUESTS, form, why),
            Err(error) => Err(Problem::from(error)),
        }
    })
    .await
}

/// The question whether it was them.
async fn question(State(shell): State<Shell>, Path(token): Path<String>) -> Response {
    answered(async {
        let id = shell.key.read_confirm_token(&token).ok_or_else(unknown)?;
        let now = shell.clock.now();
        let request = shell.read(move |tx| Ok(subscribers::find_request(tx, id, now)?)).await?;
        let request = request.ok_or_else(unknown)?;
        let provider = shell.catalog.get(request.provider).ok_or_else(unknown)?;
        let note = NoteView {
            heading: format!("Be told about {}?", provider.name),
            text: format!(
                "Alerts will go to {}. Every message has a link to leave.",
                request.target.address()
            ),
            button: Some(("Yes, tell me", "confirm")),
            link: None,
            about: Some(about(&shell, &provider)),
        };
        Ok(page(StatusCode::OK, &render::note_page(&note)))
    })
    .await
}

/// It was them.
async fn confirm(State(shell): State<Shell>, Path(token): Path<String>, fields: Sent) -> Response {
    answered(async {
        pressed(&read(fields)?, "confirm")?;
        let id = shell.key.read_confirm_token(&token).ok_or_else(unknown)?;
        let confirmed = shell.write(Lane::Bulk, move |tx, now| commands::confirm(tx, now, id)).await?;
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
    let (subscriber, entry) = linked(shell, token).await?;
    let form = Form::of(&shell.live.whole(shell, &entry).await?.knowledge, &subscriber.choice);
    let secret = match &subscriber.target {
        Target::Email(_) => None,
        Target::Webhook(_) => Some(shell.key.webhook_secret(subscriber.id.0, "subscriber")),
    };
    let view = SubscriptionView {
        about: about(shell, &entry.provider),
        address: subscriber.target.address().to_owned(),
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
        let (subscriber, entry) = linked(&shell, &token).await?;
        let fields = read(fields)?;
        pressed(&fields, "save")?;
        let form = Form::sent(&shell.live.whole(&shell, &entry).await?.knowledge, &fields);
        if let Some(trouble) = form.trouble() {
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "Unprocessable Content", trouble));
        }
        let (id, choice) = (subscriber.id, form.choice());
        shell.write(Lane::Bulk, move |tx, _| Ok(subscribers::set_choice(tx, id, &choice)?)).await?;
        Ok(Redirect::to(&format!("/subscriptions/{token}/changed")).into_response())
    })
    .await
}

/// The button for those whose mail program has none.
async fn leaving(State(shell): State<Shell>, Path(token): Path<String>) -> Response {
    answered(async {
        shell.key.read_subscription_token(&token).ok_or_else(unknown)?;
        let note = NoteView {
            about: None,
            heading: "Unsubscribe?".to_owned(),
            text: "You will be told nothing more, and your address is forgotten at once.".to_owned(),
            button: Some(("Unsubscribe", "leave")),
            link: Some(("Change what you are told instead", format!("/subscriptions/{token}"))),
        };
        Ok(page(StatusCode::OK, &render::note_page(&note)))
    })
    .await
}

/// A subscriber leaves: by the button, or by their mail program (RFC 8058). Whoever has left already is answered the same.
async fn leave(State(shell): State<Shell>, Path(token): Path<String>, sent: Bytes) -> Response {
    answered(async {
        leaves(&sent)?;
        let id = shell.key.read_subscription_token(&token).ok_or_else(unknown)?;
        shell.write(Lane::Bulk, move |tx, _| Ok(subscribers::delete(tx, id)?)).await?;
        let note = NoteView {
            about: None,
            heading: "You have left".to_owned(),
            text: "Nothing more will be sent, and your address is forgotten.".to_owned(),
            button: None,
            link: Some(("To the directory", "/directory".to_owned())),
        };
        Ok(page(StatusCode::OK, &render::note_page(&note)))
    })
    .await
}

fn find(shell: &Shell, category: &str, slug: &str) -> Result<Arc<Entry>, Problem> {
    let missing = || Problem::not_found("There is no provider at this address.");
    let overview = shell.live.overview();
    let entry = overview.get(slug).filter(|entry| *entry.category_slug == *category).ok_or_else(missing)?;
    Ok(Arc::clone(entry))
}

async fn linked(shell: &Shell, token: &str) -> Result<(subscribers::Subscriber, Arc<Entry>), Problem> {
    let id = shell.key.read_subscription_token(token).ok_or_else(unknown)?;
    let found = shell.read(move |tx| Ok(subscribers::get(tx, id)?)).await?;
    let subscriber = found.ok_or_else(unknown)?;
    let provider = shell.catalog.get(subscriber.provider).ok_or_else(unknown)?;
    let overview = shell.live.overview();
    let entry = overview.get(&provider.slug).ok_or_else(unknown)?;
    Ok((subscriber, Arc::clone(entry)))
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

fn about(shell: &Shell, provider: &Provider) -> About {
    About {
        name: provider.name.clone(),
        path: provider.path(),
        category: provider.category.clone(),
        category_path: format!("/directory/{}", provider.category_slug()),
        public_url: shell.identity.public_url.clone(),
        language: Language::English,
    }
}

fn view(shell: &Shell, provider: &Provider, form: Form, trouble: Option<String>) -> SubscribeView {
    SubscribeView {
        about: about(shell, provider),
        choice: form.shown,
        email: form.email,
        url: form.url,
        has_mail: shell.identity.mail_from.is_some(),
        trouble,
    }
}

/// The answer to everybody who asks.
fn sent(shell: &Shell, provider: &Provider, target: &Target) -> NoteView {
    let text = match target {
        Target::Email(_) => {
            "We have sent a link there. It may take some minutes; look among the unwanted mail too. \
                             Nothing else is sent until you follow it."
        }
        Target::Webhook(_) => "We post a link there. Nothing else is sent until somebody follows it.",
    };
    NoteView {
        about: Some(about(shell, provider)),
        heading: "Confirm that it is you".to_owned(),
        text: text.to_owned(),
        button: None,
        link: Some(("Back to the status page", provider.path())),
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
