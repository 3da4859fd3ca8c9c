//! The directory: its index, its categories, what is found in it, and what search engines are told.

use domain::{SourceHealth, Status};

use super::{holds, text, visible};
use crate::{Page, directory_pages, directory_results, directory_search, not_found, robots, sitemaps, story};

fn html(page: &Page) -> &str {
    std::str::from_utf8(&page.body).unwrap()
}

#[test]
fn the_index_begins_with_what_is_broken_since_when_and_why() {
    let pages = directory_pages(&story::directory());
    let seen = visible(text(&pages, "/directory"));
    for wanted in [
        "9 providers, read from their own status pages.",
        "In trouble now Commerce Layer E-commerce &#38; Marketplaces · 2 of 6 components major Elevated errors on order placement Major outage since 09:04 UTC Etsy",
        "Last 24 hours 09:04 UTC opened Commerce Layer Elevated errors on order placement 07:30 UTC reopened Etsy Slow search Dec 1, 22:10 UTC resolved Shopify Delayed webhooks",
        "E-commerce &#38; Marketplaces BigCommerce Operational Commerce Layer Major outage Etsy",
        "Payments Adyen Operational Mollie Under maintenance Stripe Operational",
        "2 in trouble now 8 read lately 1 unreadable",
    ] {
        holds(&seen, wanted);
    }
    let index = text(&pages, "/directory");
    let incident = "/directory/e-commerce-marketplaces/commerce-layer/incidents/8vh2kq0l9zxc";
    holds(index, &format!("href=\"{incident}\""));
    holds(index, "content=\"2 of 9 cloud providers in trouble now.");
}

#[test]
fn a_provider_that_can_t_be_read_is_in_no_trouble_and_not_green() {
    let mut view = story::directory();
    let line = &mut view.categories[0].providers[1];
    line.health = SourceHealth::Unreadable;
    let pages = directory_pages(&view);
    let seen = visible(text(&pages, "/directory/e-commerce-marketplaces"));
    holds(&seen, "6 providers, 1 in trouble now");
    holds(&seen, "Commerce Layer No reading");
    assert!(!seen.contains("Elevated errors"), "an incident of which we may have missed the end is not told");
    assert!(!text(&pages, "/directory").contains("Major outage since"));
}

#[test]
fn an_empty_directory_and_a_calm_one_say_so() {
    let mut view = story::directory();
    view.turns.clear();
    view.categories
        .iter_mut()
        .flat_map(|c| &mut c.providers)
        .for_each(|p| (p.status, p.incident) = (Status::Operational, None));
    let seen = visible(text(&directory_pages(&view), "/directory"));
    holds(&seen, "No provider that we can read reports trouble.");
    holds(&seen, "No incident that we have seen has begun or ended.");
    view.categories
        .iter_mut()
        .flat_map(|c| &mut c.providers)
        .for_each(|p| p.health = SourceHealth::NeverRead);
    let seen = visible(text(&directory_pages(&view), "/directory"));
    holds(&seen, "No provider has been read so far. Each is read once somebody opens its page");
    holds(&seen, "Adyen Not read yet");
    assert!(!seen.contains("Operational"), "{seen}");
    view.categories.clear();
    holds(&visible(text(&directory_pages(&view), "/directory")), "The directory is empty.");
}

#[test]
fn a_large_category_is_read_by_letter_and_a_small_one_is_not() {
    let mut view = story::directory();
    let one = view.categories[0].providers[0].clone();
    let names = (0..60).map(|n| match n {
        0 => "(x) Alpha".to_owned(),
        1 => "1Password".to_owned(),
        2 => "Æther".to_owned(),
        n => format!("{}{n}", ["Alpha", "beta", "Gamma"][n % 3]),
    });
    view.categories[0].providers =
        names.map(|name| crate::view::ProviderLine { name, ..one.clone() }).collect();
    let pages = directory_pages(&view);
    let page = text(&pages, "/directory/e-commerce-marketplaces");
    for key in ["l-other", "l-0", "l-a", "l-b", "l-g", "l-x"] {
        assert_eq!(page.matches(&format!("id=\"{key}\"")).count(), 1, "{key}");
        holds(page, &format!("href=\"#{key}\""));
    }
    assert!(!text(&pages, "/directory/payments").contains("class=\"letters\""));
}

#[test]
fn a_page_of_four_thousand_providers_is_small() {
    let mut view = story::directory();
    let one = view.categories[0].providers[1].clone();
    view.categories[0].providers = vec![one; 4000];
    let pages = directory_pages(&view);
    let index = text(&pages, "/directory");
    assert!(index.len() < 150_000, "{} bytes", index.len());
    holds(&visible(index), "3988 more in trouble");
    holds(&visible(index), "Categories E-commerce &#38; Marketplaces 4000 4000 in trouble Payments 3");
}

#[test]
fn what_was_found_stands_in_the_form_and_its_parts_are_linked() {
    let (view, found) = (story::directory(), story::found("<b>\"shop & co"));
    let page = directory_search(&view, &found);
    let page = html(&page);
    for wanted in [
        "value=\"&#60;b&#62;&#34;shop &#38; co\"",
        "name=\"trouble\" value=\"1\" checked",
        "href=\"/directory?q=%3Cb%3E%22shop+%26+co&#38;trouble=1\" rel=\"prev\"",
        "href=\"/directory?q=%3Cb%3E%22shop+%26+co&#38;trouble=1&#38;part=3\" rel=\"next\"",
        "<meta name=\"robots\" content=\"noindex\">",
    ] {
        holds(page, wanted);
    }
    holds(&visible(page), "201 providers for “&#60;b&#62;&#34;shop &#38; co”");
    holds(&visible(page), "has “Order API”");
    let part = directory_results(&view, &found);
    assert!(!html(&part).contains("<html") && page.contains(html(&part).trim()), "the part is of the page");
}

#[test]
fn what_nobody_is_called_is_not_found() {
    let mut found = story::found("nothing");
    (found.lines, found.total, found.parts, found.wanted.part) = (Vec::new(), 0, 1, 1);
    let page = directory_results(&story::directory(), &found);
    holds(&visible(html(&page)), "0 providers for “nothing”");
    holds(html(&page), "Nothing goes by that name");
    assert!(!html(&page).contains("rel=\"next\""));
}

#[test]
fn search_engines_are_told_of_every_page_once() {
    let mut view = story::directory();
    let pages = sitemaps(&view);
    holds(text(&pages, "/sitemap.xml"), "<loc>https://midwatch.example/sitemaps/1.xml</loc>");
    let map = text(&pages, "/sitemaps/1.xml");
    assert_eq!(map.matches("<url>").count(), 1 + 2 + 9);
    holds(map, "<loc>https://midwatch.example/directory/e-commerce-marketplaces/commerce-layer</loc>");
    let one = view.categories[0].providers[0].clone();
    view.categories[0].providers = vec![one; 60_000];
    let pages = sitemaps(&view);
    assert_eq!(pages.len(), 4);
    assert!(pages.iter().all(|page| html(page).matches("<url>").count() <= 50_000));
    holds(html(&robots(&view)), "Sitemap: https://midwatch.example/sitemap.xml");
}

#[test]
fn what_is_nowhere_is_not_listed() {
    let page = not_found();
    holds(html(&page), "content=\"noindex\"");
    assert!(!html(&page).contains("rel=\"canonical\""));
}
