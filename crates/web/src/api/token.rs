//! Who calls: a bearer token names an organisation and a role.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use domain::{OrgId, Role, account::Account, incident::Actor};
use engine::{Shell, setups::token_hash};
use store::tokens;

use crate::problem::Problem;

/// A caller whose token is good.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) org: OrgId,
    role: Role,
    token: Account,
}

impl Caller {
    /// Returns who acts, if the role suffices.
    pub(crate) fn require(self, needs: Role) -> Result<Actor, Problem> {
        if self.role >= needs { Ok(Actor::Account(self.token)) } else { Err(Problem::forbidden(needs)) }
    }
}

impl FromRequestParts<Shell> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shell: &Shell) -> Result<Self, Problem> {
        let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token =
            given.and_then(|value| value.strip_prefix("Bearer ")).ok_or_else(Problem::unauthorized)?;
        let hash = token_hash(token.trim());
        let found = shell.read(move |tx| Ok(tokens::find_by_hash(tx, &hash)?)).await?;
        let bearer = found.ok_or_else(Problem::unauthorized)?;
        Ok(Self { org: bearer.org, role: bearer.role, token: Account::token(&bearer.name) })
    }
}
