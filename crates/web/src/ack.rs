//! The acknowledge link: looking at it shows what is, sending its form acts. Mail scanners and chat previews look; only a
//! person, or a program that says the word, acts.
//!
//! Nothing but a `POST` with the word in its body acts, and none that a page of somebody else's sends. A form acts on what
//! its sender saw: it carries the generation of paging, and one that has been overtaken changes nothing and says so. So a
//! link that is used again, or a form that a browser sends once more, is harmless.

mod linked;
mod page;
mod story;
mod watch;
mod wish;

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use engine::{CommandError, Shell, commands, seams::Bell};
use tokio_util::sync::CancellationToken;

use self::{
    linked::{Linked, linked, unknown},
    page::{show, sorry},
    watch::Watch,
    wish::{Act, Wish},
};
use crate::{origin::is_foreign, problem::Problem};

/// How long the button snoozes: long enough to get up, short enough not to forget.
const NAP: Duration = Duration::from_secs(30 * 60);

/// A form of ours is a few dozen bytes.
const MOST_BYTES: usize = 4 * 1024;

pub(crate) fn routes(stop: CancellationToken) -> Router<Shell> {
    let watch = Watch::new(stop);
    Router::new()
        .route("/ack/{token}", get(look).post(act))
        .route("/ack/{token}/events", get(move |state, path, seen| watch.stream(state, path, seen)))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
}

async fn look(State(shell): State<Shell>, Path(token): Path<String>) -> Response {
    match linked(&shell, &token).await {
        Ok(linked) => show(&linked, StatusCode::OK, None),
        Err(problem) => sorry(&problem),
    }
}

async fn act(
    State(shell): State<Shell>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let linked = match linked(&shell, &token).await {
        Ok(linked) => linked,
        Err(problem) => return sorry(&problem),
    };
    if is_foreign(&headers) {
        let why = "Another site has sent this, so nothing was done. If you mean it, press the button here.";
        return show(&linked, StatusCode::FORBIDDEN, Some(why));
    }
    let Ok(wish) = Wish::read(&body) else {
        let why = "What was sent here asks for nothing that can be done, so nothing was done. A button asks.";
        return show(&linked, StatusCode::BAD_REQUEST, Some(why));
    };
    let done = perform(&shell, &linked, wish).await;
    if done.is_ok() {
        shell.doorbell.ring(Bell::Judge);
        shell.ring_tellers();
    }
    // Somebody was faster, or there is nothing to do it to: the page says who, and how it stands now.
    let why = match done {
        Ok(Done::AsAsked) => return Redirect::to(&linked.path).into_response(),
        Ok(Done::SomebodyElseHasIt) => None,
        Ok(Done::Overtaken) => Some("paging has begun anew since that was sent".to_owned()),
        Err(CommandError::Rejected(why)) => Some(why),
        Err(error) => return sorry(&Problem::from(error)),
    };
    match self::linked(&shell, &token).await {
        Ok(linked) => {
            let why = why.unwrap_or_else(|| format!("{} was first", linked.taken_by));
            show(&linked, StatusCode::CONFLICT, Some(&format!("Nothing was done: {why}.")))
        }
        Err(problem) => sorry(&problem),
    }
}

/// What came of it.
enum Done {
    AsAsked,
    SomebodyElseHasIt,
    Overtaken,
}

async fn perform(shell: &Shell, linked: &Linked, wish: Wish) -> Result<Done, CommandError> {
    let (ground, by, id, message) = (shell.ground(), linked.by, linked.incident.id, linked.message);
    let seen = wish.generation.unwrap_or(linked.generation);
    let done = shell.act(linked.org, move |scope, now| {
        // Looked at here, where nothing can begin anew in between.
        if commands::incident(scope, id)?.generation != seen {
            return Ok(Done::Overtaken);
        }
        match wish.act {
            Act::Acknowledge => {
                let taken = commands::acknowledge_message(scope, &ground, now, by, message, Some(seen))?;
                let holder = taken.incident.response.given();
                let is_theirs = holder.is_some_and(|(holder, _)| holder.is_again(by));
                return Ok(if taken.is_new || is_theirs { Done::AsAsked } else { Done::SomebodyElseHasIt });
            }
            Act::TakeBack => commands::unacknowledge(scope, &ground, now, by, id),
            Act::Snooze => {
                let until = now.checked_add(NAP).unwrap_or(now);
                commands::snooze(scope, &ground, now, by, id, until)
            }
            Act::Escalate => commands::escalate_now(scope, &ground, now, by, id),
            Act::Resolve => commands::resolve(scope, &ground, now, by, id),
            Act::Publish => match &wish.seen {
                Some(seen) => commands::publish_seen(scope, &ground, now, by, id, seen),
                None => commands::publish(scope, &ground, now, by, id),
            },
            Act::Reject => commands::reject(scope, &ground, now, by, id),
        }
        .map(|_| Done::AsAsked)
    });
    done.await
}
