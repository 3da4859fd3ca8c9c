//! A provider's status page, as its own people see it, and the documents it serves.

use jiff::Timestamp;
use serde_json::{Value, json};

/// A status page hosted by Statuspage.
#[derive(Clone, Debug)]
pub struct StatusPage {
    slug: String,
    updated_at: Timestamp,
    components: Vec<(String, String)>,
    incidents: Vec<Posted>,
    planned: Vec<(Posted, Timestamp, Timestamp)>,
}

/// An incident that the provider has posted.
#[derive(Clone, Debug)]
struct Posted {
    id: String,
    name: String,
    impact: String,
    status: String,
    created_at: Timestamp,
    resolved_at: Option<Timestamp>,
    components: Vec<String>,
    updates: Vec<(String, String, Timestamp)>,
}

impl StatusPage {
    /// Makes a page on which everything works.
    #[must_use]
    pub fn new(slug: &str, components: &[&str], at: Timestamp) -> Self {
        let working = |name: &&str| ((*name).to_owned(), "operational".to_owned());
        Self {
            slug: slug.to_owned(),
            updated_at: at,
            components: components.iter().map(working).collect(),
            incidents: Vec::new(),
            planned: Vec::new(),
        }
    }

    /// Returns the address of its feed.
    #[must_use]
    pub fn feed(slug: &str) -> String {
        format!("https://{slug}.status.test/api/v2/summary.json")
    }

    /// Sets the status of a component.
    ///
    /// # Panics
    /// When there is no such component.
    pub fn set(&mut self, component: &str, status: &str, at: Timestamp) {
        let found = self.components.iter_mut().find(|(name, _)| name == component);
        found.expect("the page has the component").1 = status.to_owned();
        self.updated_at = at;
    }

