use crate::certificate::Defect;
use crate::finding::Findings;
use crate::model::pem::Holder;
use crate::model::pem::PemValue;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "malformed-pem",
    severity: Severity::Error,
    page: page!("certificate/malformed-pem"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let credentials = &world.attachment.credentials;
    let chains = || credentials.pairs.iter().filter_map(|pair| pair.chain);
    let keys = || credentials.pairs.iter().filter_map(|pair| pair.key);
    let trusted = || {
        credentials
            .bundles
            .iter()
            .flat_map(|bundle| bundle.values.iter().copied())
    };
    let shown = |at: usize| {
        let mut served = credentials.served();
        served.any(|pair| pair.chain == Some(at) || pair.key == Some(at))
            || trusted().any(|value| value == at)
    };
    for (at, value) in world.model.pem.iter().enumerate() {
        for defect in &value.bundle.defects {
            // A value that nobody is known to read may be a placeholder.
            if defect.marks_pem() || shown(at) {
                findings
                    .at(defect.span, format!("{}: {}", title(value), defect.value))
                    .help(advice(&defect.value));
            }
        }
    }
    for at in chains().chain(trusted()) {
        let value = &world.model.pem[at];
        if let (true, Some(key)) = (
            value.bundle.certificates.is_empty(),
            value.bundle.keys.first(),
        ) {
            findings
                .at(key.span, format!("{} holds a private key and no certificate", title(value)))
                .help("put the certificate here; if certificate and key were switched, switch them back");
        }
    }
    for at in keys() {
        let bundle = &world.model.pem[at].bundle;
        if let (true, Some(certificate)) = (bundle.keys.is_empty(), bundle.certificates.first()) {
            let title = title(&world.model.pem[at]);
            findings
                .at(certificate.span, format!("{title} holds a certificate and no private key"))
                .help("put the private key here; if certificate and key were switched, switch them back");
        }
    }
}

fn title(value: &PemValue) -> String {
    match (&value.key, value.holder) {
        (Some(key), _) => format!("`{}`", key.value),
        (None, Holder::File(_)) => "the file".to_owned(),
        (None, _) => "the value".to_owned(),
    }
}

fn advice(defect: &Defect) -> &'static str {
    match defect {
        Defect::EncodedTwice => {
            "encode it once: `data` takes base64 of the PEM text, `stringData` the text itself"
        }
        Defect::Der => "convert it: `openssl x509 -inform der -in FILE`",
        Defect::Label(_) => "label it `CERTIFICATE`: Go reads no other",
        Defect::TooLarge => {
            "split it: a bundle of authorities has a few hundred certificates, and what follows was not read"
        }
        Defect::RefusedByGo(_) => "issue it anew: no Collector can use it",
        _ => {
            "write each block from `-----BEGIN` to `-----END`, both at the beginning of a line of their own"
        }
    }
}
