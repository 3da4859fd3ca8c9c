//! What every page must hold.
