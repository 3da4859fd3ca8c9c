//! What the record of an incident says to whoever writes about it: when what happened, to whom, and who was there.
//!
//! What goes into a draft is what readers may see: no names of people, no internal services, no internal words. The rest is
//! for those inside, beside the draft.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use jiff::Timestamp;

use crate::{
    Phase, ServiceId, Severity, Status, UserId,
    incident::{Actor, Incident, Wave, normalised},
    setup::Setup,
};

/// Lines of the timeline in a draft; of more the middle is left out.
const MOST_ENTRIES: usize = 40;

/// Those of them at the end.
const LAST_ENTRIES: usize = 15;

/// What of the record counts.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// What it did to services.
    pub waves: &'a [Wave],
    /// What was done, oldest first.
    pub acts: &'a [Act],
    /// What was said, oldest first.
    pub said: &'a [Said],
    /// When the first page went out.
    pub first_page_at: Option<Timestamp>,
    /// Who took on what.
    pub roles: &'a [(String, UserId)],
    /// The providers' own incidents behind it, or linked with it.
    pub at_providers: &'a [AtProvider],
}

/// A line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// When.
    pub at: Timestamp,
    /// What, as the timeline has it.
    pub kind: String,
    /// Who.
    pub by: Actor,
}

/// Something that was said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// In which phase.
    pub phase: Phase,
    /// The beginning of it, without markup.
    pub text: String,
    /// Whether readers may see it.
    pub is_public: bool,
    /// Who.
    pub by: Actor,
}

/// An incident of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtProvider {
    /// The provider's name.
    pub provider: String,
    /// What the provider calls it.
    pub title: String,
    /// Its page.
    pub url: Option<String>,
    /// When it began, by the provider's word.
    pub started_at: Option<Timestamp>,
}

/// What the record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What people call the incident.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// How urgent it was.
    pub severity: Severity,
    /// When it began, and when it was over.
    pub span: (Timestamp, Option<Timestamp>),
    /// Its instants, in the order in which things should happen.
    pub moments: Vec<Moment>,
    /// What it did, in the order of the configuration.
    pub impact: Vec<ServiceImpact>,
    /// The providers' own incidents.
    pub at_providers: Vec<AtProvider>,
    /// What was said to readers and done, oldest first.
    pub timeline: Vec<Entry>,
    /// Who was there, in the order of their coming. For those inside alone.
    pub people: Vec<Person>,
}

/// One of the instants that an incident is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What happened.
    pub name: &'static str,
    /// When; `None` where it did not.
    pub at: Option<Timestamp>,
    /// How long after what, where that is known.
    pub gap: Option<(Duration, &'static str)>,
}

/// What an incident did to one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceImpact {
    /// Its name.
    pub name: String,
    /// Whether readers know nothing of it.
    pub is_internal: bool,
    /// How bad it was at worst.
    pub worst: Status,
    /// How long it was what, the worst first.
    pub spans: Vec<(Status, Duration)>,
}

/// A line of a draft's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What, in words that name nobody.
    pub words: String,
}

/// Somebody who was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub who: Actor,
    /// What they did and took on, each once: roles, and kinds of acts as the timeline has them.
    pub parts: Vec<String>,
}

impl Facts {
    /// Reads the record.
    #[must_use]
    pub fn of(setup: &Setup, record: &Record<'_>) -> Self {
        let incident = record.incident;
        let waves = normalised(record.waves);
        let began = waves.iter().map(|wave| wave.from).chain([incident.began_at()]).min();
        let span = (began.unwrap_or(incident.opened_at), incident.resolved_at());
        Self {
            number: incident.number,
            title: incident.title.clone(),
            severity: incident.severity,
            span,
            moments: moments(record, span),
            impact: impact(setup, incident, &waves, span),
            at_providers: record.at_providers.to_vec(),
            timeline: timeline(record),
            people: people(record),
        }
    }

    /// Returns what a name of a template stands for.
    pub(super) fn named(&self, name: &str) -> String {
        match name {
            "title" => escaped(&self.title),
            "number" => self.number.to_string(),
            "severity" => self.severity.word().to_owned(),
            "services" => self.services(),
            "duration" => self.duration(),
            "summary" => self.summary(),
            "times" => self.times(),
            "impact" => self.impact_lines(),
            "providers" => self.provider_lines(),
            "timeline" => self.timeline_lines(),
            _ => String::new(),
        }
    }

    /// What readers know of.
    fn told(&self) -> impl Iterator<Item = &ServiceImpact> {
        self.impact.iter().filter(|impact| !impact.is_internal)
    }

    fn services(&self) -> String {
        let names: Vec<String> = self.told().map(|impact| escaped(&impact.name)).collect();
        if names.is_empty() { "internal services".to_owned() } else { joined(&names) }
    }

