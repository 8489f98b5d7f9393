//! Certificates where configurations say that they are: mounted values, files beside the configuration, inline PEM.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::attach::listener::Authorities;
use crate::attach::listener::CertificateFacts;
use crate::attach::listener::Resolved;
use crate::certificate::Bundle;
use crate::certificate::Certificate;
use crate::certificate::Fingerprint;
use crate::model::Model;
use crate::model::collector::phrase::Phrase;
use crate::model::object::Object;
use crate::model::pem::Holder;
use crate::model::pem::PemValue;
use crate::model::run::Run;
use crate::model::store::Entry;
use crate::model::workload::Workload;
use crate::model::workload::container::EnvironmentValue;
use crate::model::workload::container::KeyReference;
use crate::model::workload::mount::Content;
use crate::model::workload::mount::Mounts;
use crate::model::workload::mount::Store;
use crate::settings::Settings;
use crate::source::SourceId;
use crate::source::Span;
use crate::source::Spanned;

/// Certificates that were read, and where they stand.
#[derive(Clone, Debug)]
pub struct Chain {
    /// Where: the first of them.
    pub span: Span,
    /// The certificates, in their order.
    pub certificates: Vec<Arc<Certificate>>,
}

/// What a path or value leads to, certificates or not.
enum Held<'m> {
    /// These blocks of PEM or DER.
    Bundle(Span, Cow<'m, Bundle>),
    /// Something else.
    Unreadable(Span),
    /// Nothing that was given.
    Outside,
}

/// What a path or value leads to.
#[derive(Clone, Debug)]
pub enum Material {
    /// These certificates.
    Given(Chain),
    /// Something that holds no certificate that can be read.
    Unreadable(Span),
    /// Nothing that was given.
    Outside,
}

/// Every value that holds certificates, by where it stands.
#[derive(Debug)]
pub struct Materials<'m> {
    settings: &'m Settings,
    model: &'m Model,
    by_span: BTreeMap<Span, &'m PemValue>,
    by_file: BTreeMap<SourceId, &'m PemValue>,
    /// Files by path.
    by_path: BTreeMap<&'m str, SourceId>,
    /// Files by the last component of their path.
    by_name: BTreeMap<&'m str, Vec<SourceId>>,
    authorities: Vec<Arc<Certificate>>,
}

impl<'m> Materials<'m> {
    /// What `model` holds.
    #[must_use]
    pub fn of(model: &'m Model, settings: &'m Settings) -> Self {
        let mut by_span = BTreeMap::new();
        let mut by_file = BTreeMap::new();
        for value in &model.pem {
            match value.holder {
                Holder::File(id) => drop(by_file.insert(id, value)),
                Holder::Secret(_) | Holder::ConfigMap(_) => drop(by_span.insert(value.span, value)),
            }
        }
        let mut by_path = BTreeMap::new();
        let mut by_name: BTreeMap<&str, Vec<SourceId>> = BTreeMap::new();
        for file in &model.files {
            by_path.insert(file.name.as_str(), file.id);
            by_name.entry(last(&file.name)).or_default().push(file.id);
        }
        let certificates = model.pem.iter().flat_map(|value| value.bundle.chain());
        let authorities = certificates
            .filter(|certificate| certificate.is_ca())
            .collect();
        Self {
            settings,
            model,
            by_span,
            by_file,
            by_path,
            by_name,
            authorities,
        }
    }

    /// Every certificate of an authority that was given anywhere.
    #[must_use]
    pub fn authorities(&self) -> &[Arc<Certificate>] {
        &self.authorities
    }

    /// What a setting such as `ca_file` of the collector `run` leads to: inline PEM, or a path that is found through the
    /// mounts of its Pod, through `mounts` of the settings, relative to the configuration, or by its last component when
    /// that occurs once in the input, or all that are called so hold the same certificates.
    #[must_use]
    pub fn of_setting(&self, setting: &Spanned<Phrase>, run: &Run) -> Material {
        self.held_by(setting, run).into()
    }

