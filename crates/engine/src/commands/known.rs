//! What judging knows of the providers that an organisation depends on.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    ProviderId, SourceHealth,
    judge::{Outlook, World},
    knowledge::Knowledge,
    setup::Setup,
    upstream::Trouble,
};
use store::{Scope, providers};

use super::Ground;
use crate::{causes, error::CommandError};

/// What is known of the providers an organisation depends on.
pub(super) struct Known {
    own: Vec<(ProviderId, String, Arc<Knowledge>, SourceHealth)>,
    /// What those in trouble run on, where no service depends on it: it changes no service and may be the one cause behind
    /// several of them.
    above: Vec<(ProviderId, Arc<Knowledge>)>,
}

impl Known {
    pub(super) fn load(
        scope: &mut Scope<'_>,
        ground: &Ground,
        setup: &Setup,
        written: &[ProviderId],
    ) -> Result<Self, CommandError> {
        let versions = providers::versions(scope)?;
        let mut known = Vec::with_capacity(versions.len());
        for id in setup.providers() {
            let version = versions.get(&id).copied();
            if let Some((knowledge, health)) = ground.memory.recall(scope.tx(), id, version, written)? {
                known.push((id, ground.catalog.name(id), knowledge, health));
            }
        }
        let in_trouble = known.iter().filter(|(_, _, knowledge, _)| knowledge.trouble_since().is_some());
        let mut upstreams: BTreeSet<ProviderId> =
            in_trouble.flat_map(|(id, ..)| ground.catalog.runs_on(*id)).collect();
        for (id, ..) in &known {
            upstreams.remove(id);
        }
        let mut above = Vec::new();
        for id in upstreams {
            let version = versions.get(&id).copied();
            let recalled = ground.memory.recall(scope.tx(), id, version, written)?;
            above.extend(recalled.map(|(knowledge, _)| (id, knowledge)));
        }
        Ok(Self { own: known, above })
    }

    /// Those that are in trouble, with what they say of it.
    pub(super) fn troubles(&self, ground: &Ground) -> Vec<Trouble> {
        let own = self.own.iter().map(|(id, _, knowledge, _)| (id, knowledge));
        let all = own.chain(self.above.iter().map(|(id, knowledge)| (id, knowledge)));
        all.filter_map(|(id, knowledge)| causes::trouble(&ground.catalog, *id, knowledge)).collect()
    }

    pub(super) fn world(&self) -> World<'_> {
        self.own
            .iter()
            .map(|(id, name, knowledge, health)| (*id, Outlook { name, knowledge, health: *health }))
            .collect()
    }
}
