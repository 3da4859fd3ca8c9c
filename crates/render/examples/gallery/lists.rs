//! Providers in lists: the directory of the story, and what a search of it found.

use domain::{Impact, Platform, SourceHealth, Status};

use super::{AS_OF, at, place};
use crate::view::{
    CategoryView, DirectoryView, FoundLine, FoundView, IncidentLine, ProviderLine, ProviderName, SharedView,
    Turn, TurnLine, Wanted,
};

/// A directory of two categories.
pub(crate) fn directory() -> DirectoryView {
    let line = |name: &str, status| provider_line(name, "payments", status, SourceHealth::Fresh);
    let payments = vec![
        line("Adyen", Status::Operational),
        line("Mollie", Status::UnderMaintenance),
        line("Stripe", Status::Operational),
    ];
    let mut shops = shops();
    let mut layer =
        provider_line("Commerce Layer", "e-commerce-marketplaces", Status::MajorOutage, SourceHealth::Fresh);
    layer.affected = Some((2, 6));
    layer.incident = Some(IncidentLine {
        id: "8vh2kq0l9zxc".to_owned(),
        title: "Elevated errors on order placement".to_owned(),
        impact: Impact::Major,
    });
    shops.insert(1, layer);
    let category = |name: &str, slug: &str, providers| CategoryView {
        name: name.to_owned(),
        slug: slug.to_owned(),
        providers,
    };
    DirectoryView {
        place: place("/directory", "https://midwatch.example/directory"),
        categories: vec![
            category("E-commerce & Marketplaces", "e-commerce-marketplaces", shops),
            category("Payments", "payments", payments),
        ],
        shared: vec![SharedView {
            cause: named("Fastly", "/directory/cdn-dns-domains/fastly"),
            is_confirmed: false,
            since: at("2025-12-02T09:01:00Z"),
            providers: vec![
                named("Commerce Layer", "/directory/e-commerce-marketplaces/commerce-layer"),
                named("Etsy", "/directory/e-commerce-marketplaces/etsy"),
            ],
        }],
        turns: vec![
            turn(
                "Commerce Layer",
                Turn::Opened,
                "Elevated errors on order placement",
                "2025-12-02T09:04:00Z",
            ),
            turn("Etsy", Turn::Reopened, "Slow search", "2025-12-02T07:30:00Z"),
            turn("Shopify", Turn::Resolved, "Delayed webhooks", "2025-12-01T22:10:00Z"),
        ],
        as_of: at(AS_OF),
    }
}

/// What a search for this found in it.
pub(crate) fn found(words: &str) -> FoundView {
    let line = directory().categories.swap_remove(0).providers.swap_remove(1);
    FoundView {
        wanted: Wanted { words: words.to_owned(), trouble: true, part: 2, ..Wanted::default() },
        lines: vec![FoundLine {
            line,
            category: "E-commerce & Marketplaces".to_owned(),
            because: Some("Order API".to_owned()),
        }],
        total: 201,
        parts: 3,
        as_of: at(AS_OF),
    }
}

pub(super) fn shops() -> Vec<ProviderLine> {
    let shop = |name, status, health| provider_line(name, "e-commerce-marketplaces", status, health);
    vec![
        shop("BigCommerce", Status::Operational, SourceHealth::Fresh),
        shop("Etsy", Status::DegradedPerformance, SourceHealth::Fresh),
        shop("Medusa", Status::Operational, SourceHealth::Unreadable),
        shop("Saleor", Status::Operational, SourceHealth::Fresh),
        shop("Shopify", Status::Operational, SourceHealth::Fresh),
    ]
}

pub(super) fn provider_line(
    name: &str,
    category: &str,
    status: Status,
    health: SourceHealth,
) -> ProviderLine {
    let slug = domain::provider::slug_of(name);
    ProviderLine {
        path: format!("/directory/{category}/{slug}"),
        slug,
        name: name.to_owned(),
        platform: Some(Platform::Statuspage),
        status,
        health,
        since: Some(at("2025-12-02T09:04:00Z")),
        since_is_first_reading: false,
        affected: None,
        incident: None,
    }
}

fn turn(provider: &str, turn: Turn, title: &str, when: &str) -> TurnLine {
    let slug = domain::provider::slug_of(provider);
    TurnLine {
        provider: provider.to_owned(),
        path: format!("/directory/e-commerce-marketplaces/{slug}"),
        id: "i".to_owned(),
        title: title.to_owned(),
        turn,
        at: at(when),
    }
}

fn named(name: &str, path: &str) -> ProviderName {
    ProviderName { slug: name.to_lowercase(), name: name.to_owned(), path: path.to_owned() }
}
