//! What would run, for `midwatch config check`: a person sees whether the file means what they meant.

use std::fmt::Write;

use domain::{
    escalation::Target,
    provider::{CATEGORIES, slug_of},
    setup::{Destination, Setup, Upstream, User},
};
use engine::catalog::Reach;
use formats::{
    channels::telephony::{self, Line},
    setup::{duration::words, nearest},
};
use outbound::{Guard, Refusal};
use url::{Host, Url};

use super::Config;

impl Config {
    /// Returns what would run, a fact a line, with warnings at the end. It holds no secrets.
    #[must_use]
    pub(crate) fn summary(&self) -> String {
        let setup = &self.objects.setup;
        let file =
            self.source.as_ref().map_or_else(|| "none, defaults".to_owned(), |it| it.display().to_string());
        let mut facts = vec![
            ("file", file),
            ("organization", format!("{} ({})", setup.organization.name, setup.organization.slug)),
            ("listen", format!("{}, as {}", self.server.listen, self.server.public_url)),
            ("admin listen", self.server.admin_listen.to_string()),
            ("data", self.server.data_dir.display().to_string()),
            ("database", masked(self.database_url.expose())),
        ];
        facts.extend(self.cluster.as_ref().map(|it| ("cluster", masked(it.nats.expose()))));
        facts.push((
            "mail",
            self.mail.as_ref().map_or_else(|| "none".to_owned(), |it| format!("{}:{}", it.host, it.port)),
        ));
        facts.extend(self.telephony_line().map(|line| ("telephony", line)));
        facts.push(("dead man", self.dead_man_line()));
        let (paging, changes) = (words(self.retention.paging), words(self.retention.changes));
        facts.push(("retention", format!("messages {paging}, changes at providers {changes}")));
        facts.push(("catalog", self.catalog_line()));
        facts.push(("providers", listed(self.objects.providers.iter().map(|it| it.slug.as_str()))));
        facts.push(("users", listed(setup.users.iter().map(|it| it.email.as_str()))));
        facts.push(("teams", listed(setup.teams.iter().map(|it| it.slug.as_str()))));
        facts.push(("schedules", listed(setup.schedules.iter().map(|it| it.slug.as_str()))));
        facts.push(("policies", listed(setup.policies.iter().map(|it| it.slug.as_str()))));
        facts.push(("services", listed(setup.services.iter().map(|it| it.slug.as_str()))));
        facts.extend(self.dependencies().into_iter().map(|line| ("", line)));
        facts.push(("status pages", listed(setup.status_pages.iter().map(|it| it.slug.as_str()))));
        let mut text = String::new();
        for (name, fact) in facts {
            // Writing to a string can't fail.
            let _ = writeln!(text, "{name:<14}{fact}");
        }
        for warning in self.warnings() {
            let _ = writeln!(text, "warning: {warning}");
        }
        text
    }

    /// Returns which providers are known besides those that are named, and which of all are read.
    fn catalog_line(&self) -> String {
        let known = match self.catalog.builtin {
            true => format!("{} shipped providers", formats::catalog::builtin().len()),
            false => "no shipped providers".to_owned(),
        };
        let read = match self.catalog.poll {
            Reach::Used => "those in use are read",
            Reach::All => "all are read",
        };
        format!("{known}, {read}, every {}", words(self.catalog.interval))
    }

    /// Returns who waits outside, by host alone: the rest of the address is a secret.
    fn dead_man_line(&self) -> String {
        let Some(outside) = &self.dead_man else {
            return "none: nobody outside notices when this is gone".to_owned();
        };
        let host = Url::parse(outside.url.expose()).ok().and_then(|url| url.host_str().map(str::to_owned));
        let told = if outside.fail_url.is_some() { ", told of failures too" } else { "" };
        format!("{}, every {}{told}", host.unwrap_or_default(), words(outside.interval))
    }

