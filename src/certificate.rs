//! PEM and DER to the facts that rules ask for, and what each verifier makes of them.
