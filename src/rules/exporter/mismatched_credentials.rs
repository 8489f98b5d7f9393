use std::collections::BTreeSet;

use crate::finding::Findings;
use crate::model::collector::Collector;
use crate::model::collector::credential;
use crate::model::collector::credential::Opens;
use crate::model::collector::credential::Password;
use crate::model::collector::exporter::Client;
use crate::model::collector::extension::Authenticator;
use crate::model::collector::extension::Extension;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "mismatched-credentials",
    severity: Severity::Error,
    page: page!("exporter/mismatched-credentials"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for journey in &world.graph.journeys {
        let Some(landed) = journey.landed else {
            continue;
        };
        let (own, other) = (
            &world.model.runs[journey.run].collector,
            &world.model.runs[landed.run].collector,
        );
        let exporter = &own.exporters[journey.exporter];
        let Some(pair) = exporter
            .client
            .as_ref()
            .and_then(|client| Pair::of(own, client))
        else {
            continue;
        };
        let server = &other.receivers[landed.receiver].servers[landed.server];
        let guard = server
            .auth
            .given()
            .and_then(|auth| other.extension(auth.authenticator.as_ref()?));
        let Some((guard, missing)) = guard.and_then(|guard| Some((guard, refusal(guard, &pair)?)))
        else {
            continue;
        };
        if !seen.insert((pair.span, guard.id.span)) {
            continue;
        }
        findings
            .at(pair.span, format!("the receiver does not know these credentials: {missing}"))
            .also(guard.id.span, "what they are held against")
            .along(&journey.trail)
            .help("the receiver answers UNAUTHENTICATED or 401: give both sides the same user and password");
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
