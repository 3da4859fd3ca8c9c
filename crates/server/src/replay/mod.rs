//! Replay: a recorded sequence of captures runs through the production workers on a clock that is set.
//!
//! Nothing here decides anything about outages: the poller reads what was recorded, everything behind it is what `serve`
//! runs, and what happened is read back from a ledger that is thrown away at the end. Between two captures nothing can be
//! read that is not known already, so the polls of quiet stretches are left out; timers and holds never are.

mod answers;
mod clock;
mod event;
mod observe;
mod recording;
mod stage;

pub(crate) use self::{
    answers::Answer,
    event::{Event, Message, What},
    recording::Recording,
    stage::Stage,
};
