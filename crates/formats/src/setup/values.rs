//! The values that keys take: slugs, addresses, durations, times, zones. Each is checked by its shape and says what
//! would be right.

use std::{net::IpAddr, time::Duration};

use domain::Language;
use jiff::{Timestamp, civil, tz, tz::TimeZone};
use url::Url;

use super::{Field, duration, near::nearest};

/// Nothing we wait for takes longer; it also keeps sums of instants and durations in range.
const MAX_DURATION: Duration = Duration::from_secs(366 * 86_400);

/// The longest slug: it stands in addresses and file names.
const MAX_SLUG_BYTES: usize = 80;

impl Field<'_> {
    /// Returns a name that may stand in addresses: lower-case ASCII letters, digits and single hyphens between them.
    pub fn slug(&self) -> Option<String> {
        let slug = self.text_like("a slug", "\"checkout\"")?;
        let fitting = domain::provider::slug_of(&slug);
        if slug == fitting && slug.len() <= MAX_SLUG_BYTES {
            return Some(slug);
        }
        let hint = (slug != fitting && !fitting.is_empty()).then(|| format!("write \"{fitting}\""));
        let rule = "lower-case letters, digits and hyphens between them";
        self.problem(format!("{} is no slug: {rule}, at most {MAX_SLUG_BYTES}", self.written()), hint);
        None
    }

    /// Returns an e-mail address.
    pub fn email(&self) -> Option<String> {
        let example = "\"ana@acme.example\"";
        let email = self.text_like("an e-mail address", example)?;
        let fits = email.rsplit_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && !host.is_empty()
                && !local.contains('@')
                && !email.contains(|c: char| c.is_whitespace() || "<>(),;:\"".contains(c))
        });
        if fits { Some(email) } else { self.expected("an e-mail address", example) }
    }

    /// Returns an `http` or `https` address.
    pub fn url(&self) -> Option<String> {
        let url = self.text_like("an address", "\"https://status.acme.example\"")?;
        let problem = match Url::parse(&url) {
            Ok(parsed) if !matches!(parsed.scheme(), "http" | "https") => {
                format!(
                    "{} is an address of kind `{}`; only http and https are read",
                    self.written(),
                    parsed.scheme()
                )
            }
            Ok(_) => return Some(url),
            Err(error) => format!("{} is no address: {error}", self.written()),
        };
        self.problem(problem, Some("write it like \"https://status.acme.example\"".to_owned()));
        None
    }

    /// Returns a host name without scheme, port and path.
    pub fn host(&self) -> Option<String> {
        let example = "\"status.acme.example\"";
        let host = self.text_like("a host name", example)?;
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if host.parse::<IpAddr>().is_ok() || (host.len() <= 253 && host.split('.').all(label)) {
            return Some(host.to_ascii_lowercase());
        }
        self.expected("a host name without scheme and path", example)
    }

    /// Returns a duration of at most a year.
    pub fn duration(&self) -> Option<Duration> {
        let example = "\"30s\", \"5m\" or \"1h30m\"";
        let text = self.text_like("a duration", example)?;
        let Some(duration) = duration::parse(&text) else { return self.expected("a duration", example) };
        if duration > MAX_DURATION {
            self.problem(
                format!("{} is too long: at most {}", self.written(), duration::words(MAX_DURATION)),
                None,
            );
            return None;
        }
        Some(duration)
    }

    /// Returns a duration of at least `least`.
    pub fn duration_from(&self, least: Duration) -> Option<Duration> {
        let duration = self.duration()?;
        if duration < least {
            self.problem(
                format!("{} is too short: at least {}", self.written(), duration::words(least)),
                None,
            );
            return None;
        }
        Some(duration)
    }

    /// Returns a time zone by its IANA name.
    pub fn zone(&self) -> Option<TimeZone> {
        let name = self.text_like("a time zone", "\"Europe/Rome\"")?;
        if let Some(zone) = TimeZone::get(&name).ok().filter(|zone| zone.iana_name().is_some()) {
            return Some(zone);
        }
        let known: Vec<String> = tz::db().available().map(|zone| zone.to_string()).collect();
        let city =
            |zone: &&String| zone.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&name));
        let near = known.iter().find(city).map(String::as_str);
        let hint = match near.or_else(|| nearest(&name, known.iter().map(String::as_str))) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "write an IANA name such as \"Europe/Rome\" or \"UTC\"".to_owned(),
        };
        self.problem(format!("there is no time zone {}", self.written()), Some(hint));
        None
    }

    /// Returns a language of public pages by its tag.
    pub fn language(&self) -> Option<Language> {
        let tag = self.text_like("a language", "\"it\"")?;
        if let Some(language) = Language::ALL.into_iter().find(|language| language.tag() == tag) {
            return Some(language);
        }
        let tags =
            Language::ALL.map(|language| format!("\"{language}\" ({})", language.own_name())).join(", ");
        let hint = meant(&tag).map(|language| format!("write \"{language}\" for {}", language.own_name()));
        self.problem(format!("{} is none of the languages {tags}", self.written()), hint);
        None
    }

    /// Returns a day.
    pub fn date(&self) -> Option<civil::Date> {
        let example = "\"2026-01-05\"";
        let text = self.text_like("a day", example)?;
        // Stricter than jiff, which takes the date of a longer text.
        let date = text.parse::<civil::Date>().ok().filter(|date| date.to_string() == text);
        date.or_else(|| self.expected("a day", example))
    }

    /// Returns a time of day in whole minutes; `24:00` is the midnight that ends a day.
    pub fn time_of_day(&self) -> Option<civil::Time> {
        let text = self.text_like("a time of day", "\"09:00\"")?;
        time_of_day(&text).or_else(|| self.expected("a time of day", "\"09:00\""))
    }

    /// Returns an instant.
    pub fn instant(&self) -> Option<Timestamp> {
        let example = "\"2026-12-24T09:00:00+01:00\"";
        let text = self.text_like("an instant with its offset from UTC", example)?;
        text.parse().ok().or_else(|| self.expected("an instant with its offset from UTC", example))
    }

    /// Returns when turns change hands: a weekday, where one is given, and a time of day.
    pub(super) fn handoff(&self) -> Option<(Option<civil::Weekday>, civil::Time)> {
        let example = "\"Mon 09:00\" or \"09:00\"";
        let text = self.text_like("a hand-off", example)?;
        let handoff = match text.split_once(' ') {
            Some((day, time)) => weekday(day).zip(time_of_day(time)).map(|(day, time)| (Some(day), time)),
            None => time_of_day(&text).map(|time| (None, time)),
        };
        handoff.or_else(|| self.expected("a hand-off", example))
    }

    /// Returns days of the week in the order given: `Mon-Fri`, `Mon,Wed`, `Fri-Mon`; each once.
    pub(super) fn days(&self) -> Option<Vec<civil::Weekday>> {
        let example = "\"Mon-Fri\" or \"Mon,Wed\"";
        let text = self.text_like("days of the week", example)?;
        let mut days = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let Some((first, last)) = weekday(first.trim()).zip(weekday(last.trim())) else {
                return self.expected("days of the week", example);
            };
            let mut day = first;
            loop {
                days.push(day);
                if day == last {
                    break;
                }
                day = day.next();
            }
        }
        let mut seen = Vec::new();
        for day in &days {
            if seen.contains(day) {
                self.problem(format!("{} names a day twice", self.written()), None);
                return None;
            }
            seen.push(*day);
        }
        Some(days)
    }
}

