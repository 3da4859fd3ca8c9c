//! Status pages as JSON.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    ServiceId,
    setup::{Group, PageLinks, Protection, Setup, StatusPage},
    theme::{Shade, Theme},
};
use serde_json::{Value, json};

use super::{super::reader::PICTURE, each, object, service_slug, zone};

pub(super) fn status_page(page: &StatusPage, setup: &Setup) -> Value {
    object([
        ("slug", Some(json!(page.slug))),
        ("title", Some(json!(page.title))),
        ("domain", page.domain.as_ref().map(|domain| json!(domain))),
        ("language", Some(json!(page.language.tag()))),
        ("languages", Some(each(&page.other_languages, |language| json!(language.tag())))),
        ("time_zone", Some(json!(zone(&page.time_zone)))),
        ("group", Some(each(&page.groups, |it| group(it, setup)))),
        ("show_uptime", Some(json!(page.shows_uptime))),
        ("noindex", Some(json!(!page.is_listed))),
        ("theme", (page.theme != Theme::default()).then(|| theme(&page.theme))),
        ("protection", page.protection.as_ref().map(protection)),
        ("links", (page.links != PageLinks::default()).then(|| links(&page.links))),
    ])
}

fn group(group: &Group, setup: &Setup) -> Value {
    object([
        ("name", Some(json!(group.name))),
        ("description", group.description.as_ref().map(|text| json!(text))),
        ("services", Some(each(&group.services, |id| line(group, *id, setup)))),
    ])
}

/// The slug of a service, or a table where the page calls it something else.
fn line(group: &Group, id: ServiceId, setup: &Setup) -> Value {
    let slug = json!(service_slug(id, setup));
    match group.called.get(&id) {
        None => slug,
        Some(here) => object([
            ("service", Some(slug)),
            ("name", here.name.as_ref().map(|name| json!(name))),
            ("description", here.description.as_ref().map(|text| json!(text))),
        ]),
    }
}

fn links(links: &PageLinks) -> Value {
    object([
        ("site", links.site.as_ref().map(|url| json!(url))),
        ("support", links.support.as_ref().map(|url| json!(url))),
        ("legal", links.legal.as_ref().map(|url| json!(url))),
    ])
}

fn protection(protection: &Protection) -> Value {
    match protection {
        Protection::Password(password) => json!({ "password": password.expose() }),
        Protection::Link(word) => json!({ "link": word }),
    }
}

fn theme(theme: &Theme) -> Value {
    let shade = |shade: &Option<Shade>| {
        shade.as_ref().map(|Shade { light, dark }| json!({ "light": light, "dark": dark }))
    };
    let picture = |bytes: &Option<Vec<u8>>| {
        bytes.as_ref().map(|bytes| json!(format!("{PICTURE}{}", STANDARD.encode(bytes))))
    };
    object([
        ("background", shade(&theme.background)),
        ("card", shade(&theme.card)),
        ("text", shade(&theme.text)),
        ("accent", shade(&theme.accent)),
        ("logo", picture(&theme.logo)),
        ("logo_dark", picture(&theme.logo_dark)),
        ("css", theme.css.as_ref().map(|css| json!(css))),
    ])
}
