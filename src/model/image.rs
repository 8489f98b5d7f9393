//! Image references of containers, and which Collector an image brings.

use crate::source::Spanned;

/// A container image as a Pod names it: `[registry/]repository[:tag][@digest]`.
///
/// Split by the rules of the distribution project's reference grammar: the part before the first `/` is a registry
/// when it holds a `.` or `:` or is `localhost`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// As written.
    pub text: String,
    /// Host, with its port; `None` means Docker Hub.
    pub registry: Option<String>,
    /// Path without registry, tag and digest.
    pub repository: String,
    /// What follows the last `:` of the path.
    pub tag: Option<String>,
    /// What follows the `@`: `sha256:…`.
    pub digest: Option<String>,
}

impl Image {
    /// Splits `text`; never fails, an odd text is all repository.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.to_owned())),
            None => (text, None),
        };
        let (registry, rest) = match rest.split_once('/') {
            Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => {
                (Some(host.to_owned()), path)
            }
            _ => (None, rest),
        };
        let (repository, tag) = match rest.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag.to_owned())),
            _ => (rest, None),
        };
        Self {
            text: text.to_owned(),
            registry,
            repository: repository.to_owned(),
            tag,
            digest,
        }
    }

    /// Which of the project's distributions this image brings; `None` for any other image, own builds included.
    ///
    /// Only the published names are known: `otel/NAME` and
    /// `open-telemetry/opentelemetry-collector-releases/NAME`, behind any registry or mirror path.
    #[must_use]
    pub fn distribution(&self) -> Option<Distribution> {
        let mut parts = self.repository.rsplit('/');
        let name = parts.next()?;
        let folder = parts.next()?;
        matches!(folder, "otel" | "opentelemetry-collector-releases")
            .then(|| Distribution::of_image(name))
            .flatten()
    }

    /// Major and minor of a tag such as `0.119.0`, `v0.119` or `0.119.0-amd64`; `None` for anything else.
    ///
    /// Only meaningful for images whose tags are the Collector's versions: see [`Self::distribution`].
    #[must_use]
    pub fn version(&self) -> Option<(u16, u16)> {
        let tag = self.tag.as_deref()?;
        let tag = tag.strip_prefix('v').unwrap_or(tag);
        let mut parts = tag.split(['.', '-']);
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        Some((major, minor))
    }

    /// The 0.x of the Collector in one of the project's images; `None` for a tag that says none, and for other images:
    /// vendors count their own versions.
    #[must_use]
    pub fn collector_minor(&self) -> Option<u16> {
        self.distribution()?;
        let (major, minor) = self.version()?;
        (major == 0).then_some(minor)
    }

    /// Whether the same text may name another image tomorrow: no digest, and no tag or `latest`, for any platform.
    #[must_use]
    pub fn floats(&self) -> bool {
        let floats = |tag: &str| {
            let moving = tag.split('-').next().unwrap_or(tag);
            matches!(moving, "latest" | "nightly")
        };
        self.digest.is_none() && self.tag.as_deref().is_none_or(floats)
    }
}

/// Reads an image scalar.
pub(super) fn read(text: Spanned<String>) -> Spanned<Image> {
    text.map(|text| Image::parse(&text))
}

/// The distributions that the OpenTelemetry project publishes as images.
///
/// Source: opentelemetry-collector-releases, `distributions/*/Dockerfile` and `manifest.yaml`, v0.159.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distribution {
    /// `opentelemetry-collector`.
    Core,
    /// `opentelemetry-collector-contrib`.
    Contrib,
    /// `opentelemetry-collector-k8s`.
    Kubernetes,
    /// `opentelemetry-collector-otlp`.
    Otlp,
    /// `opentelemetry-collector-ebpf-profiler`.
    Profiler,
}

impl Distribution {
    fn of_image(name: &str) -> Option<Self> {
        Some(match name {
            "opentelemetry-collector" => Self::Core,
            "opentelemetry-collector-contrib" => Self::Contrib,
            "opentelemetry-collector-k8s" => Self::Kubernetes,
            "opentelemetry-collector-otlp" => Self::Otlp,
            "opentelemetry-collector-ebpf-profiler" => Self::Profiler,
            _ => return None,
        })
    }

