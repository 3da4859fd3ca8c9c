//! The simulated providers: what they say at first, and how Commerce Layer's day goes wrong and well again.

use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use domain::provider::slug_of;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// The provider that fails.
pub(super) const FAILING: &str = "commerce-layer";

/// The incident that the story is about.
const OUTAGE: &str = "cl-demo";

/// What the provider says when it has found the cause.
pub(super) const IDENTIFIED: &str =
    "A certificate between the checkout and our orders service has run out. It is being renewed.";

const COMMERCE_LAYER: &str = include_str!("data/commerce-layer.json");
const OTHERS: &str = include_str!("data/others.json");

/// The longer texts, by the name that stands in their place.
const TEXTS: [(&str, &str); 3] = [
    ("postmortem-2025-05-23.md", include_str!("data/postmortem-2025-05-23.md")),
    ("postmortem-2024-04-09.md", include_str!("data/postmortem-2024-04-09.md")),
    ("postmortem-2024-03-26.md", include_str!("data/postmortem-2024-03-26.md")),
];

/// A provider and everything its page says.
#[derive(Clone, Debug)]
pub(super) struct Provider {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) category: String,
    pub(super) components: Vec<Component>,
    /// Newest first.
    pub(super) incidents: Vec<Event>,
    pub(super) maintenances: Vec<Event>,
    pub(super) changed_at: Timestamp,
}

#[derive(Clone, Debug)]
pub(super) struct Component {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) status: &'static str,
    pub(super) changed_at: Timestamp,
}

/// An incident, or planned work.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) impact: String,
    /// Ids of components.
    pub(super) components: Vec<String>,
    pub(super) starts_at: Timestamp,
    /// The end of an incident; the planned end of work.
    pub(super) ends_at: Option<Timestamp>,
    /// Oldest first; the last has the status of the whole.
    pub(super) updates: Vec<Update>,
}

#[derive(Clone, Debug)]
pub(super) struct Update {
    pub(super) at: Timestamp,
    pub(super) status: String,
    pub(super) body: String,
}

impl Event {
    /// The status of the whole, in the provider's word.
    pub(super) fn status(&self) -> &str {
        self.updates.last().map_or("", |update| update.status.as_str())
    }

    /// Whether it is behind us.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.status(), "resolved" | "postmortem" | "completed")
    }
}

/// All providers, as they are now.
#[derive(Debug)]
pub(super) struct World(Mutex<Vec<Provider>>);

