//! The plain twin of a page, in Markdown: for terminals, for readers of plain text and for programs that read prose.

use std::fmt::Write;

use crate::{
    card::{names, titled},
    markdown,
    page::{MARKDOWN, Page},
    rows::state,
    show::{dates, full, phase_label, share, span, work_label},
    verdict::Verdict,
    view::{Board, ComponentView, IncidentView, MaintenanceView, UpdateView},
};

/// Characters of one update.
const LONGEST: usize = 600;

/// Returns the page.
pub(crate) fn page(board: &Board, verdict: &Verdict) -> Page {
    Page::text(
        board.place.path("index.md"),
        MARKDOWN,
        draw(board, verdict).expect("writing to a string does not fail"),
    )
}

fn draw(board: &Board, verdict: &Verdict) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    writeln!(out, "# {}\n\n**{}**", escaped(&board.title), escaped(&verdict.headline))?;
    if !verdict.detail.is_empty() {
        writeln!(out, "\n{}", escaped(&verdict.detail))?;
    }
    writeln!(out, "\nAs of {} · {}\n\n## Components\n", full(board.as_of), escaped(&board.place.public_url))?;
    for component in &board.components {
        component_line(&mut out, component)?;
    }
    for (heading, incidents) in [("Now", &board.open), ("Past incidents", &board.past)] {
        if !incidents.is_empty() {
            writeln!(out, "\n## {heading}")?;
        }
        for incident in incidents {
            incident_block(&mut out, incident)?;
        }
    }
    if !board.maintenances.is_empty() {
        writeln!(out, "\n## Maintenance")?;
    }
    for work in &board.maintenances {
        work_block(&mut out, work)?;
    }
    Ok(out)
}

fn component_line(out: &mut String, component: &ComponentView) -> std::fmt::Result {
    let group = component.group.as_deref().map_or_else(String::new, |group| format!("{} / ", escaped(group)));
    write!(out, "- {group}{}: {}", escaped(&component.name), escaped(&state(component).to_lowercase()))?;
    if let Some(figure) = component.uptime.as_ref().and_then(share) {
        write!(out, " ({figure})")?;
    }
    if let Some(note) = &component.note {
        write!(out, " — {}", escaped(&note.text))?;
    }
    writeln!(out)
}

fn incident_block(out: &mut String, incident: &IncidentView) -> std::fmt::Result {
    writeln!(out, "\n### {}\n", escaped(titled(&incident.title)))?;
    let began = incident.began_at();
    write!(out, "{} · {}", incident.impact, phase_label(incident.phase))?;
    match incident.resolved_at.filter(|ended| *ended >= began) {
        Some(ended) => write!(out, " · {} · {}", dates(began, Some(ended)), span(began, ended))?,
        None => write!(out, " · since {}", full(began))?,
    }
    if !incident.components.is_empty() {
        write!(out, " · {}", escaped(&names(&incident.components)))?;
    }
    if let Some(cause) = &incident.cause {
        write!(out, "\n\nCause: {}", escaped(&cause.text))?;
    }
    writeln!(out, "\n")?;
    updates(out, &incident.updates)
}

fn work_block(out: &mut String, work: &MaintenanceView) -> std::fmt::Result {
    writeln!(out, "\n### {}\n", escaped(titled(&work.title)))?;
    write!(out, "{}", work_label(work.status))?;
    for (word, at) in [("from", work.starts_at), ("until", work.ends_at)] {
        if let Some(at) = at {
            write!(out, " {word} {}", full(at))?;
        }
    }
    writeln!(out, "\n")?;
    updates(out, &work.updates)
}

fn updates(out: &mut String, updates: &[UpdateView]) -> std::fmt::Result {
    for update in updates {
        let at = update.at.map_or_else(|| "no time given".to_owned(), full);
        let (text, _) = markdown::excerpt(&update.body, LONGEST);
        writeln!(out, "- {at} · **{}** {}", escaped(&update.word.replace('_', " ")), escaped(&text))?;
    }
    Ok(())
}

/// Returns foreign text in a form that stays text in Markdown and in HTML made of it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' | '\t' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}
