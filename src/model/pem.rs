//! Values that hold certificates and keys, each read once.

use rayon::prelude::*;

use super::Model;
use super::store::Entry;
use crate::certificate::Bundle;
use crate::source::SourceId;
use crate::source::Sources;
use crate::source::Span;
use crate::source::Spanned;

/// A value that holds certificates or keys, or by its name should.
#[derive(Clone, Debug)]
pub struct PemValue {
    /// Whose value it is.
    pub holder: Holder,
    /// The key under which it stands; `None` for a file.
    pub key: Option<Spanned<String>>,
    /// The whole value.
    pub span: Span,
    /// What is in it.
    pub bundle: Bundle,
}

/// Whose value it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// The Secret of that index.
    Secret(usize),
    /// The ConfigMap of that index.
    ConfigMap(usize),
    /// A file by itself.
    File(SourceId),
}

/// Keys under which Secrets and ConfigMaps keep certificates and private keys (Kubernetes `kubernetes.io/tls`,
/// cert-manager, and Istio's generic keys).
const KEYS: &[&str] = &[
    "tls.crt",
    "tls.key",
    "ca.crt",
    "cert",
    "key",
    "cacert",
    "tls-combined.pem",
];

/// Every such value of `model`, holder by holder.
pub(super) fn read(model: &Model, sources: &Sources) -> Vec<PemValue> {
    let secrets = model
        .secrets
        .iter()
        .enumerate()
        .flat_map(|(index, secret)| {
            let entries = secret.entries.iter();
            entries.map(move |entry| (Holder::Secret(index), entry))
        });
    let config_maps = model
        .config_maps
        .iter()
        .enumerate()
        .flat_map(|(index, map)| {
            let entries = map.entries.iter();
            entries.map(move |entry| (Holder::ConfigMap(index), entry))
        });
    let entries: Vec<(Holder, &Entry)> = secrets.chain(config_maps).collect();
    let mut values: Vec<PemValue> = entries
        .par_iter()
        .filter_map(|(holder, entry)| PemValue::of_entry(*holder, entry))
        .collect();
    let files = model.files.par_iter().filter_map(|file| {
        let id = file.id;
        let bytes = sources.get(id).bytes();
        let bundle = Bundle::read(bytes, |range| Span::new(id, range));
        let holds = !bundle.is_empty() || bundle.defects.iter().any(|defect| defect.marks_pem());
        holds.then(|| PemValue {
            holder: Holder::File(id),
            key: None,
            span: Span::new(id, 0..bytes.len() as u32),
            bundle,
        })
    });
    values.extend(files.collect::<Vec<_>>());
    values
}

impl PemValue {
    fn of_entry(holder: Holder, entry: &Entry) -> Option<Self> {
        let decoded = entry.bytes().ok()?;
        let bytes = &decoded.bytes;
        let by_name = KEYS.contains(&entry.key.as_str()) && matches!(holder, Holder::Secret(_));
        if !by_name && memchr::memmem::find(bytes, b"-----BEGIN ").is_none() {
            return None;
        }
        let bundle = Bundle::read(bytes, |range| decoded.span(range));
        Some(Self {
            holder,
            key: Some(entry.key.clone()),
            span: entry.span,
            bundle,
        })
    }
}
