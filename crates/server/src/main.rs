//! The `midwatch` binary.

#[cfg_attr(not(test), expect(dead_code, reason = "the command line that runs by it is not there yet"))]
mod config;

fn main() {}
