//! What annotations of a Pod put into the proxy that Istio injects: volumes and mounts.
//!
//! Source: istio, api/annotation/annotations.yaml, `userVolume` and `userVolumeMount`: JSON arrays.

use crate::model::workload::container::VolumeMount;
use crate::model::workload::volume::Volume;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Node;
use crate::yaml::Shape;

/// The annotation with volumes.
const VOLUMES: &str = "sidecar.istio.io/userVolume";

/// The annotation with mounts of the proxy.
const MOUNTS: &str = "sidecar.istio.io/userVolumeMount";

/// What Istio adds to a Pod because its annotations say so.
#[derive(Clone, Debug, Default)]
pub struct Injected {
    /// `sidecar.istio.io/userVolume`.
    pub volumes: Vec<Volume>,
    /// `sidecar.istio.io/userVolumeMount`: mounts of the container `istio-proxy`.
    pub mounts: Vec<VolumeMount>,
    /// Whether one of the annotations is there and is no list that we can read.
    pub is_opaque: bool,
}

impl Injected {
    /// Reads the `annotations` of a Pod.
    pub(in crate::model) fn read(annotations: Option<Node<'_>>) -> Self {
        let mut injected = Self::default();
        let Some(annotations) = annotations else {
            return injected;
        };
        injected.volumes = injected.list(annotations, VOLUMES, Volume::read);
        injected.mounts = injected.list(annotations, MOUNTS, VolumeMount::read);
        injected
    }

    fn list<T>(
        &mut self,
        annotations: Node<'_>,
        key: &str,
        read: fn(Node<'_>) -> Option<T>,
    ) -> Vec<T> {
        let value = annotations.get(key);
        let Some(value) = value.filter(|value| value.shape() == Shape::Scalar) else {
            return Vec::new();
        };
        let stream = yaml::parse(value.inner(), Dialect::Kubernetes);
        let root = stream.documents().next();
        let list = root.filter(|root| root.shape() == Shape::Sequence);
        self.is_opaque |= list.is_none();
        list.into_iter()
            .flat_map(Node::items)
            .filter_map(read)
            .collect()
    }
}
