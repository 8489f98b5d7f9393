//! The installation of Istio that a Pod belongs to: of several that were given the one that stands nearest.

use crate::model::Model;
use crate::model::mesh::config::MeshConfig;
use crate::model::mesh::values::MeshValues;
use crate::model::object::Object;
use crate::settings::Version;
use crate::source::SourceId;

/// The configuration of the mesh around `object`, if one was given.
#[must_use]
pub fn config<'m>(model: &'m Model, object: &Object) -> Option<&'m MeshConfig> {
    nearest(model, object, &model.mesh_configs, |mesh| mesh.source)
}

/// What the charts of the mesh around `object` were told, if that was given.
#[must_use]
pub fn values<'m>(model: &'m Model, object: &Object) -> Option<&'m MeshValues> {
    nearest(model, object, &model.mesh_values, |values| values.source)
}

/// The oldest version that some charts are told, if any are told one.
#[must_use]
pub fn oldest(model: &Model) -> Option<Version> {
    model.mesh_values.iter().filter_map(version).min()
}

/// The version in the tag of images that the charts are told: `1.30.2`, `1.31.0-distroless`.
pub(super) fn version(values: &MeshValues) -> Option<Version> {
    values.tag.as_ref()?.split('-').next()?.parse().ok()
}

fn nearest<'m, T>(
    model: &'m Model,
    object: &Object,
    all: &'m [T],
    source: fn(&T) -> SourceId,
) -> Option<&'m T> {
    // Most repositories hold one.
    if let [only] = all {
        return Some(only);
    }
    all.iter().min_by_key(|one| {
        let name = model.name(source(one));
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        object.distance_to(source(one), folder)
    })
}
