//! What carriers post to us: texts in return, keys pressed in calls, and what became of messages.
//!
//! Nothing is looked at before one of our accounts at the carrier is proven to have signed it. The address of everything but
//! a text holds the token of the message that it is about, which only we can make.

use formats::channels::telephony::{self, Script, script};
use jiff::Timestamp;
use store::{Lane, Scope, Tx, incidents, notifications, phone_texts};
use tracing::{info, warn};

use crate::{
    Shell,
    commands::{self, Answered, Caller, PhoneAct, Receipt},
    compose::{self, Desk},
    error::CommandError,
};

pub use formats::channels::telephony::{Callback, Carrier, Form, carrier};

/// The document that has nothing said and nothing sent.
const NOTHING: &str = "<Response/>";

/// What a callback is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A text that somebody sent.
    Text,
    /// What became of the message with this token.
    Status(String),
    /// The call about the message with this token.
    Call(String),
}

/// What a text asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// Something to be done, about the incident with this number where one is named.
    Act(PhoneAct, Option<i64>),
    /// What the carrier itself answers, such as STOP.
    Carriers,
    /// Nothing that is understood.
    Unclear,
}

/// Does what a callback asks for, and returns the document that answers it; `None` when it does not come from the carrier.
///
/// # Errors
/// When the ledger fails.
pub async fn answer(
    shell: &Shell,
    carrier: &'static dyn Carrier,
    callback: &Callback<'_>,
    about: About,
) -> Result<Option<String>, CommandError> {
    if !shell.identity.telephony.is_authentic(carrier, callback) {
        warn!(carrier = carrier.word(), "a callback was not signed by the carrier");
        return Ok(None);
    }
    let document = match about {
        About::Text => text(shell, carrier, &callback.form).await?,
        About::Status(token) => {
            status(shell, carrier, &callback.form, &token).await?;
            NOTHING.to_owned()
        }
        About::Call(token) => {
            let said = call(shell, carrier, &callback.form, &token).await?;
            carrier.speak(&said)
        }
    };
    Ok(Some(document))
}

async fn text(shell: &Shell, carrier: &dyn Carrier, form: &Form) -> Result<String, CommandError> {
    let Some(text) = carrier.text(form) else { return Ok(NOTHING.to_owned()) };
    let words = match wish(&text.body) {
        Wish::Carriers => return Ok(NOTHING.to_owned()),
        Wish::Unclear => "Reply 4 to acknowledge, 6 to escalate, 4 #12 for incident 12.".to_owned(),
        Wish::Act(act, number) => {
            let name = form.name().map(|name| format!("{}/{name}", carrier.word()));
            match once(shell, carrier, &text.from, name, (act, number)).await? {
                Some(words) => words,
                None => return Ok(NOTHING.to_owned()),
            }
        }
    };
    Ok(carrier.reply(&text, &words))
}

/// Does what the text with this name asks for, and returns what its sender is told; `None` when it was answered before.
async fn once(
    shell: &Shell,
    carrier: &dyn Carrier,
    from: &str,
    name: Option<String>,
    (act, number): (PhoneAct, Option<i64>),
) -> Result<Option<String>, CommandError> {
    let (ground, from) = (shell.ground(), from.to_owned());
    let caller = shell.read(move |tx| commands::caller(tx, &ground, &from, number)).await?;
    let words = match (caller, number) {
        (Caller::Paged(org, to), _) => return done(shell, org, to, act, carrier, name).await,
        (Caller::Stranger, _) => "This number is not known here. Nothing has changed.".to_owned(),
        (Caller::Idle, Some(number)) => format!("You were not paged for #{number}. Nothing has changed."),
        (Caller::Idle, None) => "No page was sent to this number. Nothing has changed.".to_owned(),
    };
    let is_new = shell.write(Lane::Paging, move |tx, now| is_new(tx, name.as_deref(), now)).await?;
    Ok(is_new.then_some(words))
}

