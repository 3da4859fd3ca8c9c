//! `drill`: an outage against a configuration, on a simulated clock, told as a table and as an HTML file.

use std::{fmt::Write, fs, process::ExitCode, time::Duration};

use anyhow::{Context, anyhow};
use domain::{Severity, delivery::MOST_PAGES};
use engine::{seams::Clock, setups::Setups};
use formats::setup::{Objects, duration};
use jiff::Timestamp;
use render::drill::Report;
use serde_json::{Value, json};

use super::{
    note,
    output::{print, print_json, progress, second},
};
use crate::{
    args::{Drill as Options, Failure},
    config::Config,
    drill::{Cover, Drill, Record, Scenario, perform, report, team_zone},
    replay::{Answer, Recording, Stage},
    seams::SystemClock,
    table::table,
};

/// What is played, and what is written on it.
struct Play {
    drill: Drill,
    title: String,
    story: String,
}

/// Plays a drill and shows what came of it.
pub(super) fn run(config: &Config, options: &Options) -> Result<ExitCode, Failure> {
    let answers = answers(config, &options.answers)?;
    let Play { mut drill, title, story } = play(config, options)?;
    let cast = std::mem::take(&mut drill.cast);
    let mut stage = Stage::set(&drill.objects, cast, answers, Setups::with(config.means()))?;
    let bar = progress(u64::try_from(stage.len()).unwrap_or(u64::MAX), "captures");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let record = runtime.context("the drill can't be started")?.block_on(perform(
        &mut stage,
        &drill.objects.setup,
        |played| bar.set_position(u64::try_from(played).unwrap_or(u64::MAX)),
    ));
    bar.finish_and_clear();
    let record = record?;
    let report = report(cover(config, options, title, story), &drill.objects, &record);
    if options.json {
        print_json(&json(&report, &record))?;
    } else {
        print(&text(&report))?;
    }
    if let Some(file) = &options.html {
        fs::write(file, report.html()).with_context(|| format!("{} can't be written", file.display()))?;
        note(&format!("the report is in {}", file.display()));
    }
    Ok(ExitCode::SUCCESS)
}

fn cover(config: &Config, options: &Options, title: String, story: String) -> Cover {
    let file = config.source.as_ref().map_or_else(|| "defaults".to_owned(), |it| it.display().to_string());
    let answers = match options.answers.as_slice() {
        [] => "nobody answers".to_owned(),
        answers => format!("answers: {}", answers.join(", ")),
    };
    let time_zone = team_zone(&config.objects.setup);
    Cover { title, story, facts: vec![format!("configuration {file}"), answers], time_zone }
}

/// Lays out the scenario or the recording.
fn play(config: &Config, options: &Options) -> Result<Play, Failure> {
    let objects = &config.objects;
    match (options.scenario, &options.recording, &options.provider) {
        (Some(scenario), _, _) => {
            let asked = options.at.unwrap_or_else(|| this_minute(SystemClock.now()));
            let begins = scenario.begins(asked, &team_zone(&objects.setup));
            let severity = options.severity.map_or(Severity::Critical, |it| it.0);
            let drill = Drill::lay_out(scenario, objects, begins, severity)
                .map_err(|why| Failure::Usage(why.into()))?;
            Ok(Play { drill, title: title(scenario), story: scenario.story().to_owned() })
        }
        (None, Some(folder), Some(slug)) => {
            let recording = Recording::load(folder)?;
            recorded(objects, slug, recording, &folder.display().to_string())
        }
        (None, Some(_) | None, _) => {
            Err(Failure::Usage(anyhow!("name a --scenario, or a --recording and its --provider")))
        }
    }
}

