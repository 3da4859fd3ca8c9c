//! The configuration vocabulary: TOML and JSON to [`Setup`] and providers, and back to JSON.
//!
//! One set of readers serves the configuration file, the ledger and the API; only the syntax differs. They note every
//! problem with its place, not only the first, and refuse what they do not know: a key or an object that was silently
//! ignored would be a page that never comes. Options of the installation (`[server]` and the like) are not here; their
//! owner reads them from the same [`Document`].
//!
//! Ids come from organisation, kind and slug (a user's from the address in lower case), so what is read back has the ids
//! it was written with.

pub mod duration;

mod assertions;
mod names;
mod near;
mod pages;
mod people;
mod policies;
mod providers;
mod public;
mod reader;
mod schedules;
mod services;
mod silences;
mod templates;
mod toml;
mod tree;
mod values;
mod write;

#[cfg(test)]
pub(crate) mod tests;

use std::{collections::HashSet, io, ops::Range, path::Path, sync::Arc, time::Duration};

use domain::{
    OrgId,
    escalation::{DeadEnd, Place},
    provider::Provider,
    setup::{Organization, Paging, Public, Setup},
    silence::Silence,
};
use jiff::Timestamp;
use uuid::Uuid;

use self::names::Names;
pub use self::{
    near::nearest,
    pages::{flaws_of_themes, look},
    reader::{Field, Section, read},
    templates::untranslated,
    toml::providers_to_toml,
    tree::Document,
    write::to_json,
};

/// An acknowledgement that lapses sooner would page whoever has just answered.
const SHORTEST_ACK: Duration = Duration::from_secs(60);

/// What a file configures: one organisation's objects and the providers that concern it.
#[derive(Clone, Debug, PartialEq)]
pub struct Objects {
    /// The providers of the file in its order, then the shipped ones that a service depends on or a silence names. So the objects
    /// stand by themselves: what is stored can be read whatever catalog the program that reads it ships.
    pub providers: Vec<Provider>,
    /// The organisation and all that belongs to it.
    pub setup: Setup,
}

/// Something that keeps a configuration from being used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Bytes in the text; `None` for what did not come from a text.
    pub span: Option<Range<usize>>,
    /// The value, as in `service[0].depends_on[1].page`; empty for the whole document.
    pub path: String,
    /// What is wrong, quoting what the file holds and never what a variable or another file held.
    pub message: String,
    /// What would be right, where `message` does not say so.
    pub hint: Option<String>,
}

/// Where `${NAME}` and `file:PATH` lead.
pub trait Secrets {
    /// Returns an environment variable.
    fn env(&self, name: &str) -> Option<String>;

    /// Returns the content of a file.
    ///
    /// # Errors
    /// The file can't be read as text.
    fn file(&self, path: &Path) -> io::Result<String>;

    /// Returns the content of a file that need not be text.
    ///
    /// # Errors
    /// The file can't be read.
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.file(path).map(String::into_bytes)
    }
}

/// Reads a text that holds objects and nothing else.
///
/// # Errors
/// Every problem, in the order of the text.
pub fn from_toml(text: &str, secrets: &dyn Secrets) -> Result<Objects, Vec<Problem>> {
    read(&Document::from_toml(text)?, Some(secrets), |root| objects(root, Some(&[])))
}

/// Reads what [`to_json`] wrote, or the same vocabulary from elsewhere. Every text is taken as it stands.
///
/// # Errors
/// Every problem; none has a span.
pub fn from_json(value: &serde_json::Value) -> Result<Objects, Vec<Problem>> {
    read(&Document::from_json(value), None, |root| objects(root, None))
}

/// Reads the objects of a document; other keys at its root are the caller's. Those of the `shipped` providers, sorted by slug,
/// may be named without being declared; without such a catalog the document has to stand by itself.
pub fn objects(root: &Section<'_>, shipped: Option<&[Arc<Provider>]>) -> Option<Objects> {
    refuse_unsupported(root, "check", "checks");
    refuse_unsupported(root, "integration", "integrations");
    let organization = organization(root)?;
    let names = Names::collect(root, organization.id.0, shipped);
    let users = root.sections("user", |section| people::user(section, &names));
    let teams = root.sections("team", |section| people::team(section, &names));
    let channels = root.sections("channel", |section| people::channel(section, &names));
    let schedules = root.sections("schedule", |section| schedules::schedule(section, &names));
    let policies = policies::policies(root, &names);
    let mut providers = root.sections("provider", |section| providers::provider(section, &names));
    let services = services::services(root, &names);
    let status_pages = pages::status_pages(root, &names, &services);
    let paging = Paging { silences: silences::silences(root, &names, &services), ..paging(root) };
    let public =
        Public { templates: templates::templates(root, &names, &status_pages), ..public::public(root) };
    let assertions = assertions::assertions(root, &names);
    let setup = Setup {
        organization,
        users,
        teams,
        schedules,
        policies,
        channels,
        services,
        status_pages,
        assertions,
        paging,
        public,
    };
    if shipped.is_some() && root.is_clean() {
        refuse_dead_ends(root, &setup);
    }
    let used = used(&setup, &providers, shipped.unwrap_or_default());
    providers.extend(used);
    Some(Objects { providers, setup })
}

