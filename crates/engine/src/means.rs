//! What this server has to hand messages over with, and what it can't reach: known before anybody is paged.
//!
//! It is judged by what the configuration says and nothing is asked for it, so a host name that leads to a private address
//! shows only when it is dialled.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use domain::setup::{Destination, Setup};
use formats::channels::telephony::Telephony;
use outbound::Guard;
use url::{Host, Url};

/// What is said of e-mail where no server takes any.
pub const NO_MAIL: &str = "no mail server is configured: add [mail] to the configuration";

/// What this server has to hand messages over with.
#[derive(Clone, Debug, Default)]
pub struct Means {
    /// Whether a mail server takes our mail.
    pub has_mail: bool,
    /// The phone lines.
    pub telephony: Telephony,
    /// The address people reach the installation at.
    pub public_url: String,
    /// Which addresses may be dialled.
    pub guard: Guard,
}

impl Means {
    /// Returns a configuration with each contact and channel marked that nothing can be handed to.
    #[must_use]
    pub fn mark(&self, setup: Setup) -> Setup {
        setup.marked(|destination| self.objection(destination))
    }

    /// Returns why nothing can be handed to a destination, and what would be right; `None` where nothing speaks against it.
    #[must_use]
    pub fn objection(&self, destination: &Destination) -> Option<String> {
        if let Destination::Email { .. } = destination {
            return (!self.has_mail).then(|| NO_MAIL.to_owned());
        }
        if let Some(number) = destination.number() {
            let rings = matches!(destination, Destination::Voice { .. });
            return self.telephony.objection(number, rings, &self.public_url).map(str::to_owned);
        }
        self.refusal(destination.url()?)
    }

    /// Returns why an address can't be dialled, as far as it says so itself.
    #[must_use]
    pub fn refusal(&self, address: &str) -> Option<String> {
        let addresses: Vec<IpAddr> = match Url::parse(address).ok()?.host()? {
            Host::Ipv4(address) => vec![address.into()],
            Host::Ipv6(address) => vec![address.into()],
            Host::Domain(name) if is_this_machine(name) => {
                vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
            }
            Host::Domain(_) => return None,
        };
        let refusals: Vec<_> =
            addresses.iter().filter_map(|&address| self.guard.check(address).err()).collect();
        refusals.first().filter(|_| refusals.len() == addresses.len()).map(ToString::to_string)
    }
}

/// Whether a name is kept for the machine itself, written as a whole name (`localhost.`) or not.
fn is_this_machine(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use domain::setup::Secret;
    use formats::channels::telephony::{CARRIERS, Line};

    use super::*;

    fn webhook(url: &str) -> Destination {
        Destination::Webhook { url: Secret::new(url), secret: None, template: None }
    }

    fn line(vendor: &str, from: Option<&str>) -> Line {
        Line {
            carrier: *CARRIERS.iter().find(|carrier| carrier.word() == vendor).unwrap(),
            account: "AC1".to_owned(),
            token: Secret::new("x"),
            from: from.map(str::to_owned),
            messaging_service: from.is_none().then(|| "MG1".to_owned()),
            prefixes: vec!["+39".to_owned()],
            api: None,
        }
    }

    #[test]
    fn a_server_without_means_can_hand_over_nothing_that_needs_them() {
        let bare = Means::default();
        let why = |destination: &Destination| bare.objection(destination);
        assert_eq!(why(&Destination::Email { address: "a@b.example".into() }).as_deref(), Some(NO_MAIL));
        let number = || "+393331234567".to_owned();
        for destination in [Destination::Sms { number: number() }, Destination::Voice { number: number() }] {
            assert!(why(&destination).unwrap().contains("add [[telephony]]"));
        }
        for refused in [
            "http://127.0.0.1:9200/x",
            "https://10.0.0.1",
            "http://[::1]/",
            "http://localhost/x",
            "http://localhost./x",
            "http://LocalHost.:9200",
            "http://a.localhost./",
        ] {
            let why = why(&webhook(refused)).unwrap();
            assert!(why.contains("is refused") && why.contains("egress.allow"), "{refused}: {why}");
        }
        for fine in ["https://hooks.acme.example/x", "https://192.0.3.1/x", "https://notlocalhost./x"] {
            assert_eq!(why(&webhook(fine)), None, "{fine}");
        }
    }

    #[test]
    fn what_is_there_is_no_objection() {
        let allow = vec!["127.0.0.0/8".parse().unwrap()];
        let means = Means { has_mail: true, guard: Guard::new(allow), ..Means::default() };
        assert_eq!(means.objection(&Destination::Email { address: "a@b.example".into() }), None);
        assert_eq!(means.objection(&webhook("http://127.0.0.1:9200/x")), None);
        assert_eq!(means.objection(&webhook("http://localhost:9200/x")), None, "one of the two is allowed");
    }

    #[test]
    fn a_line_has_to_take_the_number_and_to_be_able_to_call() {
        let check = |line: Line, public_url: &str, number: &str, [texts, rings]: [bool; 2]| {
            let telephony = Telephony::new(vec![line]);
            let means = Means { telephony, public_url: public_url.to_owned(), ..Means::default() };
            let number = number.to_owned();
            let can = |destination| means.objection(&destination).is_none();
            assert_eq!(can(Destination::Sms { number: number.clone() }), texts, "{means:?}");
            assert_eq!(can(Destination::Voice { number }), rings, "{means:?}");
        };
        check(line("twilio", Some("+390212345678")), "http://x", "+393331234567", [true, true]);
        check(line("twilio", Some("+390212345678")), "http://x", "+443331234567", [false, false]);
        check(line("twilio", None), "http://x", "+393331234567", [true, false]);
        check(line("plivo", Some("+390212345678")), "http://x", "+393331234567", [true, false]);
        check(line("plivo", Some("+390212345678")), "https://x", "+393331234567", [true, true]);
    }
}
