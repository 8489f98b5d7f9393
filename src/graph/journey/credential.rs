//! Whether a receiver that asks for credentials takes those of an exporter.
//!
//! Source: contrib, extension/basicauthextension, bearertokenauthextension, oidcauthextension: without the header, or with the
//! wrong pair, every request is answered UNAUTHENTICATED or 401.

use super::FlawKind;
use super::Landed;
use super::walk::Walk;
use crate::model::collector::Collector;
use crate::model::collector::credential;
use crate::model::collector::credential::Opens;
use crate::model::collector::credential::Password;
use crate::model::collector::endpoint;
use crate::model::collector::exporter::Client;
use crate::model::collector::exporter::Exporter;
use crate::model::collector::extension::Authenticator;
use crate::model::collector::extension::Extension;
use crate::model::collector::id::Signal;
use crate::model::collector::receiver::Transport;
use crate::model::collector::section::Presence;
use crate::source::Span;

impl Walk<'_> {
    /// Why the receiver turns the credentials away that `exporter`, which the collector `run` has, sends with `signal`, and
    /// where they come from; `None` when it does not, or when that cannot be told.
    pub(super) fn turned_away(
        &self,
        run: usize,
        (exporter, signal): (&Exporter, Signal),
        landed: Landed,
    ) -> Option<(Span, FlawKind)> {
        let client = exporter.client.as_ref()?;
        let own = &self.model.runs[run].collector;
        let other = &self.model.runs[landed.run].collector;
        let auth = landed.server(self.model).auth.given()?;
        let guard = other.extension(auth.authenticator.as_ref()?)?;
        let (at, why) = match Pair::of(own, client, signal) {
            Some(pair) => (
                pair.span,
                format!(
                    "the receiver does not know these credentials: {}",
                    refusal(guard, &pair)?
                ),
            ),
            None if sends_nothing(guard, client, signal) => {
                let why = "the receiver asks for credentials, and this exporter sends none";
                (exporter.id.span, why.to_owned())
            }
            None => return None,
        };
        let guard = guard.id.span;
        Some((at, FlawKind::Credentials { why, guard }))
    }
}

/// Whether `client` sends nothing with `signal` that `guard` would look at.
fn sends_nothing(guard: &Extension, client: &Client, signal: Signal) -> bool {
    let is_alone = matches!(client.auth, Presence::Absent | Presence::Null(_))
        && in_url(client, signal).is_none();
    let mut headers = client.headers.iter();
    is_alone
        && match &guard.authenticator {
            Some(Authenticator::BasicServer { .. }) => {
                !headers.any(|header| header.name.eq_ignore_ascii_case("authorization"))
            }
            // Both may be told to look at another header.
            Some(Authenticator::Bearer { .. } | Authenticator::Oidc) => client.headers.is_empty(),
            _ => false,
        }
}

/// A user and a password, and what brings them in.
struct Pair {
    user: String,
    password: Password,
    span: Span,
}

impl Pair {
    /// What `client` sends with `signal`, as far as it is written: an authenticator comes first, a header next.
    fn of(collector: &Collector, client: &Client, signal: Signal) -> Option<Self> {
        if let Some(id) = client
            .auth
            .given()
            .and_then(|auth| auth.authenticator.as_ref())
        {
            let Authenticator::BasicClient { username, password } =
                collector.extension(id)?.authenticator.as_ref()?
            else {
                return None;
            };
            let user = username.as_ref()?.known()?.to_owned();
            return Some(Self {
                user,
                password: Password::of(password.as_ref()?)?,
                span: id.span,
            });
        }
        let header = client
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case("authorization"));
        let Some(header) = header else {
            return in_url(client, signal);
        };
        let basic = credential::basic(header.value.known()?)?;
        Some(Self {
            user: basic.user,
            password: basic.password,
            span: header.name.span,
        })
    }
}

/// The user and the password in front of the host, which an HTTP client sends when nothing else does (net/http, client.go
/// `send`).
fn in_url(client: &Client, signal: Signal) -> Option<Pair> {
    let endpoint = client
        .endpoint(signal)
        .filter(|_| client.transport == Transport::Http)?;
    let (user, password) = endpoint::url(endpoint.known()?).ok()??.credentials()?;
    Some(Pair {
        user,
        password: Password::new(password),
        span: endpoint.span,
    })
}

/// Why `guard` turns the pair away; `None` when it does not, or when that cannot be told.
fn refusal(guard: &Extension, pair: &Pair) -> Option<String> {
    let Some(Authenticator::BasicServer {
        inline: Some(inline),
        file,
    }) = &guard.authenticator
    else {
        return None;
    };
    match credential::opens(
        &credential::lines(inline.known()?),
        &pair.user,
        &pair.password,
    ) {
        Opens::WrongPassword => Some(format!("`{}` has another password there", pair.user)),
        // The file may have the user.
        Opens::UnknownUser if file.is_none() => {
            Some(format!("no line is for the user `{}`", pair.user))
        }
        _ => None,
    }
}