/// Returns the language that somebody means who writes it with its country, by one of its names, or nearly so.
fn meant(word: &str) -> Option<Language> {
    let word = word.to_lowercase();
    let primary = word.split(['-', '_']).next().unwrap_or_default();
    let names = |language: Language| match language {
        Language::English => ["english", "eng"],
        Language::Italian => ["italian", "ita"],
        Language::German => ["german", "deu"],
        Language::Arabic => ["arabic", "ara"],
    };
    let known = |language: Language| {
        let own = [language.tag().to_owned(), language.own_name().to_lowercase()];
        own.into_iter().chain(names(language).map(str::to_owned)).map(move |name| (name, language))
    };
    let all: Vec<(String, Language)> = Language::ALL.into_iter().flat_map(known).collect();
    let named = |name: &str| all.iter().find(|(known, _)| known == name).map(|(_, language)| *language);
    // Every tag is nearly another: only of longer names it can be told what was meant.
    let names = all.iter().map(|(name, _)| name.as_str()).filter(|name| name.len() > 3);
    named(primary).or_else(|| named(nearest(&word, names)?))
}

/// Reads `09:00`.
fn time_of_day(text: &str) -> Option<civil::Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<i8>().ok()).flatten()
    };
    match (number(hour)?, number(minute)?) {
        (24, 0) => Some(civil::Time::midnight()),
        (hour, minute) => civil::Time::new(hour, minute, 0, 0).ok(),
    }
}

/// Reads `Mon` or `Monday`, whatever the case.
fn weekday(text: &str) -> Option<civil::Weekday> {
    civil::Weekday::Monday.cycle_forward().take(7).find(|day| {
        let name = day_name(*day);
        text.eq_ignore_ascii_case(name) || text.eq_ignore_ascii_case(&name[..3])
    })
}

fn day_name(day: civil::Weekday) -> &'static str {
    match day {
        civil::Weekday::Monday => "Monday",
        civil::Weekday::Tuesday => "Tuesday",
        civil::Weekday::Wednesday => "Wednesday",
        civil::Weekday::Thursday => "Thursday",
        civil::Weekday::Friday => "Friday",
        civil::Weekday::Saturday => "Saturday",
        civil::Weekday::Sunday => "Sunday",
    }
}

/// Returns the short name of a day, `Mon`.
pub(super) fn day_word(day: civil::Weekday) -> &'static str {
    &day_name(day)[..3]
}
