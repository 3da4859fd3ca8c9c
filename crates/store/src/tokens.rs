//! Credentials for the API: their hashes, never themselves.

use domain::{OrgId, Role, TokenId};
use jiff::Timestamp;

use crate::error::Error;
use crate::params;
use crate::row::Row;
use crate::tx::{Scope, Tx};

/// Most tokens of an organisation in one answer.
const MOST_TOKENS: u32 = 1_000;

/// A credential, without what it takes to use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Identity.
    pub id: TokenId,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// Since when it is worthless.
    pub revoked_at: Option<Timestamp>,
}

/// Whose credential was shown, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The organisation.
    pub org: OrgId,
    /// The credential.
    pub token: TokenId,
    /// What it may do.
    pub role: Role,
    /// What people call it.
    pub name: String,
}

/// Stores a credential by the hash of its secret.
pub fn insert(
    scope: &mut Scope<'_>,
    id: TokenId,
    name: &str,
    role: Role,
    hash: &[u8],
    at: Timestamp,
) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "INSERT INTO api_token (org_id, id, name, role, hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![org, id, name, role, hash, at],
    )
}

/// Returns whose credential has this hash; a revoked one is nobody's.
pub fn find_by_hash(tx: &mut Tx<'_>, hash: &[u8]) -> Result<Option<Bearer>, Error> {
    tx.query_opt(
        "SELECT org_id, id, role, name FROM api_token WHERE hash = $1 AND revoked_at IS NULL",
        params![hash],
        |row| {
            Ok(Bearer {
                org: OrgId(row.uuid(0)?),
                token: TokenId(row.uuid(1)?),
                role: row.word(2, Role::from_word)?,
                name: row.text(3)?,
            })
        },
    )
}

/// Returns the credentials of the organisation, newest first, revoked ones too.
pub fn list(scope: &mut Scope<'_>) -> Result<Vec<Token>, Error> {
    let org = scope.org();
    scope.list(
        "SELECT id, name, role, created_at, last_used_at, revoked_at FROM api_token
         WHERE org_id = $1 ORDER BY created_at DESC, id LIMIT $2",
        params![org, MOST_TOKENS],
        token,
    )
}

/// Makes a credential worthless; the first time it is said counts. [`Error::NotFound`] without one.
pub fn revoke(scope: &mut Scope<'_>, id: TokenId, at: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE api_token SET revoked_at = COALESCE(revoked_at, $3) WHERE org_id = $1 AND id = $2",
        params![org, id, at],
    )
}

/// Records that a credential was used.
pub fn touch(scope: &mut Scope<'_>, id: TokenId, at: Timestamp) -> Result<(), Error> {
    let org = scope.org();
    scope.execute_one(
        "UPDATE api_token SET last_used_at = $3 WHERE org_id = $1 AND id = $2",
        params![org, id, at],
    )
}

fn token(row: &Row) -> Result<Token, Error> {
    Ok(Token {
        id: TokenId(row.uuid(0)?),
        name: row.text(1)?,
        role: row.word(2, Role::from_word)?,
        created_at: row.at(3)?,
        last_used_at: row.opt_at(4)?,
        revoked_at: row.opt_at(5)?,
    })
}