    /// Whether the private key that `key` leads to is that of the first certificate that `certificate` leads to, both being
    /// settings of the collector `run`; `None` when one was not given or cannot be read.
    #[must_use]
    pub fn is_pair(
        &self,
        certificate: &Spanned<Phrase>,
        key: &Spanned<Phrase>,
        run: &Run,
    ) -> Option<bool> {
        let (Held::Bundle(_, certificate), Held::Bundle(_, key)) =
            (self.held_by(certificate, run), self.held_by(key, run))
        else {
            return None;
        };
        let leaf = certificate.chain().into_iter().next()?;
        Some(leaf.public_key == *key.keys.first()?.public()?)
    }

    fn held_by(&self, setting: &Spanned<Phrase>, run: &Run) -> Held<'m> {
        match setting.known() {
            Some(text) => self.of_text(text, setting.span, run),
            None => self.of_reference(setting, run).unwrap_or(Held::Outside),
        }
    }

    /// What `text`, which stands at `span`, is or leads to.
    fn of_text(&self, text: &str, span: Span, run: &Run) -> Held<'m> {
        if text.contains("-----BEGIN") {
            return Held::Bundle(span, Cow::Owned(Bundle::read(text.as_bytes(), |_| span)));
        }
        if let Some(mounted) = self.mounted(text, run) {
            return mounted;
        }
        let Some(file) = self.file(text, run.collector.span.source) else {
            return Held::Outside;
        };
        self.by_file
            .get(&file)
            .map_or(Held::Unreadable(Span::new(file, 0..0)), |value| {
                Held::Bundle(value.span, Cow::Borrowed(&value.bundle))
            })
    }

    /// What a setting is that is one reference as a whole: `${env:NAME}` by the variables of its container, `${file:PATH}`
    /// by what is mounted there. `None` when that was not given.
    fn of_reference(&self, setting: &Spanned<Phrase>, run: &Run) -> Option<Held<'m>> {
        let [reference] = setting.references() else {
            return None;
        };
        if !setting.is_reference() {
            return None;
        }
        match reference.scheme.as_str() {
            "file" => self.mounted(&reference.target, run),
            "env" => {
                let variables = run.container(self.model)?.env.iter().rev();
                let mut named = variables.filter(|own| own.name.value == reference.target);
                match &named.next()?.value {
                    EnvironmentValue::Literal(text) => Some(self.of_text(text, text.span, run)),
                    EnvironmentValue::Secret(key) => self.held(Store::Secret, key, run),
                    EnvironmentValue::ConfigMap(key) => self.held(Store::ConfigMap, key, run),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What stands under `key` of the Secret or ConfigMap that the Pod of `run` means.
    fn held(&self, store: Store, key: &KeyReference, run: &Run) -> Option<Held<'m>> {
        let workload = run.workload(self.model)?;
        let entry = self.entry(store, &key.name, &key.key, workload)??;
        let text = entry.text()?;
        Some(if entry.may_be_pem() {
            self.at(entry.span)
        } else {
            self.of_text(text.as_str().trim(), entry.span, run)
        })
    }

    /// The value under a key of the Secret or ConfigMap that `workload` means; `None` when no such object was given, nothing
    /// in it when it has no such key.
    fn entry(
        &self,
        store: Store,
        name: &str,
        key: &str,
        workload: &Workload,
    ) -> Option<Option<&Entry>> {
        let (namespace, from) = (workload.object.namespace(), &workload.object);
        Some(match store {
            Store::Secret => {
                let secret = self.model.secrets.nearest(namespace, name, from)?;
                secret.entry(key)
            }
            Store::ConfigMap => {
                let map = self.model.config_maps.nearest(namespace, name, from)?;
                map.entry(key)
            }
        })
    }

    /// What stands under `key` of the Secret `name`, as `from` means it.
    #[must_use]
    pub fn of_secret(&self, namespace: &str, name: &str, key: &str, from: &Object) -> Material {
        let Some(secret) = self.model.secrets.nearest(namespace, name, from) else {
            return Material::Outside;
        };
        secret
            .entry(key)
            .map_or(Material::Outside, |entry| self.at(entry.span).into())
    }

    /// What stands under `key` of the ConfigMap `name`, as `from` means it.
    #[must_use]
    pub fn of_config_map(&self, namespace: &str, name: &str, key: &str, from: &Object) -> Material {
        let map = self.model.config_maps.nearest(namespace, name, from);
        map.and_then(|map| map.entry(key))
            .map_or(Material::Outside, |entry| self.at(entry.span).into())
    }

    /// The chain that a listener shows.
    #[must_use]
    pub fn served(&self, certificate: &CertificateFacts) -> Material {
        let Resolved::Secret(index) = certificate.secret else {
            return Material::Outside;
        };
        let secret = &self.model.secrets[index];
        // Istio takes `cert` before `tls.crt`; elsewhere a Secret has only the latter.
        let entry = secret.entry("cert").or_else(|| secret.entry("tls.crt"));
        entry.map_or(Material::Unreadable(secret.object.name_span()), |entry| {
            self.at(entry.span).into()
        })
    }

    /// The authorities whose clients a listener admits.
    #[must_use]
    pub fn admitted(&self, authorities: &Authorities) -> Material {
        let Authorities::Given(given) = authorities else {
            return Material::Outside;
        };
        let mut all: Option<Chain> = None;
        for authority in given {
            match (self.at(authority.span).into(), &mut all) {
                (Material::Given(more), Some(all)) => all.certificates.extend(more.certificates),
                (Material::Given(more), None) => all = Some(more),
                (other, _) => return other,
            }
        }
        all.map_or(Material::Outside, Material::Given)
    }

    fn at(&self, span: Span) -> Held<'m> {
        self.by_span
            .get(&span)
            .map_or(Held::Unreadable(span), |value| {
                Held::Bundle(value.span, Cow::Borrowed(&value.bundle))
            })
    }

    /// What the Pod of `run` mounts at `path`; `None` when it runs in none, or mounts nothing there.
    fn mounted(&self, path: &str, run: &Run) -> Option<Held<'m>> {
        let workload = run.workload(self.model)?;
        let Content::Keys(keys) = Mounts::new(&workload.pod, run.container(self.model)?)
            .resolve(path)
            .content
        else {
            return None;
        };
        let key = keys.first()?;
        let entry = self.entry(key.store, key.name, &key.key, workload)?;
        Some(entry.map_or(Held::Outside, |entry| self.at(entry.span)))
    }

    /// The file that `path` means when it is written in `source`.
    fn file(&self, path: &str, source: SourceId) -> Option<SourceId> {
        let mounted = self
            .settings
            .mounts
            .iter()
            .rev()
            .find_map(|(inside, outside)| {
                let rest = path.strip_prefix(inside.as_str())?;
                let rest = rest
                    .strip_prefix('/')
                    .or_else(|| rest.is_empty().then_some(""))?;
                Some(self.settings.home.named(&join(outside, rest)))
            });
        let relative =
            || (!path.starts_with('/')).then(|| join(folder(self.model.name(source)), path));
        let by_path = mounted
            .or_else(relative)
            .and_then(|path| self.by_path.get(path.as_str()).copied());
        by_path.or_else(|| {
            let (first, others) = self.by_name.get(last(path))?.split_first()?;
            // A guide makes them in one folder and copies them into the one that is mounted.
            let is_copy = |other| {
                let [one, other] = [*first, other].map(|id| self.by_file.get(&id));
                one.zip(other)
                    .is_some_and(|(one, other)| fingerprints(one).eq(fingerprints(other)))
            };
            others.iter().all(|other| is_copy(*other)).then_some(*first)
        })
    }
}

/// The certificates of a file, by their content.
fn fingerprints(value: &PemValue) -> impl Iterator<Item = Fingerprint> {
    value.bundle.certificates.iter().map(|one| one.fingerprint)
}

impl From<Held<'_>> for Material {
    fn from(held: Held<'_>) -> Self {
        match held {
            Held::Bundle(span, bundle) => match bundle.certificates.first() {
                Some(first) => Self::Given(Chain {
                    span: first.span,
                    certificates: bundle.chain(),
                }),
                None => Self::Unreadable(span),
            },
            Held::Unreadable(span) => Self::Unreadable(span),
            Held::Outside => Self::Outside,
        }
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// `path` from `folder`, `.` and `..` resolved.
fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            "" if !parts.is_empty() => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if folder.is_empty() {
        joined.trim_start_matches('/').to_owned()
    } else {
        joined
    }
}
