//! What a gateway makes of a request on its way: whom it asks, and which headers it changes before the receiver sees them.
//!
//! Sources: Envoy Gateway 1.5, internal/xds/translator/{basicauth,api_key_auth,jwt}.go (a JWT is forwarded); Istio,
//! pilot/pkg/security/authn/policy_applier.go `convertToEnvoyJwtConfig` (who shows no token is let through, and a verified one is
//! taken out unless `forwardOriginalToken` says otherwise); Envoy, source/extensions/filters/http/jwt_authn.

use super::FlawKind;
use super::Journey;
use super::authorize;
use super::authorize::Request;
use super::authorize::Verdict;
use super::changes::Changes;
use super::demand::Demand;
use super::demand::Opinion;
use super::matching;
use super::shown::AUTHORIZATION;
use super::shown::Shown;
use super::walk::Walk;
use crate::attach::listener::Clients;
use crate::attach::listener::ListenerFacts;
use crate::graph::delivery::Delivery;
use crate::graph::screen::Screen;
use crate::graph::wording::Wording;
use crate::model::access::Asked;
use crate::model::collector::credential;
use crate::model::collector::credential::Line;
use crate::model::collector::credential::Scheme;
use crate::model::collector::dial::Dial;
use crate::model::mesh::authorization::AuthorizationPolicy;
use crate::model::mesh::authorization::JwtRule;
use crate::model::object::Object;
use crate::model::reference::Reference;
use crate::model::store::Content;
use crate::source::Span;

/// Whom a gateway is called in what is said of it.
const WHO: &str = "the gateway";

