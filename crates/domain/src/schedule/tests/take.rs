//! Who may take a shift, and what is said to those who may not.

use super::*;
use crate::{Role, setup::User};

fn member(name: &str) -> User {
    User {
        id: user(name),
        email: format!("{name}@acme.example"),
        name: name.to_owned(),
        role: Role::Responder,
        time_zone: TimeZone::UTC,
        contacts: Vec::new(),
        ladder: Vec::new(),
        ladder_low: Vec::new(),
        quiet: Vec::new(),
    }
}

#[test]
fn a_shift_is_taken_or_refused_with_the_reason() {
    let mut primary = schedule("UTC", vec![layer(Rotation::Daily, date(2026, 1, 1), "09:00", "ana bo")]);
    primary.overrides = vec![over("cy", "2026-01-05T18:00:00Z", "2026-01-05T20:00:00Z")];
    let members: Vec<User> = ["ana", "bo", "cy"].map(member).into();
    let now = at("2026-01-05T12:00:00Z");
    let take = |name: &str, from: &str, to: &str| {
        let wanted = over(name, &format!("2026-01-{from}:00Z"), &format!("2026-01-{to}:00Z"));
        primary.take(wanted, &members, now).map_err(|refusal| refusal.to_string())
    };
    let taken = |name: &str, from: &str, to: &str| {
        Ok(over(name, &format!("2026-01-{from}:00Z"), &format!("2026-01-{to}:00Z")))
    };
    let refused = |words: &str| Err(words.to_owned());

    assert_eq!(take("bo", "05T13:00", "05T18:00"), taken("bo", "05T13:00", "05T18:00"));
    assert_eq!(take("bo", "05T20:00", "06T18:00"), taken("bo", "05T20:00", "06T18:00"));
    // Who already has a part of it may have more.
    assert_eq!(take("cy", "05T17:00", "05T21:00"), taken("cy", "05T17:00", "05T21:00"));
    // The past is not rewritten.
    assert_eq!(take("bo", "05T09:00", "05T13:00"), taken("bo", "05T12:00", "05T13:00"));

    assert_eq!(
        take("bo", "05T09:00", "05T12:00"),
        refused("it would end 2026-01-05T12:00:00Z, which is past; give an end after 2026-01-05T12:00:00Z")
    );
    assert_eq!(
        take("bo", "05T14:00", "05T14:00"),
        refused(
            "it must end after it begins: it would end 2026-01-05T14:00:00Z and begin 2026-01-05T14:00:00Z"
        )
    );
    assert_eq!(
        take("bo", "05T13:00", "05T18:01"),
        refused(
            "cy@acme.example has an override from 2026-01-05T18:00:00Z to 2026-01-05T20:00:00Z already; end that one \
             first, or take the time around it"
        )
    );
    let stranger = user("gus");
    assert_eq!(
        take("gus", "05T13:00", "05T14:00"),
        refused(&format!(
            "{stranger} is no member, so nobody could reach them; name a member, or add them first"
        ))
    );
}
