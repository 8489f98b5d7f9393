//! What an exporter puts under a header of its requests.
//!
//! Sources: collector, config/confighttp/client.go `ToClient` (the authenticator is the innermost and has the last word);
//! grpc-go, internal/transport/http2_client.go `createHeaderFields` (what it brings stands first, and servers look at the
//! first); contrib, extension/{basicauth,bearertokenauth,oauth2clientauth,headerssetter}extension. Measured with the Collector
//! 0.159.0.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::walk::Walk;
use crate::graph::wording::Wording;
use crate::model::collector::endpoint;
use crate::model::collector::exporter::Client;
use crate::model::collector::exporter::Exporter;
use crate::model::collector::extension::Authenticator;
use crate::model::collector::extension::SetHeader;
use crate::model::collector::extension::Told;
use crate::model::collector::id::ComponentId;
use crate::model::collector::id::Signal;
use crate::model::collector::receiver::Transport;
use crate::model::collector::section::Presence;
use crate::model::run::Run;
use crate::source::Span;

/// The header of HTTP that says who sends.
pub(super) const AUTHORIZATION: &str = "authorization";

/// What stands under a header.
#[derive(Clone, Debug)]
pub(super) enum Shown {
    /// There is no such header; where it would be set.
    Nothing(Span),
    /// A user and a password.
    Pair {
        /// What brings them in.
        at: Span,
        user: Wording,
        password: Wording,
    },
    /// That text.
    Value {
        /// What brings it in.
        at: Span,
        text: Wording,
    },
    /// A proxy took it away; what makes it do so.
    Gone(Span),
    /// That cannot be told; why, in words.
    Open(&'static str),
}

impl Shown {
    /// Where it comes from; `None` when that is open.
    pub(super) const fn at(&self) -> Option<Span> {
        match self {
            Self::Nothing(at) | Self::Gone(at) | Self::Pair { at, .. } | Self::Value { at, .. } => {
                Some(*at)
            }
            Self::Open(_) => None,
        }
    }

    /// Whether nothing that Envoy takes for a JWT stands under `Authorization`, so that it is missing.
    pub(super) fn is_without_bearer(&self) -> bool {
        match self {
            Self::Nothing(_) | Self::Gone(_) => true,
            Self::Open(_) => false,
            Self::Pair { .. } | Self::Value { .. } => {
                self.text().is_some_and(|text| text.lacks("Bearer ", false))
            }
        }
    }

    /// The text under the header, a pair as `Basic` has it; `None` when there is none, or when it is open.
    pub(super) fn text(&self) -> Option<Wording> {
        match self {
            Self::Pair { user, password, .. } => {
                let pair = user
                    .known()
                    .zip(password.known())
                    .map(|(user, password)| STANDARD.encode(format!("{user}:{password}")));
                let pair = pair.map_or_else(Wording::open, Wording::text);
                Some(Wording::text("Basic ").then(pair))
            }
            Self::Value { text, .. } => Some(text.clone()),
            Self::Nothing(_) | Self::Gone(_) | Self::Open(_) => None,
        }
    }
}

/// How deep authenticators pass on to each other.
const DEEPEST: usize = 8;

impl Walk<'_> {
    /// What `exporter` of the collector `run` puts under `header`, whatever its case, when it sends `signal`.
    pub(super) fn shown(
        &self,
        run: usize,
        exporter: &Exporter,
        signal: Signal,
        header: &str,
    ) -> Shown {
        let Some(client) = &exporter.client else {
            return Shown::Open("the exporter is none of OTLP");
        };
        let written = self.written(run, (exporter, client), signal, header);
        match &client.auth {
            Presence::Open(_) => Shown::Open("the authenticator of the exporter is open"),
            Presence::Given(auth) => match &auth.authenticator {
                Some(id) => {
                    let asked = Asked {
                        run: &self.model.runs[run],
                        transport: client.transport,
                        header,
                        at: id.span,
                    };
                    self.authenticated(&asked, &id.value, written, DEEPEST)
                }
                None => written,
            },
            _ => written,
        }
    }

    /// What the exporter itself puts there: a header that is written, else what its URL holds (net/http, client.go `send`).
    fn written(
        &self,
        run: usize,
        (exporter, client): (&Exporter, &Client),
        signal: Signal,
        header: &str,
    ) -> Shown {
        let mut headers = client.headers.iter().rev();
        if let Some(own) = headers.find(|own| own.name.eq_ignore_ascii_case(header)) {
            return Shown::Value {
                at: own.name.span,
                text: Wording::of_phrase(self.model, &self.model.runs[run], &own.value),
            };
        }
        if client.may_send_more {
            return Shown::Open("what else the exporter sends is open");
        }
        let endpoint = client
            .endpoint(signal)
            .filter(|_| client.transport == Transport::Http);
        if let Some(endpoint) = endpoint.filter(|_| header.eq_ignore_ascii_case(AUTHORIZATION)) {
            let Some(known) = endpoint.known() else {
                return Shown::Open("the endpoint may hold a password");
            };
            let url = endpoint::url(known).ok().flatten();
            if let Some((user, password)) = url.and_then(|url| url.credentials()) {
                return Shown::Pair {
                    at: endpoint.span,
                    user: Wording::text(user),
                    password: Wording::text(password),
                };
            }
        }
        Shown::Nothing(exporter.id.span)
    }

