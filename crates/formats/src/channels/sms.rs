//! Texts to phones.

use domain::{ChannelKind, delivery::Outcome, destination::Destination};
use serde_json::json;

use super::{Answer, Handover, Keys, Letter, Unsendable, Vendor, misdirected, telephony};
use crate::setup::{Field, Section};

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::Sms, keys: &["number"], read, write, hand_over, answered };

fn read(section: &Section<'_>) -> Option<Destination> {
    Some(Destination::Sms { number: section.required("number", Field::phone)? })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Sms { number } = destination else { return Keys::new() };
    vec![("number", Some(json!(number)))]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Sms { number } = destination else { return Err(misdirected(ChannelKind::Sms)) };
    telephony::text(number, letter).map(Handover::call)
}

fn answered(answer: &Answer<'_>) -> Outcome {
    telephony::answered(answer)
}