    fn duration(&self) -> String {
        let length = self.span.1.and_then(|end| between(self.span.0, end));
        length.map_or_else(|| "an unknown time".to_owned(), span_words)
    }

    fn summary(&self) -> String {
        let mut said: Vec<String> = Vec::new();
        for &status in Status::ALL.iter().rev().filter(|status| status.is_trouble()) {
            let names = self.told().filter(|impact| impact.worst == status);
            let names: Vec<String> = names.map(|impact| escaped(&impact.name)).collect();
            if !names.is_empty() {
                said.push(format!("{} had {}", joined(&names), trouble(status)));
            }
        }
        let what = match said.is_empty() {
            true => "No service of this page was in trouble.".to_owned(),
            false => format!("{}.", said.join("; ")),
        };
        let (from, to) = self.span;
        let until = to.map(|to| format!(" until {}", instant(to))).unwrap_or_default();
        format!("{what} It lasted {}, from {}{until}.", self.duration(), instant(from))
    }

    fn times(&self) -> String {
        let mut lines = String::new();
        for Moment { name, at, gap } in &self.moments {
            let at = at.map_or_else(|| "not on record".to_owned(), instant);
            let gap = gap.map(|(gap, after)| format!(", {} after {after}", span_words(gap)));
            let _ = writeln!(lines, "- {name}: {at}{}", gap.unwrap_or_default());
        }
        lines
    }

    fn impact_lines(&self) -> String {
        let mut lines = String::new();
        for impact in self.told() {
            let spans = impact.spans.iter();
            let spans: Vec<String> = spans
                .map(|(status, length)| format!("{} for {}", words(*status), minutes(*length)))
                .collect();
            let spans = if spans.is_empty() { "not known for how long".to_owned() } else { spans.join(", ") };
            let _ = writeln!(lines, "- {}: {} at worst; {spans}", escaped(&impact.name), words(impact.worst));
        }
        lines
    }

    fn provider_lines(&self) -> String {
        let mut lines = String::new();
        for at in &self.at_providers {
            let title = escaped(&at.title);
            let title = match at.url.as_deref().filter(|url| is_plain_address(url)) {
                Some(url) => format!("[{title}](<{url}>)"),
                None => title,
            };
            let since = at.started_at.map(|at| format!(", since {}", instant(at))).unwrap_or_default();
            let _ = writeln!(lines, "- {}: {title}{since}", escaped(&at.provider));
        }
        lines
    }

    fn timeline_lines(&self) -> String {
        let mut lines = String::new();
        let all = self.timeline.len();
        let (head, tail) = match all.checked_sub(MOST_ENTRIES) {
            None | Some(0) => (all, all),
            Some(_) => (MOST_ENTRIES - LAST_ENTRIES, all - LAST_ENTRIES),
        };
        for (place, Entry { at, words }) in self.timeline.iter().enumerate() {
            if place == head && head < tail {
                let _ = writeln!(lines, "- … {} more …", tail - head);
            }
            if place < head || place >= tail {
                let _ = writeln!(lines, "- {}: {words}", instant(*at));
            }
        }
        lines
    }
}

/// The instants of an incident, each measured from the one before it that counts.
fn moments(record: &Record<'_>, (started, resolved): (Timestamp, Option<Timestamp>)) -> Vec<Moment> {
    let incident = record.incident;
    let first = |kind: &str| record.acts.iter().find(|act| act.kind == kind).map(|act| act.at);
    // What was recorded afterwards was not detected by its recording.
    let detected = Some(incident.opened_at).filter(|_| !incident.is_added_afterwards());
    let evidence = record.at_providers.iter().filter_map(|at| at.started_at).min();
    let paged = record.first_page_at.or(incident.first_page_at);
    let acknowledged = first("acknowledged");
    // Words of an incident that was internal at first were read from its publishing on.
    let public = record.said.iter().find(|said| said.is_public).map(|said| said.at);
    let word = public.map(|at| first("published").map_or(at, |shown| shown.max(at)));
    let moment = |name, at: Option<Timestamp>, from: Option<Timestamp>, after| Moment {
        name,
        at,
        gap: from.zip(at).and_then(|(from, at)| Some((between(from, at)?, after))),
    };
    let mut moments = vec![moment("Started", Some(started), None, "")];
    moments.extend(evidence.map(|at| moment("First evidence at a provider", Some(at), None, "")));
    moments.push(moment("Detected", detected, Some(started), "the start"));
    moments.push(moment("First page", paged, detected, "detection"));
    match paged {
        Some(_) => moments.push(moment("Acknowledged", acknowledged, paged, "the first page")),
        None => moments.push(moment("Acknowledged", acknowledged, detected, "detection")),
    }
    moments.push(moment("First public word", word, Some(started), "the start"));
    moments.push(moment("Resolved", resolved, Some(started), "the start"));
    moments
}

