//! Containers as a Pod template asks for them: image, arguments, environment, ports, mounts.

use crate::model::image;
use crate::model::image::Image;
use crate::model::workload::amount;
use crate::model::workload::probe::Probe;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::Shape;

/// One container; `None` means that the field is absent, null or of another type.
#[derive(Clone, Debug)]
pub struct Container {
    /// The whole entry.
    pub span: Span,
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// `image`.
    pub image: Option<Spanned<Image>>,
    /// `command`, which replaces the image's entrypoint and its arguments; `None` when absent or empty.
    pub command: Option<Vec<Spanned<String>>>,
    /// `args`, which replace the image's arguments; `None` when absent or empty.
    pub args: Option<Vec<Spanned<String>>>,
    /// Where `args` stands, else `command`, else the image: the place to point at when arguments are judged.
    pub command_span: Span,
    /// `workingDir`.
    pub working_directory: Option<Spanned<String>>,
    /// `env`, in order: later entries win and may use earlier ones.
    pub env: Vec<EnvironmentVariable>,
    /// `envFrom`: whole ConfigMaps or Secrets.
    pub env_from: Vec<EnvironmentSource>,
    /// `ports`.
    pub ports: Vec<ContainerPort>,
    /// `volumeMounts`.
    pub mounts: Vec<VolumeMount>,
    /// `securityContext`.
    pub security: Security,
    /// The probes that ask a port, the liveness probe first.
    pub probes: Vec<Probe>,
    /// `resources.limits.memory` in bytes: what has more is ended by the kernel.
    pub memory_limit: Option<Spanned<u64>>,
    /// `restartPolicy`: `Always` makes an init container a sidecar that keeps running.
    pub restart_policy: Option<Spanned<String>>,
}

/// One entry of `env`.
#[derive(Clone, Debug)]
pub struct EnvironmentVariable {
    /// `name`.
    pub name: Spanned<String>,
    /// Where its value comes from.
    pub value: EnvironmentValue,
}

/// Where the value of an environment variable comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvironmentValue {
    /// `value`, `$(NAME)` not yet replaced.
    Literal(Spanned<String>),
    /// Neither `value` nor `valueFrom`: the empty string.
    Empty,
    /// `valueFrom.configMapKeyRef`.
    ConfigMap(KeyReference),
    /// `valueFrom.secretKeyRef`.
    Secret(KeyReference),
    /// `valueFrom.fieldRef`: its `fieldPath`.
    Field(Spanned<String>),
    /// Anything else under `valueFrom`.
    Other(Span),
}

/// A key of a ConfigMap or Secret in the Pod's namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyReference {
    /// Name of the ConfigMap or Secret.
    pub name: Spanned<String>,
    /// The key.
    pub key: Spanned<String>,
    /// Whether the Pod starts without it.
    pub optional: bool,
}

/// One entry of `envFrom`.
#[derive(Clone, Debug)]
pub struct EnvironmentSource {
    /// Which kind of object.
    pub kind: EnvironmentSourceKind,
    /// Its name.
    pub name: Spanned<String>,
    /// Put in front of each key.
    pub prefix: Option<Spanned<String>>,
    /// Whether the Pod starts without it.
    pub optional: bool,
}

/// What `envFrom` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvironmentSourceKind {
    /// `configMapRef`.
    ConfigMap,
    /// `secretRef`.
    Secret,
}

/// One entry of a container's `ports`: a name for a port, and a promise to readers; it opens nothing by itself.
#[derive(Clone, Debug)]
pub struct ContainerPort {
    /// The whole entry.
    pub span: Span,
    /// `name`, which a Service's `targetPort` may use.
    pub name: Option<Spanned<String>>,
    /// `containerPort`.
    pub port: Option<Spanned<i64>>,
    /// `hostPort`: opens the port on the node.
    pub host_port: Option<Spanned<i64>>,
    /// `protocol`; TCP when absent.
    pub protocol: Option<Spanned<String>>,
}