/// Whether a text comes for the first time, which is remembered if this transaction does what it asks for. Carriers send again
/// what they think was lost, and their signatures have no time.
fn is_new(tx: &mut Tx<'_>, name: Option<&str>, now: Timestamp) -> Result<bool, CommandError> {
    Ok(name.map(|name| phone_texts::remember(tx, name, now)).transpose()?.unwrap_or(true))
}

async fn status(shell: &Shell, carrier: &dyn Carrier, form: &Form, token: &str) -> Result<(), CommandError> {
    let (Some(report), Some(id)) = (carrier.report(form), shell.key.read_ack_token(token)) else {
        return Ok(());
    };
    let Some((org, _)) = shell.read(move |tx| Ok(notifications::find_any(tx, id)?)).await? else {
        return Ok(());
    };
    let heard = report.trouble.map_or(Receipt::Delivered, Receipt::Undelivered);
    let (ground, named, told) = (shell.ground(), report.receipt, heard.clone());
    let is_news =
        shell.act(org, move |scope, now| commands::receipt(scope, &ground, now, (id, &named), &told)).await?;
    if is_news {
        info!(notification.id = %id, carrier = carrier.word(), ?heard, "receipt came");
        shell.ring_tellers();
    }
    Ok(())
}

/// Returns what a call says next.
async fn call(
    shell: &Shell,
    carrier: &dyn Carrier,
    form: &Form,
    token: &str,
) -> Result<Script, CommandError> {
    let unknown = || Script::last("This call is about something that is not known here. Goodbye.");
    let Some(id) = shell.key.read_ack_token(token) else { return Ok(unknown()) };
    let found = shell.read(move |tx| Ok(notifications::find_any(tx, id)?)).await?;
    let Some((org, _)) = found else { return Ok(unknown()) };
    let to = Answered { lead: id, heard: Some(id), only: None };
    let act = match carrier.key(form) {
        Some('4') => PhoneAct::Acknowledge,
        Some('6') => PhoneAct::Escalate,
        Some('0') | None => return again(shell, carrier, id, token).await,
        Some(_) => return Ok(again(shell, carrier, id, token).await?.after("This key does nothing.")),
    };
    match done(shell, org, to, act, carrier, None).await {
        Ok(words) => Ok(words.map_or_else(unknown, |words| {
            Script::last(format!("{}. Goodbye.", words.trim_end_matches('.')))
        })),
        Err(error) => {
            warn!(notification.id = %id, %error, "a key in a call could not be acted on");
            Ok(again(shell, carrier, id, token)
                .await?
                .after("This could not be saved. Please press it again."))
        }
    }
}

/// Does it; whoever comes too late is told so. `None` when the text with this name asked for it before: it is remembered in the
/// transaction that acts, so that one which was not acted on for our own trouble is when the carrier posts it again.
async fn done(
    shell: &Shell,
    org: domain::OrgId,
    to: Answered,
    act: PhoneAct,
    carrier: &dyn Carrier,
    name: Option<String>,
) -> Result<Option<String>, CommandError> {
    let (ground, text) = (shell.ground(), name.clone());
    let done = shell.act(org, move |scope, now| match is_new(scope.tx(), text.as_deref(), now)? {
        true => commands::act_by_phone(scope, &ground, now, to, act).map(Some),
        false => Ok(None),
    });
    match done.await {
        Ok(None) => Ok(None),
        Ok(Some(words)) => {
            info!(notification.id = %to.lead, ?act, carrier = carrier.word(), "somebody answered by phone");
            shell.ring_tellers();
            Ok(Some(words))
        }
        Err(CommandError::Rejected(why)) => {
            // Refusing undoes all, the memory of the text too; what was refused once is not done later.
            let is_new = shell.write(Lane::Paging, move |tx, now| is_new(tx, name.as_deref(), now)).await?;
            Ok(is_new.then(|| format!("{why}.")))
        }
        Err(error) => Err(error),
    }
}

