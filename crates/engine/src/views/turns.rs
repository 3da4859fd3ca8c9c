//! How the services of an incident stood before each of its updates and with it, out of their history.

use domain::{Status, history::Span, setup::Service};
use jiff::Timestamp;
use render::view::{ComponentTurn, IncidentView};

/// The history of a service on a page.
pub(super) struct History {
    slug: String,
    /// Its name, with that of its group before it.
    name: String,
    pub(super) spans: Vec<Span>,
}

impl History {
    /// `known_as` is the name by which the page calls the service.
    pub(super) fn of(group: &str, service: &Service, known_as: &str, spans: Vec<Span>) -> Self {
        let name = match group {
            "" => known_as.to_owned(),
            group => format!("{group} - {known_as}"),
        };
        Self { slug: service.slug.clone(), name, spans }
    }

    /// What it was at an instant; unknown is the lack of a span.
    fn at(&self, at: Timestamp) -> Status {
        let span = self.spans.iter().rfind(|span| span.from <= at && at <= span.to);
        span.map_or(Status::Unknown, |span| span.status)
    }

    /// What it was just before an instant.
    fn before(&self, at: Timestamp) -> Status {
        let span = self.spans.iter().rfind(|span| span.from < at && at <= span.to);
        span.map_or(Status::Unknown, |span| span.status)
    }
}

/// Writes beside each update how the services stood. The first one speaks of what turned when the incident began, each other
/// one of what turned since the one before; what lies before `known_from` is told by none.
pub(super) fn tell(incident: &mut IncidentView, histories: &[History], known_from: Timestamp) {
    let began = incident.began_at();
    if began < known_from {
        return;
    }
    let affected: Vec<&History> =
        histories.iter().filter(|own| incident.components.iter().any(|one| one.id == own.slug)).collect();
    let mut last = None;
    for update in incident.updates.iter_mut().rev().filter(|update| !update.is_postmortem()) {
        let Some(at) = update.at else { continue };
        let turn = |own: &&History| ComponentTurn {
            id: own.slug.clone(),
            name: own.name.clone(),
            before: last.map_or_else(|| own.before(began), |last| own.at(last)),
            after: own.at(at),
        };
        update.turns = affected.iter().map(turn).collect();
        last = Some(at);
    }
}

#[cfg(test)]
mod tests {
    use domain::{Impact, Phase, public::Tongues};
    use render::view::{ComponentRef, OwnView, UpdateView};

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
    }

    fn incident(minutes: &[i64]) -> IncidentView {
        let update = |minute: &i64| UpdateView {
            id: format!("u{minute}"),
            word: "investigating".to_owned(),
            body: String::new(),
            tongues: Tongues::default(),
            at: Some(at(*minute)),
            edited: None,
            turns: Vec::new(),
        };
        IncidentView {
            id: "1".to_owned(),
            title: "Checkout fails".to_owned(),
            impact: Impact::Major,
            phase: Phase::Resolved,
            started_at: Some(at(10)),
            posted_at: Some(at(10)),
            first_seen_at: at(10),
            resolved_at: None,
            components: vec![ComponentRef { id: "checkout".to_owned(), name: "Checkout".to_owned() }],
            updates: minutes.iter().rev().map(update).collect(),
            official_url: None,
            cause: None,
            next_update_at: None,
            own: OwnView::default(),
        }
    }

    fn histories() -> Vec<History> {
        let span = |status, from, to| Span { status, from: at(from), to: at(to) };
        let spans = vec![
            span(Status::Operational, 0, 10),
            span(Status::PartialOutage, 10, 30),
            span(Status::MajorOutage, 30, 40),
            span(Status::Operational, 60, 90),
        ];
        let own = |slug: &str| History { slug: slug.to_owned(), name: slug.to_owned(), spans: spans.clone() };
        vec![own("checkout"), own("search")]
    }

    fn told(minutes: &[i64], known_from: i64) -> Vec<Vec<(String, Status, Status)>> {
        let mut incident = incident(minutes);
        tell(&mut incident, &histories(), at(known_from));
        let turns = |update: UpdateView| {
            update.turns.into_iter().map(|turn| (turn.id, turn.before, turn.after)).collect()
        };
        incident.updates.into_iter().rev().map(turns).collect()
    }

    #[test]
    fn each_update_tells_what_turned_since_the_one_before() {
        let turn = |before, after| vec![("checkout".to_owned(), before, after)];
        assert_eq!(
            told(&[10, 30, 50, 60], 0),
            [
                turn(Status::Operational, Status::PartialOutage),
                turn(Status::PartialOutage, Status::MajorOutage),
                turn(Status::MajorOutage, Status::Unknown),
                turn(Status::Unknown, Status::Operational),
            ]
        );
    }

    #[test]
    fn what_lies_before_the_known_history_is_told_by_none() {
        assert_eq!(told(&[10, 30], 20), [vec![], vec![]]);
    }
}
