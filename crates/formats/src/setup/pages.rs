//! Status pages: what they show of which services, and how.

use std::collections::{BTreeMap, HashSet};

use domain::{
    Language, ServiceId,
    setup::{Called, Group, PageLinks, Protection, Secret, Service, Setup, StatusPage},
    theme::{Look, Shade, Theme},
};
use jiff::tz::TimeZone;
use url::Host;

use crate::css;

use super::{Field, Problem, Section, names::Names};

/// Shorter ones are guessed, however seldom one may try.
const SHORTEST_PASSWORD: usize = 8;

/// Reads every `[[status_page]]`.
pub(super) fn status_pages(root: &Section<'_>, names: &Names<'_>, services: &[Service]) -> Vec<StatusPage> {
    let internal: HashSet<ServiceId> =
        services.iter().filter(|service| service.is_internal).map(|service| service.id).collect();
    let mut domains = HashSet::new();
    root.sections("status_page", |section| {
        let slug = section.required("slug", Field::slug);
        let title = section.optional("title", Field::text);
        let domain = section.optional("domain", |field| {
            let domain = host_name(field)?;
            if !domains.insert(domain.clone()) {
                field.problem(format!("another status page has the domain {}", field.written()), None);
            }
            Some(domain)
        });
        let (language, other_languages) = languages(section);
        let time_zone = section.optional("time_zone", Field::zone).unwrap_or(TimeZone::UTC);
        let mut shown = HashSet::new();
        let groups = section.sections("group", |section| group(section, names, &internal, &mut shown));
        let shows_uptime = section.optional("show_uptime", Field::flag).unwrap_or(true);
        let is_listed = !section.optional("noindex", Field::flag).unwrap_or(false);
        let theme = section.optional("theme", |field| field.section(theme)).unwrap_or_default();
        let protection = section.optional("protection", |field| field.section(protection));
        let links = section.optional("links", |field| field.section(links)).unwrap_or_default();
        let slug = slug?;
        Some(StatusPage {
            id: names.status_page_id(&slug),
            title: title.unwrap_or_else(|| slug.clone()),
            slug,
            domain,
            language,
            other_languages,
            time_zone,
            groups,
            shows_uptime,
            is_listed,
            links,
            theme,
            protection,
        })
    })
}

/// Reads the host name of a page: as the DNS knows it, whatever alphabet it was written in.
fn host_name(field: &Field<'_>) -> Option<String> {
    let example = "\"status.acme.example\"";
    let text = field.text_like("a host name", example)?;
    let name = text.strip_suffix('.').unwrap_or(&text);
    match Host::parse(name) {
        Ok(Host::Domain(name)) if is_host_name(&name) => Some(name),
        Ok(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) | Err(_) => {
            field.expected("a host name without scheme and path", example)
        }
    }
}

/// Whether this is the name of a host somewhere in the DNS, as it is written there.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.contains('.') && name.len() <= 253 && name.split('.').all(is_label)
}

/// Reads the language of a page and those that it also speaks.
fn languages(section: &Section<'_>) -> (Language, Vec<Language>) {
    let language = section.optional("language", Field::language).unwrap_or(Language::English);
    let mut spoken = HashSet::from([language]);
    let others = section.list("languages", |field| {
        let language = field.language()?;
        if !spoken.insert(language) {
            let hint = "`language` is spoken anyhow; `languages` are the others, each once".to_owned();
            field.problem(format!("the page speaks {} twice", field.written()), Some(hint));
            return None;
        }
        Some(language)
    });
    (language, others)
}

