//! The dependency gates: what may not be in the product's tree, what may be there once, and how many there may be.

use std::collections::BTreeSet;

/// Each needs a second TLS stack, a second HTTP client or a build tool that a fresh machine lacks.
const NEVER: &[&str] = &["aws-lc-sys", "chromiumoxide", "cmake", "native-tls", "openssl-sys", "reqwest"];

/// Two copies would be two runtimes, two parsers or a link error.
const ONCE: &[&str] = &["axum", "html5ever", "hyper", "libsqlite3-sys", "rustls", "tokio", "tower"];

/// The cold build must stay bearable on two cores.
const MOST_CRATES: usize = 540;

/// Reads `cargo tree --prefix none --format {p}` and says which gates are broken.
pub(crate) fn broken_gates(tree: &str) -> Vec<String> {
    let crates: BTreeSet<(&str, &str)> = tree.lines().filter_map(name_and_version).collect();
    let copies = |name: &str| crates.iter().filter(|(found, _)| *found == name).count();
    let never =
        NEVER.iter().filter(|name| copies(name) > 0).map(|name| format!("{name} must not be in the tree"));
    let once = ONCE.iter().filter(|name| copies(name) > 1).map(|name| {
        let versions: Vec<&str> =
            crates.iter().filter(|(found, _)| found == name).map(|(_, version)| *version).collect();
        format!("{name} is there as {}, it must be there once", versions.join(" and "))
    });
    let many =
        (crates.len() > MOST_CRATES).then(|| format!("{} crates, {MOST_CRATES} is the most", crates.len()));
    never.chain(once).chain(many).collect()
}

/// Reads a line such as `tokio v1.48.0` or `domain v0.1.0 (/src/crates/domain) (*)`.
fn name_and_version(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    Some((words.next()?, words.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_name_what_broke_them() {
        let check = |tree: &str, expect: &[&str]| assert_eq!(broken_gates(tree), expect, "{tree}");
        check("tokio v1.48.0\ntokio v1.48.0 (*)\nrand v0.8.0\nrand v0.9.0", &[]);
        check("openssl-sys v0.9.1", &["openssl-sys must not be in the tree"]);
        check(
            "hyper v0.14.1\nhyper v1.7.0",
            &["hyper is there as v0.14.1 and v1.7.0, it must be there once"],
        );
        check("hyper-util v0.1.0\nhyper v1.7.0", &[]);
    }

    #[test]
    fn the_number_of_crates_has_a_ceiling() {
        let tree = |count: usize| (0..count).map(|n| format!("c{n} v1.0.0\n")).collect::<String>();
        assert_eq!(broken_gates(&tree(MOST_CRATES)), [""; 0]);
        assert_eq!(broken_gates(&tree(MOST_CRATES + 1)), ["541 crates, 540 is the most"]);
    }
}
