//! Components: bound by id, since names change; a change is a change of the status word, never of a timestamp.

use jiff::Timestamp;

use super::{Knowledge, KnownComponent, no_later_than};
use crate::{
    Status,
    change::{Change, ChangeKind},
    snapshot::{Component, Snapshot},
};

impl Knowledge {
    /// Folds the components in.
    pub(super) fn learn_components(
        &self,
        snapshot: &Snapshot,
        at: Timestamp,
        changes: &mut Vec<Change>,
    ) -> Vec<KnownComponent> {
        if !snapshot.coverage.components {
            return self.components.clone();
        }
        for gone in
            self.components.iter().filter(|known| find(&snapshot.components, &known.component.id).is_none())
        {
            changes.push(change(
                ChangeKind::ComponentRemoved,
                &gone.component,
                Some(gone.component.status),
                None,
                at,
            ));
        }
        snapshot.components.iter().map(|component| self.learn_component(component, at, changes)).collect()
    }

    fn learn_component(
        &self,
        component: &Component,
        at: Timestamp,
        changes: &mut Vec<Change>,
    ) -> KnownComponent {
        let known = self.components.iter().find(|known| known.component.id == component.id);
        let Some(known) = known else {
            self.announce(component, at, changes);
            let trouble_since = component.status.is_trouble().then_some(at);
            return KnownComponent { component: component.clone(), since: at, trouble_since };
        };
        let before = &known.component;
        if before.name != component.name {
            changes.push(Change {
                kind: ChangeKind::ComponentRenamed,
                subject: component.id.clone(),
                name: component.name.clone(),
                from: Some(before.name.clone()),
                to: Some(component.name.clone()),
                update: None,
                at,
            });
        }
        let mut since = known.since;
        if before.status != component.status {
            since = at;
            let when = no_later_than(at, component.updated_at);
            changes.push(change(
                ChangeKind::ComponentChanged,
                component,
                Some(before.status),
                Some(component.status),
                when,
            ));
        }
        let trouble_since = component.status.is_trouble().then(|| known.trouble_since.unwrap_or(at));
        KnownComponent { component: component.clone(), since, trouble_since }
    }

    /// A component that is new to us: part of the furniture at first contact, unless it is known not to be well.
    fn announce(&self, component: &Component, at: Timestamp, changes: &mut Vec<Change>) {
        if self.first_read_at.is_some() {
            changes.push(change(ChangeKind::ComponentAdded, component, None, Some(component.status), at));
        } else if !matches!(component.status, Status::Operational | Status::Unknown) {
            let when = no_later_than(at, component.updated_at);
            changes.push(change(
                ChangeKind::ComponentChanged,
                component,
                Some(Status::Unknown),
                Some(component.status),
                when,
            ));
        }
    }
}

fn find<'a>(components: &'a [Component], id: &str) -> Option<&'a Component> {
    components.iter().find(|component| component.id == id)
}

fn change(
    kind: ChangeKind,
    component: &Component,
    from: Option<Status>,
    to: Option<Status>,
    at: Timestamp,
) -> Change {
    Change {
        kind,
        subject: component.id.clone(),
        name: component.name.clone(),
        from: from.map(|status| status.word().to_owned()),
        to: to.map(|status| status.word().to_owned()),
        update: None,
        at,
    }
}
