//! The proof that an incident reaches somebody in time, whenever it begins.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    Among, Counterexample, MOST_TURNS, Obligation, Path, Proof, Reaches, Whom,
    path::{is_last_resort, minutes, path, planned},
    points::points,
};
use crate::{
    ServiceId, Severity,
    escalation::{About, Planned, Policy, Position, Responder, Target},
    setup::{Destination, Setup},
};

/// What is proved of a policy.
pub(super) struct Subject<'a> {
    pub(super) claim: &'a Reaches,
    pub(super) service: Option<ServiceId>,
    pub(super) severity: Severity,
}

/// Returns a part for each policy that is meant and each severity.
pub(super) fn obligations<'a>(claim: &'a Reaches, setup: &'a Setup) -> Vec<Obligation<'a>> {
    let policies: Vec<(Option<&Policy>, Option<ServiceId>)> = match &claim.among {
        Among::Policies => setup.policies.iter().map(|policy| (Some(policy), None)).collect(),
        Among::Services => {
            by_policy(setup, setup.services.iter().filter(|it| it.pages()).map(|service| service.id))
        }
        Among::Only(services) => by_policy(setup, services.iter().copied()),
    };
    let severities = || claim.severity.map_or(Severity::ALL.to_vec(), |severity| vec![severity]);
    let each = |(policy, service)| {
        severities().into_iter().map(move |severity| Obligation::Reaches { claim, policy, service, severity })
    };
    policies.into_iter().flat_map(each).collect()
}

/// Each policy once with the first service that pages by it, and every service without one.
fn by_policy(
    setup: &Setup,
    services: impl Iterator<Item = ServiceId>,
) -> Vec<(Option<&Policy>, Option<ServiceId>)> {
    let mut found: Vec<(Option<&Policy>, Option<ServiceId>)> = Vec::new();
    for id in services {
        let policy = setup.service(id).and_then(|service| service.policy).and_then(|id| setup.policy(id));
        let is_known =
            |(known, _): &(Option<&Policy>, _)| known.is_some_and(|it| Some(it.id) == policy.map(|it| it.id));
        if !found.iter().any(is_known) {
            found.push((policy, Some(id)));
        }
    }
    found
}

