//! Themes of status pages.

use domain::theme::{Shade, Theme};

use super::{holds, text};
use crate::story;

fn themed() -> crate::view::StatusPageView {
    let theme = Theme {
        accent: Some(Shade { light: "#5b21b6".to_owned(), dark: "#c4b5fd".to_owned() }),
        logo: Some(b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
        logo_dark: Some(b"\x89PNG\r\n\x1a\n".to_vec()),
        ..Theme::default()
    };
    let mut view = story::acme();
    view.board.chrome.look = theme.look().0;
    view.board.chrome.look.css = "h1 { padding: 0 }\n".to_owned();
    view
}

#[test]
fn a_theme_is_files_beside_the_page_that_every_language_shares() {
    let pages = crate::status_pages(&themed());
    let find = |start: &str| {
        let mut found = pages.iter().filter(|page| page.path.starts_with(&format!("/status/acme/{start}")));
        found.next().unwrap_or_else(|| panic!("no {start}"))
    };
    let (sheet, logo) = (find("theme-"), find("logo-"));
    assert_eq!(sheet.body, b":root { --brass: light-dark(#5b21b6, #c4b5fd); }\nh1 { padding: 0 }\n");
    assert_eq!(sheet.content_type, "text/css; charset=utf-8");
    for path in ["/status/acme", "/status/acme/it", "/status/acme/history", "/status/acme/ar/uptime"] {
        let html = text(&pages, path);
        holds(html, &format!("<link rel=\"stylesheet\" href=\"{}\">", sheet.path));
        holds(html, &format!("src=\"{}\" alt=\"\"", logo.path));
        holds(html, "(prefers-color-scheme: dark)");
    }
    assert!(pages.iter().any(|page| page.path.ends_with(".png") && page.content_type == "image/png"));
}

#[test]
fn a_page_without_a_theme_has_no_files_of_one() {
    let pages = crate::status_pages(&story::acme());
    assert!(!pages.iter().any(|page| page.path.contains("/theme-") || page.path.contains("/logo-")));
}
