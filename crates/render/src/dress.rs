//! The files that dress a status page of ours: a sheet that sets tokens of the common one, and its logo. They stand beside the
//! page, named by their content.

use std::fmt::Write;

use domain::theme::{Image, ImageKind, Look};

use crate::{
    links::digest,
    page::{CSS, PNG, Page, SVG},
    view::Board,
};

/// Where the files stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dress {
    /// The sheet.
    pub(crate) style: Option<String>,
    /// The logo.
    pub(crate) logo: Option<String>,
    /// The logo by night.
    pub(crate) logo_dark: Option<String>,
}

impl Dress {
    /// Returns where the files of this board stand; `home` is the page's own address, whatever language it is drawn in.
    pub(crate) fn of(board: &Board, home: &str) -> Self {
        let look = &board.chrome.look;
        let path = |name: String| format!("{home}/{name}");
        Self {
            style: sheet(look).map(|css| path(sheet_name(&css))),
            logo: look.logo.as_ref().map(|image| path(image_name(image))),
            logo_dark: look.logo_dark.as_ref().map(|image| path(image_name(image))),
        }
    }
}

/// Returns the files.
pub(crate) fn pages(board: &Board) -> Vec<Page> {
    let (look, place) = (&board.chrome.look, &board.place);
    let sheet = sheet(look).map(|css| Page::text(place.path(&sheet_name(&css)), CSS, css));
    let images = [&look.logo, &look.logo_dark].into_iter().flatten().map(|image| Page {
        path: place.path(&image_name(image)),
        content_type: match image.kind {
            ImageKind::Png => PNG,
            ImageKind::Svg => SVG,
        },
        body: image.bytes.clone(),
    });
    let mut pages: Vec<Page> = sheet.into_iter().chain(images).collect();
    pages.dedup_by(|a, b| a.path == b.path);
    pages
}

/// Returns the sheet. It stands outside of the layers of the common one and so above all of them.
fn sheet(look: &Look) -> Option<String> {
    if look.colours.is_empty() {
        return Some(look.css.clone()).filter(|css| !css.is_empty());
    }
    let mut css = ":root {".to_owned();
    for (token, [day, night]) in &look.colours {
        write!(css, " --{token}: light-dark({day}, {night});").expect("writing to a string does not fail");
    }
    css.push_str(" }\n");
    css.push_str(&look.css);
    Some(css)
}

fn sheet_name(css: &str) -> String {
    format!("theme-{}.css", digest(css.as_bytes()))
}

fn image_name(image: &Image) -> String {
    let ending = match image.kind {
        ImageKind::Png => "png",
        ImageKind::Svg => "svg",
    };
    format!("logo-{}.{ending}", digest(&image.bytes))
}
