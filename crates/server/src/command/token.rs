//! `token new`, `token list` and `token revoke`.

use std::process::ExitCode;

use anyhow::anyhow;
use domain::TokenId;
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

fn new(config: &Config, name: String, role: domain::Role) -> anyhow::Result<()> {
    let ledger = ledger::open(config)?;
    let (mint, now) = (SystemMint::new(), SystemClock.now());
    let secret: String = mint.secret().iter().map(|byte| format!("{byte:02x}")).collect();
    let token = format!("mw_{secret}");
    let (id, hash) = (TokenId(mint.id()), token_hash(&token));
    let organization = config.objects.setup.organization.clone();
    ledger.write_blocking(Lane::Bulk, move |tx| {
        organizations::insert_if_absent(tx, &organization, now)?;
        tokens::insert(&mut Scope::new(tx, organization.id), id, &name, role, &hash, now)
    })?;
    super::note("this is shown once; keep it as a secret");
    print_line(&token)?;
    Ok(())
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
