//! What would run, for `midwatch config check`: a person sees whether the file means what they meant.

use std::fmt::Write;

use domain::{
    Role, Severity,
    escalation::{Policy, Target, Urgency},
    provider::{CATEGORIES, slug_of},
    setup::{Destination, Setup, Upstream, User},
};
use engine::catalog::Reach;
use formats::{
    channels::telephony::{self, Line},
    setup::{duration::words, nearest},
};
use url::Url;

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
        let silences: Vec<_> = setup.paging.silences.iter().filter_map(|it| it.name.as_deref()).collect();
        if !silences.is_empty() {
            facts.push(("silences", listed(silences.into_iter())));
        }
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
        warnings.extend(self.unreached());
        if !self.telephony.lines().is_empty() && telephony::reachable(&self.server.public_url).is_none() {
            warnings.push(
                "public_url of [server] is not https: texts can't be replied to, calls take no keys, and no receipts come"
                    .to_owned(),
            );
        }
        if self.has_browsers() && self.mail.is_none() && !self.server.public_url.starts_with("https:") {
            warnings.push(
                "push services refuse whoever gives them neither an https address nor one for mail: make public_url of [server] \
                 https, or add [mail], or browsers will get nothing"
                    .to_owned(),
            );
        }
        for service in &setup.services {
            let pages = service.depends_on.iter().any(|it| it.page.is_some());
            if pages && service.policy.is_none() {
                warnings.push(format!(
                    "service {} has no escalation_policy: nobody is paged for it",
                    service.slug
                ));
            }
        }
        warnings.extend(last_resort(setup));
        warnings.extend(late(setup));
        warnings.extend(self.unknown_category());
        warnings.extend(unreferenced(setup));
        warnings.extend(self.refused_addresses());
        warnings
    }

    /// Returns a warning for each reason why contacts and channels can't be used: these are passed over.
    #[must_use]
    pub(crate) fn unreached(&self) -> Vec<String> {
        let mut by_reason: Vec<(&str, Vec<String>)> = Vec::new();
        for (what, why) in self.objects.setup.unusable() {
            match by_reason.iter_mut().find(|(known, _)| *known == why) {
                Some((_, named)) => named.push(what),
                None => by_reason.push((why, vec![what])),
            }
        }
        let words =
            |(why, named): (&str, Vec<String>)| format!("nothing will reach {}: {why}", named.join(", "));
        by_reason.into_iter().map(words).collect()
    }

    /// Whether the file names a browser that asked for notifications.
    fn has_browsers(&self) -> bool {
        let setup = &self.objects.setup;
        let contacts = setup.users.iter().flat_map(|user| &user.contacts).map(|contact| &contact.destination);
        let mut all = contacts.chain(setup.channels.iter().map(|channel| &channel.destination));
        all.any(|destination| matches!(destination, Destination::WebPush { .. }))
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

    /// Returns a warning about categories that no shipped provider is in: a slip of the pen makes a list of its own.
    fn unknown_category(&self) -> Option<String> {
        let unknown = self.objects.providers.iter().filter(|it| !CATEGORIES.contains(&it.category.as_str()));
        let words = unknown.map(|it| {
            let near = nearest_category(&it.category);
            let near = near.map(|near| format!(" (did you mean \"{near}\"?)")).unwrap_or_default();
            format!("provider {} in \"{}\"{near}", it.slug, it.category)
        });
        let words: Vec<_> = words.collect();
        (!words.is_empty())
            .then(|| format!("these categories are none of the shipped ones: {}", words.join(", ")))
    }

    /// Returns warnings about addresses that the egress guard will refuse to dial; those of names show only when resolved.
    fn refused_addresses(&self) -> Vec<String> {
        let means = self.means();
        let feeds = self
            .objects
            .providers
            .iter()
            .map(|it| (format!("feed of provider {}", it.slug), it.address().to_owned()));
        let outside = self.dead_man.iter().flat_map(|it| {
            let fail = it.fail_url.as_ref().map(|url| ("fail_url of dead_man", url));
            let all = [("url of dead_man", &it.url)].into_iter().chain(fail);
            all.map(|(what, url)| (what.to_owned(), url.expose().to_owned()))
        });
        let all = feeds.chain(outside);
        all.filter_map(|(what, address)| Some(format!("{what}: {}", means.refusal(&address)?))).collect()
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

/// Returns a warning where what nobody answers goes to everyone, since there is no owner or admin who can be reached.
fn last_resort(setup: &Setup) -> Option<String> {
    let leads = |user: &&User| user.role >= Role::Admin;
    let leaders: Vec<_> = setup.users.iter().filter(leads).collect();
    if setup.policies.is_empty() || leaders.iter().any(|user| user.is_reachable()) {
        return None;
    }
    Some(match leaders.as_slice() {
        [] => "nobody is owner or admin: what reaches nobody else and what nobody answers goes to everyone; give somebody \
               role = \"owner\""
            .to_owned(),
        leaders => {
            let names: Vec<_> = leaders.iter().map(|user| user.email.as_str()).collect();
            format!(
                "no owner or admin can be reached: what reaches nobody else and what nobody answers goes to everyone instead \
                 of {}",
                names.join(", ")
            )
        }
    })
}

/// Returns a warning for each policy, and for each person whom one or a schedule may call, that lets a critical incident wait.
fn late(setup: &Setup) -> Vec<String> {
    let policies = setup.policies.iter().filter_map(|policy| {
        let first = policy.first_step(Severity::Critical)?;
        (!first.after.is_zero()).then(|| {
            let wait = words(first.after);
            format!("escalation policy {} tells nobody of a critical incident before {wait}", policy.slug)
        })
    });
    let called = setup.users.iter().filter(|user| setup.may_call(user.id));
    let people = called.filter_map(|user| {
        let wait = user.first_wait(Urgency::High).filter(|wait| !wait.is_zero())?;
        let email = &user.email;
        Some(format!(
            "{email} is told of a critical incident {} after it reaches them, by `notify`",
            words(wait)
        ))
    });
    policies.chain(people).collect()
}

/// Returns warnings about policies that neither a service nor another policy uses and schedules that no policy names.
fn unreferenced(setup: &Setup) -> Vec<String> {
    let is_used = |policy: &&Policy| {
        setup.services.iter().any(|it| it.policy == Some(policy.id))
            || setup.policies.iter().any(|it| it.hands_over_to(&policy.slug))
    };
    let policies = setup.policies.iter().filter(|policy| !is_used(policy));
    let named = |id| {
        setup.policies.iter().flat_map(|it| &it.steps).any(|it| it.targets.contains(&Target::Schedule(id)))
    };
    let schedules = setup.schedules.iter().filter(|schedule| !named(schedule.id));
    policies
        .map(|it| format!("no service uses escalation policy {}, and no policy hands over to it", it.slug))
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
