//! Looks for providers in the directory: words by the catalog, the rest by what the directory last showed of each.

use std::collections::HashMap;

use render::view::{DirectoryView, FoundLine, FoundView, ProviderLine, Wanted};

use crate::catalog::Catalog;

/// More providers than there are: filters come after words, so no word may cut off what a filter would have kept.
const MOST_FOUND: usize = 10_000;

/// Lines in one part of an answer.
const PART: usize = 100;

/// Words longer than this are not looked for: no provider is called so.
const LONGEST_WORDS: usize = 200;

/// Characters of an unknown word that are repeated to whoever asked.
const REPEATED: usize = 60;

/// Returns what somebody looks for.
#[must_use]
pub fn find(view: &DirectoryView, catalog: &Catalog, mut wanted: Wanted) -> FoundView {
    let has = |slug: &&String| view.categories.iter().any(|category| category.slug == **slug);
    if let Some(slug) = wanted.category.as_ref().filter(|slug| !has(slug)) {
        let repeated: String = slug.chars().take(REPEATED).collect();
        wanted.amiss.push(format!("There is no category “{repeated}”."));
    }
    let words = wanted.words.trim();
    let all = || {
        view.categories.iter().flat_map(|one| one.providers.iter().map(|line| (line, &one.name, &one.slug)))
    };
    let is_wanted = |line: &ProviderLine, category: &str| {
        (!wanted.trouble || line.is_troubled())
            && wanted.category.as_ref().is_none_or(|slug| slug == category)
            && wanted.platform.is_none_or(|platform| line.platform == Some(platform))
            && wanted.health.is_none_or(|health| line.health == health)
    };
    let found: Vec<(&ProviderLine, &String, Option<String>)> = if !wanted.amiss.is_empty() {
        Vec::new()
    } else if words.is_empty() {
        let mut found: Vec<_> = all()
            .filter(|(line, _, slug)| is_wanted(line, slug))
            .map(|(line, name, _)| (line, name, None))
            .collect();
        found.sort_by_cached_key(|(line, _, _)| line.name.to_lowercase());
        found
    } else if words.len() > LONGEST_WORDS {
        Vec::new()
    } else {
        let by_slug: HashMap<&str, _> = all().map(|all| (all.0.slug.as_str(), all)).collect();
        let found = catalog.search(words, MOST_FOUND).into_iter();
        let known =
            found.filter_map(|found| Some((by_slug.get(found.provider.slug.as_str())?, found.because)));
        known
            .filter(|((line, _, slug), _)| is_wanted(line, slug))
            .map(|((line, name, _), because)| (*line, *name, because))
            .collect()
    };
    let (total, parts) = (found.len(), found.len().div_ceil(PART).max(1));
    let part = wanted.part.clamp(1, parts);
    let lines = found.into_iter().skip((part - 1) * PART).take(PART);
    FoundView {
        lines: lines
            .map(|(line, category, because)| FoundLine {
                line: line.clone(),
                category: category.clone(),
                because,
            })
            .collect(),
        wanted: Wanted { part, ..wanted },
        total,
        parts,
        as_of: view.as_of,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::{Impact, Platform, SourceHealth, Status, provider::Provider};
    use jiff::Timestamp;
    use render::view::{CategoryView, IncidentLine, Place};

    use super::*;

    fn provider(name: &str, services: &[&str]) -> Provider {
        Provider {
            slug: domain::provider::slug_of(name),
            name: name.to_owned(),
            category: "Shops".to_owned(),
            homepage: None,
            platform: None,
            feed: None,
            status_page: None,
            interval: Duration::from_secs(60),
            also: Vec::new(),
            services: services.iter().map(|name| (*name).to_owned()).collect(),
            upstreams: Vec::new(),
            selectors: None,
        }
    }

    fn line(of: &Provider, status: Status, health: SourceHealth, platform: Platform) -> ProviderLine {
        ProviderLine {
            slug: of.slug.clone(),
            name: of.name.clone(),
            path: of.path(),
            platform: Some(platform),
            status,
            health,
            since: None,
            since_is_first_reading: false,
            affected: None,
            incident: None,
        }
    }

    fn world() -> (DirectoryView, Catalog) {
        let [a, b, c, d] = [
            provider("Alpha", &["Order API"]),
            provider("beta", &[]),
            provider("Gamma", &[]),
            provider("Alphabet", &[]),
        ];
        let (fresh, unreadable) = (SourceHealth::Fresh, SourceHealth::Unreadable);
        let category = |name: &str, providers| CategoryView {
            name: name.to_owned(),
            slug: name.to_lowercase(),
            providers,
        };
        let shops = vec![
            line(&a, Status::MajorOutage, fresh, Platform::Statuspage),
            line(&b, Status::Operational, fresh, Platform::Instatus),
        ];
        let clouds = vec![
            line(&d, Status::Operational, fresh, Platform::Statuspage),
            line(&c, Status::MajorOutage, unreadable, Platform::Statuspage),
        ];
        let view = DirectoryView {
            place: Place { base_path: "/directory".to_owned(), public_url: String::new(), events: None },
            categories: vec![category("Shops", shops), category("Clouds", clouds)],
            shared: Vec::new(),
            turns: Vec::new(),
            as_of: Timestamp::UNIX_EPOCH,
        };
        (view, Catalog::new([a, b, c, d]))
    }

    #[test]
    fn words_and_filters_hold_together() {
        let (view, catalog) = world();
        let check = |wanted: Wanted, expected: &[&str]| {
            let found = find(&view, &catalog, wanted.clone());
            let names: Vec<&str> = found.lines.iter().map(|found| found.line.name.as_str()).collect();
            assert_eq!((names.as_slice(), found.total), (expected, expected.len()), "{wanted:?}");
        };
        let words = |words: &str| Wanted { words: words.to_owned(), ..Wanted::default() };
        check(Wanted::default(), &["Alpha", "Alphabet", "beta", "Gamma"]);
        check(words("ALPHA"), &["Alpha", "Alphabet"]);
        check(words("order"), &["Alpha"]);
        check(words("zzz"), &[]);
        check(words(&"a".repeat(201)), &[]);
        check(Wanted { trouble: true, ..Wanted::default() }, &["Alpha"]);
        check(Wanted { health: Some(SourceHealth::Unreadable), ..Wanted::default() }, &["Gamma"]);
        check(Wanted { category: Some("clouds".to_owned()), ..words("alpha") }, &["Alphabet"]);
        check(Wanted { platform: Some(Platform::Statuspage), trouble: true, ..words("alpha") }, &["Alpha"]);
        check(Wanted { platform: Some(Platform::Cachet), ..Wanted::default() }, &[]);
        check(Wanted { category: Some("nowhere".to_owned()), ..Wanted::default() }, &[]);
        let amiss = |wanted| find(&view, &catalog, wanted).wanted.amiss;
        let nowhere = Wanted { category: Some("nowhere".to_owned()), ..Wanted::default() };
        assert_eq!(amiss(nowhere), ["There is no category “nowhere”."]);
        assert!(amiss(Wanted { category: Some("clouds".to_owned()), ..Wanted::default() }).is_empty());
        check(Wanted { amiss: vec!["There is no filter “x”.".to_owned()], ..words("alpha") }, &[]);
        let because = find(&view, &catalog, words("order")).lines[0].because.clone();
        assert_eq!(because.as_deref(), Some("Order API"));
    }

    #[test]
    fn an_open_incident_is_trouble_even_if_the_components_deny_it() {
        let (mut view, catalog) = world();
        let check = |view: &DirectoryView, expected| {
            let found = find(view, &catalog, Wanted { trouble: true, ..Wanted::default() });
            assert_eq!(found.total, expected);
        };
        let open = |impact| Some(IncidentLine { id: String::new(), title: String::new(), impact });
        view.categories[0].providers[1].incident = open(Impact::Minor);
        check(&view, 2);
        view.categories[0].providers[1].incident = open(Impact::None);
        check(&view, 1);
        // What was open when the page could last be read may be over.
        view.categories[1].providers[1].incident = open(Impact::Critical);
        check(&view, 1);
    }

    #[test]
    fn a_long_answer_comes_in_parts_and_a_part_beyond_the_end_is_the_last() {
        let (mut view, catalog) = world();
        let one = view.categories[0].providers[0].clone();
        view.categories[0].providers = vec![one; 249];
        let check = |part, lines, expected| {
            let found = find(&view, &catalog, Wanted { part, ..Wanted::default() });
            assert_eq!(
                (found.lines.len(), found.wanted.part, found.parts, found.total),
                (lines, expected, 3, 251)
            );
        };
        check(0, 100, 1);
        check(1, 100, 1);
        check(2, 100, 2);
        check(3, 51, 3);
        check(usize::MAX, 51, 3);
    }
}
