//! The messages of one language, read once from the file that is part of the program.
//!
//! A message without arguments is kept as the text it is. A key that is missing is a fault of ours, which the tests find;
//! a reader would see the key.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use domain::Language;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

/// The messages of one language.
pub(crate) struct Catalogue {
    bundle: FluentBundle<FluentResource>,
    plain: HashMap<String, String>,
}

static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(Language::English));
static ITALIAN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(Language::Italian));
static GERMAN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(Language::German));
static ARABIC: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(Language::Arabic));

/// Returns the file of a language.
pub(crate) const fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../lang/en.ftl"),
        Language::Italian => include_str!("../../lang/it.ftl"),
        Language::German => include_str!("../../lang/de.ftl"),
        Language::Arabic => include_str!("../../lang/ar.ftl"),
    }
}

impl Catalogue {
    /// Returns the messages of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Italian => &ITALIAN,
            Language::German => &GERMAN,
            Language::Arabic => &ARABIC,
        }
    }

    fn read(language: Language) -> Self {
        let resource = FluentResource::try_new(source(language).to_owned());
        let resource = resource.expect("the files of the languages are well formed, which a test proves");
        let keys: Vec<String> = keys(&resource).map(str::to_owned).collect();
        let tag: LanguageIdentifier = language.tag().parse().expect("the tags are well formed");
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // What comes from elsewhere is set apart by `Text`, which knows where it is going.
        bundle.set_use_isolating(false);
        bundle
            .add_function("PLURAL", move |counted, _| plural(language, counted.first()).into())
            .expect("there is one function");
        bundle.add_resource(resource).expect("no key is given twice, which a test proves");
        let mut catalogue = Self { bundle, plain: HashMap::new() };
        for key in keys {
            let mut errors = Vec::new();
            let text = catalogue.written(&key, None, &mut errors).map(Cow::into_owned);
            if let Some(text) = text.filter(|_| errors.is_empty()) {
                catalogue.plain.insert(key, text);
            }
        }
        catalogue
    }

    /// Returns a message that has no arguments.
    pub(crate) fn plain(&'static self, key: &'static str) -> &'static str {
        debug_assert!(self.plain.contains_key(key), "no message {key} without arguments");
        self.plain.get(key).map_or(key, String::as_str)
    }

    /// Returns a message with these arguments.
    pub(crate) fn format<'a>(&'a self, key: &'a str, args: &'a FluentArgs<'_>) -> Cow<'a, str> {
        let mut errors = Vec::new();
        let text = self.written(key, Some(args), &mut errors);
        debug_assert!(text.is_some() && errors.is_empty(), "message {key}: {errors:?}");
        text.unwrap_or(Cow::Borrowed(key))
    }

    fn written<'a>(
        &'a self,
        key: &str,
        args: Option<&'a FluentArgs<'_>>,
        errors: &mut Vec<fluent_bundle::FluentError>,
    ) -> Option<Cow<'a, str>> {
        let pattern = self.bundle.get_message(key)?.value()?;
        Some(self.bundle.format_pattern(pattern, args, errors))
    }
}

/// Returns the form that a whole number asks for (CLDR 48). Fluent would choose by `intl_pluralrules`, which takes 103 for
/// another form than 3 in Arabic.
fn plural(language: Language, counted: Option<&FluentValue<'_>>) -> &'static str {
    let Some(FluentValue::Number(number)) = counted else { return "other" };
    #[expect(clippy::cast_possible_truncation, reason = "what is counted here is whole and small")]
    let count = number.value.abs() as u64;
    match (language, count, count % 100) {
        (Language::English | Language::Italian | Language::German | Language::Arabic, 1, _) => "one",
        (Language::English | Language::Italian | Language::German, _, _) => "other",
        (Language::Arabic, 0, _) => "zero",
        (Language::Arabic, 2, _) => "two",
        (Language::Arabic, _, 3..=10) => "few",
        (Language::Arabic, _, 11..=99) => "many",
        (Language::Arabic, _, _) => "other",
    }
}

/// Returns the keys of a file.
pub(crate) fn keys(resource: &FluentResource) -> impl Iterator<Item = &str> {
    resource.entries().filter_map(|entry| match entry {
        fluent_syntax::ast::Entry::Message(message) => Some(message.id.name),
        fluent_syntax::ast::Entry::Term(_)
        | fluent_syntax::ast::Entry::Comment(_)
        | fluent_syntax::ast::Entry::GroupComment(_)
        | fluent_syntax::ast::Entry::ResourceComment(_)
        | fluent_syntax::ast::Entry::Junk { .. } => None,
    })
}
