//! Every certificate that was given, where it stands, who issued it and what it is for.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::material::Material;
use super::material::Materials;
use crate::attach::Attachment;
use crate::certificate::Certificate;
use crate::certificate::Fingerprint;
use crate::certificate::public_root;
use crate::model::Model;
use crate::model::collector::phrase::Phrase;
use crate::model::collector::section::Tls;
use crate::model::pem::Holder;
use crate::model::run::Run;
use crate::source::Span;
use crate::source::Spanned;

/// One certificate, however often it was given.
#[derive(Debug)]
pub struct Listed {
    /// The certificate.
    pub certificate: Arc<Certificate>,
    /// Where it stands, in the order of the input.
    pub places: Vec<Place>,
    /// Who issued it.
    pub issuer: Issuer,
    /// What it is for, without doubles.
    pub uses: BTreeSet<Use>,
}

/// Where a certificate stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The block.
    pub span: Span,
    /// Whose value it is: `Secret telemetry/gateway-cert, tls.crt`; empty for a file.
    pub holder: String,
}

/// Who issued a certificate, as far as that can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// It did itself.
    Itself,
    /// The certificate of that label was given, and its key made the signature.
    Given(String),
    /// Nobody who was given.
    Absent,
}

/// What a certificate is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// A listener shows it.
    Shown(String),
    /// A listener admits clients by it.
    Admits(String),
    /// An exporter sends it.
    Sent(String),
    /// An exporter trusts it.
    Trusted(String),
    /// A receiver shows it.
    Serves(String),
    /// A receiver admits clients by it.
    Receives(String),
    /// It is a root of a public authority.
    Public,
}

impl Use {
    /// Whether a Collector shows, sends or trusts it.
    #[must_use]
    pub const fn is_collector(&self) -> bool {
        !matches!(self, Self::Shown(_) | Self::Admits(_) | Self::Public)
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shown(listener) => write!(f, "shown by listener {listener}"),
            Self::Admits(listener) => write!(f, "admits clients at listener {listener}"),
            Self::Sent(exporter) => write!(f, "sent by exporter {exporter}"),
            Self::Trusted(exporter) => write!(f, "trusted by exporter {exporter}"),
            Self::Serves(receiver) => write!(f, "shown by receiver {receiver}"),
            Self::Receives(receiver) => write!(f, "admits clients at receiver {receiver}"),
            Self::Public => f.write_str("a public root"),
        }
    }
}

/// All certificates, those that end first first.
pub(super) fn list(
    model: &Model,
    attachment: &Attachment,
    materials: &Materials<'_>,
) -> Vec<Listed> {
    let mut uses = Uses::default();
    uses.of_listeners(model, attachment);
    uses.of_collectors(model, materials);
    let mut listed: BTreeMap<Fingerprint, Listed> = BTreeMap::new();
    let mut by_name: BTreeMap<&[u8], Vec<&Certificate>> = BTreeMap::new();
    let all = || {
        model.pem.iter().flat_map(|value| {
            value
                .bundle
                .certificates
                .iter()
                .map(move |one| (value, one))
        })
    };
    for (_, certificate) in all() {
        by_name
            .entry(certificate.subject.folded())
            .or_default()
            .push(certificate);
    }
    for (value, certificate) in all() {
        let place = Place {
            span: certificate.span,
            holder: holder(model, value.holder, value.key.as_ref()),
        };
        let entry = listed.entry(certificate.fingerprint).or_insert_with(|| {
            let mut own = uses.0.remove(&certificate.fingerprint).unwrap_or_default();
            own.extend(public_root(&certificate.public_key).map(|_| Use::Public));
            Listed {
                certificate: Arc::clone(&certificate.value),
                places: Vec::new(),
                issuer: issuer(certificate, &by_name, attachment),
                uses: own,
            }
        });
        entry.places.push(place);
    }
    let mut listed: Vec<Listed> = listed.into_values().collect();
    listed.sort_by_key(|one| {
        (
            one.certificate.not_after,
            one.places.first().map(|place| place.span),
        )
    });
    listed
}

