//! Whom a step reaches at an instant, and why.
//!
//! A step that was meant to wake a person and can't, since a schedule has a gap, a member is gone or no contact of theirs
//! can be used, goes to those who are left; so does the last step of a round that reached nobody because no step of it
//! applied. No round of paging ever reaches nobody while the organisation has a member.

use jiff::Timestamp;

use super::{About, Policy, Position, Step, Target, hours, ladder::clock};
use crate::{
    ChannelId, UserId,
    setup::{Setup, User},
};

/// Somebody or something that is paged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Responder {
    /// A person, by their own ladder.
    User(UserId),
    /// A shared destination.
    Channel(ChannelId),
}

/// One whom a step reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Who.
    pub responder: Responder,
    /// Why they, for people: `schedule primary, layer 1`, `named in step 2`, `named in step 1 of policy managers` for one that
    /// was taken over, `schedule primary has nobody on call; owner`.
    pub reason: String,
}

/// A step as it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taking {
    /// The step.
    pub position: Position,
    /// When it was due: the rungs of ladders count from then.
    pub due: Timestamp,
    /// When it is taken, no earlier than it was due.
    pub at: Timestamp,
    /// Whether an earlier step of the same round has reached somebody.
    pub has_reached: bool,
}

/// Returns whom a step reaches, each once, in the order of the step; nobody where it is passed over.
///
/// Where the step reaches no person although it was meant to, those of [`Setup::last_resort`] follow, with a reason that
/// says so. A step of nothing but channels that exist is meant to reach no person. The last step of a round in which
/// every step was passed over goes to them as well.
#[must_use]
pub fn recipients(setup: &Setup, policy: &Policy, about: About, taking: Taking) -> Vec<Recipient> {
    let Position { round, step: number } = taking.position;
    let Some(step) = policy.step(number) else {
        return last_resort(setup, &format!("step {number} of policy {} names nobody", policy.slug));
    };
    if let Some(why) = step.passed_over(about, taking.at) {
        if taking.has_reached || policy.step(number.saturating_add(1)).is_some() {
            return Vec::new();
        }
        let passed =
            format!("round {round} of policy {} reached nobody, its last step is taken", policy.slug);
        return last_resort(setup, &format!("{passed} {why}"));
    }
    let (mut reached, mut failures) = everyone(setup, step, number, taking.at);
    if step.targets.is_empty() {
        failures.push(format!("step {number} of policy {} names nobody", policy.slug));
    }
    let is_person = |recipient: &Recipient| matches!(recipient.responder, Responder::User(_));
    let reaches_a_person = reached.iter().any(is_person);
    if step.round_robin && !reached.is_empty() {
        reached = vec![one_in_turn(setup, reached, policy, about, taking)];
    }
    if !failures.is_empty() && !reaches_a_person {
        reached.extend(last_resort(setup, &failures.join(", ")));
    }
    reached
}

impl Policy {
    /// Returns the step of this number, counted from 1.
    #[must_use]
    pub fn step(&self, number: u32) -> Option<&Step> {
        self.steps.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }
}

/// Everyone whom the targets of a step lead to, each once, and in words where a target leads to nobody.
fn everyone(setup: &Setup, step: &Step, number: u32, at: Timestamp) -> (Vec<Recipient>, Vec<String>) {
    let mut reached: Vec<Recipient> = Vec::new();
    let mut failures = Vec::new();
    let place = step.place(number);
    for found in step.targets.iter().flat_map(|&target| reach(setup, target, &place, at)) {
        match found {
            Ok(found) if reached.iter().any(|known| known.responder == found.responder) => {}
            Ok(found) => reached.push(found),
            Err(failure) => failures.push(failure),
        }
    }
    (reached, failures)
}

/// The one whose turn it is: incidents take turns by their number, and within an incident each further round and each
/// further round robin of a round takes the next one, so that the same person is not asked twice before the others. Whoever has
/// quiet hours, which would hold the page, leaves the turn to the next who has none.
fn one_in_turn(
    setup: &Setup,
    mut among: Vec<Recipient>,
    policy: &Policy,
    about: About,
    taking: Taking,
) -> Recipient {
    let Position { round, step } = taking.position;
    let before = (1..step).filter(|&number| policy.step(number).is_some_and(|step| step.round_robin));
    let before = i64::try_from(before.count()).unwrap_or_default();
    let count = among.len();
    let turn = about.number.wrapping_add(i64::from(round) - 1).wrapping_add(before);
    let turn = turn.rem_euclid(i64::try_from(count).unwrap_or(i64::MAX));
    let turn = usize::try_from(turn).unwrap_or_default();
    let quiet = |place: usize| quiet_hours(setup, &among[place], about, taking.at);
    let place = (turn..turn + count).map(|place| place % count).find(|&place| quiet(place).is_none());
    let left = place.filter(|&place| place != turn).and_then(|_| quiet(turn));
    let left = left.map(|quiet| format!(", in place of {quiet}")).unwrap_or_default();
    let place = place.unwrap_or(turn);
    let Recipient { responder, reason } = among.swap_remove(place);
    Recipient { responder, reason: format!("{reason}, {} of {count} in turn{left}", place + 1) }
}

