//! Whether a mapping is a configuration of the Collector, part of one, or something else.

use crate::yaml::Node;
use crate::yaml::Shape;

use super::component;
use super::id::ComponentId;
use super::id::Role;
use super::shape;

/// What a YAML document is to the Collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recognised {
    /// Sections of a configuration: receivers, exporters, service …
    Configuration,
    /// The body of one component, or of `service.telemetry`, without its name around it.
    Fragment(Fragment),
    /// Several such bodies under names of the author's choice.
    Fragments(Fragment),
    /// Several bodies under their ids, without the sections around them.
    Named,
    /// A declarative configuration of an SDK, which looks alike: `file_format`, `tracer_provider` …
    Sdk,
}

/// Of what a fragment is the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fragment {
    /// A component of that role and type.
    Component(Role, &'static str),
    /// `service.telemetry`.
    Telemetry,
}

/// What `root` is; `None` when it is nothing of the Collector's. Only the keys at the top and right below decide, so
/// that a long document costs nothing.
#[must_use]
pub fn recognise(root: Node<'_>) -> Option<Recognised> {
    if root.shape() != Shape::Mapping || root.has("apiVersion") || root.has("kind") {
        return None;
    }
    if root.has("file_format") || root.has("tracer_provider") || root.has("meter_provider") {
        return Some(Recognised::Sdk);
    }
    if is_configuration(root) {
        return Some(Recognised::Configuration);
    }
    fragment(root)
        .map(Recognised::Fragment)
        .or_else(|| are_named(root).then_some(Recognised::Named))
        .or_else(|| fragments(root))
}

/// Whether `root` holds pipelines, or two sections, or one of which every entry is a component.
fn is_configuration(root: Node<'_>) -> bool {
    let service = root.get("service");
    let pipelines = service.and_then(|service| service.get("pipelines"));
    let wired = pipelines.is_some_and(|pipelines| {
        pipelines.shape() == Shape::Scalar
            || pipelines.entries().any(|(_, pipeline)| {
                ["receivers", "exporters", "processors"]
                    .into_iter()
                    .any(|key| pipeline.has(key))
            })
    });
    let sections = Role::ALL
        .into_iter()
        .filter(|role| {
            root.get(role.section())
                .is_some_and(|section| section.shape() == Shape::Mapping)
        })
        .count();
    let foreign = root
        .entries()
        .filter(|(key, _)| {
            let key = key.text();
            key != "service" && !Role::ALL.into_iter().any(|role| role.section() == key)
        })
        .count();
    // One stray key is a misspelt section; more of them are another program's file that holds the same words.
    (wired && sections + 1 >= foreign)
        || (sections >= 2 && foreign <= 1)
        || (sections >= 1 && service.is_some() && foreign <= 1 && has_service_keys(service))
        || (sections == 1
            && foreign == 0
            && Role::ALL.into_iter().any(|role| is_section(root, role)))
}

/// Whether the section of `role` holds components of types that there are, and nothing else.
fn is_section(root: Node<'_>, role: Role) -> bool {
    let section = root.get(role.section());
    let ids = section.into_iter().flat_map(Node::entries);
    let mut ids = ids
        .map(|(key, _)| ComponentId::read(&key.text()))
        .peekable();
    ids.peek().is_some() && ids.all(|id| id.is_ok_and(|id| component::is_known(role, &id.kind)))
}

fn has_service_keys(service: Option<Node<'_>>) -> bool {
    service.is_some_and(|service| {
        service.shape() == Shape::Mapping
            && ["pipelines", "extensions", "telemetry"]
                .into_iter()
                .any(|key| service.has(key))
    })
}

