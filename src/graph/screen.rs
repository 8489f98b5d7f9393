//! Where a gateway asks who sends, other than for a client certificate: by a policy of the implementation, or by a filter of
//! its own. Of a place where anybody is asked nobody may say that anyone comes in.
//!
//! Sources: Envoy Gateway 1.5, internal/gatewayapi/securitypolicy.go `ProcessSecurityPolicies` (the policy for the smallest
//! target counts alone); Istio, "Authorization Policy" and "RequestAuthentication", `selector` and `targetRefs`.

use std::collections::BTreeMap;

use crate::attach::listener::ListenerFacts;
use crate::attach::profile::Profile;
use crate::model::Model;
use crate::model::access::Asked;
use crate::model::mesh::ROOT_NAMESPACE;
use crate::model::mesh::authorization::AuthorizationPolicy;
use crate::model::mesh::authorization::AuthorizationRule;
use crate::model::mesh::authorization::Clause;
use crate::model::object::Object;
use crate::model::object::Pair;
use crate::model::object::selects;
use crate::model::reference::Reference;
use crate::model::route::Filter;
use crate::model::route::Route;
use crate::source::Span;

/// By which labels the Pods of a Gateway are chosen.
const GATEWAY_NAMES: [&str; 2] = [
    "gateway.networking.k8s.io/gateway-name",
    "istio.io/gateway-name",
];

/// Kong's plugins, some of which ask for keys or tokens.
const PLUGINS: &str = "konghq.com/plugins";

/// Something on the way that may ask who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Screen {
    /// That AccessPolicy of the model.
    Policy(usize),
    /// That RequestAuthentication of the model.
    Authentication(usize),
    /// That AuthorizationPolicy of the model; whether it is for this place and not for all around.
    Authorization(usize, bool),
    /// A policy that chooses by labels, a filter or a plugin, which are not followed; where it stands.
    Other(Span),
}

/// A policy at a target: for the whole of it, or for a section.
type Aimed<'m> = (Screen, Option<&'m str>);

/// What policies that may ask who sends are for.
#[derive(Debug, Default)]
pub(super) struct Screens<'m> {
    /// By kind, namespace and name of what they are for, in the order of the model.
    objects: BTreeMap<(&'m str, &'m str, &'m str), Vec<Aimed<'m>>>,
    /// By namespace: those that are for everything there, or choose by labels.
    namespaces: BTreeMap<&'m str, Vec<Screen>>,
}

impl<'m> Screens<'m> {
    /// What the policies of `model` are for.
    pub(super) fn of(model: &'m Model) -> Self {
        let mut screens = Self::default();
        for (at, policy) in model.access_policies.iter().enumerate() {
            screens.aim(&policy.object, &policy.targets, Screen::Policy(at));
            if policy.selects && !policy.asks.is_empty() {
                let other = Screen::Other(policy.object.name_span());
                screens.cover_all(policy.object.namespace(), other);
            }
        }
        for (at, policy) in model.request_authentications.iter().enumerate() {
            let chosen = (policy.selector.as_slice(), policy.targets.as_slice());
            screens.choose(model, &policy.object, chosen, |_| {
                Screen::Authentication(at)
            });
        }
        for (at, policy) in model.authorization_policies.iter().enumerate() {
            let chosen = (policy.selector.as_slice(), policy.targets.as_slice());
            screens.choose(model, &policy.object, chosen, |own| {
                Screen::Authorization(at, own)
            });
        }
        screens
    }

    /// A policy of Istio: for its targets, for the Pods of a Gateway, for others, or for all of a namespace.
    fn choose(
        &mut self,
        model: &Model,
        object: &'m Object,
        (selector, targets): (&'m [Pair], &'m [Reference]),
        screen: impl Fn(bool) -> Screen,
    ) {
        self.aim(object, targets, screen(true));
        let mut labels = selector.iter();
        let gateway = labels.find(|label| GATEWAY_NAMES.contains(&label.key.as_str()));
        match gateway {
            Some(label) => {
                let title = ("Gateway", object.namespace(), label.value.as_str());
                self.objects
                    .entry(title)
                    .or_default()
                    .push((screen(true), None));
            }
            None if !targets.is_empty() => {}
            None if selector.is_empty() => self.cover_all(object.namespace(), screen(false)),
            None if is_for_workload(model, object, selector) => {}
            // The Pods of a Gateway may have the labels.
            None => self.cover_all(object.namespace(), Screen::Other(object.name_span())),
        }
    }

    fn cover_all(&mut self, namespace: &'m str, screen: Screen) {
        self.namespaces.entry(namespace).or_default().push(screen);
    }

    fn aim(&mut self, policy: &'m Object, targets: &'m [Reference], screen: Screen) {
        for target in targets {
            let namespace = target.namespace_or(policy.namespace());
            let kind = target.kind_or("Gateway");
            let section = target.section.as_ref().map(|section| section.as_str());
            let title = (kind, namespace, target.name());
            self.objects
                .entry(title)
                .or_default()
                .push((screen, section));
        }
    }

