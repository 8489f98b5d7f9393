//! What a rule has to say.
