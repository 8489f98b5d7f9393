//! Trees to typed resources that know their spans.