    /// The name of the distribution, as its binary and manifest have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Core => "otelcol",
            Self::Contrib => "otelcol-contrib",
            Self::Kubernetes => "otelcol-k8s",
            Self::Otlp => "otelcol-otlp",
            Self::Profiler => "otelcol-ebpf-profiler",
        }
    }

    /// The path that the image's own arguments name with `--config`; `None` when the image has no arguments, so
    /// that a container without `args` ends with `at least one config flag must be provided`.
    #[must_use]
    pub const fn default_config(self) -> Option<&'static str> {
        match self {
            Self::Core => Some("/etc/otelcol/config.yaml"),
            Self::Contrib => Some("/etc/otelcol-contrib/config.yaml"),
            Self::Kubernetes | Self::Otlp | Self::Profiler => None,
        }
    }

    /// User and group id that the image runs as, unless the Pod says otherwise.
    #[must_use]
    pub const fn user(self) -> (i64, i64) {
        match self {
            Self::Profiler => (0, 0),
            _ => (10001, 10001),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_split_as_the_runtime_splits_them() {
        for (text, registry, repository, tag, digest) in [
            ("nginx", None, "nginx", None, None),
            (
                "otel/opentelemetry-collector:0.119.0",
                None,
                "otel/opentelemetry-collector",
                Some("0.119.0"),
                None,
            ),
            (
                "localhost:5000/otel/x",
                Some("localhost:5000"),
                "otel/x",
                None,
                None,
            ),
            ("localhost/x:1", Some("localhost"), "x", Some("1"), None),
            (
                "ghcr.io/a/b:1.2@sha256:00",
                Some("ghcr.io"),
                "a/b",
                Some("1.2"),
                Some("sha256:00"),
            ),
            ("", None, "", None, None),
        ] {
            let image = Image::parse(text);
            assert_eq!(image.registry.as_deref(), registry, "{text}");
            assert_eq!(image.repository, repository, "{text}");
            assert_eq!(image.tag.as_deref(), tag, "{text}");
            assert_eq!(image.digest.as_deref(), digest, "{text}");
        }
    }

    #[test]
    fn distributions_are_known_by_their_published_names_behind_any_registry() {
        for (text, distribution, version) in [
            (
                "otel/opentelemetry-collector:latest",
                Some(Distribution::Core),
                None,
            ),
            (
                "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s:0.158.1",
                Some(Distribution::Kubernetes),
                Some((0, 158)),
            ),
            (
                "mirror.example.com:5000/hub/otel/opentelemetry-collector-contrib:v0.99.0-amd64",
                Some(Distribution::Contrib),
                Some((0, 99)),
            ),
            ("acme/opentelemetry-collector:0.1.2", None, Some((0, 1))),
            ("otel/autoinstrumentation-java:2.1", None, Some((2, 1))),
        ] {
            let image = Image::parse(text);
            assert_eq!(image.distribution(), distribution, "{text}");
            assert_eq!(image.version(), version, "{text}");
        }
    }

    #[test]
    fn the_tag_of_a_published_image_is_the_version_of_the_collector() {
        for (image, minor) in [
            ("otel/opentelemetry-collector-contrib:0.164.0", Some(164)),
            (
                "docker.io/otel/opentelemetry-collector-contrib:0.150.1",
                Some(150),
            ),
            (
                "docker.io/otel/opentelemetry-collector-otlp:v0.159.0",
                Some(159),
            ),
            ("otel/opentelemetry-collector-k8s:0.124.1-arm64", Some(124)),
            ("otel/opentelemetry-collector:0.111.0@sha256:00", Some(111)),
            (
                "otel/opentelemetry-collector-ebpf-profiler:0.145",
                Some(145),
            ),
            ("otel/opentelemetry-collector@sha256:00", None),
            ("otel/opentelemetry-collector-contrib:latest", None),
            ("otel/opentelemetry-collector-contrib:latest-amd64", None),
            ("otel/opentelemetry-collector-contrib", None),
            ("otel/opentelemetry-collector-contrib:1.2.0", None),
        ] {
            let read = Image::parse(image);
            assert!(read.distribution().is_some(), "{image}");
            assert_eq!(read.collector_minor(), minor, "{image}");
        }
    }

    /// What they hold and which version of the Collector it is cannot be told from their names and tags.
    #[test]
    fn what_vendors_build_is_no_distribution_of_the_project() {
        for image in [
            "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.1",
            "quay.io/signalfx/splunk-otel-collector:0.118.0",
            "ghcr.io/dynatrace/dynatrace-otel-collector/dynatrace-otel-collector:0.24.0",
            "registry.redhat.io/rhosdt/opentelemetry-collector-rhel8@sha256:00",
            "ghcr.io/os-observability/redhat-opentelemetry-collector/redhat-opentelemetry-collector:0.113.0",
            "docker.elastic.co/elastic-agent/elastic-otel-collector:9.2.0",
            "docker.elastic.co/elastic-agent/elastic-agent:9.2.0",
            "gcr.io/datadoghq/ddot-collector:7.70.0",
            "datadog/agent:7.70.0-full",
            "honeycombio/honeycomb-opentelemetry-collector:0.1.0",
            "ghcr.io/observiq/bindplane-agent:1.80.0",
            "observiq/observiq-otel-collector:1.60.0",
            "grafana/alloy:v1.11.0",
            "grafana/otel-collector:0.1.0",
            "newrelic/nrdot-collector-k8s:1.4.0",
            "sumologic/sumologic-otel-collector:0.130.0",
            "us-docker.pkg.dev/cloud-ops-agents-artifacts/google-cloud-opentelemetry-collector/otelcol-google:0.130.0",
            "bitnami/opentelemetry-collector:0.130.0",
            "ghcr.io/open-telemetry/opentelemetry-operator/opentelemetry-operator:0.158.0",
            "ghcr.io/open-telemetry/opentelemetry-operator/target-allocator:0.158.0",
            "otel/opentelemetry-collector-contrib-dev:latest",
            "otel/opentelemetry-collector-opampsupervisor:0.150.0",
            "registry.example.com/team/opentelemetry-collector-contrib:0.150.0",
            "otelcol-custom:0.1.0",
        ] {
            let read = Image::parse(image);
            assert_eq!(read.distribution(), None, "{image}");
            assert_eq!(read.collector_minor(), None, "{image}");
        }
    }

    #[test]
    fn a_digest_or_a_version_holds_an_image_still() {
        assert!(Image::parse("a/b").floats());
        assert!(Image::parse("a/b:latest").floats());
        assert!(Image::parse("a/b:latest-amd64").floats());
        assert!(Image::parse("a/b:nightly").floats());
        assert!(!Image::parse("a/b:latestish").floats());
        assert!(!Image::parse("a/b:latest@sha256:00").floats());
        assert!(!Image::parse("a/b:0.1.0").floats());
    }
}