    /// Returns the names of the components.
    #[must_use]
    pub fn components(&self) -> Vec<String> {
        self.components.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Posts an incident.
    pub fn post(&mut self, id: &str, name: &str, impact: &str, components: &[&str], at: Timestamp) {
        let words = "We are looking into it.".to_owned();
        self.incidents.insert(
            0,
            Posted {
                id: id.to_owned(),
                name: name.to_owned(),
                impact: impact.to_owned(),
                status: "investigating".to_owned(),
                created_at: at,
                resolved_at: None,
                components: components.iter().map(|name| (*name).to_owned()).collect(),
                updates: vec![("investigating".to_owned(), words, at)],
            },
        );
        self.updated_at = at;
    }

    /// Announces work on components between two instants.
    pub fn plan(
        &mut self,
        id: &str,
        name: &str,
        components: &[&str],
        times: (Timestamp, Timestamp),
        at: Timestamp,
    ) {
        let posted = Posted {
            id: id.to_owned(),
            name: name.to_owned(),
            impact: "maintenance".to_owned(),
            status: "scheduled".to_owned(),
            created_at: at,
            resolved_at: None,
            components: components.iter().map(|&name| name.to_owned()).collect(),
            updates: vec![("scheduled".to_owned(), format!("{name} is planned."), at)],
        };
        self.planned.push((posted, times.0, times.1));
        self.updated_at = at;
    }

    /// Posts an incident that is long over, with its explanation.
    pub fn post_in_hindsight(
        &mut self,
        id: &str,
        name: &str,
        began: Timestamp,
        ended: Timestamp,
        at: Timestamp,
    ) {
        self.post(id, name, "critical", &[], began);
        self.end(id, ended);
        let posted = self.incidents.iter_mut().find(|posted| posted.id == id);
        let posted = posted.expect("it was posted a line above");
        posted.status = "postmortem".to_owned();
        posted.updates.insert(0, ("postmortem".to_owned(), "What went wrong, and why.".to_owned(), at));
        self.updated_at = at;
    }

    /// Says something else in the newest update of an incident than was said before.
    pub fn edit(&mut self, id: &str, words: &str, at: Timestamp) {
        for posted in self.incidents.iter_mut().filter(|posted| posted.id == id) {
            words.clone_into(&mut posted.updates[0].1);
        }
        self.updated_at = at;
    }

    /// Ends an incident.
    pub fn end(&mut self, id: &str, at: Timestamp) {
        for posted in self.incidents.iter_mut().filter(|posted| posted.id == id) {
            posted.status = "resolved".to_owned();
            posted.resolved_at = Some(at);
            posted.updates.insert(0, ("resolved".to_owned(), "It is over.".to_owned(), at));
        }
        self.updated_at = at;
    }

    /// Explains an incident that is over.
    pub fn explain(&mut self, id: &str, words: &str, at: Timestamp) {
        for posted in self.incidents.iter_mut().filter(|posted| posted.id == id) {
            posted.status = "postmortem".to_owned();
            posted.updates.insert(0, ("postmortem".to_owned(), words.to_owned(), at));
        }
        self.updated_at = at;
    }

    /// Ends everything: all components work, no incident is open.
    pub fn recover(&mut self, at: Timestamp) {
        for (_, status) in &mut self.components {
            *status = "operational".to_owned();
        }
        let open = self.incidents.iter().filter(|posted| posted.resolved_at.is_none());
        for id in open.map(|posted| posted.id.clone()).collect::<Vec<_>>() {
            self.end(&id, at);
        }
        self.updated_at = at;
    }

    /// Returns the document at this path, as the host serves it.
    #[must_use]
    pub fn document(&self, file: &str) -> Option<String> {
        let open = |posted: &&Posted| posted.resolved_at.is_none();
        let document = match file {
            "summary.json" => json!({
                "page": self.page(),
                "components": self.components.iter().enumerate().map(component).collect::<Vec<_>>(),
                "incidents": self.incidents.iter().filter(open).map(|p| self.incident(p)).collect::<Vec<_>>(),
                "scheduled_maintenances": self.works(),
                "status": { "indicator": self.indicator(), "description": "As the indicator says" },
            }),
            "incidents.json" => json!({
                "page": self.page(),
                "incidents": self.incidents.iter().map(|p| self.incident(p)).collect::<Vec<_>>(),
            }),
            "scheduled-maintenances.json" => {
                json!({ "page": self.page(), "scheduled_maintenances": self.works() })
            }
            _ => return None,
        };
        Some(document.to_string())
    }

    fn page(&self) -> Value {
        json!({
            "id": format!("page-{}", self.slug), "name": self.slug, "url": format!("https://{}.status.test", self.slug),
            "time_zone": "Etc/UTC", "updated_at": self.updated_at.to_string(),
        })
    }

    fn works(&self) -> Vec<Value> {
        let planned = self.planned.iter().map(|(posted, from, until)| {
            let mut work = self.incident(posted);
            work["scheduled_for"] = json!(from.to_string());
            work["scheduled_until"] = json!(until.to_string());
            work
        });
        planned.collect()
    }

    fn indicator(&self) -> &'static str {
        let has = |word: &str| self.components.iter().any(|(_, status)| status == word);
        match () {
            () if has("major_outage") => "critical",
            () if has("partial_outage") => "major",
            () if has("degraded_performance") => "minor",
            () => "none",
        }
    }

    fn incident(&self, posted: &Posted) -> Value {
        let listed =
            self.components.iter().enumerate().filter(|(_, (name, _))| posted.components.contains(name));
        let updates = posted.updates.iter().enumerate().map(|(n, (status, body, at))| {
            json!({
                "id": format!("{}-{}", posted.id, posted.updates.len() - n), "status": status, "body": body,
                "created_at": at.to_string(), "display_at": at.to_string(), "updated_at": at.to_string(),
            })
        });
        json!({
            "id": posted.id, "name": posted.name, "status": posted.status, "impact": posted.impact,
            "created_at": posted.created_at.to_string(), "started_at": posted.created_at.to_string(),
            "updated_at": posted.updates[0].2.to_string(),
            "resolved_at": posted.resolved_at.map(|at| at.to_string()),
            "shortlink": format!("https://{}.status.test/incidents/{}", self.slug, posted.id),
            "components": listed.map(component).collect::<Vec<_>>(),
            "incident_updates": updates.collect::<Vec<_>>(),
        })
    }
}

fn component((number, (name, status)): (usize, &(String, String))) -> Value {
    json!({
        "id": format!("component-{number}"), "name": name, "status": status, "position": number,
        "group_id": null, "group": false, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
    })
}