/// The component whose body `root` is, when its keys leave no doubt.
fn fragment(root: Node<'_>) -> Option<Fragment> {
    let keys: Vec<String> = root
        .entries()
        .take(40)
        .map(|(key, _)| key.text().into_owned())
        .collect();
    let has = |key: &str| keys.iter().any(|own| own == key);
    let all =
        |known: &[&str]| !keys.is_empty() && keys.iter().all(|key| known.contains(&key.as_str()));
    if is_otlp_receiver(root) {
        return Some(Fragment::Component(Role::Receiver, "otlp"));
    }
    if all(&["logs", "metrics", "traces", "resource"]) && is_telemetry(root) {
        return Some(Fragment::Telemetry);
    }
    if is_debug(root, &keys) {
        return Some(Fragment::Component(Role::Exporter, "debug"));
    }
    let telling = [
        "balancer_name",
        "logs_endpoint",
        "metrics_endpoint",
        "retry_on_failure",
        "sending_queue",
        "traces_endpoint",
    ];
    let exporter =
        keys.iter().any(|key| key.ends_with("endpoint")) && telling.iter().any(|key| has(key));
    exporter
        .then(|| client(root))
        .flatten()
        .or_else(|| body(root))
}

/// Components whose bodies no other program writes alike.
const BODIES: &[(Role, &str)] = &[
    (Role::Receiver, "prometheus"),
    (Role::Processor, "batch"),
    (Role::Processor, "k8s_attributes"),
    (Role::Processor, "memory_limiter"),
    (Role::Processor, "tail_sampling"),
    (Role::Exporter, "debug"),
    (Role::Exporter, "load_balancing"),
    (Role::Extension, "basicauth"),
];

/// The points from which on keys tell a body without a name from all else.
const ENOUGH: usize = 3;

/// The one of [`BODIES`] whose fields the keys of `root` are.
fn body(root: Node<'_>) -> Option<Fragment> {
    let fits = BODIES.iter().filter_map(|(role, kind)| {
        let points = shape::fit(shape::lookup(*role, kind)?, root)?;
        (points >= ENOUGH).then_some((points, Fragment::Component(*role, kind)))
    });
    fits.max_by_key(|(points, _)| *points)
        .map(|(_, fragment)| fragment)
}

/// Whether `root` holds bodies of components under their ids: each of a type that is known in full and shares a field with
/// it, and at least one under an id, or with keys, that no other program has.
fn are_named(root: Node<'_>) -> bool {
    let mut tells = false;
    for (key, body) in root.entries() {
        let Ok(id) = ComponentId::read(&key.text()) else {
            return false;
        };
        let role = role_of(&id.kind, body);
        let Some(shape) = role.and_then(|role| shape::lookup(role, &id.kind)) else {
            return false;
        };
        let is_empty = body.entries().next().is_none();
        if matches!(body.shape(), Shape::Sequence) || !(is_empty || shape::shares(shape, body)) {
            return false;
        }
        let points = shape::fit(shape, body).unwrap_or_default();
        tells |= !is_empty && !id.name.is_empty() || points >= ENOUGH || is_otlp_receiver(body);
    }
    tells
}

/// The role of a component of type `kind` with that body. Where the type has several, the body decides.
pub(super) fn role_of(kind: &str, body: Node<'_>) -> Option<Role> {
    let mut roles = Role::ALL
        .into_iter()
        .filter(|role| component::is_known(*role, kind));
    let (first, second) = (roles.next()?, roles.next());
    if second.is_none() {
        return Some(first);
    }
    let fits = Role::ALL.into_iter().filter_map(|role| {
        let points = shape::fit(shape::lookup(role, kind)?, body)?;
        Some((points, role))
    });
    fits.max_by_key(|(points, _)| *points).map(|(_, role)| role)
}

fn is_otlp_receiver(body: Node<'_>) -> bool {
    body.entries().count() == 1 && body.has("protocols") && is_otlp(body.get("protocols"))
}

fn is_otlp(protocols: Option<Node<'_>>) -> bool {
    let Some(protocols) = protocols else {
        return true;
    };
    let mut keys = protocols
        .entries()
        .map(|(key, _)| key.text().into_owned())
        .peekable();
    // jaeger and skywalking have `grpc` too, but call the rest `thrift_…` or nothing at all.
    protocols.shape() == Shape::Mapping
        && (keys.peek().is_none()
            || (protocols.has("grpc") || protocols.has("http"))
                && keys.all(|key| !key.starts_with("thrift"))
            || is_nobodys(protocols))
}