/// Returns what the call about a message says, as things are now.
async fn again(
    shell: &Shell,
    carrier: &dyn Carrier,
    id: domain::NotificationId,
    token: &str,
) -> Result<Script, CommandError> {
    let (ground, desk) = (shell.ground(), Desk::of(shell));
    let page = shell.read(move |tx| {
        let Some((org, notification)) = notifications::find_any(tx, id)? else { return Ok(None) };
        let mut scope = Scope::new(tx, org);
        let Some(incident) = incidents::get(&mut scope, notification.incident)? else { return Ok(None) };
        let mut also = Vec::new();
        for (other, _) in notifications::list_folded(&mut scope, id)? {
            also.extend(incidents::get(&mut scope, other)?.filter(|other| other.id != incident.id));
        }
        let (_, setup) = ground.setups.current(&mut scope)?;
        let also: Vec<_> = also.iter().collect();
        let message = compose::compose(
            &mut scope,
            &desk,
            &mut compose::Known::default(),
            &setup,
            &incident,
            &also,
            &notification,
        )?;
        Ok(message.map(|message| message.page))
    });
    let Some(page) = page.await? else {
        return Ok(Script::last("This is Midwatch. There is nothing to say. Goodbye."));
    };
    let keys = telephony::reachable(&shell.identity.public_url)
        .map(|url| format!("{url}/callbacks/{}/voice/{token}", carrier.word()));
    Ok(script(&page, keys))
}

/// Returns what a text asks for: a verb or its key, the number of an incident, or both.
fn wish(body: &str) -> Wish {
    let body = body.to_lowercase();
    let mut words = body.split(|c: char| !c.is_alphanumeric() && c != '#').filter(|word| !word.is_empty());
    let Some(first) = words.next() else { return Wish::Unclear };
    let number = |word: &str| word.trim_start_matches('#').parse::<i64>().ok().filter(|number| *number > 0);
    let act = match first {
        "4" | "a" | "ack" | "acknowledge" | "acknowledged" | "ok" | "okay" | "yes" => PhoneAct::Acknowledge,
        "6" | "e" | "esc" | "escalate" | "next" => PhoneAct::Escalate,
        "resolve" | "resolved" | "done" => PhoneAct::Resolve,
        "stop" | "stopall" | "unsubscribe" | "cancel" | "end" | "quit" | "start" | "unstop" | "help"
        | "info" => {
            return Wish::Carriers;
        }
        named if named.starts_with('#') && number(named).is_some() => {
            return Wish::Act(PhoneAct::Acknowledge, number(named));
        }
        _ => return Wish::Unclear,
    };
    match words.next() {
        None => Wish::Act(act, None),
        Some(named) if number(named).is_some() => Wish::Act(act, number(named)),
        // Whatever else follows, such as “ok on it”, is about the newest page.
        Some(_) if body.contains('#') => Wish::Unclear,
        Some(_) => Wish::Act(act, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_verb_or_its_key_with_or_without_an_incident() {
        use PhoneAct::{Acknowledge, Escalate, Resolve};
        let act = |act, number| Wish::Act(act, number);
        for (body, expected) in [
            ("4", act(Acknowledge, None)),
            (" 4. ", act(Acknowledge, None)),
            ("Ack!", act(Acknowledge, None)),
            ("OK", act(Acknowledge, None)),
            ("ok on it", act(Acknowledge, None)),
            ("4 #12", act(Acknowledge, Some(12))),
            ("ack 12", act(Acknowledge, Some(12))),
            ("#12", act(Acknowledge, Some(12))),
            ("6", act(Escalate, None)),
            ("Escalate #3", act(Escalate, Some(3))),
            ("resolve #3", act(Resolve, Some(3))),
            ("STOP", Wish::Carriers),
            ("help", Wish::Carriers),
            ("", Wish::Unclear),
            ("   ", Wish::Unclear),
            ("12", Wish::Unclear),
            ("44", Wish::Unclear),
            ("#", Wish::Unclear),
            ("#-1", Wish::Unclear),
            ("#0", Wish::Unclear),
            ("#99999999999999999999", Wish::Unclear),
            ("4 #99999999999999999999", Wish::Unclear),
            ("not 4", Wish::Unclear),
            ("４", Wish::Unclear),
            ("who is this? 4", Wish::Unclear),
        ] {
            assert_eq!(wish(body), expected, "{body:?}");
        }
    }
}
