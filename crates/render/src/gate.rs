//! What stands before a protected page: the question for its password, which says nothing of what is behind it.

use askama::Template;

use crate::{
    frame::Frame,
    page::{HTML, Page},
    view::Board,
    words::Words,
};

/// Begins the names of files that are served to nobody who asks for them by name.
const ASK: &str = ".ask";
const ASK_AGAIN: &str = ".ask-again";

#[derive(Template)]
#[template(path = "gate.html")]
struct Gate<'a> {
    frame: Frame<'a>,
    words: Words<'a>,
    /// Where the password is posted to.
    action: String,
    is_again: bool,
}

/// Returns the question, and the same for somebody who gave another password.
pub(crate) fn pages(board: &Board) -> Vec<Page> {
    if board.chrome.key.is_none() {
        return Vec::new();
    }
    let (place, words) = (&board.place, board.words());
    let page = |name: &str, is_again| {
        let title = words.t("gate-title").to_owned();
        let template = Gate {
            frame: Frame {
                words,
                is_listed: false,
                mark: ("", place.path("")),
                nav: Vec::new(),
                scripts: Vec::new(),
                site: "",
                title: title.clone(),
                ..Frame::of_directory(place, String::new(), title, "")
            },
            words,
            action: place.path("unlock"),
            is_again,
        };
        Page::of(place.path(name), HTML, &template)
    };
    vec![page(ASK, false), page(ASK_AGAIN, true)]
}
