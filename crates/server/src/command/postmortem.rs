//! `postmortem …`: post-mortems, on the ledger itself.

mod editor;
mod shown;

use std::{fs, io, io::Read, process::ExitCode};

use anyhow::{Context, anyhow};
use domain::{
    IncidentId,
    incident::Actor,
    postmortem::{LONGEST_BYTES, Postmortem},
};
use engine::{
    CommandError,
    commands::{
        Ground,
        postmortem::{self, NewAction, Saved},
    },
    compose,
    seams::Clock,
};
use jiff::Timestamp;
use serde_json::json;
use store::{
    Lane, Scope,
    postmortems::{self, Version},
};

use super::{
    incident::{Named, actor, ground},
    ledger,
    output::{print, print_json, print_line, second},
};
use crate::{
    args::{Act, Failure, Postmortem as Command, PostmortemAction as Action, Text},
    config::Config,
    seams::SystemClock,
    table::table,
};

/// Incidents that are listed.
const LISTED: u32 = 500;

/// Lists, writes, reviews, publishes.
pub(super) fn run(config: &Config, command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::List { all, json } => list(config, all, json)?,
        Command::Draft { act, text } => draft(config, &act, &text)?,
        Command::Show { incident, version, text, json } => {
            shown::show(config, &incident, version, text, json)?;
        }
        Command::Edit { act, text, base } => edit(config, &act, &text, base)?,
        Command::Submit { act, to } => {
            let said = format!("waits for the review of {to}");
            acted(config, &act, &said, move |scope, ground, now, by, id| {
                postmortem::submit(scope, ground, now, by, id, &to)
            })?;
        }
        Command::Approve { act, version, comment } => {
            acted(config, &act, "is approved", move |scope, ground, now, by, id| {
                postmortem::approve(scope, ground, now, by, id, version, &comment)
            })?;
        }
        Command::Return { act, comment } => {
            acted(config, &act, "is a draft again", move |scope, ground, now, by, id| {
                postmortem::send_back(scope, ground, now, by, id, &comment)
            })?;
        }
        Command::Publish { act, without_review } => {
            acted(config, &act, "is published", move |scope, ground, now, by, id| {
                postmortem::publish(scope, ground, now, by, id, without_review)
            })?;
        }
        Command::Action(Action::List { json }) => shown::actions(config, json)?,
        Command::Action(Action::Add { act, text, owner, due, public }) => {
            let wanted = NewAction { text, owner, due_on: due, is_public: public };
            let (number, action) = on_incident(config, &act, move |scope, ground, now, by, id| {
                postmortem::add_action(scope, ground, now, by, id, &wanted)
            })?;
            shown::tell_action(config, &act, number, &action)?;
        }
        Command::Action(Action::Done { act, number: done }) => {
            let (number, action) = on_incident(config, &act, move |scope, ground, now, by, id| {
                postmortem::finish_action(scope, ground, now, by, id, done)
            })?;
            shown::tell_action(config, &act, number, &action)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a command on the incident that `act` names, by whom it names. Returns the incident's number with what came of it.
fn on_incident<T: Send + 'static>(
    config: &Config,
    act: &Act,
    mut command: impl FnMut(&mut Scope<'_>, &Ground, Timestamp, Actor, IncidentId) -> Result<T, CommandError>
    + Send
    + 'static,
) -> Result<(i64, T), Failure> {
    let (named, ledger, ground) = (Named::read(&act.incident)?, ledger::required(config)?, ground(config));
    let (org, now, by) = (config.objects.setup.organization.id, SystemClock.now(), act.by.clone());
    Ok(ledger.write_blocking(Lane::Paging, move |tx| {
        let mut scope = Scope::new(tx, org);
        let by = actor(&ground.setups.current(&mut scope)?.1, by.as_deref())?;
        let incident = named.find(&mut scope)?;
        Ok::<_, CommandError>((incident.number, command(&mut scope, &ground, now, by, incident.id)?))
    })?)
}

fn acted(
    config: &Config,
    act: &Act,
    said: &str,
    command: impl FnMut(&mut Scope<'_>, &Ground, Timestamp, Actor, IncidentId) -> Result<Postmortem, CommandError>
    + Send
    + 'static,
) -> Result<(), Failure> {
    let (number, of) = on_incident(config, act, command)?;
    tell(act, number, &of, said)
}

fn tell(act: &Act, number: i64, of: &Postmortem, said: &str) -> Result<(), Failure> {
    if act.json {
        let published = of.published.map(|published| published.version);
        return Ok(print_json(&json!({
            "incident": number, "stage": of.stage.word(), "version": of.version, "published_version": published,
        }))?);
    }
    Ok(print_line(&format!("the post-mortem of incident {number}, version {}, {said}", of.version))?)
}

/// Begins one. Without a text of somebody's own the draft is printed, to be written on.
fn draft(config: &Config, act: &Act, text: &Text) -> Result<(), Failure> {
    if let Some(file) = &text.file {
        return saved(config, act, 0, read(file)?);
    }
    let begun = |scope: &mut Scope<'_>, ground: &Ground, now, by, id| {
        let of = postmortem::draft(scope, ground, now, by, id)?;
        Ok((of, postmortem::version(scope, id, of.version)?))
    };
    let (number, (of, newest)) = on_incident(config, act, begun)?;
    if text.editor {
        return in_editor(config, act, number, newest);
    }
    if act.json { tell(act, number, &of, "") } else { Ok(print_line(&newest.body)?) }
}

fn edit(config: &Config, act: &Act, text: &Text, base: Option<i64>) -> Result<(), Failure> {
    if let Some((file, base)) = text.file.as_ref().zip(base) {
        if base < 1 {
            return Err(Failure::Usage(anyhow!("versions count from 1")));
        }
        return saved(config, act, base, read(file)?);
    }
    let newest = |scope: &mut Scope<'_>, ground: &Ground, _, _, id| {
        let (_, _, of) = postmortem::load(scope, ground, id)?;
        postmortem::version(scope, id, of.version)
    };
    let (number, newest) = on_incident(config, act, newest)?;
    in_editor(config, act, number, newest)
}

fn in_editor(config: &Config, act: &Act, number: i64, newest: Version) -> Result<(), Failure> {
    let edited = editor::edit(number, &newest.body)?;
    let text = fs::read_to_string(&edited).with_context(|| edited.display().to_string())?;
    let done = saved(config, act, newest.number, text);
    if done.is_ok() {
        fs::remove_file(&edited).ok();
    } else {
        super::note(&format!("what you wrote is in {}", edited.display()));
    }
    done
}

fn read(file: &str) -> Result<String, Failure> {
    let most = u64::try_from(2 * LONGEST_BYTES).unwrap_or(u64::MAX);
    let source: Box<dyn Read> = match file {
        "-" => Box::new(io::stdin().lock()),
        file => Box::new(fs::File::open(file).with_context(|| format!("{file} can't be read"))?),
    };
    let mut text = String::new();
    source.take(most).read_to_string(&mut text).with_context(|| format!("{file} can't be read as text"))?;
    Ok(text)
}

/// Saves a text. Where somebody has saved another, both are shown and nothing is.
fn saved(config: &Config, act: &Act, base: i64, text: String) -> Result<(), Failure> {
    let mine = text.clone();
    let (number, saved) = on_incident(config, act, move |scope, ground, now, by, id| {
        postmortem::save(scope, ground, now, by, id, base, &text)
    })?;
    let newest = match saved {
        Saved::Stored(of) => return tell(act, number, &of, "is saved"),
        Saved::Conflict(newest) => newest,
    };
    let by = compose::name(&config.objects.setup, newest.author);
    let at = second(newest.saved_at);
    print(&format!(
        "<<<<<<< version {}, by {by} at {at}\n{}\n=======\n{}\n>>>>>>> yours, on the ground of version {base}\n",
        newest.number,
        newest.body,
        mine.trim_end()
    ))?;
    Err(Failure::Failed(anyhow!(
        "{by} saved version {0} at {at}: put both together and save again with --base {0}",
        newest.number
    )))
}

fn list(config: &Config, all: bool, as_json: bool) -> Result<(), Failure> {
    let (ledger, org) = (ledger::required(config)?, config.objects.setup.organization.id);
    let found = ledger.read_blocking(move |tx| postmortems::list(&mut Scope::new(tx, org), all, LISTED))?;
    if as_json {
        let all = found.iter().map(|learnt| {
            json!({
                "incident": learnt.number, "title": learnt.title, "severity": learnt.severity.word(),
                "resolved_at": learnt.resolved_at.to_string(), "stage": learnt.stage,
                "published_at": learnt.published_at.map(|at| at.to_string()),
            })
        });
        return Ok(print_json(&all.collect::<Vec<_>>())?);
    }
    let now = SystemClock.now();
    let rows = found.iter().map(|learnt| {
        let age = now.duration_since(learnt.resolved_at).as_hours() / 24;
        [
            learnt.number.to_string(),
            learnt.severity.word().to_owned(),
            second(learnt.resolved_at),
            format!("{age} d"),
            learnt.stage.as_deref().unwrap_or("-").replace('_', " "),
            learnt.title.clone(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    Ok(print(&table(["NUMBER", "SEVERITY", "RESOLVED", "AGE", "POST-MORTEM", "TITLE"], &rows))?)
}