impl Subject<'_> {
    /// Proves it for every first page in `[from, to)`.
    pub(super) fn prove(
        &self,
        setup: &Setup,
        policy: Option<&Policy>,
        from: Timestamp,
        to: Timestamp,
    ) -> Proof {
        let Some(policy) = policy else {
            return self.fails(
                None,
                self.about(1),
                from,
                "no escalation policy: nobody is told".to_owned(),
                None,
            );
        };
        let within = self.within(policy);
        let points = points(setup, policy, self.about(1), (from, to), within);
        let turns = turns(setup, policy);
        let mut only_by_last_resort = None;
        for &at in &points {
            for about in (1..=turns).map(|number| self.about(number)) {
                // What holds by the first step holds, and costs a part of the whole path.
                let [soon, in_time] = [at, after(at, within)].map(|until| {
                    move || self.counted(setup, policy, about, at, &planned(setup, policy, about, at, until))
                });
                if soon().named.len() >= self.claim.at_least {
                    continue;
                }
                let counted = in_time();
                if counted.named.len() >= self.claim.at_least {
                    continue;
                }
                if self.claim.last_resort && counted.named.len() + counted.left.len() >= self.claim.at_least {
                    only_by_last_resort.get_or_insert((at, about));
                    continue;
                }
                let why = self.why(setup, policy, about, at);
                let path = path(setup, policy, about, at, self.shown(policy, at));
                return self.fails(Some(policy), about, at, why, Some(path));
            }
        }
        let shown = |(at, about)| path(setup, policy, about, at, self.shown(policy, at));
        Proof::Holds { cases: points.len(), only_by_last_resort: only_by_last_resort.map(shown) }
    }

    const fn about(&self, number: i64) -> About {
        About { number, severity: self.severity }
    }

    /// How long after the first page is in time.
    fn within(&self, policy: &Policy) -> SignedDuration {
        let span = self.claim.within.and_then(|within| SignedDuration::try_from(within).ok());
        span.unwrap_or_else(|| {
            let start = Timestamp::UNIX_EPOCH;
            let second = policy.due(start, Position { round: 2, step: 1 });
            second.duration_since(start) - SignedDuration::from_nanos(1)
        })
    }

    /// How far a path is shown: the first round, and all that was asked for.
    fn shown(&self, policy: &Policy, at: Timestamp) -> Timestamp {
        let first = policy.due(at, Position { round: 2, step: 1 });
        let first = first.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(first);
        first.max(after(at, self.within(policy)))
    }

    /// Who of those who are told counts.
    fn counted(
        &self,
        setup: &Setup,
        policy: &Policy,
        about: About,
        at: Timestamp,
        messages: &[Planned],
    ) -> Counted {
        let mut counted = Counted::default();
        for message in messages.iter().filter(|message| self.counts(setup, message)) {
            let taken_at = policy.due(at, message.position);
            let first = |known: &mut BTreeMap<Responder, Timestamp>| {
                known.entry(message.responder).or_insert(message.at);
            };
            if is_last_resort(setup, policy, about, message, taken_at) {
                first(&mut counted.left);
            } else {
                first(&mut counted.named);
            }
        }
        counted.left.retain(|responder, _| !counted.named.contains_key(responder));
        counted
    }

    /// Whether a message is to somebody who counts, and by a kind of contact that does.
    fn counts(&self, setup: &Setup, message: &Planned) -> bool {
        let (is_meant, destination) = match message.responder {
            Responder::User(id) => {
                let user = setup.user(id);
                let is_meant = match self.claim.whom {
                    Whom::Human => user.is_some(),
                    Whom::User(meant) => meant == id,
                    Whom::Team(team) => setup.team(team).is_some_and(|team| team.members.contains(&id)),
                    Whom::Role(role) => user.is_some_and(|user| user.role >= role),
                    Whom::Channel(_) => false,
                };
                let contact = user.and_then(|user| user.contact(&message.contact));
                // Where nobody can be reached at all, it is tried all the same.
                (is_meant, contact.filter(|contact| contact.is_usable()).map(|contact| &contact.destination))
            }
            Responder::Channel(id) => {
                let is_meant = match self.claim.whom {
                    Whom::Channel(meant) => meant == id,
                    Whom::Human | Whom::User(_) | Whom::Team(_) | Whom::Role(_) => false,
                };
                (is_meant, setup.channel(id).map(|channel| &channel.destination))
            }
        };
        let kind = destination.map(Destination::kind);
        is_meant && kind.is_some_and(|kind| self.claim.by.is_empty() || self.claim.by.contains(&kind))
    }

    /// Why an incident that begins at `at` fails: who is reached, and who would be next.
    fn why(&self, setup: &Setup, policy: &Policy, about: About, at: Timestamp) -> String {
        let within = self.within(policy);
        let all = policy.due(at, policy.end());
        let messages = planned(setup, policy, about, at, all.max(after(at, within)));
        let counted = self.counted(setup, policy, about, at, &messages);
        let mut others = counted.named;
        if self.claim.last_resort {
            others.extend(counted.left);
        }
        let (in_time, late): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|&(_, told_at)| told_at <= after(at, within));
        let span = minutes(within.unsigned_abs());
        let mut why = match (in_time.len(), self.claim.at_least) {
            (0, 1) => format!("nobody who counts is told within {span}"),
            (count, least) => format!("{count} of {least} who count are told within {span}"),
        };
        let next = late.into_iter().min_by_key(|&(_, told_at)| told_at);
        match next {
            Some((responder, told_at)) => {
                let wait = minutes(told_at.duration_since(at).unsigned_abs());
                why.push_str(&format!("; the next is {} after {wait}", name(setup, responder)));
            }
            None => why.push_str("; nobody else follows in any round"),
        }
        why
    }

    fn fails(
        &self,
        policy: Option<&Policy>,
        about: About,
        at: Timestamp,
        why: String,
        path: Option<Path>,
    ) -> Proof {
        Proof::Fails(Counterexample::Unreached {
            service: self.service,
            policy: policy.map(|policy| policy.id),
            about,
            at,
            why,
            path,
        })
    }
}

/// Returns how many incidents in a row have every combination of turns among them.
fn turns(setup: &Setup, policy: &Policy) -> i64 {
    let people = |target: &Target| match *target {
        Target::Team(id) => setup.team(id).map_or(1, |team| team.members.len()),
        Target::User(_) | Target::Schedule(_) | Target::Channel(_) => 1,
    };
    let robins = policy.steps.iter().filter(|step| step.round_robin);
    let counts = robins.map(|step| step.targets.iter().map(people).sum::<usize>().max(1));
    let product =
        counts.fold(1_i64, |all, count| all.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX)));
    product.min(MOST_TURNS)
}

/// Those who count and are told, with the instant of the first message.
#[derive(Default)]
struct Counted {
    /// Whom a step means.
    named: BTreeMap<Responder, Timestamp>,
    /// Who is told only because nobody else could be.
    left: BTreeMap<Responder, Timestamp>,
}

fn after(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}

fn name(setup: &Setup, responder: Responder) -> String {
    match responder {
        Responder::User(id) => setup.user(id).map_or_else(|| id.to_string(), |user| user.email.clone()),
        Responder::Channel(id) => {
            setup.channel(id).map_or_else(|| id.to_string(), |it| format!("channel {}", it.slug))
        }
    }
}
