//! Where a gateway asks who sends in a way that is not judged here: by a policy of the implementation, or by a filter of
//! its own. Nobody may say of such a place that anyone comes in.

use std::collections::BTreeSet;

use crate::attach::listener::ListenerFacts;
use crate::model::Model;
use crate::model::object::Object;
use crate::model::reference::Reference;
use crate::model::route::Filter;
use crate::model::route::Route;

/// Istio's root namespace, whose policies hold everywhere.
const ROOT_NAMESPACE: &str = "istio-system";

/// By which label the Pods of a Gateway are chosen.
const GATEWAY_NAME: &str = "gateway.networking.k8s.io/gateway-name";

/// Kong's plugins, some of which ask for keys or tokens.
const PLUGINS: &str = "konghq.com/plugins";

/// What policies that ask who sends are for.
#[derive(Debug, Default)]
pub(super) struct Screens<'m> {
    /// Kind, namespace and name.
    objects: BTreeSet<(&'m str, &'m str, &'m str)>,
    /// Namespaces in which a policy chooses by labels: everything there may be meant.
    namespaces: BTreeSet<&'m str>,
}

impl<'m> Screens<'m> {
    /// What the policies of `model` are for.
    pub(super) fn of(model: &'m Model) -> Self {
        let mut screens = Self::default();
        for policy in &model.access_policies {
            screens.aim(&policy.object, &policy.targets);
            if policy.selects {
                screens.namespaces.insert(policy.object.namespace());
            }
        }
        for policy in &model.authorization_policies {
            screens.aim(&policy.object, &policy.targets);
            let mut labels = policy.selector.iter();
            let gateway = labels.find(|label| label.key.value == GATEWAY_NAME);
            let namespace = policy.object.namespace();
            match gateway {
                Some(label) => {
                    let name = label.value.as_str();
                    screens.objects.insert(("Gateway", namespace, name));
                }
                None if policy.targets.is_empty() => {
                    screens.namespaces.insert(namespace);
                }
                None => {}
            }
        }
        screens
    }

    fn aim(&mut self, policy: &'m Object, targets: &'m [Reference]) {
        for target in targets {
            let namespace = target.namespace_or(policy.namespace());
            let kind = target.kind_or("Gateway");
            self.objects.insert((kind, namespace, target.name()));
        }
    }

    /// Whether something asks who sends on the way from that listener by that rule of that route to its backend.
    pub(super) fn cover(
        &self,
        model: &Model,
        listener: &ListenerFacts,
        (route, rule, backend): (&Route, usize, usize),
    ) -> bool {
        let gateway = &model.gateways[listener.gateway].object;
        let mut objects = [gateway.as_ref(), listener.owner(model), &route.object].into_iter();
        let rule = &route.rules[rule];
        let own = rule.backend_filters.get(backend).into_iter().flatten();
        let mut filters = rule.filters.iter().chain(own);
        objects.any(|object| self.is_for(object))
            || self.namespaces.contains(ROOT_NAMESPACE)
            || filters.any(may_ask)
    }

    fn is_for(&self, object: &Object) -> bool {
        let title = (object.kind.as_str(), object.namespace(), object.name());
        self.objects.contains(&title)
            || self.namespaces.contains(object.namespace())
            || object.annotation(PLUGINS).is_some()
    }
}

/// Whether a filter may ask who sends: one of the implementation's own, or the standard's `ExternalAuth`.
fn may_ask(filter: &Filter) -> bool {
    let kind = filter.kind.as_ref().map_or("", |kind| kind.as_str());
    matches!(kind, "ExtensionRef" | "ExternalAuth")
}
