//! Components of which several events tell: the worst counts. Found by id at once, however many a document names.

use std::collections::HashMap;

use domain::snapshot::Component;

use super::order;

/// Components in the order they were first named.
#[derive(Default)]
pub(crate) struct Worst {
    components: Vec<Component>,
    places: HashMap<String, usize>,
}

impl Worst {
    /// Adds what one event makes of a component; what another made of it stays where that is as bad.
    pub(crate) fn add(&mut self, component: Component) {
        let Some(&place) = self.places.get(&component.id) else {
            self.places.insert(component.id.clone(), self.components.len());
            self.components.push(component);
            return;
        };
        let known = &mut self.components[place];
        if order::is_worse(component.status, known.status) {
            known.status = component.status;
            known.raw_status = component.raw_status;
            known.updated_at = component.updated_at;
        }
    }

    /// Returns the components.
    pub(crate) fn into_vec(self) -> Vec<Component> {
        self.components
    }
}
