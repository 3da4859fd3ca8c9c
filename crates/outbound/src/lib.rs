//! Every socket Midwatch opens, behind one egress guard.