/// One entry of `volumeMounts`.
#[derive(Clone, Debug)]
pub struct VolumeMount {
    /// The whole entry.
    pub span: Span,
    /// `name` of the volume.
    pub name: Spanned<String>,
    /// `mountPath`.
    pub path: Spanned<String>,
    /// `subPath`: the part of the volume that is mounted.
    pub sub_path: Option<Spanned<String>>,
    /// `subPathExpr`: the same with `$(NAME)` in it.
    pub sub_path_expression: Option<Spanned<String>>,
    /// `readOnly`.
    pub read_only: Option<Spanned<bool>>,
}

/// The parts of a Pod's or container's `securityContext` that decide who may read a file or bind a port.
#[derive(Clone, Debug, Default)]
pub struct Security {
    /// `runAsUser`.
    pub user: Option<Spanned<i64>>,
    /// `runAsGroup`.
    pub group: Option<Spanned<i64>>,
    /// `fsGroup`; only in a Pod's.
    pub file_group: Option<Spanned<i64>>,
    /// `supplementalGroups`; only in a Pod's.
    pub supplemental_groups: Vec<Spanned<i64>>,
    /// `runAsNonRoot`.
    pub non_root: Option<Spanned<bool>>,
    /// `privileged`.
    pub privileged: Option<Spanned<bool>>,
    /// Whether `windowsOptions` or an SELinux/AppArmor setting makes file permissions a different matter.
    pub windows: bool,
}

impl Container {
    pub(in crate::model) fn read(node: Node<'_>) -> Self {
        let command = arguments(node, "command");
        let args = arguments(node, "args");
        let command_span = ["args", "command", "image"]
            .iter()
            .find_map(|key| node.key(key).filter(|_| node.get(key).is_some()))
            .map_or_else(|| node.span(), Node::span);
        Self {
            span: node.span(),
            name: node.string_at("name"),
            image: node.string_at("image").map(image::read),
            command,
            args,
            command_span,
            working_directory: node.string_at("workingDir"),
            env: entries(node, "env", EnvironmentVariable::read),
            env_from: entries(node, "envFrom", EnvironmentSource::read),
            ports: entries(node, "ports", ContainerPort::read),
            mounts: entries(node, "volumeMounts", VolumeMount::read),
            security: Security::read(node.get("securityContext")),
            probes: Probe::read_all(node),
            memory_limit: amount::memory_limit(node),
            restart_policy: node.string_at("restartPolicy"),
        }
    }
}

impl Container {
    /// A container that says nothing, at `span`.
    pub(in crate::model) fn empty(span: Span) -> Self {
        Self {
            span,
            name: None,
            image: None,
            command: None,
            args: None,
            command_span: span,
            working_directory: None,
            env: Vec::new(),
            env_from: Vec::new(),
            ports: Vec::new(),
            mounts: Vec::new(),
            security: Security::default(),
            probes: Vec::new(),
            memory_limit: None,
            restart_policy: None,
        }
    }
}

impl EnvironmentVariable {
    pub(in crate::model) fn read(node: Node<'_>) -> Option<Self> {
        let name = node.string_at("name")?;
        let value = match node.get("valueFrom") {
            Some(from) => EnvironmentValue::read(from),
            // A number is refused, and a finding of its own; what is meant is plain.
            None => node
                .get("value")
                .filter(|value| value.shape().is_scalar())
                .map_or(EnvironmentValue::Empty, |value| {
                    EnvironmentValue::Literal(Spanned::new(value.text().into_owned(), value.span()))
                }),
        };
        Some(Self { name, value })
    }

    /// Where its value stands, when its name says that it is a password, a token or a key.
    pub(in crate::model) fn secret(&self) -> Option<Span> {
        const WORDS: &[&str] = &[
            "PASSWORD",
            "PASSWD",
            "TOKEN",
            "SECRET",
            "CREDENTIAL",
            "HTPASSWD",
            "AUTHORIZATION",
            "API_KEY",
            "APIKEY",
            "ACCESS_KEY",
            "PRIVATE_KEY",
            "_HEADERS",
        ];
        let name = self.name.to_ascii_uppercase();
        let is_secret = WORDS.iter().any(|word| name.contains(word));
        match &self.value {
            // A path to a file, or a reference to another variable, gives nothing away.
            EnvironmentValue::Literal(value) if is_secret && !value.starts_with(['/', '$']) => {
                Some(value.span)
            }
            _ => None,
        }
    }
}

