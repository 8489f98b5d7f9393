//! Paths and standard input to sources: the only module that touches the disk.
