//! `token new`, `token list` and `token revoke`.

use std::process::ExitCode;

use anyhow::anyhow;
use domain::{TokenId, account::MOST_TOKEN_CHARS};
use engine::{
    seams::{Clock, Mint},
    setups::token_hash,
};
use serde_json::json;
use store::{Lane, Scope, organizations, tokens};

use super::{
    ledger,
    output::{print, print_json, print_line, second},
};
use crate::{
    args::{Failure, Token},
    config::Config,
    seams::{SystemClock, SystemMint},
    table::table,
};

/// Manages API tokens.
pub(super) fn run(config: &Config, command: Token) -> Result<ExitCode, Failure> {
    match command {
        Token::New { name, role } => new(config, name, role.0)?,
        Token::List { json } => list(config, json)?,
        Token::Revoke { id } => {
            let parsed = TokenId::parse(&id).ok_or_else(|| {
                Failure::Usage(anyhow!("{id:?} is no id of a token; `midwatch token list` shows them"))
            })?;
            revoke(config, parsed)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn new(config: &Config, wanted: Option<String>, role: domain::Role) -> Result<(), Failure> {
    if let Some(wrong) = wanted.as_deref().filter(|name| !is_name(name)) {
        return Err(Failure::Usage(anyhow!(
            "{wrong:?} is no name for a token: right would be 1 to {MOST_TOKEN_CHARS} characters, such as deploy-bot"
        )));
    }
    let ledger = ledger::open(config)?;
    let (mint, now) = (SystemMint::new(), SystemClock.now());
    let secret: String = mint.secret().iter().map(|byte| format!("{byte:02x}")).collect();
    let token = format!("mw_{secret}");
    let (id, hash) = (TokenId(mint.id()), token_hash(&token));
    let organization = config.objects.setup.organization.clone();
    let made = ledger.write_blocking(Lane::Bulk, move |tx| {
        organizations::insert_if_absent(tx, &organization, now)?;
        let mut scope = Scope::new(tx, organization.id);
        let Some(name) = free_name(wanted.as_deref(), &tokens::list(&mut scope)?) else { return Ok(false) };
        tokens::insert(&mut scope, id, &name, role, &hash, now).map(|()| true)
    });
    if !made.map_err(anyhow::Error::from)? {
        let why = "there is a token of this name already: what it does is told by its name, so give another";
        return Err(anyhow!(why).into());
    }
    super::note("this is shown once; keep it as a secret");
    print_line(&token)?;
    Ok(())
}

fn is_name(name: &str) -> bool {
    name.trim() == name
        && (1..=MOST_TOKEN_CHARS).contains(&name.chars().count())
        && !name.chars().any(char::is_control)
}

/// Returns the name of a new token: none that is good has it, so that those who use them are told apart.
fn free_name(wanted: Option<&str>, known: &[tokens::Token]) -> Option<String> {
    let is_free =
        |name: &String| !known.iter().any(|token| token.name == *name && token.revoked_at.is_none());
    match wanted {
        Some(name) => Some(name.to_owned()).filter(is_free),
        None => std::iter::once("api".to_owned()).chain((2..).map(|n: u32| format!("api-{n}"))).find(is_free),
    }
}

fn list(config: &Config, as_json: bool) -> anyhow::Result<()> {
    let (ledger, org) = (ledger::required(config)?, config.objects.setup.organization.id);
    let tokens = ledger.read_blocking(move |tx| tokens::list(&mut Scope::new(tx, org)))?;
    if as_json {
        let tokens = tokens.iter().map(|token| {
            json!({
                "id": token.id.to_string(), "name": token.name, "role": token.role.word(),
                "created_at": token.created_at.to_string(),
                "last_used_at": token.last_used_at.map(|at| at.to_string()),
                "revoked_at": token.revoked_at.map(|at| at.to_string()),
            })
        });
        return Ok(print_json(&tokens.collect::<Vec<_>>())?);
    }
    let or_dash = |at: Option<jiff::Timestamp>| at.map_or_else(|| "-".to_owned(), second);
    let rows = tokens.into_iter().map(|token| {
        [
            token.id.to_string(),
            token.name,
            token.role.word().to_owned(),
            second(token.created_at),
            or_dash(token.last_used_at),
            or_dash(token.revoked_at),
        ]
    });
    let rows: Vec<_> = rows.collect();
    Ok(print(&table(["ID", "NAME", "ROLE", "CREATED", "LAST USED", "REVOKED"], &rows))?)
}

fn revoke(config: &Config, id: TokenId) -> anyhow::Result<()> {
    let (ledger, org) = (ledger::required(config)?, config.objects.setup.organization.id);
    let now = SystemClock.now();
    let revoked =
        ledger.write_blocking(Lane::Bulk, move |tx| tokens::revoke(&mut Scope::new(tx, org), id, now));
    match revoked {
        Err(store::Error::NotFound) => {
            Err(anyhow!("token {id} does not exist; `midwatch token list` shows them"))
        }
        other => {
            other?;
            Ok(print_line(&format!("token {id} is worthless now"))?)
        }
    }
}
