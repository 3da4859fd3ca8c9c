//! The status of a whole provider as we judge it from what we know.

use jiff::Timestamp;

use crate::{Impact, Status, knowledge::Knowledge};

impl Knowledge {
    /// Returns the status of the whole and since when it is so: components decide first, then open incidents, then the
    /// page's own claim.
    #[must_use]
    pub fn verdict(&self) -> (Status, Option<Timestamp>) {
        let worst = self.components.iter().map(|known| known.component.status).max();
        match worst {
            None => self.verdict_without_components(),
            Some(Status::Unknown) => (Status::Unknown, None),
            Some(status) => {
                let same = self.components.iter().filter(|known| known.component.status == status);
                let since = same.map(|known| known.trouble_since.unwrap_or(known.since));
                (status, if status == Status::Operational { since.max() } else { since.min() })
            }
        }
    }

    /// Returns the worst impact of the open incidents if that is trouble, which components may well deny.
    #[must_use]
    pub fn open_impact(&self) -> Option<Impact> {
        self.open_incidents()
            .map(|known| known.incident.impact)
            .filter(|impact| impact.as_status().is_trouble())
            .max()
    }

    fn verdict_without_components(&self) -> (Status, Option<Timestamp>) {
        let open = || self.open_incidents();
        match open().map(|known| known.incident.impact.as_status()).max() {
            Some(status) => (status, open().map(|known| known.first_seen_at).min()),
            None => {
                let claimed = self.claim();
                (claimed, self.overall_trouble_since.filter(|_| claimed.is_trouble()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Phase,
        knowledge::{KnownComponent, KnownIncident},
        snapshot::{Component, Incident, Overall},
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn component(status: Status, since: i64, trouble_since: Option<i64>) -> KnownComponent {
        let component = Component {
            id: format!("{status}{since}"),
            name: String::new(),
            group: None,
            status,
            raw_status: status.word().to_owned(),
            updated_at: None,
        };
        KnownComponent { component, since: at(since), trouble_since: trouble_since.map(at) }
    }

    #[test]
    fn components_decide_first_and_the_page_itself_last() {
        let check = |components: Vec<KnownComponent>, claim: Option<Status>, expected| {
            let overall = claim.map(|status| Overall { status, headline: None, raw: String::new() });
            let known =
                Knowledge { components, overall, overall_trouble_since: Some(at(7)), ..Knowledge::default() };
            assert_eq!(known.verdict(), expected);
        };
        let (up, down) = (Status::Operational, Status::MajorOutage);
        check(vec![], None, (Status::Unknown, None));
        check(vec![], Some(down), (down, Some(at(7))));
        check(vec![], Some(up), (up, None));
        check(vec![component(up, 1, None), component(up, 3, None)], Some(down), (up, Some(at(3))));
        let two = vec![component(down, 9, Some(5)), component(down, 6, None), component(up, 1, None)];
        check(two, Some(up), (down, Some(at(5))));
        check(vec![component(Status::Unknown, 1, None)], Some(up), (Status::Unknown, None));
    }

    #[test]
    fn the_worst_impact_that_is_open_is_told_only_if_it_is_trouble() {
        let check = |all: &[(Impact, Phase)], expected| {
            let incident = |&(impact, phase): &(Impact, Phase)| KnownIncident {
                incident: Incident {
                    id: String::new(),
                    name: String::new(),
                    impact,
                    raw_impact: None,
                    phase,
                    started_at: None,
                    created_at: None,
                    updated_at: None,
                    resolved_at: None,
                    url: None,
                    components: Vec::new(),
                    updates: Vec::new(),
                },
                first_seen_at: at(1),
                absent_polls: 0,
            };
            let known = Knowledge { incidents: all.iter().map(incident).collect(), ..Knowledge::default() };
            assert_eq!(known.open_impact(), expected, "{all:?}");
        };
        check(&[], None);
        check(&[(Impact::None, Phase::Identified), (Impact::Unknown, Phase::Unknown)], None);
        check(&[(Impact::Maintenance, Phase::Identified)], None);
        check(
            &[(Impact::Critical, Phase::Resolved), (Impact::Minor, Phase::Monitoring)],
            Some(Impact::Minor),
        );
        check(
            &[(Impact::Critical, Phase::Unknown), (Impact::Minor, Phase::Monitoring)],
            Some(Impact::Critical),
        );
    }
}
