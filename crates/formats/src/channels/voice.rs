//! Calls to phones, which read the message aloud and take a key.

use domain::{ChannelKind, delivery::Outcome, destination::Destination};
use serde_json::json;

use super::{Answer, Handover, Keys, Letter, Unsendable, Vendor, misdirected, telephony};
use crate::setup::{Field, Section};

pub(super) const VENDOR: Vendor =
    Vendor { kind: ChannelKind::Voice, keys: &["number"], read, write, hand_over, answered };

fn read(section: &Section<'_>) -> Option<Destination> {
    Some(Destination::Voice { number: section.required("number", Field::phone)? })
}

fn write(destination: &Destination) -> Keys {
    let Destination::Voice { number } = destination else { return Keys::new() };
    vec![("number", Some(json!(number)))]
}

fn hand_over(destination: &Destination, letter: &Letter<'_>) -> Result<Handover, Unsendable> {
    let Destination::Voice { number } = destination else { return Err(misdirected(ChannelKind::Voice)) };
    telephony::ring(number, letter).map(Handover::call)
}

fn answered(answer: &Answer<'_>) -> Outcome {
    telephony::answered(answer)
}
