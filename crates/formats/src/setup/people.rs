//! Users, the ways to reach them, and shared destinations.

use std::time::Duration;

use domain::{
    Role,
    setup::{Channel, Contact, Destination, Rung, Team, User},
};
use jiff::tz::TimeZone;

use super::{Field, Section, names::Names, schedules::restriction};
use crate::channels;

/// The contact of a user who names none.
const DEFAULT_CONTACT: &str = "email";

/// Reads `[[user]]`.
pub(super) fn user(section: &Section<'_>, names: &Names<'_>) -> Option<User> {
    let email = section.required("email", Field::email);
    let name = section.optional("name", Field::text);
    let roles: Vec<_> = Role::ALL.iter().map(|role| (role.word(), *role)).collect();
    let role = section.optional("role", |field| field.choice(&roles)).unwrap_or(Role::Responder);
    let time_zone = section.optional("time_zone", Field::zone).unwrap_or(TimeZone::UTC);
    let mut contacts: Vec<Contact> = Vec::new();
    section.sections("contact", |section| {
        let contact = contact(section, &contacts)?;
        contacts.push(contact);
        Some(())
    });
    let ids = contact_ids(section, &contacts);
    let mut ladder = section.sections("notify", |section| rung(section, &ids));
    let ladder_low = section.sections("notify_low", |section| rung(section, &ids));
    let quiet = section.sections("quiet", |section| restriction(section, names));
    let email = email?;
    if contacts.is_empty() {
        let destination = Destination::Email { address: email.clone() };
        contacts.push(Contact { id: DEFAULT_CONTACT.to_owned(), destination, unusable: None });
    }
    if ladder.is_empty() {
        let at_once = |contact: &Contact| Rung { after: Duration::ZERO, contact: contact.id.clone() };
        ladder = contacts.iter().map(at_once).collect();
    }
    let name = name.unwrap_or_else(|| email.clone());
    let id = names.user_id(&email);
    Some(User { id, email, name, role, time_zone, contacts, ladder, ladder_low, quiet })
}

/// Reads `[[team]]`.
pub(super) fn team(section: &Section<'_>, names: &Names<'_>) -> Option<Team> {
    let slug = section.required("slug", Field::slug);
    let name = section.optional("name", Field::text);
    let mut known = Vec::new();
    let members = section.required("members", |field| {
        let members = field.each(|field| {
            let user = names.user(field)?;
            if known.contains(&user) {
                field.problem(format!("{} is in the team already", field.written()), None);
                return None;
            }
            known.push(user);
            Some(user)
        })?;
        if field.is_empty_list() {
            field.expected("at least one user", "[\"ana@acme.example\"]")?;
        }
        Some(members)
    });
    let slug = slug?;
    let name = name.unwrap_or_else(|| slug.clone());
    Some(Team { id: names.team_id(&slug), slug, name, members: members? })
}

/// Reads `[[channel]]`.
pub(super) fn channel(section: &Section<'_>, names: &Names<'_>) -> Option<Channel> {
    let slug = section.required("slug", Field::slug);
    let destination = channels::read(section);
    let slug = slug?;
    Some(Channel { id: names.channel_id(&slug), slug, destination: destination?, unusable: None })
}

fn contact(section: &Section<'_>, before: &[Contact]) -> Option<Contact> {
    let id = section.optional("id", Field::text);
    let destination = channels::read(section)?;
    let id = id.unwrap_or_else(|| destination.kind().word().to_owned());
    if before.iter().any(|contact| contact.id == id) {
        section
            .problem(format!("there is already a contact \"{id}\""), Some("give each its own id".to_owned()));
        return None;
    }
    Some(Contact { id, destination, unusable: None })
}

/// Returns the ids that a ladder may name: also those of contacts with problems, which are noted already.
fn contact_ids(section: &Section<'_>, contacts: &[Contact]) -> Vec<String> {
    let mut ids: Vec<String> = contacts.iter().map(|contact| contact.id.clone()).collect();
    ids.extend(section.peek("contact", "id").into_iter().map(|(id, _)| id));
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        ids.push(DEFAULT_CONTACT.to_owned());
    }
    ids
}

fn rung(section: &Section<'_>, ids: &[String]) -> Option<Rung> {
    let after = section.optional("after", Field::duration).unwrap_or_default();
    let choices: Vec<_> = ids.iter().map(|id| (id.as_str(), id.clone())).collect();
    let contact = section.required("contact", |field| field.choice(&choices));
    Some(Rung { after, contact: contact? })
}