impl EnvironmentValue {
    fn read(from: Node<'_>) -> Self {
        if let Some(reference) = from.get("configMapKeyRef").and_then(KeyReference::read) {
            return Self::ConfigMap(reference);
        }
        if let Some(reference) = from.get("secretKeyRef").and_then(KeyReference::read) {
            return Self::Secret(reference);
        }
        let field = from.get("fieldRef");
        match field.and_then(|field| field.string_at("fieldPath")) {
            Some(path) => Self::Field(path),
            None => Self::Other(from.span()),
        }
    }
}

impl KeyReference {
    fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            name: node.string_at("name")?,
            key: node.string_at("key")?,
            optional: is_true(node, "optional"),
        })
    }
}

impl EnvironmentSource {
    pub(in crate::model) fn read(node: Node<'_>) -> Option<Self> {
        let (kind, reference) = match node.get("configMapRef") {
            Some(reference) => (EnvironmentSourceKind::ConfigMap, reference),
            None => (EnvironmentSourceKind::Secret, node.get("secretRef")?),
        };
        Some(Self {
            kind,
            name: reference.string_at("name")?,
            prefix: node.string_at("prefix"),
            optional: is_true(reference, "optional"),
        })
    }
}

impl ContainerPort {
    pub(in crate::model) fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            span: node.span(),
            name: node.string_at("name"),
            port: node.integer_at("containerPort"),
            host_port: node.integer_at("hostPort").filter(|port| port.value != 0),
            protocol: node.string_at("protocol"),
        })
    }
}

impl VolumeMount {
    pub(in crate::model) fn read(node: Node<'_>) -> Option<Self> {
        Some(Self {
            span: node.span(),
            name: node.string_at("name")?,
            path: node.string_at("mountPath")?,
            sub_path: node
                .string_at("subPath")
                .filter(|path| !path.value.is_empty()),
            sub_path_expression: node
                .string_at("subPathExpr")
                .filter(|path| !path.value.is_empty()),
            read_only: node.boolean_at("readOnly"),
        })
    }
}

impl Security {
    pub(in crate::model) fn read(node: Option<Node<'_>>) -> Self {
        let Some(node) = node else {
            return Self::default();
        };
        let groups = node.get("supplementalGroups");
        Self {
            user: node.integer_at("runAsUser"),
            group: node.integer_at("runAsGroup"),
            file_group: node.integer_at("fsGroup"),
            supplemental_groups: groups
                .map(|groups| groups.items().filter_map(Node::integer).collect())
                .unwrap_or_default(),
            non_root: node.boolean_at("runAsNonRoot"),
            privileged: node.boolean_at("privileged"),
            windows: node.has("windowsOptions"),
        }
    }
}

/// The entries of the sequence under `key` that `read` can make something of.
pub(in crate::model) fn entries<'t, T>(
    node: Node<'t>,
    key: &str,
    read: impl Fn(Node<'t>) -> Option<T>,
) -> Vec<T> {
    let Some(list) = node.get(key).filter(|list| list.shape() == Shape::Sequence) else {
        return Vec::new();
    };
    list.items()
        .filter(|item| item.shape() == Shape::Mapping)
        .filter_map(read)
        .collect()
}

/// Whether `key` is the boolean true.
pub(in crate::model) fn is_true(node: Node<'_>, key: &str) -> bool {
    node.boolean_at(key).is_some_and(|flag| flag.value)
}

fn arguments(node: Node<'_>, key: &str) -> Option<Vec<Spanned<String>>> {
    let list = node.strings_at(key);
    (!list.is_empty()).then_some(list)
}
