//! Docker Compose: which of the project's images a configuration is given to, as a file or inline, in which environment
//! (compose-spec, `services` and `configs`).

use super::collector::Collector;
use super::collector::proxy::Proxies;
use super::collector::proxy::Variable;
use super::comparison::join;
use super::image::Image;
use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::source::Span;
use crate::source::Spanned;
use crate::source::offset;
use crate::yaml::Node;
use crate::yaml::Shape;
use interpolation::interpolate;

mod interpolation;

/// Something that a Collector's container gets.
#[derive(Clone, Debug)]
pub struct Mounted {
    /// The image of the service.
    pub image: Spanned<Image>,
    /// What it gets.
    pub held: Held,
    /// What its environment says of proxies.
    pub proxies: Proxies,
}

/// What a container gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// A file or folder of the host, as a path like those of the sources.
    Path(String),
    /// What stands in the Compose file itself, under this key of `configs`.
    Inline(Span),
}

impl Mounted {
    /// What the services of a document in `folder` give to images whose versions are the Collector's; nothing when it
    /// is no Compose file.
    pub(super) fn read_all(root: Node<'_>, folder: &str) -> Vec<Self> {
        let mut mounted = Vec::new();
        for service in services(root) {
            let Some(image) = service.string_at("image").map(image) else {
                continue;
            };
            if image.distribution().is_none() {
                continue;
            }
            let proxies = proxies(service);
            let paths = volumes(service).into_iter().map(Held::Path);
            for held in paths.chain(configs(root, service)) {
                let held = match held {
                    Held::Path(path) => {
                        let folder = if path.starts_with('/') { "/" } else { folder };
                        Held::Path(join(folder, &path))
                    }
                    inline @ Held::Inline(_) => inline,
                };
                mounted.push(Self {
                    image: image.clone(),
                    held,
                    proxies: proxies.clone(),
                });
            }
        }
        mounted
    }

    /// Whether the container gets the file `name`: by itself, or with its folder.
    pub(super) fn holds_file(&self, name: &str) -> bool {
        let Held::Path(path) = &self.held else {
            return false;
        };
        let inner = name.strip_prefix(path.as_str());
        inner.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether the container gets what stands inline under `key`.
    pub(super) fn holds_inline(&self, key: Span) -> bool {
        self.held == Held::Inline(key)
    }

    /// The image to which `given` is given; `None` when several versions get it.
    pub(super) fn image<'m>(given: impl Iterator<Item = &'m Self>) -> Option<&'m Spanned<Image>> {
        let mut images = given.map(|mounted| &mounted.image);
        let first = images.next()?;
        images
            .all(|image| image.value == first.value)
            .then_some(first)
    }

    /// What the environment says of proxies to which `given` is given; nothing when several say different things.
    pub(super) fn proxies<'m>(given: impl Iterator<Item = &'m Self>) -> Proxies {
        let mut all = given.map(|mounted| &mounted.proxies);
        let first = all.next().cloned().unwrap_or_default();
        if all.all(|other| *other == first) {
            first
        } else {
            Proxies::default()
        }
    }
}

/// The configurations that stand inline in a Compose file, and what Compose itself refuses in them.
pub(super) fn inline(root: Node<'_>) -> (Vec<Collector>, Vec<Problem>) {
    let (mut collectors, mut problems) = (Vec::new(), Vec::new());
    let configs = root
        .get("configs")
        .filter(|_| services(root).next().is_some());
    for (key, config) in configs.into_iter().flat_map(Node::entries) {
        let content = config.get("content");
        let Some(content) = content.filter(|content| content.shape() == Shape::Scalar) else {
            continue;
        };
        let written = content.inner();
        let filled = interpolate(&written);
        let name = Spanned::new(key.text().into_owned(), key.span());
        let Some(collector) = Collector::read_inline(name, filled.text) else {
            continue;
        };
        collectors.push(collector);
        problems.extend(filled.refused.into_iter().map(|range| {
            let said = &written.as_str()[range.clone()];
            let span = written.span(offset(range.start)..offset(range.end));
            refusal(span, said)
        }));
    }
    (collectors, problems)
}

/// compose-go, interpolation/interpolation.go: `invalid interpolation format for configs.….content`.
fn refusal(span: Span, said: &str) -> Problem {
    let message = format!(
        "`{said}` is for Compose to fill in here, which refuses it: `invalid interpolation format`"
    );
    let problem = Problem::new(ProblemKind::InvalidValue, span, message);
    if said.ends_with('}') {
        problem
            .help(format!("`${said}` reaches the Collector as `{said}`"))
            .meant(format!("${said}"))
    } else {
        problem.help("a `$` that is meant as one is written `$$`")
    }
}

