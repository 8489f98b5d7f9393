//! Variables of a proxy, gathered from one place after the other.

use std::collections::BTreeMap;

use super::Origin;
use super::Variable;
use super::installation;
use crate::model::Model;
use crate::model::mesh::ProxyConfig;
use crate::model::mesh::ROOT_NAMESPACE;
use crate::model::object::Object;
use crate::model::object::Pair;
use crate::model::workload::container::Container;
use crate::model::workload::container::EnvironmentValue;

/// What was gathered so far; later entries win.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) environment: BTreeMap<String, Variable>,
    pub(super) metadata: BTreeMap<String, Variable>,
}

impl Gathered {
    /// The mesh that is configured nearest to `object`.
    pub(super) fn mesh(&mut self, model: &Model, object: &Object) {
        if let Some(mesh) = installation::config(model, object) {
            self.metadata(&mesh.defaults.variables, Origin::Mesh);
        }
    }

    /// Entries of `proxyMetadata`: the injector makes variables of them.
    pub(super) fn metadata(&mut self, pairs: &[Pair], origin: Origin) {
        for pair in pairs {
            let name = pair.key.value.clone();
            let variable = Variable::of(pair, origin);
            self.environment.insert(name.clone(), variable.clone());
            self.metadata.insert(name, variable);
        }
    }

    /// The ProxyConfigs that `wanted` takes, of the root namespace first, then of the object's own.
    pub(super) fn proxy_configs(
        &mut self,
        model: &Model,
        object: &Object,
        wanted: impl Fn(&ProxyConfig) -> bool,
    ) {
        for namespace in [ROOT_NAMESPACE, object.namespace()] {
            let here = model.proxy_configs.seen_in(namespace, object);
            // A selector of the root namespace chooses in that namespace only.
            let is_near = |config: &&ProxyConfig| {
                config.selector.is_empty() || config.object.namespace() == object.namespace()
            };
            for config in here.filter(is_near).filter(|config| wanted(config)) {
                self.metadata(&config.variables, Origin::ProxyConfig);
            }
        }
    }

    /// `env` of the container `istio-proxy`: variables, but no `proxyMetadata`.
    pub(super) fn container(&mut self, container: Option<&Container>) {
        for variable in container.iter().flat_map(|container| &container.env) {
            if let EnvironmentValue::Literal(value) = &variable.value {
                let variable_ = Variable {
                    key: variable.name.span,
                    value: value.clone(),
                    origin: Origin::Container,
                };
                self.environment
                    .insert(variable.name.value.clone(), variable_);
            }
        }
    }
}
