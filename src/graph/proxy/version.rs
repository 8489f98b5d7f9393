//! Which version of Istio a proxy is of, as far as something says so.

use super::installation;
use super::proxy_container;
use crate::model::Model;
use crate::model::object::Object;
use crate::model::object::value;
use crate::model::workload::PodTemplate;
use crate::settings::Settings;
use crate::settings::Version;
use crate::source::Spanned;

/// The label that names the control plane which injects Pods, or which makes a Gateway's.
const REVISION: &str = "istio.io/rev";

/// Istio's version: what the settings say, else the tag of the proxy's image, else the revision that injects the Pods, else
/// what the charts are told.
pub(super) fn of_pod(
    model: &Model,
    settings: &Settings,
    object: &Object,
    pod: &PodTemplate,
) -> Option<Version> {
    let of_image = || {
        let image = proxy_container(pod)?.image.as_ref()?;
        let is_proxy = image.repository.ends_with("proxyv2");
        let (major, minor) = image.version().filter(|_| is_proxy)?;
        Some(Version::new(major, minor))
    };
    let revision = || {
        let home = model.home(object)?;
        // `istio-injection` wins over the revision beside it.
        let is_free = home.label("istio-injection").is_none();
        home.label(REVISION).filter(|_| is_free)
    };
    let of_label = || of_revision(value(&pod.labels, REVISION).or_else(revision)?);
    let of_tag = || of_values(model, object);
    let version = settings.assume.istio.or_else(of_image).or_else(of_label);
    version.or_else(of_tag)
}

/// Istio's version for a Gateway that it makes Pods for: what the settings say, else the Gateway's revision, else what the
/// charts are told.
pub(super) fn of_gateway(model: &Model, settings: &Settings, gateway: &Object) -> Option<Version> {
    let of_label = || of_revision(value(&gateway.labels, REVISION)?);
    let version = settings.assume.istio.or_else(of_label);
    version.or_else(|| of_values(model, gateway))
}

fn of_values(model: &Model, object: &Object) -> Option<Version> {
    installation::version(installation::values(model, object)?)
}

/// The version that a revision is named after, as the documentation of canary upgrades does it: `1-30-2`.
///
/// Names such as `v1-2` are taken for the user's own counting: no Istio before 1.10 is meant by anybody today.
fn of_revision(revision: &Spanned<String>) -> Option<Version> {
    let version: Version = revision.replace('-', ".").parse().ok()?;
    (version.major == 1 && version.minor >= 10).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;
    use crate::source::Span;

    #[test]
    fn a_revision_tells_a_version_where_it_is_named_after_one() {
        let at = Span::new(SourceId(0), 0..0);
        for (revision, expected) in [
            ("1-30-2", Some(Version::new(1, 30))),
            ("1-31", Some(Version::new(1, 31))),
            ("v1-2", None),
            ("canary", None),
            ("prod-stable", None),
            ("1-30-rc", None),
            ("1", None),
        ] {
            let version = of_revision(&Spanned::new(revision.to_owned(), at));
            assert_eq!(version, expected, "{revision}");
        }
    }
}
