//! Whom the AuthorizationPolicies of a proxy let in.
//!
//! Source: Istio, "Authorization Policy": what a DENY policy matches is refused; where there are ALLOW policies, so is what none
//! of them matches, with 403 and `RBAC: access denied`. Within a rule `from`, `to` and `when` all have to hold, of their entries
//! any, of the fields of an entry all, of the values of a field any.

use crate::model::mesh::authorization::AuthorizationPolicy;
use crate::model::mesh::authorization::AuthorizationRule;
use crate::model::mesh::authorization::Clause;
use crate::source::Span;

/// What is known of a request when it comes to a proxy.
pub(super) struct Request<'r> {
    /// The path; `None` when it is open.
    pub(super) path: Option<String>,
    /// `:authority` or Host, with its port, if that is sent; `None` when it is open.
    pub(super) authority: Option<String>,
    /// The port on which the proxy takes it; `None` when it is open.
    pub(super) port: Option<i64>,
    /// Whether the peer shows no certificate.
    pub(super) is_anonymous: bool,
    /// Whether no JWT comes with it.
    pub(super) is_without_jwt: bool,
    /// What people call the place.
    pub(super) place: &'r str,
}

/// What becomes of a request.
pub(super) enum Verdict {
    /// It is let in.
    Admitted,
    /// It is refused: by what, why, and whether other policies may let it in all the same.
    Refused {
        policy: Span,
        why: String,
        is_certain: bool,
    },
    /// That cannot be told.
    Open,
}

/// Whether something holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Holds {
    No,
    Perhaps,
    Yes,
}

/// What `policies`, each for this proxy alone or for all around it, make of `request`.
pub(super) fn judge(policies: &[(&AuthorizationPolicy, bool)], request: &Request<'_>) -> Verdict {
    let matched = |action: &'static str| {
        let of = policies
            .iter()
            .filter(move |(own, _)| own.action() == action);
        let rules = of.flat_map(|(policy, _)| policy.rules.iter().map(|rule| (*policy, rule)));
        rules.map(|(policy, rule)| (policy, request.fits(rule)))
    };
    if let Some((policy, _)) = matched("DENY").find(|(_, holds)| *holds == Holds::Yes) {
        let (name, place) = (policy.object.name(), request.place);
        return Verdict::Refused {
            policy: policy.object.name_span(),
            why: format!("the AuthorizationPolicy `{name}` denies this request at {place}"),
            is_certain: true,
        };
    }
    let is_custom = policies.iter().any(|(own, _)| own.action() == "CUSTOM");
    let is_open = is_custom || matched("DENY").any(|(_, holds)| holds == Holds::Perhaps);
    let mut allowing = policies.iter().filter(|(own, _)| own.action() == "ALLOW");
    let best = matched("ALLOW").map(|(_, holds)| holds).max();
    let own = allowing.clone().find(|(_, is_own)| *is_own);
    match (own.or_else(|| allowing.next()), best.unwrap_or(Holds::No)) {
        (Some((policy, is_own)), Holds::No) => Verdict::Refused {
            policy: policy.object.name_span(),
            why: format!(
                "no rule of the AuthorizationPolicies at {} allows this request",
                request.place
            ),
            is_certain: *is_own,
        },
        (Some(_), Holds::Perhaps) => Verdict::Open,
        _ if is_open => Verdict::Open,
        _ => Verdict::Admitted,
    }
}

impl Request<'_> {
    fn fits(&self, rule: &AuthorizationRule) -> Holds {
        let any = |entries: &[Vec<Clause>]| {
            let holds = entries.iter().map(|clauses| {
                let each = clauses.iter().map(|clause| self.holds(clause));
                each.min().unwrap_or(Holds::Yes)
            });
            holds.max().unwrap_or(Holds::Yes)
        };
        let when = rule.when.iter().map(|_| Holds::Perhaps).min();
        any(&rule.from)
            .min(any(&rule.to))
            .min(when.unwrap_or(Holds::Yes))
    }

    fn holds(&self, clause: &Clause) -> Holds {
        let none = |is_known: bool| if is_known { Holds::No } else { Holds::Perhaps };
        match clause.field.as_str() {
            "principals" | "namespaces" | "serviceAccounts" => none(self.is_anonymous),
            "requestPrincipals" => none(self.is_without_jwt),
            // Who is nobody is none of them.
            "notPrincipals" | "notNamespaces" | "notServiceAccounts" => {
                none(self.is_anonymous).turned()
            }
            "notRequestPrincipals" => none(self.is_without_jwt).turned(),
            "methods" => among(&clause.values, Some("POST")),
            "paths" => among(&clause.values, self.path.as_deref()),
            "notMethods" => among(&clause.values, Some("POST")).turned(),
            "notPaths" => among(&clause.values, self.path.as_deref()).turned(),
            // With a port in the authority it hangs on the version whether a name without one is meant.
            "hosts" => match among(&clause.values, self.authority.as_deref()) {
                Holds::Yes => Holds::Yes,
                _ => Holds::Perhaps,
            },
            "ports" => match self
                .port
                .map(|port| clause.values.contains(&port.to_string()))
            {
                Some(true) => Holds::Yes,
                _ => Holds::Perhaps,
            },
            _ => Holds::Perhaps,
        }
    }
}

impl Holds {
    const fn turned(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Perhaps => Self::Perhaps,
            Self::Yes => Self::No,
        }
    }
}

/// Whether one of `values` is `text`: `*` at its end or its beginning stands for anything; templates are left open.
fn among(values: &[String], text: Option<&str>) -> Holds {
    let Some(text) = text else {
        return Holds::Perhaps;
    };
    let holds = values.iter().map(|value| {
        let fits = match (value.strip_suffix('*'), value.strip_prefix('*')) {
            _ if value.contains('{') => return Holds::Perhaps,
            (Some(start), _) => text.starts_with(start),
            (_, Some(end)) => text.ends_with(end),
            _ => text == value,
        };
        if fits { Holds::Yes } else { Holds::No }
    });
    holds.max().unwrap_or(Holds::Perhaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_as_istio_does() {
        let table = [
            ("/v1/*", "/v1/traces", Holds::Yes),
            ("*/traces", "/v1/traces", Holds::Yes),
            ("*", "/v1/traces", Holds::Yes),
            ("/v1", "/v1/traces", Holds::No),
            ("/{*}/traces", "/v1/traces", Holds::Perhaps),
        ];
        for (value, text, holds) in table {
            assert!(among(&[value.to_owned()], Some(text)) == holds, "{value}");
        }
        assert!(among(&["a".to_owned()], None) == Holds::Perhaps);
    }
}