fn recorded(objects: &Objects, slug: &str, recording: Recording, folder: &str) -> Result<Play, Failure> {
    let provider = objects.providers.iter().find(|provider| provider.slug == slug).ok_or_else(|| {
        let known: Vec<_> = objects.providers.iter().map(|provider| provider.slug.as_str()).collect();
        Failure::Usage(anyhow!(
            "the configuration does not depend on {slug}, so nothing would happen; it knows: {}",
            known.join(", ")
        ))
    })?;
    let from = recording.instants().first().copied().unwrap_or_default();
    Ok(Play {
        title: format!("A recorded outage of {}", provider.name),
        story: format!("What was captured in {folder}, as it was."),
        drill: Drill::among_the_calm(objects.clone(), vec![(provider.clone(), recording)], from),
    })
}

/// Reads `ana@acme.example after 4m`.
fn answers(config: &Config, written: &[String]) -> Result<Vec<Answer>, Failure> {
    let setup = &config.objects.setup;
    let example = |email: &str| format!("right would be --answers \"{email} after 4m\"");
    let answer = |text: &String| {
        let (who, after) = text.split_once(" after ").unwrap_or((text, "0s"));
        let user = setup.user_by_email(who.trim()).ok_or_else(|| {
            let known: Vec<_> = setup.users.iter().map(|user| user.email.as_str()).collect();
            let one = known.first().copied().unwrap_or("ana@acme.example");
            Failure::Usage(anyhow!(
                "there is no user {:?}; known are: {}; {}",
                who.trim(),
                known.join(", "),
                example(one)
            ))
        })?;
        let after: Duration = duration::parse(after.trim()).ok_or_else(|| {
            let after = after.trim();
            let why = format!("{after:?} in {text:?} is no span such as \"90s\", \"4m\" or \"1h30m\"");
            Failure::Usage(anyhow!("{why}: {}", example(&user.email)))
        })?;
        Ok(Answer { user: user.id, after })
    };
    written.iter().map(answer).collect()
}

fn title(scenario: Scenario) -> String {
    let words = scenario.word().replace('-', " ");
    words
        .chars()
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(words.chars().skip(1)).collect())
}

/// The minute that an instant lies in, so that a drill does not end in odd seconds.
fn this_minute(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second().div_euclid(60) * 60).unwrap_or(now)
}

/// Returns the timeline and the figures for a terminal.
fn text(report: &Report) -> String {
    let mut text = format!("{}: {}\n{}\n\n", report.title, report.story, report.facts.join("; "));
    let rows = report
        .rows
        .iter()
        .map(|row| [report.times.shown(row.at), row.what.to_owned(), row.who.clone(), row.detail.clone()]);
    text += &table(["TIME", "WHAT", "WHO", "DETAIL"], &rows.collect::<Vec<_>>());
    if report.left_out > 0 {
        // Writing to a string can't fail, here and below.
        let _ = writeln!(text, "{} further changes at providers are left out", report.left_out);
    }
    text.push('\n');
    let figures = report.figures.iter().map(|it| [it.name.clone(), it.value.clone(), it.note.clone()]);
    text + &table(["FIGURE", "VALUE", "MEANS"], &figures.collect::<Vec<_>>())
}

fn json(report: &Report, record: &Record) -> Value {
    let figures = &record.figures;
    let seconds = |span: Option<jiff::SignedDuration>| span.map(|span| span.as_secs());
    let events = report
        .rows
        .iter()
        .map(|row| json!({ "at": second(row.at), "what": row.what, "who": row.who, "detail": row.detail }));
    json!({
        "title": report.title,
        "facts": report.facts,
        "events": events.collect::<Value>(),
        "changes_left_out": report.left_out,
        "figures": {
            "first_page_after_seconds": seconds(figures.first_page_after),
            "first_human_after_seconds": seconds(figures.first_human_after),
            "pages": figures.pages,
            "most_pages_in_10_minutes": figures.most_in_ten_minutes.as_ref().map(|(who, count)| json!({ "to": who, "pages": count, "limit_in_a_storm": MOST_PAGES })),
            "held": figures.held,
            "sleep_interrupting": figures.sleep_interrupting,
            "incidents": figures.incidents,
            "public_words": figures.public_words,
        },
    })
}
