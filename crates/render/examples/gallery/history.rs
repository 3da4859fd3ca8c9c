//! What the services of the shop have been.

use std::collections::BTreeMap;

use domain::{
    Status,
    history::{Span, Trouble},
    provider::provider_id,
};

use super::{super::view::ServiceHistory, AS_OF, at};

/// What the services of the shop were over the last months; of search nothing is known since this morning.
pub(super) fn history() -> Vec<ServiceHistory> {
    let span = |status, from: &str, to: &str| Span { status, from: at(from), to: at(to) };
    let of = |id: &str, name: &str, spans: Vec<Span>| ServiceHistory {
        id: id.to_owned(),
        name: name.to_owned(),
        spans,
        troubles: Vec::new(),
        providers: BTreeMap::new(),
    };
    let calm = || vec![span(Status::Operational, "2025-08-01T00:00:00Z", AS_OF)];
    let checkout = vec![
        span(Status::Operational, "2025-08-01T00:00:00Z", "2025-11-18T11:34:00.25Z"),
        span(Status::PartialOutage, "2025-11-18T11:34:00.25Z", "2025-11-18T12:15:00Z"),
        span(Status::UnderMaintenance, "2025-11-18T12:15:00Z", "2025-11-18T13:00:00Z"),
        span(Status::Operational, "2025-11-18T13:00:00Z", "2025-12-02T09:04:00Z"),
        span(Status::PartialOutage, "2025-12-02T09:04:00Z", AS_OF),
    ];
    let search = vec![
        span(Status::Operational, "2025-09-05T00:00:00Z", "2025-11-27T14:02:00Z"),
        span(Status::DegradedPerformance, "2025-11-27T14:02:00Z", "2025-11-27T14:41:00Z"),
        span(Status::Operational, "2025-11-27T14:41:00Z", "2025-12-02T08:40:00Z"),
    ];
    let (pay, cloud) = (provider_id("acme-pay"), provider_id("acme-cloud"));
    let trouble = |provider, from: &str, to: &str| Trouble { provider, from: at(from), to: at(to) };
    let behind_checkout = ServiceHistory {
        troubles: vec![
            trouble(pay, "2025-12-02T09:06:00Z", AS_OF),
            trouble(cloud, "2025-12-02T09:10:00Z", AS_OF),
            trouble(cloud, "2025-11-18T11:30:00Z", "2025-11-18T12:05:00Z"),
        ],
        providers: BTreeMap::from([(pay, "Stripe".to_owned()), (cloud, "Cloudflare".to_owned())]),
        ..of("checkout", "Checkout", checkout)
    };
    vec![
        behind_checkout,
        of("cart", "Cart", calm()),
        of("search", "Search", search),
        of("orders", "Order desk", calm()),
    ]
}
