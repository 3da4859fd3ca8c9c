//! `contact list`, `contact test`, `contact verify` and `contact push-link`: how people are reached, and whether that is known to work.

use std::{process::ExitCode, sync::Arc};

use anyhow::{Context, anyhow};
use domain::{
    UserId,
    contact::{ContactState, Standing},
    incident::Actor,
    setup::{Contact, Setup, User},
};
use engine::{
    CommandError,
    commands::{self, Ground, Verification},
    links::SigningKey,
    reach,
    seams::Clock,
    setups::Setups,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{Database, Lane, Scope, contacts};

use super::{
    incident::shell,
    ledger, note,
    output::{print, print_json, print_line, second},
};
use crate::{
    args::{self, Failure},
    config::Config,
    runtime,
    seams::SystemClock,
    table::table,
};

/// Shows contacts, or acts on one.
pub(super) fn run(config: &Config, command: args::Contact) -> Result<ExitCode, Failure> {
    match command {
        args::Contact::List { user, json } => list(config, user.as_deref(), json),
        args::Contact::Test { user, contact } => test(config, &user, contact),
        args::Contact::Verify { user, contact, code } => verify(config, &user, contact, code),
        args::Contact::PushLink { user } => push_link(config, &user),
    }
}

/// Notes who is on call soon, or named by a policy, and has no contact that is known to work.
pub(super) fn warn(config: &Config) -> anyhow::Result<()> {
    let states = known(config)?;
    for warning in reach::warnings(&config.objects.setup, &states, SystemClock.now()) {
        note(&warning);
    }
    Ok(())
}

/// Returns what is known of contacts: nothing where there is no ledger.
pub(super) fn known(config: &Config) -> anyhow::Result<Vec<ContactState>> {
    ledger::existing(config)?.map_or_else(|| Ok(Vec::new()), |ledger| states(config, &ledger))
}

fn states(config: &Config, ledger: &Database) -> anyhow::Result<Vec<ContactState>> {
    let org = config.objects.setup.organization.id;
    Ok(ledger.read_blocking(move |tx| contacts::list(&mut Scope::new(tx, org)))?)
}

fn list(config: &Config, email: Option<&str>, as_json: bool) -> Result<ExitCode, Failure> {
    let setup = &config.objects.setup;
    let users: Vec<&User> = match email {
        Some(email) => vec![find(setup, email)?],
        None => setup.users.iter().collect(),
    };
    let states = known(config)?;
    let contacts = users.into_iter().flat_map(|user| user.contacts.iter().map(move |it| (user, it)));
    if as_json {
        let contacts = contacts.map(|(user, contact)| as_value(user, contact, &states));
        print_json(&contacts.collect::<Value>()).context("the list can't be printed")?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = contacts.map(|(user, contact)| row(user, contact, &states));
    let rows: Vec<_> = rows.collect();
    print(&table(
        ["USER", "CONTACT", "KIND", "STANDING", "VERIFIED", "LAST CONFIRMED", "LAST FAILURE"],
        &rows,
    ))
    .context("the list can't be printed")?;
    Ok(ExitCode::SUCCESS)
}

fn row(user: &User, contact: &Contact, states: &[ContactState]) -> [String; 7] {
    let state = contact.state(user.id, states);
    let at = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), second);
    let answer = state.and_then(|state| state.last_answer.as_deref()).unwrap_or_default();
    let failed = state.and_then(|state| state.last_failed_at);
    let is_failing = contact.standing(user.id, states) == Standing::Failing;
    let said = if is_failing && !answer.is_empty() { format!(": {answer}") } else { String::new() };
    [
        user.email.clone(),
        contact.id.clone(),
        contact.destination.kind().word().to_owned(),
        contact.standing(user.id, states).word().to_owned(),
        at(state.and_then(|state| state.verified_at)),
        at(state.and_then(|state| state.last_confirmed_at)),
        format!("{}{said}", at(failed)),
    ]
}