fn group(
    section: &Section<'_>,
    names: &Names<'_>,
    internal: &HashSet<ServiceId>,
    shown: &mut HashSet<ServiceId>,
) -> Option<Group> {
    let name = section.required("name", Field::text);
    let description = section.optional("description", Field::text);
    let mut called = BTreeMap::new();
    let mut show = |field: &Field<'_>| {
        let id = names.service_id(&names.service(field)?);
        if !shown.insert(id) {
            field.problem(format!("the page shows {} twice", field.written()), None);
        }
        if internal.contains(&id) {
            let hint = "take it off the page, or remove `internal = true` from the service".to_owned();
            field.problem(format!("{} is internal: no status page shows it", field.written()), Some(hint));
        }
        Some(id)
    };
    let services = section.list("services", |field| {
        if !field.is_table() {
            return show(field);
        }
        field.section(|line| {
            let id = line.required("service", &mut show);
            let here = Called {
                name: line.optional("name", Field::text),
                description: line.optional("description", Field::text),
            };
            called.insert(id?, here);
            id
        })
    });
    Some(Group { name: name?, description, services, called })
}

fn links(section: &Section<'_>) -> Option<PageLinks> {
    Some(PageLinks {
        site: section.optional("site", Field::url),
        support: section.optional("support", Field::url),
        legal: section.optional("legal", Field::url),
    })
}

/// Reads who may read a page.
fn protection(section: &Section<'_>) -> Option<Protection> {
    let hint =
        "write { password = \"file:…\" } or { link = \"2026\" }: another word there makes another link";
    let password = section.field("password");
    match (password, section.field("link")) {
        (Some(field), None) => {
            let password = field.text_like("a password", "\"file:page.password\"")?;
            if password.chars().count() < SHORTEST_PASSWORD {
                let most = "it can be guessed from anywhere".to_owned();
                field.problem(format!("a password has at least {SHORTEST_PASSWORD} characters"), Some(most));
                return None;
            }
            Some(Protection::Password(Secret::new(password)))
        }
        (None, Some(field)) => Some(Protection::Link(field.text_like("a word", "\"2026\"")?)),
        (Some(_), Some(_)) | (None, None) => {
            section.problem("a page is protected by a password or by a link", Some(hint.to_owned()));
            None
        }
    }
}

fn theme(section: &Section<'_>) -> Option<Theme> {
    Some(Theme {
        background: section.optional("background", shade),
        card: section.optional("card", shade),
        text: section.optional("text", shade),
        accent: section.optional("accent", shade),
        logo: section.optional("logo", Field::picture),
        logo_dark: section.optional("logo_dark", Field::picture),
        css: section.optional("css", |field| field.lines_like("a style sheet", "\"file:status.css\"")),
    })
}

/// Reads a colour, or one by day and one by night. Whether they are any, and can be read, is not the reader's to judge: a
/// theme that can't be worn must not keep the pager from starting.
fn shade(field: &Field<'_>) -> Option<Shade> {
    let colour = |field: &Field<'_>| field.text_like("a colour", "\"#1a7f4b\"");
    if !field.is_table() {
        let both = colour(field)?;
        return Some(Shade { light: both.clone(), dark: both });
    }
    field.section(|both| {
        let (light, dark) = (both.required("light", colour), both.required("dark", colour));
        Some(Shade { light: light?, dark: dark? })
    })
}

/// Returns what of a theme can be used, its style sheet included, and what is wrong with the rest.
#[must_use]
pub fn look(theme: &Theme) -> (Look, Vec<String>) {
    let (mut look, mut flaws) = theme.look();
    if let Some(css) = &theme.css {
        let (kept, left) = css::worn(css);
        look.css = kept;
        flaws.extend(left);
    }
    (look, flaws)
}

/// Returns what of the themes of the pages can't be used and why, each with its place. The pages stand without it; whoever
/// keeps them is told.
#[must_use]
pub fn flaws_of_themes(root: &Section<'_>, setup: &Setup) -> Vec<Problem> {
    let pages = root.peek("status_page", "slug");
    let flaws = |page: &StatusPage| {
        let place = pages.iter().find(|(slug, _)| *slug == page.slug).map(|(_, field)| field.place());
        let (span, path) = place.unwrap_or_default();
        let (_, flaws) = look(&page.theme);
        let problem = move |flaw| Problem {
            span: span.clone(),
            path: path.clone(),
            message: format!("the theme of this page: {flaw}"),
            hint: None,
        };
        flaws.into_iter().map(problem)
    };
    setup.status_pages.iter().flat_map(flaws).collect()
}
