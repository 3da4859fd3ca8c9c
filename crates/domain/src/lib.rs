//! Vocabulary and rules of Midwatch: pure functions over values.