fn as_value(user: &User, contact: &Contact, states: &[ContactState]) -> Value {
    let state = contact.state(user.id, states);
    let at = |which: fn(&ContactState) -> Option<Timestamp>| state.and_then(which).map(|at| at.to_string());
    json!({
        "user": user.email,
        "contact": contact.id,
        "kind": contact.destination.kind().word(),
        "standing": contact.standing(user.id, states).word(),
        "verified_at": at(|state| state.verified_at),
        "last_confirmed_at": at(|state| state.last_confirmed_at),
        "last_accepted_at": at(|state| state.last_accepted_at),
        "last_failed_at": at(|state| state.last_failed_at),
        "last_answer": state.and_then(|state| state.last_answer.clone()),
    })
}

fn test(config: &Config, email: &str, contact: String) -> Result<ExitCode, Failure> {
    let shown = format!("{contact} of {email}");
    let until = act(config, email, move |scope, ground, _, now, user| {
        commands::test_contact(scope, ground, now, Actor::Account(shell()), (user, &contact))
    })?;
    let line = format!(
        "a code goes to {shown}; it is good until {}: give it to `midwatch contact verify`",
        second(until)
    );
    print_line(&line).context("the answer can't be printed")?;
    Ok(ExitCode::SUCCESS)
}

fn verify(config: &Config, email: &str, contact: String, code: String) -> Result<ExitCode, Failure> {
    let shown = format!("{contact} of {email}");
    let answer = act(config, email, move |scope, ground, key, now, user| {
        commands::verify_contact(scope, ground, key, now, (user, &contact), &code)
    })?;
    match answer {
        Verification::Verified => {
            print_line(&format!("{shown} is verified")).context("the answer can't be printed")?;
            Ok(ExitCode::SUCCESS)
        }
        Verification::Wrong { left } => Err(Failure::Failed(anyhow!(
            "this is not the code that was sent to {shown}; {left} more may be tried"
        ))),
        Verification::Void => Err(Failure::Failed(anyhow!(
            "no code is good for {shown}: right would be one that `midwatch contact test` has sent in the last quarter \
             of an hour"
        ))),
        Verification::Exhausted { until } => Err(Failure::Failed(anyhow!(
            "too many wrong codes were given for {shown}; another can be sent from {} on",
            second(until)
        ))),
    }
}

/// Runs a command on a person's contact in the ledger.
fn push_link(config: &Config, email: &str) -> Result<ExitCode, Failure> {
    let token = act(config, email, |scope, _, key, _, user| Ok(key.push_token(scope.org(), user)))?;
    note("whoever opens this is paged in the name of the person; give it to nobody else");
    print_line(&format!("{}/push/{token}", config.server.public_url))
        .context("the address can't be printed")?;
    Ok(ExitCode::SUCCESS)
}

fn act<T: Send + 'static>(
    config: &Config,
    email: &str,
    mut command: impl FnMut(&mut Scope<'_>, &Ground, &SigningKey, Timestamp, UserId) -> Result<T, CommandError>
    + Send
    + 'static,
) -> Result<T, Failure> {
    let user = find(&config.objects.setup, email)?.id;
    let ledger = ledger::required(config)?;
    let key = runtime::stored_key(&ledger)?;
    let key = key.ok_or_else(|| anyhow!("there is no key to sign with yet: start `midwatch serve` once"))?;
    let ground = Ground {
        catalog: Arc::new(config.providers()),
        setups: Arc::new(Setups::with(config.means())),
        memory: Arc::default(),
    };
    let (org, now) = (config.objects.setup.organization.id, SystemClock.now());
    let done = ledger
        .write_blocking(Lane::Paging, move |tx| command(&mut Scope::new(tx, org), &ground, &key, now, user));
    Ok(done?)
}

fn find<'a>(setup: &'a Setup, email: &str) -> Result<&'a User, Failure> {
    setup.user_by_email(email).ok_or_else(|| {
        let known: Vec<&str> = setup.users.iter().map(|user| user.email.as_str()).collect();
        let hint = match formats::setup::nearest(email, known.iter().copied()) {
            Some(near) => format!("is {near} meant?"),
            None => format!("known are: {}", known.join(", ")),
        };
        Failure::Usage(anyhow!("there is no user {email}; {hint}"))
    })
}
