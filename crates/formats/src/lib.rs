//! Foreign bytes to vocabulary, and vocabulary to message bodies.
