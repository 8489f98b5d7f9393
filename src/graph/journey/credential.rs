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
use crate::model::collector::exporter::Client;
use crate::model::collector::exporter::Exporter;
use crate::model::collector::extension::Authenticator;
use crate::model::collector::extension::Extension;
use crate::model::collector::section::Presence;
use crate::source::Span;

impl Walk<'_> {
    /// Why the receiver turns the credentials of `exporter`, which the collector `run` has, away, and where they come
    /// from; `None` when it does not, or when that cannot be told.
    pub(super) fn turned_away(
        &self,
        run: usize,
        exporter: &Exporter,
        landed: Landed,
    ) -> Option<(Span, FlawKind)> {
        let client = exporter.client.as_ref()?;
        let own = &self.model.runs[run].collector;
        let other = &self.model.runs[landed.run].collector;
        let auth = landed.server(self.model).auth.given()?;
        let guard = other.extension(auth.authenticator.as_ref()?)?;
        let (at, why) = match Pair::of(own, client) {
            Some(pair) => (
                pair.span,
                format!(
                    "the receiver does not know these credentials: {}",
                    refusal(guard, &pair)?
                ),
            ),
            None if sends_nothing(guard, client) => {
                let why = "the receiver asks for credentials, and this exporter sends none";
                (exporter.id.span, why.to_owned())
            }
            None => return None,
        };
        let guard = guard.id.span;
        Some((at, FlawKind::Credentials { why, guard }))
    }
}

/// Whether `client` sends nothing that `guard` would look at.
fn sends_nothing(guard: &Extension, client: &Client) -> bool {
    let is_alone = matches!(client.auth, Presence::Absent | Presence::Null(_));
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
    /// What `client` sends, as far as it is written.
    fn of(collector: &Collector, client: &Client) -> Option<Self> {
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
            .find(|header| header.name.eq_ignore_ascii_case("authorization"))?;
        let basic = credential::basic(header.value.known()?)?;
        Some(Self {
            user: basic.user,
            password: basic.password,
            span: header.name.span,
        })
    }
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
