//! Public status pages and provider pages as bytes, from one view value.
