//! What vendors post to us. Nothing is believed before it is proven to come from the vendor.

mod telephony;

use axum::Router;
use engine::Shell;

pub(crate) fn routes() -> Router<Shell> {
    Router::new().merge(telephony::routes())
}
