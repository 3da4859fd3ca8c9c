//! `uptime`: the figures of a service as readers were told it, and whose trouble its down time came from.

use std::{process::ExitCode, time::Duration};

use anyhow::anyhow;
use domain::history::{self, Window};
use engine::{CommandError, seams::Clock, setups::Setups, views};
use formats::setup::duration::words;
use jiff::Timestamp;
use render::view::ServiceHistory;
use store::Scope;

use super::{ledger, output::print};
use crate::{args::Failure, config::Config, seams::SystemClock, table::table};

/// Shows the figures of a service.
pub(super) fn run(config: &Config, slug: &str, json: bool) -> Result<ExitCode, Failure> {
    let ledger = ledger::required(config)?;
    let (org, catalog, now) = (config.objects.setup.organization.id, config.providers(), SystemClock.now());
    let wanted = slug.to_owned();
    let found = ledger.read_blocking(move |tx| {
        let mut scope = Scope::new(tx, org);
        let (_, setup) = Setups::default().current(&mut scope)?;
        let service = setup.services.iter().find(|service| service.slug == wanted);
        service.map(|service| views::service_history(&mut scope, &catalog, &setup, service, now)).transpose()
    });
    let found = found.map_err(|error: CommandError| anyhow!(error))?;
    let history = found.ok_or_else(|| {
        let slugs: Vec<&str> =
            config.objects.setup.services.iter().map(|service| service.slug.as_str()).collect();
        Failure::Usage(anyhow!("there is no service {slug}; there are: {}", slugs.join(", ")))
    })?;
    let text = if json { render::service_uptime(&history, now) } else { figures(&history, now) };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn figures(of: &ServiceHistory, now: Timestamp) -> String {
    let span = |span: Duration| words(Duration::from_secs(span.as_secs()));
    let row = |window: Window| {
        let from = window.start(now);
        let tally = history::tally(&of.spans, from, now);
        let origin = history::origin(&[(&of.spans, &of.troubles)], from, now);
        let mut parts: Vec<(Duration, &str)> = origin
            .providers
            .iter()
            .filter_map(|(id, part)| Some((*part, of.providers.get(id)?.as_str())))
            .collect();
        parts.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let parts = parts.iter().map(|(part, name)| format!("{name} {}", span(*part)));
        let share = tally.millionths().map(|share| format!("{}.{:04} %", share / 10_000, share % 10_000));
        [
            window.word().to_owned(),
            share.unwrap_or_else(|| "no data".to_owned()),
            span(tally.down),
            span(origin.by_providers()),
            parts.collect::<Vec<_>>().join(", "),
        ]
    };
    table(["WINDOW", "UPTIME", "DOWN", "FROM PROVIDERS", "WHICH"], &Window::ALL.map(row))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::{
        Status,
        history::{Span, Trouble},
        provider::provider_id,
    };

    use super::*;

    #[test]
    fn the_share_of_a_provider_stands_beside_the_down_time() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let span = |status, from, to| Span { status, from: at(from), to: at(to) };
        let pay = provider_id("pay");
        let (began, ended) = (at("2026-03-01T09:06:00Z"), at("2026-03-01T11:00:00Z"));
        let of = ServiceHistory {
            id: "checkout".to_owned(),
            name: "Checkout".to_owned(),
            spans: vec![
                span(Status::Operational, "2026-03-01T00:00:00Z", "2026-03-01T09:00:00Z"),
                span(Status::MajorOutage, "2026-03-01T09:00:00Z", "2026-03-01T10:01:00Z"),
                span(Status::Operational, "2026-03-01T10:01:00Z", "2026-03-01T12:00:00Z"),
            ],
            troubles: vec![Trouble { provider: pay, from: began, to: ended }],
            providers: BTreeMap::from([(pay, "Pay".to_owned())]),
        };
        let text = figures(&of, at("2026-03-01T12:00:00Z"));
        let day = text.lines().nth(1).unwrap();
        let cells: Vec<&str> = day.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        assert_eq!(cells, ["24h", "91.5277 %", "1h1m", "55m", "Pay 55m"]);
    }
}
