//! Amendments as the ledger keeps them: a kind and JSON. Written here, read here, and known nowhere else.

use domain::{
    ProviderId, ScheduleId, ServiceId, Status, UserId,
    amendment::{Amendment, Change},
    public::StatusLock,
    schedule::Override,
    setup::Contact,
    silence::{Matcher, Silence},
};
use formats::channels;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use store::{Scope, amendments};
use tracing::error;

use crate::error::CommandError;

/// Stores an amendment. The configuration that this transaction was given before it stays what it was: what is asked of
/// [`Setups`](super::Setups) after it could be kept although the transaction is undone.
///
/// # Errors
/// When the ledger fails.
pub(crate) fn insert(scope: &mut Scope<'_>, amendment: &Amendment) -> Result<(), CommandError> {
    let (kind, payload) = written(&amendment.change);
    let row = amendments::Amendment {
        id: amendment.id,
        kind: kind.to_owned(),
        payload: payload.to_string(),
        ends_at: amendment.change.ends_at(),
        made_at: amendment.made_at,
        made_by: amendment.made_by,
        withdrawn: None,
    };
    Ok(amendments::insert(scope, &row)?)
}

/// Returns the amendment that a row holds; `None` for one that can't be read.
/// One bad row never keeps the rest of a configuration from being used: it is logged, and nobody is paged less by it than
/// the file says.
#[must_use]
pub fn read(row: &amendments::Amendment) -> Option<Amendment> {
    let change = serde_json::from_str(&row.payload).ok().and_then(|value: Value| match row.kind.as_str() {
        "override" => taken(&value),
        "silence" => silence(row, &value),
        "lock" => lock(row, &value),
        "contact" => contact(&value),
        _ => None,
    });
    if change.is_none() {
        error!(amendment.id = %row.id, kind = row.kind, "amendment could not be read");
    }
    Some(Amendment {
        id: row.id,
        change: change?,
        made_at: row.made_at,
        made_by: row.made_by,
        withdrawn: row.withdrawn,
    })
}

fn written(change: &Change) -> (&'static str, Value) {
    match change {
        Change::Override { schedule, taken, note } => (
            "override",
            json!({
                "schedule": schedule.to_string(),
                "user": taken.user.to_string(),
                "from": taken.from.to_string(),
                "to": taken.to.to_string(),
                "note": note,
            }),
        ),
        Change::Silence(silence) => {
            let Matcher { services, providers, labels } = &silence.matcher;
            let label = |(key, value): (&String, &String)| (key.clone(), json!(value));
            let payload = json!({
                "services": services.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "providers": providers.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "labels": labels.iter().map(label).collect::<Map<_, _>>(),
                "from": silence.from.to_string(),
                "to": silence.to.to_string(),
                "reason": silence.reason,
            });
            ("silence", payload)
        }
        Change::Lock(lock) => {
            let payload = json!({
                "service": lock.service.to_string(),
                "status": lock.status.word(),
                "until": lock.until.map(|until| until.to_string()),
                "note": lock.note,
            });
            ("lock", payload)
        }
        Change::Contact { user, contact, name } => {
            let destination = channels::to_json(&contact.destination);
            let payload = json!({
                "user": user.to_string(), "id": contact.id, "name": name, "destination": destination,
            });
            ("contact", payload)
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

fn at(value: &Value, key: &str) -> Option<Timestamp> {
    text(value, key)?.parse().ok()
}

fn taken(value: &Value) -> Option<Change> {
    Some(Change::Override {
        schedule: ScheduleId::parse(text(value, "schedule")?)?,
        taken: Override {
            user: UserId::parse(text(value, "user")?)?,
            from: at(value, "from")?,
            to: at(value, "to")?,
        },
        note: text(value, "note").unwrap_or_default().to_owned(),
    })
}

fn lock(row: &amendments::Amendment, value: &Value) -> Option<Change> {
    // An end that can't be read is not taken for none.
    let until = match value.get("until") {
        None | Some(Value::Null) => None,
        Some(_) => Some(at(value, "until")?),
    };
    Some(Change::Lock(StatusLock {
        id: row.id,
        service: ServiceId::parse(text(value, "service")?)?,
        status: Status::from_word(text(value, "status")?)?,
        until,
        note: text(value, "note").unwrap_or_default().to_owned(),
        from: row.made_at,
        by: row.made_by,
    }))
}

fn contact(value: &Value) -> Option<Change> {
    let destination = channels::from_json(value.get("destination")?).ok()?;
    Some(Change::Contact {
        user: UserId::parse(text(value, "user")?)?,
        contact: Contact { id: text(value, "id")?.to_owned(), destination, unusable: None },
        name: text(value, "name").unwrap_or_default().to_owned(),
    })
}

fn silence(row: &amendments::Amendment, value: &Value) -> Option<Change> {
    let ids = |key: &str| value.get(key)?.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
    let label = |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
    Some(Change::Silence(Silence {
        id: row.id,
        name: None,
        matcher: Matcher {
            services: ids("services")?.into_iter().map(ServiceId::parse).collect::<Option<_>>()?,
            providers: ids("providers")?.into_iter().map(ProviderId::parse).collect::<Option<_>>()?,
            labels: value.get("labels")?.as_object()?.iter().map(label).collect::<Option<_>>()?,
        },
        from: at(value, "from")?,
        to: at(value, "to")?,
        reason: text(value, "reason")?.to_owned(),
        by: row.made_by,
    }))
}
