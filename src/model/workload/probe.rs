//! Probes, as a container asks for them.

use crate::model::service::PortRef;
use crate::yaml::Node;

/// A question by which the kubelet learns of a container, asked at a port of its Pod.
#[derive(Clone, Debug)]
pub struct Probe {
    /// What the answer decides.
    pub kind: ProbeKind,
    /// `port` of `httpGet` or `tcpSocket`.
    pub port: PortRef,
    /// Whether a `host` is given, so that the Pod itself is not asked.
    pub names_host: bool,
}

/// What the answer to a probe decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeKind {
    /// Whether the container is started anew.
    Liveness,
    /// Whether Services send to the Pod.
    Readiness,
    /// Whether the other probes begin; the container is started anew when it never does.
    Startup,
}

impl ProbeKind {
    /// As people call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Liveness => "liveness",
            Self::Readiness => "readiness",
            Self::Startup => "startup",
        }
    }
}

impl Probe {
    pub(super) fn read_all(container: Node<'_>) -> Vec<Self> {
        let kinds = [
            ("livenessProbe", ProbeKind::Liveness),
            ("readinessProbe", ProbeKind::Readiness),
            ("startupProbe", ProbeKind::Startup),
        ];
        kinds
            .into_iter()
            .filter_map(|(key, kind)| {
                let probe = container.get(key)?;
                let asked = probe.get("httpGet").or_else(|| probe.get("tcpSocket"))?;
                Some(Self {
                    kind,
                    port: PortRef::read(asked.get("port")?)?,
                    names_host: asked.has("host"),
                })
            })
            .collect()
    }
}
