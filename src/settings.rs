//! What the user decided: severities, versions, what is closed.
