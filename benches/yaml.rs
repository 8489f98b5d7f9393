//! How fast texts become trees: `cargo bench --bench yaml [-- FOLDER]`. Prints megabytes a second; nothing is judged.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // a benchmark ends at the first surprise, and prints

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use otel_lint::source::Source;
use otel_lint::source::SourceId;
use otel_lint::yaml;
use otel_lint::yaml::Dialect;
use otel_lint::yaml::Node;
use otel_lint::yaml::Shape;
use otel_lint::yaml::Text;

/// How often each thing is done; the fastest counts.
const ROUNDS: usize = 7;

fn main() {
    let named = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let folder = named.map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata"),
        PathBuf::from,
    );
    let input = otel_lint::input::read(&[folder], &|_| true);
    let sources: Vec<&Source> = input.sources.iter().map(|(_, source)| source).collect();
    let texts: Vec<&str> = sources
        .iter()
        .filter_map(|source| source.text())
        .map(|text| &**text)
        .collect();
    let texts: Vec<&str> = texts
        .into_iter()
        .filter(|text| !text.starts_with("-----BEGIN"))
        .collect();
    let size: usize = texts.iter().map(|text| text.len()).sum();
    println!("{} texts, {size} bytes", texts.len());

    let ordinary: Vec<Text> = texts.iter().map(|text| whole(text)).collect();
    // Carriage returns are left to the general parser.
    let unusual: Vec<Text> = texts
        .iter()
        .map(|text| whole(&text.replace('\n', "\r\n")))
        .collect();
    measure("line breaks counted", size, || {
        texts.iter().map(|text| text.matches('\n').count()).sum()
    });
    measure("parsed, as written", size, || {
        ordinary.iter().map(parse).sum()
    });
    measure("parsed, by the general parser", size, || {
        unusual.iter().map(parse).sum()
    });
    measure("parsed, kinds that nobody wants left out", size, || {
        let wanted = |kind: &str| kind != "CustomResourceDefinition";
        let streams = ordinary
            .iter()
            .map(|text| yaml::parse_only(text.clone(), Dialect::Kubernetes, wanted));
        streams.map(|stream| stream.documents().count()).sum()
    });
    measure("parsed, and every scalar read", size, || {
        ordinary.iter().map(visit).sum()
    });
}

fn whole(text: &str) -> Text {
    let source = Source::new("bench.yaml", text.as_bytes().to_vec());
    Text::whole(SourceId(0), &source).unwrap()
}

fn parse(text: &Text) -> usize {
    yaml::parse(text.clone(), Dialect::Kubernetes)
        .documents()
        .count()
}

fn visit(text: &Text) -> usize {
    let stream = yaml::parse(text.clone(), Dialect::Kubernetes);
    stream.documents().map(nodes).sum()
}

fn nodes(node: Node<'_>) -> usize {
    match node.shape() {
        Shape::Mapping => node
            .entries()
            .map(|(key, value)| nodes(key) + nodes(value))
            .sum(),
        Shape::Sequence => node.items().map(nodes).sum(),
        Shape::Scalar | Shape::Null => {
            black_box(node.scalar());
            1
        }
    }
}

fn measure(what: &str, size: usize, work: impl Fn() -> usize) {
    let seconds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed().as_secs_f64()
    });
    let best = seconds.fold(f64::INFINITY, f64::min);
    println!("{what}: {:.0} MB/s", size as f64 / best / 1e6);
}