fn services<'t>(root: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    let services = root.get("services");
    let services = services.filter(|services| services.shape() == Shape::Mapping);
    services
        .into_iter()
        .flat_map(Node::entries)
        .map(|(_, service)| service)
}

/// `image`; of `${VERSION:-0.75.0}` the default counts.
fn image(text: Spanned<String>) -> Spanned<Image> {
    text.map(|text| Image::parse(&with_defaults(&text)))
}

fn with_defaults(text: &str) -> String {
    let Some((before, rest)) = text.split_once("${") else {
        return text.to_owned();
    };
    let Some((inner, after)) = rest.split_once('}') else {
        return text.to_owned();
    };
    let default = inner.split_once(":-").or_else(|| inner.split_once('-'));
    match default {
        Some((_, default)) => format!("{before}{default}{}", with_defaults(after)),
        None => text.to_owned(),
    }
}

/// What `environment` says of proxies, as a map or as a list of `NAME=value`; `env_file` may say more.
fn proxies(service: Node<'_>) -> Proxies {
    let Some(environment) = service.get("environment") else {
        return Proxies::default();
    };
    Proxies::of(|name| {
        let (value, span) = match environment.shape() {
            Shape::Mapping => {
                let value = environment.value(name)?;
                let is_said = value.shape() == Shape::Scalar;
                (is_said.then(|| value.inner()), value.span())
            }
            _ => environment.items().find_map(|item| {
                let text = item.inner();
                let rest = text.as_str().strip_prefix(name)?;
                let value = match rest.strip_prefix('=') {
                    Some(value) => {
                        text.part(text.as_str().len() - value.len()..text.as_str().len())
                    }
                    None if rest.is_empty() => None,
                    None => return None,
                };
                Some((value, item.span()))
            })?,
        };
        // Without a value it comes from where Compose is run.
        let value = value.map(|value| interpolate(&value).text.as_str().to_owned());
        let value = value.filter(|value| !value.contains("${"));
        let is_empty = value.as_ref().is_some_and(String::is_empty);
        (!is_empty).then_some(Variable { name, value, span })
    })
}

/// The hosts' sides of `volumes`, short (`./a.yaml:/etc/a.yaml:ro`) or long.
fn volumes(service: Node<'_>) -> Vec<String> {
    let volumes = service.get("volumes").into_iter().flat_map(Node::items);
    let source = |volume: Node<'_>| match volume.shape() {
        Shape::Mapping => volume.string_at("source").map(|source| source.value),
        _ => {
            let text = volume.string()?.value;
            text.split_once(':').map(|(host, _)| host.to_owned())
        }
    };
    // Anything else is the name of a volume.
    let is_path = |path: &String| path.starts_with(['.', '/']);
    volumes.filter_map(source).filter(is_path).collect()
}

/// The `configs` that a service names: files, and what stands inline.
fn configs(root: Node<'_>, service: Node<'_>) -> Vec<Held> {
    let names = service.get("configs").into_iter().flat_map(Node::items);
    let name = |config: Node<'_>| match config.shape() {
        Shape::Mapping => config.string_at("source"),
        _ => config.string(),
    };
    let held = |name: Spanned<String>| {
        let all = root.get("configs")?;
        let config = all.get(&name.value)?;
        match config.string_at("file") {
            Some(file) => Some(Held::Path(file.value)),
            None => config
                .has("content")
                .then(|| Some(Held::Inline(all.key(&name.value)?.span())))?,
        }
    };
    names.filter_map(name).filter_map(held).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_of_variables_count() {
        for (text, expected) in [
            ("otel/opentelemetry-collector:0.75.0", Some((0, 75))),
            (
                "otel/opentelemetry-collector:${VERSION:-0.75.0}",
                Some((0, 75)),
            ),
            (
                "${REGISTRY-docker.io}/otel/opentelemetry-collector:${V:-0.9.0}",
                Some((0, 9)),
            ),
            ("otel/opentelemetry-collector:${VERSION}", None),
            ("otel/opentelemetry-collector:${VERSION", None),
        ] {
            let found = Image::parse(&with_defaults(text)).version();
            assert_eq!(found, expected, "{text}");
        }
    }
}
