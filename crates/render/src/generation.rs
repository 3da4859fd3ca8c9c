//! Which program draws: named after its version and everything that drawing takes from files.
//!
//! Pages that are kept carry this name, so that those of another program, drawn wrongly perhaps, are neither kept after this
//! one has drawn its own nor taken for the same by a cache.

use std::sync::LazyLock;

use crate::{assets, links::digest};

/// Every template and text that drawing takes, by its path; a test holds it against the folders.
const PARTS: &[(&str, &str)] = &[
    ("lang/ar.ftl", include_str!("../lang/ar.ftl")),
    ("lang/de.ftl", include_str!("../lang/de.ftl")),
    ("lang/en.ftl", include_str!("../lang/en.ftl")),
    ("lang/it.ftl", include_str!("../lang/it.ftl")),
    ("templates/badge.svg", include_str!("../templates/badge.svg")),
    ("templates/base.html", include_str!("../templates/base.html")),
    ("templates/category.html", include_str!("../templates/category.html")),
    ("templates/directory.html", include_str!("../templates/directory.html")),
    ("templates/drill.html", include_str!("../templates/drill.html")),
    ("templates/embed.html", include_str!("../templates/embed.html")),
    ("templates/found.html", include_str!("../templates/found.html")),
    ("templates/fragment.html", include_str!("../templates/fragment.html")),
    ("templates/history.atom.xml", include_str!("../templates/history.atom.xml")),
    ("templates/history.html", include_str!("../templates/history.html")),
    ("templates/history.rss.xml", include_str!("../templates/history.rss.xml")),
    ("templates/incident.html", include_str!("../templates/incident.html")),
    ("templates/not_found.html", include_str!("../templates/not_found.html")),
    ("templates/note.html", include_str!("../templates/note.html")),
    ("templates/provider.html", include_str!("../templates/provider.html")),
    ("templates/results.html", include_str!("../templates/results.html")),
    ("templates/roster.html", include_str!("../templates/roster.html")),
    ("templates/status_page.html", include_str!("../templates/status_page.html")),
    ("templates/subscribe.html", include_str!("../templates/subscribe.html")),
    ("templates/subscription.html", include_str!("../templates/subscription.html")),
    ("templates/uptime.html", include_str!("../templates/uptime.html")),
    ("templates/parts/choice.html", include_str!("../templates/parts/choice.html")),
    ("templates/parts/components.html", include_str!("../templates/parts/components.html")),
    ("templates/parts/entry.html", include_str!("../templates/parts/entry.html")),
    ("templates/parts/macros.html", include_str!("../templates/parts/macros.html")),
    ("templates/parts/now.html", include_str!("../templates/parts/now.html")),
    ("templates/parts/planned.html", include_str!("../templates/parts/planned.html")),
    ("templates/parts/results.html", include_str!("../templates/parts/results.html")),
    ("templates/parts/search.html", include_str!("../templates/parts/search.html")),
    ("templates/parts/zone.html", include_str!("../templates/parts/zone.html")),
    ("templates/gate.html", include_str!("../templates/gate.html")),
    ("templates/mail_news.html", include_str!("../templates/mail_news.html")),
    ("templates/mail_question.html", include_str!("../templates/mail_question.html")),
];

static GENERATION: LazyLock<String> = LazyLock::new(|| {
    let mut all = env!("CARGO_PKG_VERSION").to_owned();
    for (path, text) in PARTS {
        all += &format!("\n{path}\n{text}");
    }
    for asset in assets() {
        all += &format!("\n{}\n{}", asset.path, digest(&asset.body));
    }
    digest(all.as_bytes())
});

/// Returns the name of this program's drawings: it is another one when the version, a template, a text or an asset is.
#[must_use]
pub fn generation() -> &'static str {
    &GENERATION
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn every_template_and_text_is_part_of_the_generation() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut there = BTreeSet::new();
        for folder in ["templates", "templates/parts", "lang"] {
            for entry in fs::read_dir(root.join(folder)).unwrap().map(Result::unwrap) {
                if entry.path().is_file() {
                    there.insert(format!("{folder}/{}", entry.file_name().to_str().unwrap()));
                }
            }
        }
        let known: BTreeSet<String> = PARTS.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(known, there);
        for (path, text) in PARTS {
            assert_eq!(*text, fs::read_to_string(root.join(path)).unwrap(), "{path} holds another text");
        }
        assert!(generation().len() >= 8 && generation().bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
}