impl World {
    /// Makes the world as it is when the story begins.
    pub(super) fn calm(now: Timestamp) -> Result<Self> {
        let mut written: Vec<WrittenProvider> = serde_json::from_str(OTHERS)?;
        written.insert(0, serde_json::from_str(COMMERCE_LAYER)?);
        let providers = written.into_iter().map(|provider| provider.read(now)).collect::<Result<_>>()?;
        Ok(Self(Mutex::new(providers)))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Provider>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns every provider.
    pub(super) fn all(&self) -> Vec<Provider> {
        self.lock().clone()
    }

    /// Returns one provider.
    pub(super) fn get(&self, slug: &str) -> Option<Provider> {
        self.lock().iter().find(|provider| provider.slug == slug).cloned()
    }

    /// Commerce Layer's checkout goes down and takes a part of the API with it.
    pub(super) fn break_down(&self, now: Timestamp) {
        self.change(now, |provider| {
            set(provider, "Checkout", "major_outage", now);
            set(provider, "Commerce API", "partial_outage", now);
            let body = "Checkouts can't be completed, and a part of the requests to the Commerce API fails. \
                        We are looking for the cause.";
            let outage = Event {
                id: OUTAGE.to_owned(),
                name: "Checkouts fail".to_owned(),
                impact: "critical".to_owned(),
                components: vec![slug_of("Checkout"), slug_of("Commerce API")],
                starts_at: now,
                ends_at: None,
                updates: vec![update(now, "investigating", body)],
            };
            provider.incidents.insert(0, outage);
        });
    }

    /// The cause is found.
    pub(super) fn identify(&self, now: Timestamp) {
        self.change(now, |provider| say(provider, update(now, "identified", IDENTIFIED)));
    }

    /// All is well again.
    pub(super) fn recover(&self, now: Timestamp) {
        self.change(now, |provider| {
            set(provider, "Checkout", "operational", now);
            set(provider, "Commerce API", "operational", now);
            let body = "The certificate is renewed and checkouts succeed again. We now watch the dates of all \
                        certificates between our own services, not only of those that the public sees.";
            say(provider, update(now, "resolved", body));
            if let Some(outage) = provider.incidents.iter_mut().find(|event| event.id == OUTAGE) {
                outage.ends_at = Some(now);
            }
        });
    }

    fn change(&self, now: Timestamp, change: impl FnOnce(&mut Provider)) {
        if let Some(provider) = self.lock().iter_mut().find(|provider| provider.slug == FAILING) {
            change(provider);
            provider.changed_at = now;
        }
    }
}

fn set(provider: &mut Provider, component: &str, status: &'static str, now: Timestamp) {
    for known in provider.components.iter_mut().filter(|known| known.name == component) {
        known.status = status;
        known.changed_at = now;
    }
}

fn say(provider: &mut Provider, update: Update) {
    if let Some(outage) = provider.incidents.iter_mut().find(|event| event.id == OUTAGE) {
        outage.updates.push(update);
    }
}

fn update(at: Timestamp, status: &str, body: &str) -> Update {
    Update { at, status: status.to_owned(), body: body.to_owned() }
}

/// A provider as the data files have it. A time is an instant, or a span from now such as `-PT95M`.
#[derive(Deserialize)]
struct WrittenProvider {
    slug: String,
    name: String,
    category: String,
    components: Vec<String>,
    /// The components with degraded performance.
    #[serde(default)]
    degraded: Vec<String>,
    incidents: Vec<WrittenEvent>,
    maintenances: Vec<WrittenEvent>,
}

#[derive(Deserialize)]
struct WrittenEvent {
    id: String,
    name: String,
    #[serde(default = "of_maintenance")]
    impact: String,
    components: Vec<String>,
    starts_at: String,
    #[serde(default)]
    ends_at: Option<String>,
    updates: Vec<WrittenUpdate>,
}

#[derive(Deserialize)]
struct WrittenUpdate {
    at: String,
    status: String,
    body: String,
}

fn of_maintenance() -> String {
    "maintenance".to_owned()
}

impl WrittenProvider {
    fn read(self, now: Timestamp) -> Result<Provider> {
        let component = |name: &String| {
            let is_degraded = self.degraded.contains(name);
            Component {
                id: slug_of(name),
                name: name.clone(),
                status: if is_degraded { "degraded_performance" } else { "operational" },
                changed_at: now,
            }
        };
        Ok(Provider {
            components: self.components.iter().map(component).collect(),
            incidents: self.incidents.into_iter().map(|event| event.read(now)).collect::<Result<_>>()?,
            maintenances: self
                .maintenances
                .into_iter()
                .map(|event| event.read(now))
                .collect::<Result<_>>()?,
            slug: self.slug,
            name: self.name,
            category: self.category,
            changed_at: now,
        })
    }
}

impl WrittenEvent {
    fn read(self, now: Timestamp) -> Result<Event> {
        let update = |update: WrittenUpdate| -> Result<Update> {
            let text = TEXTS.iter().find(|(name, _)| *name == update.body);
            let body = text.map_or(update.body, |(_, text)| (*text).to_owned());
            Ok(Update { at: instant(&update.at, now)?, status: update.status, body })
        };
        Ok(Event {
            id: self.id,
            name: self.name,
            impact: self.impact,
            components: self.components.iter().map(|name| slug_of(name)).collect(),
            starts_at: instant(&self.starts_at, now)?,
            ends_at: self.ends_at.map(|end| instant(&end, now)).transpose()?,
            updates: self.updates.into_iter().map(update).collect::<Result<_>>()?,
        })
    }
}

fn instant(text: &str, now: Timestamp) -> Result<Timestamp> {
    let read = || match text.parse::<SignedDuration>() {
        Ok(span) => now.checked_add(span),
        Err(_) => text.parse(),
    };
    read().with_context(|| format!("{text} is no time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_files_are_read_and_the_outage_runs_its_course() {
        let now: Timestamp = "2026-11-25T07:00:00Z".parse().unwrap();
        let world = World::calm(now).unwrap();
        let provider = world.get(FAILING).unwrap();
        assert_eq!((world.all().len(), provider.components.len(), provider.incidents.len()), (4, 6, 5));
        assert!(provider.incidents.iter().all(Event::is_over));
        let explained = provider.incidents.iter().filter(|event| event.status() == "postmortem");
        assert!(explained.clone().all(|event| event.updates.last().unwrap().body.contains("# Root Cause")));
        assert_eq!(explained.count(), 3);
        world.break_down(now);
        world.identify(now);
        assert_eq!(world.get(FAILING).unwrap().incidents[0].status(), "identified");
        world.recover(now);
        let provider = world.get(FAILING).unwrap();
        assert!(provider.components.iter().all(|component| component.status == "operational"));
        assert!(provider.incidents[0].is_over());
    }
}
