//! The way of a telemetry byte, in the words of a report.

use std::fmt;

use crate::source::Span;

/// Hops in the order in which a byte meets them: `exporter =mTLS=> listener -h2c-> svc:4317 -> otlp/grpc -> traces`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// The hops.
    pub hops: Vec<Hop>,
}

/// One stop on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// What guards the link that leads here; `None` for the first hop and where nothing is said of it.
    pub guard: Guard,
    /// How people call it.
    pub name: String,
    /// Where it stands.
    pub span: Option<Span>,
}

/// What guards a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Guard {
    /// Nothing to guard: the link is inside one process, or nothing is known.
    #[default]
    None,
    /// Plain text over HTTP/1.1 or an unknown protocol.
    Plain,
    /// Plain text, HTTP/2 with prior knowledge.
    H2c,
    /// TLS; the client shows no certificate.
    Tls,
    /// TLS; the client shows a certificate, and it is verified.
    MutualTls,
}

impl Trail {
    /// Adds a hop.
    pub fn push(&mut self, guard: Guard, name: impl Into<String>, span: Option<Span>) {
        self.hops.push(Hop {
            guard,
            name: name.into(),
            span,
        });
    }
}

impl Guard {
    /// The word for it in reports; `None` where there is nothing to guard.
    #[must_use]
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Plain => Some("plain"),
            Self::H2c => Some("h2c"),
            Self::Tls => Some("TLS"),
            Self::MutualTls => Some("mTLS"),
        }
    }

    const fn arrow(self) -> &'static str {
        match self {
            Self::None => "->",
            Self::Plain => "-plain->",
            Self::H2c => "-h2c->",
            Self::Tls => "=TLS=>",
            Self::MutualTls => "=mTLS=>",
        }
    }
}

impl fmt::Display for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, hop) in self.hops.iter().enumerate() {
            if index > 0 {
                write!(f, " {} ", hop.guard.arrow())?;
            }
            f.write_str(&hop.name)?;
        }
        Ok(())
    }
}