    /// Returns what is allowed and probably not meant.
    #[must_use]
    pub(crate) fn warnings(&self) -> Vec<String> {
        let setup = &self.objects.setup;
        let mut warnings = Vec::new();
        if self.mail.is_none() {
            let mailed = |user: &&User| {
                user.contacts.iter().any(|it| matches!(it.destination, Destination::Email { .. }))
            };
            let users: Vec<_> = setup.users.iter().filter(mailed).map(|user| user.email.as_str()).collect();
            if !users.is_empty() {
                warnings.push(format!("no [mail]: e-mail will not reach {}", users.join(", ")));
            }
            for channel in &setup.channels {
                if matches!(channel.destination, Destination::Email { .. }) {
                    warnings.push(format!("no [mail]: e-mail will not reach channel {}", channel.slug));
                }
            }
        }
        warnings.extend(self.unreachable_numbers());
        for service in &setup.services {
            let pages = service.depends_on.iter().any(|it| it.page.is_some());
            if pages && service.policy.is_none() {
                warnings.push(format!(
                    "service {} has no escalation_policy: nobody is paged for it",
                    service.slug
                ));
            }
        }
        warnings.extend(self.unknown_categories());
        warnings.extend(unreferenced(setup));
        warnings.extend(self.refused_addresses());
        warnings
    }

    /// Returns the phone lines in their order.
    fn telephony_line(&self) -> Option<String> {
        let line = |line: &Line| {
            let sender = line.from.as_ref().or(line.messaging_service.as_ref()).cloned().unwrap_or_default();
            match line.prefixes.as_slice() {
                [] => format!("{} {sender}", line.carrier.word()),
                prefixes => format!("{} {sender} for {}", line.carrier.word(), prefixes.join(", ")),
            }
        };
        let lines: Vec<_> = self.telephony.lines().iter().map(line).collect();
        (!lines.is_empty()).then(|| lines.join("; "))
    }

    /// Returns warnings about phone numbers that no line takes, and about what carriers can't reach.
    fn unreachable_numbers(&self) -> Vec<String> {
        let setup = &self.objects.setup;
        let number = |destination: &Destination| match destination.number() {
            Some(number) if self.telephony.lines_for(number).is_empty() => Some(number.to_owned()),
            Some(_) | None => None,
        };
        let contacts = setup.users.iter().flat_map(|user| {
            let contacts = user.contacts.iter().filter(|it| number(&it.destination).is_some());
            contacts.map(|it| format!("contact {} of {}", it.id, user.email))
        });
        let channels = setup.channels.iter().filter(|it| number(&it.destination).is_some());
        let whom: Vec<_> = contacts.chain(channels.map(|it| format!("channel {}", it.slug))).collect();
        let lines = self.telephony.lines();
        let mut warnings = Vec::new();
        if !whom.is_empty() {
            let why = if lines.is_empty() { "no [[telephony]]" } else { "no [[telephony]] takes the number" };
            warnings.push(format!("{why}: nothing will reach {}", whom.join(", ")));
        }
        if !lines.is_empty() && telephony::reachable(&self.server.public_url).is_none() {
            warnings.push(
                "public_url of [server] is not https: texts can't be replied to, calls take no keys, and no receipts come"
                    .to_owned(),
            );
        }
        warnings
    }

    /// Returns warnings about categories that no shipped provider is in: a slip of the pen makes a list of its own.
    fn unknown_categories(&self) -> Vec<String> {
        let unknown = self.objects.providers.iter().filter(|it| !CATEGORIES.contains(&it.category.as_str()));
        unknown
            .map(|it| {
                let near = nearest_category(&it.category);
                let near = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
                format!("provider {} is in a category of its own, \"{}\"{near}", it.slug, it.category)
            })
            .collect()
    }

