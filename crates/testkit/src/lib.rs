//! Test harness of Midwatch: manual clock, fake internet, simulation.
