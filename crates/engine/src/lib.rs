//! Commands (one transaction each) and workers that take turns.