/// Refuses people who could never be told and policies that could reach nobody.
///
/// What is stored was looked at when it was saved, and is not looked at again: a rule that came later must not keep the
/// pager from reading it.
fn refuse_dead_ends(root: &Section<'_>, setup: &Setup) {
    for ((_, field), user) in root.peek("user", "email").iter().zip(&setup.users) {
        user.problems().into_iter().for_each(|problem| field.problem(problem, None));
    }
    for ((_, field), policy) in root.peek("escalation_policy", "slug").iter().zip(&setup.policies) {
        policy.problems(setup).into_iter().for_each(|problem| field.problem(problem, None));
    }
}

/// Returns what the configuration means to page and can't be reached by the server that it was marked for, each with its
/// place. Whoever saves it refuses it for that; what is stored pages by what remains.
#[must_use]
pub fn dead_ends(root: &Section<'_>, setup: &Setup) -> Vec<Problem> {
    let (users, policies) = (root.peek("user", "email"), root.peek("escalation_policy", "slug"));
    let problem = |DeadEnd { place, words }| {
        let named = match place {
            Place::User(place) => users.get(place),
            Place::Policy(place) => policies.get(place),
        };
        let (span, path) = named.map(|(_, field)| field.place()).unwrap_or_default();
        Problem { span, path, message: words, hint: None }
    };
    setup.dead_ends().into_iter().map(problem).collect()
}

/// Returns the silences of the configuration with their ends, each with the words and the place for when it has ended. Such a
/// one changes nothing any more: the file goes on being read, and whoever looks at it is told.
#[must_use]
pub fn ends_of_silences(root: &Section<'_>, setup: &Setup) -> Vec<(Timestamp, Problem)> {
    let fields = root.peek("silence", "name");
    let ended = |silence: &Silence| {
        let name = silence.name.as_ref()?;
        let (_, field) = fields.iter().find(|(named, _)| named == name)?;
        let (span, path) = field.place();
        let message = format!("silence {} has ended, at {:.0}", field.written(), silence.to);
        Some((silence.to, Problem { span, path, message, hint: Some("remove it".to_owned()) }))
    };
    setup.paging.silences.iter().filter_map(ended).collect()
}

/// Returns the shipped providers that a service depends on or a silence names, and that the file says nothing of.
fn used(setup: &Setup, own: &[Provider], shipped: &[Arc<Provider>]) -> Vec<Provider> {
    let silenced = setup.paging.silences.iter().flat_map(|silence| silence.matcher.providers.iter().copied());
    let mut wanted: HashSet<_> = setup.providers().into_iter().chain(silenced).collect();
    for provider in own {
        wanted.remove(&provider.id());
    }
    if wanted.is_empty() {
        return Vec::new();
    }
    let used = shipped.iter().filter(|provider| wanted.contains(&provider.id()));
    used.map(|provider| Provider::clone(provider)).collect()
}

/// Reads `[paging]`.
fn paging(root: &Section<'_>) -> Paging {
    let ack_timeout = root.optional("paging", |field| {
        field.section(|section| {
            section.optional("ack_timeout", |field| {
                let span = field.duration()?;
                if span < SHORTEST_ACK {
                    field.problem("nobody mends anything in less than a minute", Some("\"30m\"".to_owned()));
                    return None;
                }
                Some(span)
            })
        })
    });
    Paging { ack_timeout, silences: Vec::new() }
}

/// Reads `[organization]`; a file for a single team needs none.
fn organization(root: &Section<'_>) -> Option<Organization> {
    let (slug, name) = match root.field("organization") {
        None => ("default".to_owned(), None),
        Some(field) => field.section(|section| {
            let name = section.optional("name", Field::text);
            let slug = section.required("slug", Field::slug);
            Some((slug?, name))
        })?,
    };
    let name = name.unwrap_or_else(|| if slug == "default" { "Midwatch".to_owned() } else { slug.clone() });
    Some(Organization { id: OrgId::named(Uuid::nil(), &slug), slug, name })
}

/// Refuses objects that the vocabulary has and this version can't act on.
fn refuse_unsupported(root: &Section<'_>, list: &'static str, plural: &str) {
    for (slug, field) in root.peek(list, "slug") {
        field.problem(
            format!("{plural} are not supported by this version"),
            Some(format!("remove [[{list}]] \"{slug}\"")),
        );
    }
    if let Some(field) = root.field(list)
        && root.peek(list, "slug").is_empty()
    {
        field.problem(
            format!("{plural} are not supported by this version"),
            Some(format!("remove [[{list}]]")),
        );
    }
}
