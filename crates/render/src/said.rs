//! What the machine says in public, put in the words of a language, as Markdown.
//!
//! Built-in words are messages in `lang/*.ftl`; an organisation's own template takes their place where there is one. Facts are
//! data in both: names stand apart where they may run the other way, and what a provider wrote has no markup left in it.

use domain::{
    Language, Phase, Status,
    public::{Names, Occasion, Quote, Said, Templates, Tongues, Word},
    template,
};

use crate::{
    page::{CLOSE, OPEN, clean},
    view::{Board, UpdateView},
    words::{Arg, Text, Words},
};

/// Incidents of providers that the built-in words quote.
const QUOTED: usize = 3;

/// Returns what is said, in every language.
#[must_use]
pub fn said(word: &Word, templates: &Templates) -> Said {
    let others = Language::ALL.into_iter().filter(|language| *language != Language::English);
    let tongues = others.map(|language| (language, said_in(word, language, templates))).collect();
    Said { text: said_in(word, Language::English, templates), tongues: Tongues(tongues) }
}

/// Returns what is said, in one language. A template that comes to nothing is passed over.
#[must_use]
pub fn said_in(word: &Word, language: Language, templates: &Templates) -> String {
    let desk = Desk { word, words: Words::of(language) };
    let own = templates.machine.get(&(word.occasion, language));
    let own = own.map(|own| template::fill(own, |name| desk.value(name)));
    let text = own.filter(|own| !own.trim().is_empty());
    clean(text.unwrap_or_else(|| desk.text().plain())).trim().to_owned()
}

/// Returns what there is to say on an occasion, with facts of an example: for those who review the words.
#[must_use]
pub fn sample(occasion: Occasion) -> Word {
    let names = |names: &[&str]| Names::of(names.iter().map(|name| Some((*name).to_owned())), names.len());
    let at = |text: &str| text.parse().expect("an instant of our own");
    let is_over = matches!(occasion, Occasion::Awaited | Occasion::Resolved | Occasion::Over);
    let all = || names(&["Checkout", "Search", "Mail"]);
    let services = if occasion == Occasion::Title {
        vec![(Status::MajorOutage, all())]
    } else if is_over {
        vec![(Status::Operational, all())]
    } else {
        let slow = (Status::DegradedPerformance, names(&["Search", "Mail"]));
        vec![(Status::MajorOutage, names(&["Checkout"])), slow]
    };
    let link = Some("https://status.lumen.example/incidents/1");
    Word {
        services,
        providers: names(&["Lumen", "Tern"]),
        quotes: vec![Quote::new("Elevated errors", Phase::Identified, link)],
        times: Some((at("2026-03-02T08:00:00Z"), at("2026-03-02T10:00:00Z"))),
        title: Some("Database move".to_owned()),
        ..Word::on(occasion)
    }
}

/// Puts what the machine said on a board in the language of the board.
pub(crate) fn put(board: &mut Board) {
    let language = board.voice.language;
    for incident in board.open.iter_mut().chain(&mut board.past) {
        put_text(&mut incident.title, &incident.own.titles, language);
        if let Some(other) = &mut incident.own.goes_on_as {
            put_text(&mut other.title.text, &other.title.tongues, language);
        }
        incident.updates.iter_mut().for_each(|update| put_update(update, language));
    }
    for work in &mut board.maintenances {
        work.updates.iter_mut().for_each(|update| put_update(update, language));
    }
    let days = board.components.iter_mut().flat_map(|component| &mut component.days);
    for title in days.flat_map(|day| &mut day.incidents) {
        put_text(&mut title.text, &title.tongues, language);
    }
}

fn put_update(update: &mut UpdateView, language: Language) {
    // What people corrected is theirs, and what it was before is ours.
    let before = update.edited.as_mut().and_then(|edit| edit.before.as_mut());
    put_text(before.unwrap_or(&mut update.body), &update.tongues, language);
}

