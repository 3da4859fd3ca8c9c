//! The phone lines of the installation, `[[telephony]]`.

use domain::setup::Secret;
use formats::{
    channels::telephony::{CARRIERS, Carrier, Line, Telephony},
    setup::{Field, Section},
};

/// Reads every line.
pub(super) fn telephony(root: &Section<'_>) -> Telephony {
    Telephony::new(root.sections("telephony", line))
}

fn line(section: &Section<'_>) -> Option<Line> {
    let carriers: Vec<(&str, &'static dyn Carrier)> =
        CARRIERS.iter().map(|carrier| (carrier.word(), *carrier)).collect();
    let carrier = section.required("vendor", |field| field.choice(&carriers));
    let account = section.required("account", id);
    let token = section.required("token", Field::text).map(Secret::new);
    let from = section.optional("from", Field::phone);
    let messaging_service = section.optional("messaging_service", id);
    let prefixes = section.list("prefixes", Field::phone_prefix);
    let api = section.optional("api", Field::url).map(|url| url.trim_end_matches('/').to_owned());
    let carrier = carrier?;
    match (section.field("from"), section.field("messaging_service")) {
        (None, None) => {
            let hint = "write from = \"+15005550006\", a number of your account".to_owned();
            section.problem("`from` is missing: it says which number texts and calls come from", Some(hint));
            return None;
        }
        (_, Some(field)) if carrier.word() != "twilio" => {
            field.problem("only twilio has messaging services", Some("write `from` instead".to_owned()));
            return None;
        }
        (None | Some(_), None | Some(_)) => {}
    }
    Some(Line { carrier, account: account?, token: token?, from, messaging_service, prefixes, api })
}

/// Reads an account's or a service's id, which stands in addresses.
fn id(field: &Field<'_>) -> Option<String> {
    let example = "\"AC0123456789abcdef0123456789abcdef\"";
    let id = field.text_like("an id from the vendor's console", example)?;
    let fits = id.bytes().all(|byte| byte.is_ascii_alphanumeric()) && id.len() <= 64;
    if fits { Some(id) } else { field.expected("an id from the vendor's console", example) }
}
