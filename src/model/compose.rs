//! Docker Compose: which of the project's images a configuration is mounted for (compose-spec, `services`).

use super::comparison::join;
use super::image::Image;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::Shape;

/// A file or folder of the host that a Collector's container gets.
#[derive(Clone, Debug)]
pub struct Mounted {
    /// The image of the service.
    pub image: Spanned<Image>,
    /// The file or folder, as a path like those of the sources.
    pub path: String,
}

impl Mounted {
    /// What the services of a document in `folder` mount into images whose versions are the Collector's; nothing when it
    /// is no Compose file.
    pub(super) fn read_all(root: Node<'_>, folder: &str) -> Vec<Self> {
        let Some(services) = root
            .get("services")
            .filter(|services| services.shape() == Shape::Mapping)
        else {
            return Vec::new();
        };
        let mut mounted = Vec::new();
        for (_, service) in services.entries() {
            let Some(image) = service.string_at("image").map(image) else {
                continue;
            };
            if image.distribution().is_none() {
                continue;
            }
            let paths = volumes(service).into_iter().chain(configs(root, service));
            mounted.extend(paths.map(|path| Self {
                image: image.clone(),
                path: join(if path.starts_with('/') { "/" } else { folder }, &path),
            }));
        }
        mounted
    }

    /// The image that the file `name` is mounted for: by itself, else with its folder. `None` when several versions get it.
    pub(super) fn image<'m>(all: &'m [Self], name: &str) -> Option<&'m Spanned<Image>> {
        let holds = |path: &str| {
            let inner = name.strip_prefix(path);
            inner.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let mut images = all
            .iter()
            .filter(|mounted| holds(&mounted.path))
            .map(|mounted| &mounted.image);
        let first = images.next()?;
        images
            .all(|image| image.value == first.value)
            .then_some(first)
    }
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

/// The files of the `configs` that a service names.
fn configs(root: Node<'_>, service: Node<'_>) -> Vec<String> {
    let names = service.get("configs").into_iter().flat_map(Node::items);
    let name = |config: Node<'_>| match config.shape() {
        Shape::Mapping => config.string_at("source"),
        _ => config.string(),
    };
    let file = |name: Spanned<String>| {
        let config = root.get("configs")?.get(&name.value)?;
        Some(config.string_at("file")?.value)
    };
    names.filter_map(name).filter_map(file).collect()
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
