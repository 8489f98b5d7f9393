//! What each kind may say, and where a document says something else.
