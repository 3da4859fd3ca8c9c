//! The plain twin of a page, in Markdown: for terminals, for readers of plain text and for programs that read prose.

use std::fmt::Write;

use crate::{
    card::{named, names, titled},
    links::incident_file,
    markdown,
    page::{MARKDOWN, Page},
    rows::{sentence, state},
    verdict::Verdict,
    view::{Board, ComponentView, IncidentView, MaintenanceView, UpdateView},
    words::{Text, Words},
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
    let (mut out, words) = (String::new(), board.words());
    writeln!(out, "# {}\n\n**{}**", shown(&words.theirs(&board.title)), shown(&verdict.headline))?;
    if !verdict.detail.is_empty() {
        writeln!(out, "\n{}", shown(&verdict.detail))?;
    }
    let as_of = words.say("as-of", [("time", words.full(board.as_of).into())]);
    writeln!(out, "\n{} · {}", shown(&as_of), escaped(&board.place.public_url))?;
    writeln!(out, "\n## {}\n", words.t("components"))?;
    for component in &board.components {
        component_line(&mut out, component, board)?;
    }
    for (heading, incidents) in [(words.t("now"), &board.open), (words.t("past-incidents"), &board.past)] {
        if !incidents.is_empty() {
            writeln!(out, "\n## {heading}")?;
        }
        for incident in incidents {
            incident_block(&mut out, incident, board)?;
        }
    }
    if !board.maintenances.is_empty() {
        writeln!(out, "\n## {}", words.t("maintenance"))?;
    }
    for work in &board.maintenances {
        work_block(&mut out, work, words)?;
    }
    Ok(out)
}

fn component_line(out: &mut String, component: &ComponentView, board: &Board) -> std::fmt::Result {
    let words = board.words();
    out.push_str("- ");
    if let Some(group) = &component.group {
        write!(out, "{} / ", shown(&words.theirs(group)))?;
    }
    let state = match &component.stated {
        Some(_) => state(component, words),
        None => Text::ours(words.status_within(component.status)),
    };
    let args = [("page", words.theirs(&component.name).into()), ("what", state.into())];
    out.push_str(&shown(&words.say("page-says", args)));
    if let Some(figure) = component.uptime.as_ref().and_then(|uptime| words.share(uptime)) {
        write!(out, " ({figure})")?;
    }
    if let Some(reason) = &component.reason {
        write!(out, " — {}", shown(&sentence(reason, board.as_of, words)))?;
    }
    writeln!(out)
}

fn incident_block(out: &mut String, incident: &IncidentView, board: &Board) -> std::fmt::Result {
    let words = board.words();
    writeln!(out, "\n### {}\n", shown(&named(incident, words)))?;
    let began = incident.began_at();
    let mut facts = vec![words.impact(incident.impact), words.phase(incident.phase)]
        .into_iter()
        .map(Text::ours)
        .collect::<Vec<_>>();
    match incident.resolved_at.filter(|ended| *ended >= began) {
        Some(ended) => facts.extend([words.dates(began, Some(ended)), words.span(began, ended)]),
        None => facts.push(words.say("started-at", [("time", words.full(began).into())])),
    }
    if !incident.components.is_empty() {
        facts.push(names(&incident.components, words));
    }
    out.push_str(&shown(&Text::joined(facts, " · ")));
    if let Some(cause) = &incident.cause {
        let cause = words.say("cause", [("cause", words.theirs(&cause.text).into())]);
        write!(out, "\n\n{}", shown(&cause))?;
    }
    if incident.postmortem().is_some() {
        let url = board.place.url(&incident_file(&incident.id));
        write!(out, "\n\n{}: {}#post", words.t("post-mortem"), escaped(&url))?;
    }
    writeln!(out, "\n")?;
    updates(out, &incident.updates, words)
}

fn work_block(out: &mut String, work: &MaintenanceView, words: Words<'_>) -> std::fmt::Result {
    writeln!(out, "\n### {}\n", shown(&titled(&work.title, words)))?;
    out.push_str(words.work(work.status));
    for (key, at) in [("work-from", work.starts_at), ("work-until", work.ends_at)] {
        if let Some(at) = at {
            write!(out, " · {}", shown(&words.say(key, [("time", words.full(at).into())])))?;
        }
    }
    writeln!(out, "\n")?;
    updates(out, &work.updates, words)
}

fn updates(out: &mut String, updates: &[UpdateView], words: Words<'_>) -> std::fmt::Result {
    for update in updates {
        let at = update.at.map_or_else(|| Text::ours(words.t("no-time-given")), |at| words.full(at));
        let (text, _) = markdown::excerpt(&update.body, LONGEST);
        writeln!(out, "- {} · **{}** {}", shown(&at), shown(&words.announced(&update.word)), escaped(&text))?;
    }
    Ok(())
}

fn shown(text: &Text) -> String {
    escaped(&text.plain())
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
