//! What bad configurations are told: the marked text, the path, what is wrong, what would be right.

use super::{read, shown};

#[track_caller]
fn check(text: &str, expected: &str) {
    let problems = read(text).expect_err("it must be refused");
    assert_eq!(shown(&problems, text), expected.trim());
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_known_one() {
    check(
        "[organization]\nslug = \"acme\"\nnmae = \"Acme\"",
        "nmae | organization.nmae: unknown key `nmae` | did you mean `name`?",
    );
}
