//! Services with what they depend on.

use std::{collections::HashSet, time::Duration};

use domain::{
    Status,
    setup::{Dependency, Effect, Guard, Publish, Service, Upstream},
};

use super::{Field, Section, names::Names};

/// The words for what trouble upstream does.
pub(super) const EFFECTS: [(&str, Effect); 4] = [
    ("mirror", Effect::Mirror),
    ("soften", Effect::Soften),
    ("annotate", Effect::Annotate),
    ("ignore", Effect::Ignore),
];

/// The words for the right to speak in public.
pub(super) const PUBLISH: [(&str, Publish); 3] =
    [("auto", Publish::Auto), ("draft", Publish::Draft), ("never", Publish::Never)];

/// The words for the right to tell what is worse than the machine may tell by itself.
pub(super) const ABOVE: [(&str, Publish); 2] = [("draft", Publish::Draft), ("never", Publish::Never)];

/// The words for the worst status that the machine may tell by itself.
pub(super) const UP_TO: [(&str, Status); 2] =
    [("degraded_performance", Status::DegradedPerformance), ("partial_outage", Status::PartialOutage)];

/// The words for the lowest status that pages: trouble only, since maintenance and the unknown never page.
pub(super) const PAGE: [(&str, Option<Status>); 4] = [
    ("degraded_performance", Some(Status::DegradedPerformance)),
    ("partial_outage", Some(Status::PartialOutage)),
    ("major_outage", Some(Status::MajorOutage)),
    ("never", None),
];

/// A service that depends on another, and where the file says so.
struct Edge<'a> {
    from: String,
    to: String,
    field: Field<'a>,
}

/// Reads every `[[service]]` and refuses services that depend on themselves.
pub(super) fn services(root: &Section<'_>, names: &Names<'_>) -> Vec<Service> {
    let mut edges = Vec::new();
    let services = root.sections("service", |section| service(section, names, &mut edges));
    if let Some(circle) = circle(&edges)
        && let Some(last) = circle.last()
    {
        let path = circle.iter().map(|edge| edge.from.as_str()).chain([last.to.as_str()]).collect::<Vec<_>>();
        let message = format!("services depend on each other in a circle: {}", path.join(" -> "));
        last.field.problem(message, Some("remove one of these dependencies".to_owned()));
    }
    services
}

fn service<'a>(section: &Section<'a>, names: &Names<'_>, edges: &mut Vec<Edge<'a>>) -> Option<Service> {
    let slug = section.required("slug", Field::slug);
    let name = section.optional("name", Field::text);
    let description = section.optional("description", Field::text);
    let is_internal = section.optional("internal", Field::flag).unwrap_or(false);
    let labels = section.optional("labels", |field| {
        field.entries(|key, field| Some((key.to_owned(), field.text()?))).map(|all| all.into_iter().collect())
    });
    let policy = section.optional("escalation_policy", |field| names.policy(field));
    let mut upstreams = Vec::new();
    let depends_on = section.sections("depends_on", |section| dependency(section, names, &mut upstreams));
    let slug = slug?;
    edges.extend(upstreams.into_iter().map(|(to, field)| Edge { from: slug.clone(), to, field }));
    let name = name.unwrap_or_else(|| slug.clone());
    let labels = labels.unwrap_or_default();
    let id = names.service_id(&slug);
    Some(Service { id, slug, name, description, is_internal, policy, labels, depends_on })
}

/// Reads one dependency, and adds the service it leads to, if it is one, to `upstreams`.
fn dependency<'a>(
    section: &Section<'a>,
    names: &Names<'_>,
    upstreams: &mut Vec<(String, Field<'a>)>,
) -> Option<Dependency> {
    let upstream = match (section.field("provider"), section.field("service")) {
        (Some(field), None) => names.provider(&field).map(Upstream::Provider),
        (None, Some(field)) => names.service(&field).map(|slug| {
            let id = names.service_id(&slug);
            upstreams.push((slug, field));
            Upstream::Service(id)
        }),
        (Some(_), Some(field)) => {
            field.problem("a dependency has a provider or a service, not both", None);
            None
        }
        (None, None) => {
            let hint = "add provider = \"SLUG\" or service = \"SLUG\"".to_owned();
            section.problem("it is missing what this depends on", Some(hint));
            None
        }
    };
    let components = section.optional("components", |field| {
        let components = field.each(Field::text)?;
        if matches!(upstream, Some(Upstream::Service(_))) && !components.is_empty() {
            field.problem("only providers have components; a service is taken as a whole", None);
        }
        Some(components)
    });
    let effect = section.optional("effect", |field| field.choice(&EFFECTS)).unwrap_or(Effect::Mirror);
    let page = section.optional("page", |field| field.choice(&PAGE)).unwrap_or(Some(Status::PartialOutage));
    let publish = section.optional("publish", guard).unwrap_or(Publish::Auto.into());
    let hold = section.optional("hold", Field::duration).unwrap_or(Duration::ZERO);
    let maintenance =
        section.optional("maintenance", |field| field.choice(&[("show", true), ("ignore", false)]));
    Some(Dependency {
        upstream: upstream?,
        components: components.unwrap_or_default(),
        effect,
        page,
        publish,
        hold,
        show_maintenance: maintenance.unwrap_or(true),
    })
}

/// Reads what may be said in public: one word for all, or how far the machine may go by itself.
fn guard(field: &Field<'_>) -> Option<Guard> {
    if !field.is_table() {
        return field.choice(&PUBLISH).map(Guard::from);
    }
    field.section(|section| {
        let up_to = section.optional("up_to", |field| field.choice(&UP_TO));
        let above = section.optional("above", |field| {
            let above = field.choice(&ABOVE)?;
            if section.field("up_to").is_none() {
                let hint = "add up_to = \"partial_outage\"".to_owned();
                field.problem("this says who tells what is worse, and not than what", Some(hint));
            }
            Some(above)
        });
        let after = section.optional("after", Field::duration).unwrap_or(Duration::ZERO);
        let above = above.unwrap_or(if up_to.is_some() { Publish::Draft } else { Publish::Auto });
        Some(Guard { publish: Publish::Auto, up_to, above, after })
    })
}

/// Returns the edges of a circle in order, where there is one.
fn circle<'e, 'a>(edges: &'e [Edge<'a>]) -> Option<Vec<&'e Edge<'a>>> {
    // What depends on nothing is in no circle. Peeled off again and again, it leaves circles and what leads to them.
    let mut left: Vec<&Edge<'_>> = edges.iter().collect();
    loop {
        let before = left.len();
        let dependent: HashSet<&str> = left.iter().map(|edge| edge.from.as_str()).collect();
        left.retain(|edge| dependent.contains(edge.to.as_str()));
        if left.len() == before {
            break;
        }
    }
    // Every edge that is left leads to another, so a walk comes back to where it was.
    let mut walk = vec![*left.first()?];
    loop {
        let end = walk.last()?.to.as_str();
        if let Some(start) = walk.iter().position(|edge| edge.from == end) {
            return Some(walk.split_off(start));
        }
        walk.push(left.iter().find(|edge| edge.from == end)?);
    }
}