/// Whose quiet hours hold a page at an instant and until when, in words; `None` where nothing does.
fn quiet_hours(setup: &Setup, recipient: &Recipient, about: About, at: Timestamp) -> Option<String> {
    let Responder::User(id) = recipient.responder else { return None };
    let user = setup.user(id).filter(|_| !about.wakes())?;
    let until = hours::end(&user.quiet, &user.time_zone, at)?;
    let zone = user.time_zone.iana_name().unwrap_or("UTC");
    Some(format!("{}, who has quiet hours until {} {zone}", user.email, clock(user, until, at)))
}

/// Returns why nobody would be told at an instant who is asked for by these targets; `None` where somebody would.
#[must_use]
pub fn out_of_reach(setup: &Setup, targets: &[Target], at: Timestamp) -> Option<String> {
    let step = Step { targets: targets.to_vec(), ..Step::default() };
    let (reached, failures) = everyone(setup, &step, 1, at);
    reached.is_empty().then(|| failures.join(", "))
}

/// Whom a target leads to, or in words why to nobody.
fn reach(setup: &Setup, target: Target, step: &str, at: Timestamp) -> Vec<Result<Recipient, String>> {
    let found = match target {
        Target::User(id) => setup
            .user(id)
            .ok_or_else(|| format!("{step} names somebody who is no longer a member"))
            .and_then(|user| person(user, format!("named in {step}"))),
        Target::Team(id) => return team(setup, id, step),
        Target::Schedule(id) => on_call(setup, id, step, at),
        Target::Channel(id) => match setup.channel(id) {
            Some(channel) if channel.unusable.is_some() => {
                Err(format!("channel {} can't be reached", channel.slug))
            }
            Some(_) => {
                Ok(Recipient { responder: Responder::Channel(id), reason: format!("named in {step}") })
            }
            None => Err(format!("{step} names a channel that is gone")),
        },
    };
    vec![found]
}

fn team(setup: &Setup, id: crate::TeamId, step: &str) -> Vec<Result<Recipient, String>> {
    let Some(team) = setup.team(id) else {
        return vec![Err(format!("{step} names a team that is gone"))];
    };
    if team.members.is_empty() {
        return vec![Err(format!("team {} has no members", team.slug))];
    }
    let member = |&id| {
        let user = setup.user(id);
        let user =
            user.ok_or_else(|| format!("team {} has somebody in it who is no longer a member", team.slug))?;
        person(user, format!("team {}, named in {step}", team.slug))
    };
    team.members.iter().map(member).collect()
}

fn on_call(setup: &Setup, id: crate::ScheduleId, step: &str, at: Timestamp) -> Result<Recipient, String> {
    let schedule = setup.schedule(id).ok_or_else(|| format!("{step} names a schedule that is gone"))?;
    let slug = &schedule.slug;
    let on_call = schedule.on_call(at).ok_or_else(|| format!("schedule {slug} has nobody on call"))?;
    let user = setup.user(on_call.user);
    let user =
        user.ok_or_else(|| format!("schedule {slug} has somebody on call who is no longer a member"))?;
    person(user, format!("schedule {slug}, {}", on_call.by))
}

fn person(user: &User, reason: String) -> Result<Recipient, String> {
    if user.contacts.is_empty() {
        return Err(format!("{} has no contact", user.email));
    }
    if !user.is_reachable() {
        return Err(format!("{} can't be reached", user.email));
    }
    Ok(Recipient { responder: Responder::User(user.id), reason })
}

/// Those who are left, and why they are told.
fn last_resort(setup: &Setup, why: &str) -> Vec<Recipient> {
    let told = |user: &User| Recipient {
        responder: Responder::User(user.id),
        reason: format!("{why}; {}", user.role),
    };
    setup.last_resort().into_iter().map(told).collect()
}