/// The most CAs of one name whose signatures are tried: a crafted bundle may hold thousands.
const MAX_ISSUERS: usize = 16;

fn issuer(
    certificate: &Certificate,
    by_name: &BTreeMap<&[u8], Vec<&Certificate>>,
    attachment: &Attachment,
) -> Issuer {
    let signatures = &attachment.credentials.signatures;
    if certificate.issued(certificate, signatures) {
        return Issuer::Itself;
    }
    let named = by_name.get(certificate.issuer.folded());
    let mut candidates: Vec<&Certificate> = named.into_iter().flatten().copied().collect();
    candidates.sort_by_key(|candidate| !certificate.names_key_of(candidate));
    let mut likely = candidates.into_iter().take(MAX_ISSUERS);
    let issuer = likely.find(|candidate| candidate.issued(certificate, signatures));
    issuer.map_or(Issuer::Absent, |issuer| Issuer::Given(issuer.label()))
}

fn holder(model: &Model, holder: Holder, key: Option<&Spanned<String>>) -> String {
    let title = match holder {
        Holder::Secret(index) => model.secrets[index].object.title(),
        Holder::ConfigMap(index) => model.config_maps[index].object.title(),
        Holder::File(_) => String::new(),
    };
    key.map_or(title.clone(), |key| format!("{title}, {}", key.value))
}

/// What each certificate is for.
#[derive(Default)]
struct Uses(BTreeMap<Fingerprint, BTreeSet<Use>>);

impl Uses {
    fn add(&mut self, certificate: &Certificate, what: Use) {
        self.0
            .entry(certificate.fingerprint)
            .or_default()
            .insert(what);
    }

    fn of_listeners(&mut self, model: &Model, attachment: &Attachment) {
        let title = |listener: usize| attachment.listeners[listener].title(model);
        for pair in &attachment.credentials.pairs {
            for service in &pair.served {
                for certificate in pair.certificates(model) {
                    self.add(certificate, Use::Shown(title(service.listener)));
                }
            }
        }
        for bundle in &attachment.credentials.bundles {
            for certificate in bundle.certificates(model) {
                self.add(certificate, Use::Admits(title(bundle.listener)));
            }
        }
    }

    fn of_collectors(&mut self, model: &Model, materials: &Materials<'_>) {
        for run in &model.runs {
            let collector = &run.collector;
            let file = model.name(collector.span.source);
            for exporter in &collector.exporters {
                let Some(tls) = exporter.client.as_ref().map(|client| &client.tls) else {
                    continue;
                };
                let title = format!("{} of {file}", exporter.id.value);
                self.of_setting(own(tls), run, materials, &Use::Sent(title.clone()));
                self.of_setting(roots(tls), run, materials, &Use::Trusted(title));
            }
            for receiver in &collector.receivers {
                let title = format!("{} of {file}", receiver.id.value);
                for tls in receiver
                    .servers
                    .iter()
                    .filter_map(|server| server.tls.given())
                {
                    self.of_setting(own(tls), run, materials, &Use::Serves(title.clone()));
                    let clients = tls.client_ca_file.as_ref();
                    self.of_setting(clients, run, materials, &Use::Receives(title.clone()));
                }
            }
        }
    }

    fn of_setting(
        &mut self,
        setting: Option<&Spanned<Phrase>>,
        run: &Run,
        materials: &Materials<'_>,
        what: &Use,
    ) {
        let material = setting.map(|setting| materials.of_setting(setting, run));
        if let Some(Material::Given(bundle)) = material {
            for certificate in &bundle.certificates {
                self.add(certificate, what.clone());
            }
        }
    }
}

fn own(tls: &Tls) -> Option<&Spanned<Phrase>> {
    tls.cert_file.as_ref().or(tls.cert_pem.as_ref())
}

fn roots(tls: &Tls) -> Option<&Spanned<Phrase>> {
    tls.ca_file.as_ref().or(tls.ca_pem.as_ref())
}