    /// What may ask who sends on the way from that listener, which `profile` serves, by that rule of that route to its
    /// backend.
    pub(super) fn cover(
        &self,
        model: &Model,
        (listener, profile): (&ListenerFacts, &Profile),
        (route, rule, backend): (&Route, usize, usize),
    ) -> Vec<Screen> {
        let gateway = model.gateways[listener.gateway].object.as_ref();
        let owner = listener.owner(model);
        let section = listener.written(model).name();
        let rule = &route.rules[rule];
        let rule_name = rule.name.as_ref().map(|name| name.as_str());
        // From the smallest target to the greatest.
        let places = [
            self.meant(&route.object, rule_name, true),
            self.meant(&route.object, None, false),
            self.meant(owner, Some(section), true),
            self.meant(owner, None, false),
            self.meant(gateway, Some(section), true),
            self.meant(gateway, None, false),
        ];
        let mut found = Vec::new();
        let mut is_settled = false;
        for screens in places {
            let mut merges = true;
            for screen in screens {
                let policy = match screen {
                    Screen::Policy(at) => Some(&model.access_policies[at]),
                    _ => None,
                };
                let is_exclusive = policy.is_some_and(|policy| policy.is_exclusive);
                if found.contains(&screen) || is_exclusive && is_settled {
                    continue;
                }
                merges &= !is_exclusive || policy.is_some_and(|policy| policy.merges);
                found.push(screen);
            }
            is_settled |= !merges;
        }
        let homes = [
            gateway.namespace(),
            ROOT_NAMESPACE,
            route.object.namespace(),
        ];
        for (at, home) in homes.iter().enumerate() {
            let screens = self
                .namespaces
                .get(home)
                .filter(|_| !homes[..at].contains(home));
            // What Istio's are for is the proxy, which lives with the Gateway.
            let is_here = |screen: &&Screen| at < 2 || matches!(screen, Screen::Other(_));
            found.extend(screens.into_iter().flatten().filter(is_here));
        }
        let own = rule.backend_filters.get(backend).into_iter().flatten();
        let filters = rule
            .filters
            .iter()
            .chain(own)
            .filter(|filter| may_ask(filter));
        found.extend(filters.map(|filter| Screen::Other(filter.span)));
        let plugins = [gateway, owner, route.object.as_ref()].into_iter();
        let plugins = plugins.filter_map(|object| object.annotation(PLUGINS));
        found.extend(plugins.map(|plugins| Screen::Other(plugins.span)));
        found.retain(|screen| screen.is_heeded(model, profile));
        found
    }

    /// Those for `object`, or for a section of it alone.
    fn meant(&self, object: &Object, section: Option<&str>, of_section: bool) -> Vec<Screen> {
        let title = (object.kind.as_str(), object.namespace(), object.name());
        let found = self.objects.get(&title).into_iter().flatten();
        let is_meant = |own: &Option<&str>| match of_section {
            true => own.is_some() && *own == section,
            false => own.is_none(),
        };
        let found = found.filter(|(_, own)| is_meant(own));
        found.map(|(screen, _)| *screen).collect()
    }
}

impl Screen {
    /// Whether the implementation looks at it, as far as is known.
    fn is_heeded(self, model: &Model, profile: &Profile) -> bool {
        let by = |name: &str| !profile.is_known() || profile.name.starts_with(name);
        match self {
            Self::Policy(at) if model.access_policies[at].is_exclusive => by("Envoy Gateway"),
            Self::Authentication(_) | Self::Authorization(..) => by("Istio"),
            Self::Policy(_) | Self::Other(_) => true,
        }
    }
}

/// Whether `screens` keep anybody out.
pub(super) fn guard(model: &Model, screens: &[Screen]) -> bool {
    let policies = screens.iter().filter_map(|screen| match screen {
        Screen::Authorization(at, _) => Some(&model.authorization_policies[*at]),
        _ => None,
    });
    screens.iter().any(|screen| match screen {
        Screen::Policy(at) => model.access_policies[*at].asks.iter().any(Asked::guards),
        Screen::Other(_) => true,
        // Who shows no token is let through.
        Screen::Authentication(_) | Screen::Authorization(..) => false,
    }) || authorize(policies, false)
}

/// Whether `policies`, all for one proxy, keep outsiders out; `by_gateway` when those come through a gateway, which has an
/// identity of the mesh in their place.
pub(super) fn authorize<'m>(
    policies: impl Iterator<Item = &'m AuthorizationPolicy>,
    by_gateway: bool,
) -> bool {
    let asks = |rule: &AuthorizationRule| {
        let is_told = |clause: &Clause| !by_gateway || !IDENTITIES.contains(&clause.field.as_str());
        let mut from = rule.from.iter();
        let asks_source = !rule.from.is_empty() && from.all(|all| all.iter().any(is_told));
        asks_source || !rule.when.is_empty()
    };
    let (mut allows, mut admits_anyone, mut refuses) = (false, false, false);
    for policy in policies {
        let mut rules = policy.rules.iter();
        match policy.action() {
            "ALLOW" => {
                allows = true;
                admits_anyone |= rules.any(|rule| !asks(rule));
            }
            "DENY" => refuses |= rules.any(asks),
            "AUDIT" => {}
            _ => refuses = true,
        }
    }
    refuses || allows && !admits_anyone
}

/// The fields of a source that ask for the identity of the peer.
const IDENTITIES: [&str; 6] = [
    "principals",
    "notPrincipals",
    "namespaces",
    "notNamespaces",
    "serviceAccounts",
    "notServiceAccounts",
];

/// Whether `selector`, in the namespace of `object`, chooses a workload that was given.
fn is_for_workload(model: &Model, object: &Object, selector: &[Pair]) -> bool {
    let mut workloads = model.workloads.iter();
    workloads.any(|workload| {
        workload.object.namespace() == object.namespace() && selects(selector, &workload.pod.labels)
    })
}

/// Whether a filter may ask who sends: one of the implementation's own, or the standard's `ExternalAuth`.
fn may_ask(filter: &Filter) -> bool {
    let kind = filter.kind.as_ref().map_or("", |kind| kind.as_str());
    matches!(kind, "ExtensionRef" | "ExternalAuth")
}