impl Walk<'_> {
    /// What the policies and filters on the way of `delivery` make of the request: why its end is open, if so, and what
    /// becomes of its headers.
    pub(super) fn pass(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        delivery: &Delivery,
    ) -> (Option<String>, Changes) {
        let mut changes = Changes::default();
        let mut unknown = None;
        for screen in &delivery.screens {
            let opinions = match screen {
                Screen::Policy(at) => self.asked(journey, *at, &mut changes),
                Screen::Authentication(at) => {
                    vec![self.authenticate(journey, *at, WHO, &mut changes)]
                }
                Screen::Other(at) => vec![Asking {
                    at: *at,
                    demand: Demand::Open("a policy or filter of the gateway is not judged"),
                    opinion: Opinion::Open(
                        "a policy or filter of the gateway is not judged".to_owned(),
                    ),
                }],
                Screen::Authorization(..) => Vec::new(),
            };
            for asking in opinions {
                unknown = unknown.or(self.heeded(journey, &asking));
            }
        }
        unknown = unknown.or(self.authorized(journey, dial, delivery));
        let rule = &self.model.routes[delivery.route].rules[delivery.rule];
        changes.modify(&rule.filters);
        let backend = self.attachment.backends[delivery.backend].backend;
        changes.modify(rule.backend_filters.get(backend).map_or(&[], Vec::as_slice));
        (unknown, changes)
    }

    /// Puts down a refusal; why the end is open, if so.
    pub(super) fn heeded(&self, journey: &mut Journey, asking: &Asking) -> Option<String> {
        match &asking.opinion {
            Opinion::Taken => None,
            Opinion::Open(why) => Some(why.clone()),
            Opinion::Refused(why) => {
                let kind = FlawKind::Denied {
                    why: why.clone(),
                    policy: asking.at,
                    answer: "401 (in gRPC `UNAUTHENTICATED`)",
                    advice: asking.demand.advice(),
                };
                journey.flaw(self.exporter_span(journey), kind);
                None
            }
        }
    }

    fn exporter_span(&self, journey: &Journey) -> Span {
        let exporters = &self.model.runs[journey.run].collector.exporters;
        exporters[journey.exporter].id.span
    }

    /// What the exporter puts under `header`.
    pub(super) fn shows(&self, journey: &Journey, header: &str) -> Shown {
        let exporter = &self.model.runs[journey.run].collector.exporters[journey.exporter];
        self.shown(journey.run, exporter, journey.signal, header)
    }

    /// What a policy makes of the exporter, demand by demand.
    fn asked(&self, journey: &Journey, at: usize, changes: &mut Changes) -> Vec<Asking> {
        let policy = &self.model.access_policies[at];
        let asks = policy.asks.iter();
        let askings = asks.map(|asked| {
            let demand = match asked {
                Asked::Basic { secrets, .. } => Demand::Basic {
                    lines: secrets
                        .first()
                        .and_then(|secret| self.lines(secret, ".htpasswd", &policy.object)),
                    is_whole: true,
                },
                Asked::Keys {
                    secrets,
                    headers,
                    elsewhere: false,
                    hides,
                    span,
                } if headers.len() == 1 => {
                    let header = headers[0].value.clone();
                    if *hides {
                        changes.take(header.clone(), *span);
                    }
                    self.keys(secrets, header, &policy.object)
                }
                Asked::Jwt {
                    elsewhere: false,
                    optional,
                    ..
                } => {
                    let shown = self.shows(journey, AUTHORIZATION);
                    let is_let_through = *optional && shown.is_without_bearer();
                    if is_let_through {
                        return Asking::taken(asked.span());
                    }
                    bearer_jwt()
                }
                _ => Demand::Open("what a policy of the gateway asks for is not judged"),
            };
            let shown = self.shows(journey, demand.header());
            Asking {
                at: asked.span(),
                opinion: demand.judge(&shown, WHO),
                demand,
            }
        });
        askings.collect()
    }

    /// What a RequestAuthentication of the proxy `who` makes of the exporter.
    pub(super) fn authenticate(
        &self,
        journey: &Journey,
        at: usize,
        who: &str,
        changes: &mut Changes,
    ) -> Asking {
        let policy = &self.model.request_authentications[at];
        let at = policy.object.name_span();
        let shown = self.shows(journey, AUTHORIZATION);
        let elsewhere = policy.rules.iter().any(|rule| rule.elsewhere);
        if policy.rules.is_empty() || !elsewhere && shown.is_without_bearer() {
            return Asking::taken(at);
        }
        let demand = match elsewhere {
            true => Demand::Open("where the gateway looks for a JWT is not judged"),
            false => bearer_jwt(),
        };
        let takes = |rule: &JwtRule| !rule.forwards;
        if policy.rules.iter().all(takes) && !elsewhere {
            changes.take(AUTHORIZATION.to_owned(), at);
        } else if policy.rules.iter().any(takes) {
            changes.blur("whether the gateway hands on the token is open");
        }
        let opinion = demand.judge(&shown, who);
        Asking {
            at,
            demand,
            opinion,
        }
    }

    /// What the AuthorizationPolicies on the way make of the request; why that is open, if so.
    fn authorized(
        &self,
        journey: &mut Journey,
        dial: &Dial,
        delivery: &Delivery,
    ) -> Option<String> {
        let policies = delivery.screens.iter().filter_map(|screen| match screen {
            Screen::Authorization(at, is_own) => {
                Some((&self.model.authorization_policies[*at], *is_own))
            }
            _ => None,
        });
        let policies: Vec<_> = policies.collect();
        let listener = &self.attachment.listeners[delivery.listener];
        let port = listener.written(self.model).port.as_ref();
        let request = Request {
            path: matching::path(dial, journey.signal),
            authority: dial.authority.known().map(str::to_owned),
            port: port.map(|port| port.value),
            is_anonymous: is_anonymous(listener),
            is_without_jwt: self.shows(journey, AUTHORIZATION).is_without_bearer(),
            place: WHO,
        };
        self.admit(journey, &policies, &request)
    }

    /// What `policies` make of `request`; why that is open, if so.
    pub(super) fn admit(
        &self,
        journey: &mut Journey,
        policies: &[(&AuthorizationPolicy, bool)],
        request: &Request<'_>,
    ) -> Option<String> {
        match authorize::judge(policies, request) {
            Verdict::Admitted => None,
            Verdict::Open => Some("whether an AuthorizationPolicy lets it in is open".to_owned()),
            Verdict::Refused {
                is_certain: false, ..
            } => Some("none of the AuthorizationPolicies that were given lets it in".to_owned()),
            Verdict::Refused { policy, why, .. } => {
                let kind = FlawKind::Denied {
                    why,
                    policy,
                    answer: "403 and `RBAC: access denied` (in gRPC `PERMISSION_DENIED`)",
                    advice: "let a rule of it allow what the exporter sends",
                };
                journey.flaw(self.exporter_span(journey), kind);
                None
            }
        }
    }

    /// The htpasswd lines under `key` of a Secret; `None` when they were not given, or may be read otherwise than here.
    pub(super) fn lines(&self, secret: &Reference, key: &str, from: &Object) -> Option<Vec<Line>> {
        let namespace = secret.namespace_or(from.namespace());
        self.lines_of((namespace, secret.name()), key, from)
    }

    /// The same of a Secret by namespace and name.
    pub(super) fn lines_of(
        &self,
        (namespace, name): (&str, &str),
        key: &str,
        from: &Object,
    ) -> Option<Vec<Line>> {
        let secret = self.model.secrets.nearest(namespace, name, from)?;
        let text = secret.entry(key)?.text()?;
        let wording = Wording::literal(text.as_str());
        let lines = credential::lines(wording.known()?);
        // Only a Collector takes a line that hides nothing for a password.
        let is_plain = |line: &Line| line.scheme == Scheme::Plain;
        (secret.content == Content::Given && !lines.iter().any(is_plain)).then_some(lines)
    }

    /// The keys in the values of Secrets.
    fn keys(&self, secrets: &[Reference], header: String, from: &Object) -> Demand {
        if header.eq_ignore_ascii_case(AUTHORIZATION) {
            return Demand::Open("what stands in front of a key in `Authorization` is not judged");
        }
        let mut values = Vec::new();
        for reference in secrets {
            let namespace = reference.namespace_or(from.namespace());
            let secret = self
                .model
                .secrets
                .nearest(namespace, reference.name(), from);
            match secret.filter(|secret| secret.content == Content::Given) {
                Some(secret) => values.extend(secret.entries.iter().map(|entry| {
                    let text = entry.text();
                    text.map_or_else(Wording::open, |text| Wording::literal(text.as_str()))
                })),
                None => values.push(Wording::open()),
            }
        }
        Demand::Text {
            header,
            scheme: None,
            values,
        }
    }
}

/// A demand, where it is made, and what is made of the exporter there.
pub(super) struct Asking {
    pub(super) at: Span,
    pub(super) demand: Demand,
    pub(super) opinion: Opinion,
}

impl Asking {
    const fn taken(at: Span) -> Self {
        Self {
            at,
            demand: Demand::Open(""),
            opinion: Opinion::Taken,
        }
    }
}

/// What Envoy looks for unless it is told otherwise.
fn bearer_jwt() -> Demand {
    Demand::Jwt {
        header: AUTHORIZATION.to_owned(),
        prefix: Some("Bearer ".to_owned()),
    }
}

/// Whether who comes in by that listener has shown no certificate.
const fn is_anonymous(listener: &ListenerFacts) -> bool {
    use crate::attach::listener::Transport;

    match listener.transport {
        Transport::Plain => true,
        Transport::Terminate => {
            matches!(listener.clients, Clients::Anyone | Clients::Unheeded { .. })
        }
        _ => false,
    }
}