/// Whether these are ports under protocols that no receiver has: whichever is meant, it refuses them.
fn is_nobodys(protocols: Node<'_>) -> bool {
    let mut entries = protocols.entries();
    entries.all(|(key, server)| {
        let mut fields = server.entries();
        let key = key.text();
        let is_port = fields
            .next()
            .is_some_and(|(field, _)| field.text() == "endpoint");
        is_port && fields.next().is_none() && !key.starts_with("thrift_") && key != "arrow"
    })
}

fn is_telemetry(root: Node<'_>) -> bool {
    let levels = ["none", "basic", "normal", "detailed"];
    let logs = root
        .get("logs")
        .is_some_and(|logs| logs.has("level") || logs.has("encoding"));
    let metrics = root.get("metrics").is_some_and(|metrics| {
        let level = metrics.get("level");
        let leveled = level.is_some_and(|level| levels.contains(&&*level.text()));
        (leveled || logs)
            && ["readers", "views", "address"]
                .into_iter()
                .any(|key| metrics.has(key))
    });
    metrics || shape::fit_below(&shape::TELEMETRY, root).is_some_and(|points| points >= 2)
}

fn is_debug(root: Node<'_>, keys: &[String]) -> bool {
    let fields = [
        "verbosity",
        "sampling_initial",
        "sampling_thereafter",
        "use_internal_logger",
        "output_paths",
        "sending_queue",
        "output",
    ];
    let verbosity = root
        .entries()
        .find(|(key, _)| key.text().eq_ignore_ascii_case("verbosity"));
    verbosity.is_some_and(|(_, level)| ["basic", "normal", "detailed"].contains(&&*level.text()))
        && keys
            .iter()
            .all(|key| fields.iter().any(|field| field.eq_ignore_ascii_case(key)))
}

/// Which OTLP exporter has a body with these keys; `None` when a key belongs to neither, or to both.
fn client(root: Node<'_>) -> Option<Fragment> {
    let common = [
        "endpoint",
        "tls",
        "timeout",
        "headers",
        "auth",
        "compression",
        "sending_queue",
        "retry_on_failure",
        "read_buffer_size",
        "write_buffer_size",
    ];
    let grpc = ["keepalive", "balancer_name", "authority", "wait_for_ready"];
    let http = [
        "encoding",
        "traces_endpoint",
        "metrics_endpoint",
        "logs_endpoint",
        "profiles_endpoint",
    ];
    let others: Vec<String> = root
        .entries()
        .map(|(key, _)| key.text().into_owned())
        .filter(|key| !common.contains(&key.as_str()))
        .collect();
    let all = |known: &[&str]| others.iter().all(|key| known.contains(&key.as_str()));
    let is_url = root
        .get("endpoint")
        .is_some_and(|endpoint| endpoint.text().starts_with("http"));
    if all(&http) && !others.is_empty() && is_url {
        return Some(Fragment::Component(Role::Exporter, "otlp_http"));
    }
    let is_grpc = all(&grpc) && (!others.is_empty() || !is_url);
    is_grpc.then_some(Fragment::Component(Role::Exporter, "otlp_grpc"))
}

/// Several bodies of exporters under names: at least three, most of them with both a queue and retries.
fn fragments(root: Node<'_>) -> Option<Recognised> {
    let bodies: Vec<Node<'_>> = root.entries().map(|(_, body)| body).take(40).collect();
    let queued = bodies
        .iter()
        .filter(|body| body.has("sending_queue") && body.has("retry_on_failure"))
        .count();
    let known = [
        "endpoint",
        "tls",
        "timeout",
        "headers",
        "auth",
        "compression",
        "sending_queue",
        "retry_on_failure",
    ];
    let familiar = bodies.iter().all(|body| {
        body.shape() == Shape::Mapping
            && body.entries().all(|(key, _)| known.contains(&&*key.text()))
    });
    let dialled = bodies
        .iter()
        .filter_map(|body| body.get("endpoint"))
        .any(|endpoint| !endpoint.text().contains("://"));
    (bodies.len() >= 3 && queued * 2 > bodies.len() && familiar && dialled).then_some(
        Recognised::Fragments(Fragment::Component(Role::Exporter, "otlp_grpc")),
    )
}