    /// Returns warnings about addresses that the egress guard will refuse to dial; those of names show only when resolved.
    fn refused_addresses(&self) -> Vec<String> {
        let guard = Guard::new(self.egress.allow.clone());
        let setup = &self.objects.setup;
        let webhook = |destination: &Destination| destination.url().map(str::to_owned);
        let feeds = self
            .objects
            .providers
            .iter()
            .map(|it| (format!("feed of provider {}", it.slug), it.address().to_owned()));
        let contacts = setup.users.iter().flat_map(|user| {
            user.contacts.iter().filter_map(move |it| {
                Some((format!("contact {} of {}", it.id, user.email), webhook(&it.destination)?))
            })
        });
        let channels = setup
            .channels
            .iter()
            .filter_map(|it| Some((format!("channel {}", it.slug), webhook(&it.destination)?)));
        let outside = self.dead_man.iter().flat_map(|it| {
            let fail = it.fail_url.as_ref().map(|url| ("fail_url of dead_man", url));
            let all = [("url of dead_man", &it.url)].into_iter().chain(fail);
            all.map(|(what, url)| (what.to_owned(), url.expose().to_owned()))
        });
        feeds
            .chain(outside)
            .chain(contacts)
            .chain(channels)
            .filter_map(|(what, address)| Some(format!("{what}: {}", refusal(&guard, &address)?)))
            .collect()
    }

    /// Returns, for each service, what it depends on.
    fn dependencies(&self) -> Vec<String> {
        let setup = &self.objects.setup;
        let upstream = |upstream: Upstream| match upstream {
            Upstream::Provider(id) => {
                self.objects.providers.iter().find(|it| it.id() == id).map(|it| it.slug.clone())
            }
            Upstream::Service(id) => setup.service(id).map(|it| format!("service {}", it.slug)),
        };
        let line = |service: &domain::setup::Service| {
            let upstreams = service.depends_on.iter().map(|it| {
                let name = upstream(it.upstream).unwrap_or_default();
                if it.components.is_empty() { name } else { format!("{name} ({})", it.components.join(", ")) }
            });
            let upstreams = upstreams.collect::<Vec<_>>().join("; ");
            (!upstreams.is_empty()).then(|| format!("  {} depends on {upstreams}", service.slug))
        };
        setup.services.iter().filter_map(line).collect()
    }
}

/// Returns the category that is a slip of the pen away, else the first that shares most words.
fn nearest_category(category: &str) -> Option<&'static str> {
    let words = |text: &str| slug_of(text).split('-').map(str::to_owned).collect::<Vec<_>>();
    let own = words(category);
    let shared = |other: &str| words(other).iter().filter(|word| own.contains(word)).count();
    let most = CATEGORIES.into_iter().rev().max_by_key(|other| shared(other));
    nearest(category, CATEGORIES).or_else(|| most.filter(|other| shared(other) > 0))
}

/// Returns why an address that names no name can't be dialled.
fn refusal(guard: &Guard, address: &str) -> Option<Refusal> {
    let address = match Url::parse(address).ok()?.host()? {
        Host::Ipv4(address) => address.into(),
        Host::Ipv6(address) => address.into(),
        Host::Domain(_) => return None,
    };
    guard.check(address).err()
}

/// Returns warnings about policies that no service uses and schedules that no policy names.
fn unreferenced(setup: &Setup) -> Vec<String> {
    let policies =
        setup.policies.iter().filter(|policy| setup.services.iter().all(|it| it.policy != Some(policy.id)));
    let named = |id| {
        setup.policies.iter().flat_map(|it| &it.steps).any(|it| it.targets.contains(&Target::Schedule(id)))
    };
    let schedules = setup.schedules.iter().filter(|schedule| !named(schedule.id));
    policies
        .map(|it| format!("no service uses escalation policy {}", it.slug))
        .chain(schedules.map(|it| format!("no escalation policy names schedule {}", it.slug)))
        .collect()
}

/// Returns an address with `***` in place of a password, which PostgreSQL also takes from behind the question mark.
fn masked(address: &str) -> String {
    let Ok(mut url) = Url::parse(address) else { return address.to_owned() };
    let in_query = url.query_pairs().any(|(key, _)| key.contains("password"));
    if in_query {
        url.set_query(Some("***"));
    }
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "***".to_owned();
    }
    if in_query || url.password().is_some() { url.to_string() } else { address.to_owned() }
}

/// Returns how many there are, and the first of them.
fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 10;
    let count = names.len();
    if count == 0 {
        return "0".to_owned();
    }
    let mut names: Vec<&str> = names.take(SHOWN).collect();
    if count > SHOWN {
        names.push("…");
    }
    format!("{count}: {}", names.join(", "))
}
