//! Certificates where configurations say that they are: files beside the configuration, mounted values, inline PEM.

use std::collections::BTreeMap;
use std::sync::Arc;

use x509_parser::pem::Pem;

use crate::attach::listener::Authorities;
use crate::attach::listener::CertificateFacts;
use crate::attach::listener::Resolved;
use crate::certificate::Certificate;
use crate::model::Model;
use crate::model::collector::phrase::Phrase;
use crate::settings::Settings;
use crate::source::SourceId;
use crate::source::Span;
use crate::source::Spanned;

/// Certificates that were read, and where they stand.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// Where: the file, or the value.
    pub span: Span,
    /// The certificates, in their order.
    pub certificates: Vec<Arc<Certificate>>,
}

/// What a path or value leads to.
#[derive(Clone, Debug)]
pub enum Material {
    /// These certificates.
    Given(Bundle),
    /// Something that holds no certificate that can be read.
    Unreadable(Span),
    /// Nothing that was given.
    Outside,
}

/// Every certificate file, by path.
#[derive(Debug)]
pub struct Materials<'m> {
    settings: &'m Settings,
    model: &'m Model,
    /// Index into `model.files` by path.
    by_path: BTreeMap<&'m str, usize>,
    /// Indexes into `model.files` by last component.
    by_name: BTreeMap<&'m str, Vec<usize>>,
    /// Every certificate of an authority that was given anywhere.
    authorities: Vec<Arc<Certificate>>,
}

impl<'m> Materials<'m> {
    /// What `model` holds.
    #[must_use]
    pub fn of(model: &'m Model, settings: &'m Settings) -> Self {
        let mut by_path = BTreeMap::new();
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, file) in model.files.iter().enumerate() {
            by_path.insert(file.name.as_str(), index);
            by_name.entry(last(&file.name)).or_default().push(index);
        }
        let files = model.files.iter().filter_map(|file| file.text.clone());
        let secrets = model
            .secrets
            .iter()
            .flat_map(|secret| &secret.entries)
            .filter(|entry| entry.is_public());
        let maps = model.config_maps.iter().flat_map(|map| &map.entries);
        let texts = files.chain(
            secrets
                .chain(maps)
                .filter(|entry| entry.may_be_pem())
                .filter_map(|entry| entry.text()),
        );
        let certificates = texts.flat_map(|text| certificates(text.as_str()));
        let authorities = certificates
            .filter(|certificate| certificate.is_ca())
            .collect();
        Self {
            settings,
            model,
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

    /// What a setting such as `ca_file` leads to, written in `source`: inline PEM, or a path that is found through
    /// `mounts`, relative to the configuration, or by its last component when that occurs once in the input.
    #[must_use]
    pub fn of_setting(&self, setting: &Spanned<Phrase>, source: SourceId) -> Material {
        let Some(text) = setting.known() else {
            return Material::Outside;
        };
        if text.contains("-----BEGIN") {
            return bundle(setting.span, text);
        }
        let Some(file) = self.file(text, source) else {
            return Material::Outside;
        };
        let file = &self.model.files[file];
        let span = Span::new(file.id, 0..0);
        file.text
            .as_ref()
            .map_or(Material::Unreadable(span), |text| {
                bundle(span, text.as_str())
            })
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
        match entry.map(|entry| (entry.span, entry.text())) {
            Some((span, Some(text))) => bundle(span, text.as_str()),
            Some((span, None)) => Material::Unreadable(span),
            None => Material::Unreadable(secret.object.name_span()),
        }
    }

    /// The authorities whose clients a listener admits.
    #[must_use]
    pub fn admitted(&self, authorities: &Authorities) -> Material {
        let Authorities::Given(given) = authorities else {
            return Material::Outside;
        };
        let mut all: Option<Bundle> = None;
        for authority in given {
            match (bundle(authority.span, authority.text.as_str()), &mut all) {
                (Material::Given(more), Some(all)) => all.certificates.extend(more.certificates),
                (Material::Given(more), None) => all = Some(more),
                (other, _) => return other,
            }
        }
        all.map_or(Material::Outside, Material::Given)
    }

    /// The file that `path` means when it is written in `source`, as an index into the model's files.
    fn file(&self, path: &str, source: SourceId) -> Option<usize> {
        let settings = self
            .settings
            .source
            .map_or("", |id| folder(self.model.name(id)));
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
                Some(join(settings, &join(outside, rest)))
            });
        let relative =
            || (!path.starts_with('/')).then(|| join(folder(self.model.name(source)), path));
        let by_path = mounted
            .or_else(relative)
            .and_then(|path| self.by_path.get(path.as_str()).copied());
        by_path.or_else(|| match self.by_name.get(last(path)).map(Vec::as_slice) {
            Some([only]) => Some(*only),
            _ => None,
        })
    }
}

fn bundle(span: Span, text: &str) -> Material {
    let certificates = certificates(text);
    if certificates.is_empty() {
        Material::Unreadable(span)
    } else {
        Material::Given(Bundle { span, certificates })
    }
}

/// The certificates in a PEM text, in their order; blocks that cannot be read are left out.
fn certificates(text: &str) -> Vec<Arc<Certificate>> {
    let blocks = Pem::iter_from_buffer(text.as_bytes()).filter_map(Result::ok);
    let blocks = blocks.filter(|block| block.label == "CERTIFICATE");
    blocks
        .filter_map(|block| Certificate::read(&block.contents).ok())
        .map(Arc::new)
        .collect()
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
