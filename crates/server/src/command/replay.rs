//! `replay`: a recorded sequence of captures through the configuration, on a simulated clock.

use std::{
    io::{self, IsTerminal},
    path::Path,
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, anyhow};
use domain::provider::{Provider, slug_of};
use engine::setups::Setups;
use formats::setup::{self, Objects, Secrets};

use super::{
    note,
    output::{print, progress},
};
use crate::{
    args::{Failure, Replay},
    config::Config,
    replay::{Event, Recording, Stage},
};

/// How often a provider that the configuration does not name is read.
const INTERVAL: Duration = Duration::from_secs(60);

/// Plays a recording and prints what happens.
pub(super) fn run(config: Config, options: &Replay) -> Result<ExitCode, Failure> {
    let recording = Recording::load(&options.folder)?;
    let setups = Setups::with(config.means());
    let objects = objects(config.objects, &options.provider)?;
    let provider = objects.providers.iter().find(|it| it.slug == options.provider);
    let provider = provider.cloned().ok_or_else(|| anyhow!("there is no provider {}", options.provider))?;
    let mut stage = Stage::set(&objects, vec![(provider, recording)], Vec::new(), setups)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("the replay can't be started")?.block_on(show(&mut stage, options.json))?;
    Ok(ExitCode::SUCCESS)
}

async fn show(stage: &mut Stage, as_json: bool) -> anyhow::Result<()> {
    let bar = progress(u64::try_from(stage.len()).unwrap_or(u64::MAX), "captures");
    let shares_terminal = io::stdout().is_terminal();
    let mut tell = |played: usize, news: &[Event]| -> anyhow::Result<()> {
        bar.set_position(u64::try_from(played).unwrap_or(u64::MAX));
        if news.is_empty() {
            return Ok(());
        }
        let line = |event: &Event| (if as_json { event.json() } else { event.text() }) + "\n";
        let lines: String = news.iter().map(line).collect();
        if shares_terminal {
            bar.suspend(|| print(&lines))?
        } else {
            print(&lines)?
        }
        Ok(())
    };
    let played = stage.play(&mut tell).await;
    bar.finish_and_clear();
    played
}

/// Returns the configuration with the provider in it. A configuration that does not know it gets it; one with no service
/// gets one that mirrors it and somebody to page, so that there is something to see.
fn objects(mut objects: Objects, slug: &str) -> Result<Objects, Failure> {
    if objects.providers.iter().any(|provider| provider.slug == slug) {
        return Ok(objects);
    }
    if slug.is_empty() || slug_of(slug) != slug {
        return Err(Failure::Usage(anyhow!("{slug:?} is no slug: right would be {:?}", slug_of(slug))));
    }
    if objects.setup.services.is_empty() {
        note(&format!(
            "the configuration has no services: replaying with one that mirrors {slug} and pages on-call"
        ));
        return stand_in(slug);
    }
    note(&format!("the configuration does not name {slug}: no service depends on it"));
    objects.providers.push(Provider {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        category: "Other".to_owned(),
        homepage: None,
        platform: None,
        feed: Some(feed(slug)),
        status_page: None,
        interval: INTERVAL,
        also: Vec::new(),
        services: Vec::new(),
        upstreams: Vec::new(),
        selectors: None,
    });
    Ok(objects)
}

fn feed(slug: &str) -> String {
    format!("https://{slug}.invalid/api/v2/summary.json")
}

/// The smallest configuration in which an outage of the provider pages somebody.
pub(crate) fn stand_in(slug: &str) -> Result<Objects, Failure> {
    let text = format!(
        r#"
[[provider]]
slug = "{slug}"
name = "{slug}"
category = "Other"
feed = "{feed}"

[organization]
slug = "replay"
name = "Replay"

[[user]]
email = "on-call@replay.invalid"
name = "On call"
role = "owner"
contact = [ {{ id = "hook", kind = "webhook", url = "https://replay.invalid/on-call" }} ]

[[escalation_policy]]
slug = "default"
repeat = 1
repeat_after = "30m"
step = [ {{ after = "0s", notify = ["user:on-call@replay.invalid"] }} ]

[[service]]
slug = "our-service"
name = "Our service"
escalation_policy = "default"
[[service.depends_on]]
provider = "{slug}"
page = "degraded_performance"
"#,
        feed = feed(slug)
    );
    setup::from_toml(&text, &Nothing).map_err(|problems| {
        let why = problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; ");
        Failure::Usage(anyhow!("{slug:?} can't stand in a configuration: {why}"))
    })
}

/// There is nothing secret in a stand-in.
struct Nothing;

impl Secrets for Nothing {
    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, path: &Path) -> io::Result<String> {
        Err(io::Error::new(io::ErrorKind::NotFound, path.display().to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_configuration_gets_a_service_that_pages() {
        let objects = stand_in("github").unwrap();
        assert_eq!(objects.providers[0].slug, "github");
        assert!(objects.setup.services[0].policy.is_some());
        assert!(stand_in("a\"b").is_err());
    }
}
