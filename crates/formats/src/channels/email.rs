//! Mailboxes.

use domain::{ChannelKind, destination::Destination};
use serde_json::json;

use super::{Handover, Keys, Letter, Unsendable, Vendor, by_status, misdirected};
use crate::{
    messages::mail,
    setup::{Field, Section},
};

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::Email, keys: &["address"], read, write, hand_over, answered: by_status };

fn read(section: &Section<'_>) -> Option<Destination> {
    Some(Destination::Email { address: section.required("address", Field::email)? })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Email { address } = destination else { return Keys::new() };
    vec![("address", Some(json!(address)))]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Email { address } = destination else { return Err(misdirected(ChannelKind::Email)) };
    Ok(Handover::Mail { to: address.clone(), mail: mail(letter.page, letter.zone) })
}
