//! Resources to hops, links and trails; what is unresolved stays in.