fn impact(
    setup: &Setup,
    incident: &Incident,
    waves: &[Wave],
    (_, resolved): (Timestamp, Option<Timestamp>),
) -> Vec<ServiceImpact> {
    let mut of: BTreeMap<ServiceId, (Status, BTreeMap<Status, Duration>)> = BTreeMap::new();
    for affected in &incident.services {
        of.insert(affected.service, (affected.worst, BTreeMap::new()));
    }
    for wave in waves {
        let (worst, spans) = of.entry(wave.service).or_insert((wave.status, BTreeMap::new()));
        *worst = (*worst).max(wave.status);
        let length = wave.to.or(resolved).and_then(|to| between(wave.from, to));
        *spans.entry(wave.status).or_default() += length.unwrap_or_default();
    }
    let mut all: Vec<_> = of.into_iter().collect();
    setup.sort_by_service(&mut all, |(service, _)| *service);
    let named = all.into_iter().filter_map(|(service, (worst, spans))| {
        let service = setup.service(service)?;
        Some(ServiceImpact {
            name: service.name.clone(),
            is_internal: service.is_internal,
            worst,
            spans: spans.into_iter().rev().collect(),
        })
    });
    named.collect()
}

/// What was said to readers, and the acts that tell the story, without anybody's name.
fn timeline(record: &Record<'_>) -> Vec<Entry> {
    // What was recorded afterwards did not happen when it was.
    let acts = record.acts.iter().filter(|_| !record.incident.is_added_afterwards());
    let acts = acts.filter_map(|act| {
        let words = match act.kind.as_str() {
            "opened" => "We learnt of it.",
            "acknowledged" => "Somebody took it on.",
            "worsened" | "escalated" => "It got worse.",
            "calm" => "The trouble ended for now.",
            "flapped" => "The trouble came back.",
            "reopened" => "It was opened again.",
            "merged_in" => "Another incident became part of it.",
            "resolved" => "It was resolved.",
            _ => return None,
        };
        Some(Entry { at: act.at, words: words.to_owned() })
    });
    let before_the_end = |said: &&Said| said.is_public && said.phase != Phase::Postmortem;
    let said = record.said.iter().filter(before_the_end).map(|said| {
        let text: Vec<&str> = said.text.split_whitespace().collect();
        Entry {
            at: said.at,
            words: format!("{}: “{}”", capital(said.phase.word()), escaped(&text.join(" "))),
        }
    });
    let mut all: Vec<Entry> = acts.chain(said).collect();
    all.sort_by_key(|entry| entry.at);
    all
}

fn people(record: &Record<'_>) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    let mut add = |who: Actor, part: &str| {
        if who == Actor::Machine {
            return;
        }
        let known = people.iter_mut().find(|person| person.who == who);
        match known {
            Some(person) if person.parts.iter().any(|known| known == part) => {}
            Some(person) => person.parts.push(part.to_owned()),
            None => people.push(Person { who, parts: vec![part.to_owned()] }),
        }
    };
    for (role, user) in record.roles {
        add(Actor::User(*user), role);
    }
    for act in record.acts {
        add(act.by, &act.kind);
    }
    for said in record.said {
        add(said.by, "update");
    }
    people
}

fn between(from: Timestamp, to: Timestamp) -> Option<Duration> {
    to.duration_since(from).try_into().ok()
}

/// Returns a length of time as a sentence has it: `45 s`, `12 min`, `1 h 13 min`, `2 d 3 h`.
#[must_use]
pub fn span_words(length: Duration) -> String {
    let seconds = length.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let two = |large: u64, of: &str, small: u64, rest: &str| match small {
        0 => format!("{large} {of}"),
        small => format!("{large} {of} {small} {rest}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, ..) => two(hours, "h", minutes % 60, "min"),
        _ => two(days, "d", hours % 24, "h"),
    }
}

/// Impact is told in minutes, as it is added up; what is less than one is told in seconds.
fn minutes(length: Duration) -> String {
    match length.as_secs() / 60 {
        0 => span_words(length),
        minutes => format!("{minutes} min"),
    }
}

fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn words(status: Status) -> String {
    status.word().replace('_', " ")
}

const fn trouble(status: Status) -> &'static str {
    match status {
        Status::MajorOutage => "a major outage",
        Status::PartialOutage => "a partial outage",
        Status::DegradedPerformance => "degraded performance",
        Status::Operational | Status::UnderMaintenance | Status::Unknown => "no trouble",
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Joins names as a sentence does: `A`, `A and B`, `A, B and C`.
fn joined(names: &[String]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// Whether an address can stand in angle brackets.
fn is_plain_address(url: &str) -> bool {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    is_web && !url.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\\".contains(c))
}

/// Returns foreign text as Markdown that shows it and does nothing else.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        if c.is_ascii_punctuation()
            && !matches!(c, '.' | ',' | ':' | ';' | '?' | '\'' | '"' | '/' | '%' | '-' | '(' | ')')
        {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