/// Puts a text in a language, unless a person wrote it. What sets names apart in it is marked as pages have it.
pub(crate) fn put_text(text: &mut String, tongues: &Tongues, language: Language) {
    if tongues.is_empty() {
        return;
    }
    let spoken = tongues.get(language).unwrap_or(text).chars();
    let marked = spoken.map(|c| match c {
        '\u{2068}' => OPEN,
        '\u{2069}' => CLOSE,
        other => other,
    });
    *text = marked.collect();
}

/// Where one word is put in one language.
struct Desk<'a> {
    word: &'a Word,
    words: Words<'static>,
}

/// What names are names of.
#[derive(Clone, Copy)]
enum Of {
    Services,
    Providers,
}

impl Desk<'_> {
    /// The built-in words.
    fn text(&self) -> Text {
        match self.word.occasion {
            Occasion::Title => self.title(),
            Occasion::Opened => self.after_state([self.with_providers("said-cause"), self.reports()]),
            Occasion::Changed => self.state(),
            Occasion::Identified => self.after_state([self.with_reporters("said-identified")]),
            Occasion::Monitoring => self.after_state([self.with_reporters("said-monitoring")]),
            Occasion::Investigating => self.after_state([self.with_reporters("said-investigating")]),
            Occasion::Back => self.before_state("said-back"),
            Occasion::Still => self.before_state("said-unchanged"),
            Occasion::StillMonitoring => {
                sentences([self.before_state("said-unchanged"), self.t("said-watching")])
            }
            Occasion::Calm => self.t("said-calm"),
            Occasion::Awaited => self.with_services("said-awaited"),
            Occasion::Resolved => self.with_services("said-resolved"),
            Occasion::Over => self.with_services("said-over"),
            Occasion::NoLongerOurs => self.with_providers("said-no-longer-ours"),
            Occasion::Noticed => self.t("said-noticed"),
            Occasion::CauseFound => self.before_state("said-cause-found"),
            Occasion::FixInPlace => self.before_state("said-fix-in-place"),
            Occasion::LookingAgain => self.before_state("said-looking-again"),
            Occasion::Reopened => self.t("said-reopened"),
            Occasion::Ended => self.t("said-ended"),
            Occasion::AddedAfterwards => self.t("said-added-afterwards"),
            Occasion::GoesOnAs => self.words.say("said-goes-on-as", [("incident", self.other().into())]),
            Occasion::PartOfIt => self.words.say("said-part-of-it", [("incident", self.other().into())]),
            Occasion::WorkPlanned => self.t("said-work-planned"),
            Occasion::WorkMoved => self.with_times("said-work-moved"),
            Occasion::WorkBegun => self.t("said-work-begun"),
            Occasion::WorkExtended => self.with_times("said-work-extended"),
            Occasion::WorkOverrun => self.t("said-work-overrun"),
            Occasion::WorkDone => self.t("said-work-done"),
            Occasion::WorkCancelled => self.t("said-work-cancelled"),
            Occasion::WorkFailed => self.t("said-work-failed"),
        }
    }

    /// What a name in a template stands for.
    fn value(&self, name: &str) -> Option<String> {
        let quote = self.word.quotes.first();
        let [from, until] = self.times();
        let text = match name {
            "text" => self.text(),
            "services" => self.services(),
            "status" => Text::ours(self.words.status_within(self.word.worst())),
            "state" => self.state(),
            "provider" => self.providers(),
            "provider_incident" => self.words.theirs(&quote?.title),
            "link" => Text::ours(quote?.link.clone()?),
            "report" => self.reports(),
            "title" => self.words.theirs(self.word.title.as_deref()?),
            "from" => from,
            "until" => until,
            _ => return None,
        };
        Some(text.plain())
    }

    fn t(&self, key: &'static str) -> Text {
        Text::ours(self.words.t(key))
    }

    fn title(&self) -> Text {
        let status = self.words.status_within(self.word.worst());
        let args = [
            ("services", self.services().into()),
            ("status", status.into()),
            ("who", self.providers().into()),
        ];
        self.words.say("said-title", args)
    }

    fn with_providers(&self, key: &'static str) -> Text {
        self.words.say(key, [("who", self.providers().into())])
    }

    /// A sentence of which the providers are the subject.
    fn with_reporters(&self, key: &'static str) -> Text {
        let args = [("who", self.providers().into()), ("reporters", number(self.word.providers.count()))];
        self.words.say(key, args)
    }

    /// A sentence of an end.
    fn with_services(&self, key: &'static str) -> Text {
        let args = [
            ("who", self.providers().into()),
            ("reporters", number(self.word.providers.count())),
            ("services", self.services().into()),
            ("number", number(self.word.all_services().count())),
        ];
        self.words.say(key, args)
    }

    fn with_times(&self, key: &'static str) -> Text {
        let [from, until] = self.times();
        self.words.say(key, [("from", from.into()), ("until", until.into())])
    }

    fn after_state<const N: usize>(&self, texts: [Text; N]) -> Text {
        sentences([self.state()].into_iter().chain(texts))
    }

    fn before_state(&self, key: &'static str) -> Text {
        sentences([self.t(key), self.state()])
    }

    /// What the services are now, in a sentence for each status.
    fn state(&self) -> Text {
        sentences(self.word.services.iter().map(|(status, names)| {
            let key = match status {
                Status::MajorOutage => "said-major-outage",
                Status::PartialOutage => "said-partial-outage",
                Status::DegradedPerformance => "said-degraded-performance",
                Status::Operational | Status::UnderMaintenance => "said-recovered",
                Status::Unknown => return Text::default(),
            };
            let who = self.names(names, Of::Services);
            self.words.say(key, [("services", who.into()), ("number", number(names.count()))])
        }))
    }

    fn reports(&self) -> Text {
        sentences(self.word.quotes.iter().take(QUOTED).map(|quote| {
            let phase = self.words.phase(quote.phase);
            self.words.say("said-report", [("incident", self.quoted(quote).into()), ("phase", phase.into())])
        }))
    }

    /// The title between quotation marks, with its link.
    fn quoted(&self, quote: &Quote) -> Text {
        let title = self.words.say("said-quote", [("title", self.words.theirs(&quote.title).into())]);
        match &quote.link {
            Some(link) => Text::joined([Text::ours("["), title, Text::ours(format!("]({link})"))], ""),
            None => title,
        }
    }

    fn other(&self) -> Text {
        let title = self.word.title.as_deref().unwrap_or_default();
        self.words.say("said-quote", [("title", self.words.theirs(title).into())])
    }

    fn times(&self) -> [Text; 2] {
        self.word
            .times
            .map_or_else(Default::default, |(from, until)| [from, until].map(|at| self.words.full(at)))
    }

    fn services(&self) -> Text {
        self.names(&self.word.all_services(), Of::Services)
    }

    fn providers(&self) -> Text {
        self.names(&self.word.providers, Of::Providers)
    }

    /// Names as a sentence has them: `A`, `A and B`, `A, B and C`, `A, B and 10 more services`.
    fn names(&self, names: &Names, of: Of) -> Text {
        let mut all: Vec<Text> = names.named.iter().map(|name| self.words.theirs(name)).collect();
        let (nobody, only, more) = match of {
            Of::Services => ("said-internal-services", "said-only-services", "said-more-services"),
            Of::Providers => ("said-no-provider", "said-only-providers", "said-more-providers"),
        };
        match (all.is_empty(), names.more) {
            (true, 0) => return self.t(nobody),
            (true, count) => return self.words.count(only, count),
            (false, 0) => {}
            (false, count) => all.push(self.words.count(more, count)),
        }
        match all.pop() {
            Some(last) if !all.is_empty() => {
                self.words.say("said-and", [("others", self.words.list(all).into()), ("last", last.into())])
            }
            Some(only) => only,
            None => Text::default(),
        }
    }
}

/// Which form a verb has. Nobody in particular is many.
const fn number(count: usize) -> Arg {
    Arg::Choice(if count == 1 { "one" } else { "many" })
}

fn sentences(texts: impl IntoIterator<Item = Text>) -> Text {
    Text::joined(texts.into_iter().filter(|text| !text.is_empty()), " ")
}

#[cfg(test)]
mod tests;
