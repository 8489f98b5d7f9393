//! The proxy that Istio makes for a Gateway of Gateway API.

use super::ENVOY_PORT;
use super::Kind;
use super::MERGED_PORT;
use super::Origin;
use super::Proxy;
use super::Variable;
use super::gathered::Gathered;
use super::inert::Inert;
use super::inert::Unread;
use super::inert::strays;
use super::injection::Injection;
use super::proxy_container;
use super::version;
use crate::model::Model;
use crate::model::mesh::ProxyConfig;
use crate::settings::Settings;

impl Proxy {
    /// The proxy of the Gateway at `index`.
    pub(super) fn of_gateway(model: &Model, settings: &Settings, index: usize) -> Self {
        let gateway = &model.gateways[index];
        let object = &gateway.object;
        let mut variables = Gathered::default();
        variables.mesh(model, object);
        variables.proxy_configs(model, object, |config| config.selector.is_empty());
        // The only label that is handed on when variables are made for it.
        let is_own = |config: &ProxyConfig| {
            let mut labels = config.selector.iter();
            labels.all(|pair| {
                pair.key.value == "gateway.networking.k8s.io/gateway-name"
                    && pair.value.value == object.name()
            })
        };
        variables.proxy_configs(model, object, |config| {
            !config.selector.is_empty() && is_own(config)
        });
        let (overlays, is_overlaid) = overlays(model, index);
        for at in &overlays {
            variables.container(proxy_container(&model.overlays[*at].pod));
        }
        let mut inert = strays(gateway.proxy.as_ref());
        for pair in gateway.proxy.iter().flat_map(|told| &told.variables) {
            let is_told = variables.environment.contains_key(pair.key.as_str());
            let is_port = [ENVOY_PORT, MERGED_PORT].contains(&pair.key.as_str());
            // The agent still reads this one from the annotation, for one of both ports.
            variables.metadata.insert(
                pair.key.value.clone(),
                Variable::of(pair, Origin::Annotation),
            );
            if is_port && !is_told && !is_overlaid {
                inert.push(Inert {
                    name: pair.key.value.clone(),
                    at: pair.key.span,
                    why: Unread::OfGateway,
                });
            }
        }
        let mut proxy = Self {
            workload: None,
            gateway: Some(index),
            kind: Kind::Managed,
            version: version::of_gateway(model, settings, object),
            injection: Injection::Yes(object.name_span()),
            environment: variables.environment,
            metadata: variables.metadata,
            inert,
            older: Vec::new(),
            overlays,
            is_overlaid,
        };
        proxy.drop_what_is_too_new();
        proxy
    }
}

/// What is laid over the Pods of the Gateway, as indexes into the model, and whether something was not given: what holds
/// for its class, then what its own `parametersRef` names.
fn overlays(model: &Model, gateway: usize) -> (Vec<usize>, bool) {
    let gateway = &model.gateways[gateway];
    let of_class = model.overlays.iter().enumerate().filter(|(_, overlay)| {
        let class = gateway.class.as_ref().map(|class| class.as_str());
        class.is_some() && overlay.class.as_ref().map(|class| class.as_str()) == class
    });
    let nearest = of_class.min_by_key(|(_, overlay)| overlay.object.distance(&gateway.object));
    let mut overlays: Vec<usize> = nearest.map(|(at, _)| at).into_iter().collect();
    let Some(reference) = &gateway.parameters else {
        return (overlays, false);
    };
    let is_map = reference.kind_or("") == "ConfigMap";
    let namespace = gateway.object.namespace();
    let own = model
        .overlays
        .nearest_index(namespace, reference.name(), &gateway.object)
        .filter(|_| is_map);
    overlays.extend(own);
    (overlays, own.is_none())
}

/// Whether a Gateway lives behind a Service of somebody else, so that Istio makes no Pods for it.
pub(super) fn is_adopted(model: &Model, gateway: usize) -> bool {
    let mut addresses = model.gateways[gateway].requested.iter();
    addresses.any(|address| {
        let kind = address.kind.as_ref();
        kind.is_some_and(|kind| kind.value == "Hostname")
    })
}
