//! Every socket Midwatch accepts: status pages, directory, acknowledge links, API, metrics.
