//! Text to trees that know their spans.