    /// What the authenticator `id` makes of `written`.
    fn authenticated(
        &self,
        asked: &Asked<'_>,
        id: &ComponentId,
        written: Shown,
        depth: usize,
    ) -> Shown {
        let found = asked.run.collector.extension(id);
        let Some(authenticator) = found.and_then(|found| found.authenticator.as_ref()) else {
            return Shown::Open("the authenticator of the exporter was not given");
        };
        let wording = |told: &Told| Wording::of(self.model, asked.run, told);
        let given = |told: &Option<Told>| told.as_ref().map_or_else(|| Wording::text(""), wording);
        match authenticator {
            Authenticator::BasicClient { username, password } if asked.is(AUTHORIZATION) => {
                Shown::Pair {
                    at: asked.at,
                    user: given(username),
                    password: given(password),
                }
            }
            Authenticator::Bearer {
                tokens,
                header,
                scheme,
            } => {
                let header = header
                    .as_ref()
                    .map_or(Some(AUTHORIZATION), |own| own.known());
                let Some(header) = header else {
                    return Shown::Open("the header of the exporter's token is open");
                };
                if !asked.is(header) {
                    return written;
                }
                let of = |phrase| Wording::of_phrase(self.model, asked.run, phrase);
                let scheme = scheme.as_ref().map(|own| of(own));
                Shown::Value {
                    at: asked.at,
                    text: bearing(scheme, tokens.first().map_or_else(Wording::open, wording)),
                }
            }
            Authenticator::OAuth2 if asked.is(AUTHORIZATION) => Shown::Value {
                at: asked.at,
                text: bearing(None, Wording::open()),
            },
            Authenticator::BasicClient { .. } | Authenticator::OAuth2 => written,
            Authenticator::HeadersSetter {
                headers,
                additional,
            } => {
                let next = |written| match additional {
                    Some(next) if depth > 0 => {
                        self.authenticated(asked, &next.value, written, depth - 1)
                    }
                    Some(_) => Shown::Open("authenticators pass on to each other"),
                    None => written,
                };
                // Over gRPC it has the last word, and what is written is no concern of its; over HTTP the other way round.
                match asked.transport {
                    Transport::Http => next(self.set(asked, headers, written)),
                    Transport::Grpc => {
                        let nothing = Shown::Nothing(asked.at);
                        match self.set(asked, headers, next(nothing)) {
                            Shown::Nothing(_) => written,
                            shown => shown,
                        }
                    }
                }
            }
            _ => Shown::Open("what the authenticator of the exporter sends is not known"),
        }
    }

    /// What headers_setter makes of what stands under the header (contrib, extension/headerssetterextension/internal/action).
    fn set(&self, asked: &Asked<'_>, headers: &[SetHeader], mut shown: Shown) -> Shown {
        for header in headers {
            let known = header.key.as_ref().map(|key| key.known());
            match known {
                Some(Some(key)) if !asked.is(key) => continue,
                Some(Some(_)) => {}
                _ => return Shown::Open("which headers the exporter sets is open"),
            }
            let at = header.key.as_ref().map_or(asked.at, |key| key.span);
            let value = match &header.value {
                Some(told) => Wording::of(self.model, asked.run, told),
                None => Wording::open(),
            };
            let value = Shown::Value { at, text: value };
            let action = header
                .action
                .as_ref()
                .map_or(Some("upsert"), |own| own.known());
            shown = match (action, shown) {
                (Some("delete"), _) => Shown::Nothing(at),
                (Some("insert"), Shown::Nothing(_)) => value,
                (Some("update"), Shown::Nothing(at)) => Shown::Nothing(at),
                (Some("insert"), shown) => shown,
                (Some("update" | "upsert"), Shown::Value { .. } | Shown::Pair { .. })
                | (Some("upsert"), _) => value,
                _ => Shown::Open("what the exporter does to its headers is open"),
            };
        }
        shown
    }
}

/// What is asked of an authenticator.
struct Asked<'w> {
    /// The sending collector.
    run: &'w Run,
    transport: Transport,
    /// The header.
    header: &'w str,
    /// What names the authenticator.
    at: Span,
}

impl Asked<'_> {
    fn is(&self, header: &str) -> bool {
        self.header.eq_ignore_ascii_case(header)
    }
}

/// `token` behind its scheme: `Bearer` unless given, nothing when that is empty.
pub(super) fn bearing(scheme: Option<Wording>, token: Wording) -> Wording {
    let scheme = scheme.unwrap_or_else(|| Wording::text("Bearer"));
    match scheme.known() {
        Some("") => token,
        _ => scheme.then(Wording::text(" ")).then(token),
    }
}
