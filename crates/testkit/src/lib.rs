//! Test harness of Midwatch: a clock that is set, an internet that misbehaves, a ledger that fails, and workers that die.
//!
//! Everything here is decided by a seed. Calls through the seams answer at once, on the thread that makes them, so that the
//! same seed takes the same way every time; only the database is real. [`app::TestApp`] speaks the words of the product
//! and is for the stories of integration tests; [`simulation::simulate`] plays random ones and checks what must always
//! hold.

pub mod app;
pub mod browser;
pub mod chaos;
pub mod clock;
pub mod crashing_db;
pub mod feed;
pub mod fixture;
pub mod internet;
pub mod mint;
pub mod post_office;
pub mod rng;
pub mod simulation;
pub mod vendor;
pub mod world;

pub use app::TestApp;
pub use simulation::{Report, simulate};
pub use {domain, engine, formats, jiff, outbound, store};
