//! Writes every page of a story into a folder, to be looked at with a browser: `gallery FOLDER`. It refuses to invent
//! anything: what it draws is what the tests check.

use std::{env, fs, io, path::Path, process::ExitCode};

use render::{Page, view};

mod story;

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1) else { return ExitCode::from(2) };
    match write(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn write(folder: &Path) -> io::Result<()> {
    let unreadable = render::provider_pages(&story::unreadable()).swap_remove(0);
    let layer = story::commerce_layer();
    let records = render::provider_records(&layer);
    let found = render::directory_search(&story::directory(), &story::found("layer"));
    let roster = render::roster_page(&story::roster());
    let stories = [
        render::assets(),
        render::provider_pages(&layer),
        records.iter().filter_map(|path| render::provider_record(&layer, path)).collect(),
        render::status_pages(&story::acme()),
        render::directory_pages(&story::directory()),
        render::sitemaps(&story::directory()),
        vec![Page { path: "/found".to_owned(), ..found }, render::robots(&story::directory())],
        vec![Page { path: "/unreadable".to_owned(), ..unreadable }, render::not_found()],
        vec![Page { path: "/roster".to_owned(), ..roster }],
    ];
    for page in stories.iter().flatten() {
        let is_html = page.content_type.starts_with("text/html");
        let file = folder.join(page.path.trim_start_matches('/'));
        let file = if is_html { file.join("index.html") } else { file };
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        fs::write(file, &page.body)?;
    }
    Ok(())
}
