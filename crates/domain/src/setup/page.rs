//! What a status page shows of the services on it.

use super::{Called, Service, StatusPage};
use crate::ServiceId;

impl StatusPage {
    /// Whether readers of the page see this service.
    #[must_use]
    pub fn shows(&self, service: ServiceId) -> bool {
        self.groups.iter().any(|group| group.services.contains(&service))
    }

    /// Returns the name that readers of this page know a service by.
    #[must_use]
    pub fn name_of<'a>(&'a self, service: &'a Service) -> &'a str {
        let here = self.called(service.id).and_then(|called| called.name.as_deref());
        here.unwrap_or(&service.name)
    }

    /// Returns what this page says that a service is.
    #[must_use]
    pub fn description_of<'a>(&'a self, service: &'a Service) -> Option<&'a str> {
        let here = self.called(service.id).and_then(|called| called.description.as_deref());
        here.or(service.description.as_deref())
    }

    fn called(&self, service: ServiceId) -> Option<&Called> {
        self.groups.iter().find_map(|group| group.called.get(&service))
    }
}
