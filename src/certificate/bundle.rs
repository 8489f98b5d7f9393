//! The value of a file or field to the certificates and keys in it, each with its place.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::Certificate;
use super::key::Key;
use super::pem;
use super::pem::Flaw;
use crate::source::Span;
use crate::source::Spanned;

/// The largest value that is read, in bytes: a hundred times the largest public bundle. Beyond it lies no bundle but a
/// mistake, and memory.
pub const MAX_BYTES: usize = 100 * 1024 * 1024;

/// The most PEM blocks that are read of one value, seventy times as many as the largest public bundle has.
pub const MAX_CERTIFICATES: usize = 10_000;

/// What stands in one value: a file, a key of a Secret, a field of a configuration.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    /// Certificates in order.
    pub certificates: Vec<Spanned<Arc<Certificate>>>,
    /// Private keys in order.
    pub keys: Vec<Spanned<Key>>,
    /// The labels of all other blocks: CRLs, parameters, requests.
    pub others: Vec<Spanned<String>>,
    /// What could not be read, or not by everybody.
    pub defects: Vec<Spanned<Defect>>,
}

/// Why a certificate or key cannot be read, or not by everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// Nothing at all.
    Empty,
    /// Neither PEM nor DER.
    NoPem,
    /// Base64 inside base64: it was encoded once more than needed.
    EncodedTwice,
    /// DER, where proxies and Collectors read PEM only.
    Der,
    /// A flaw of PEM.
    Flaw(Flaw),
    /// A label that BoringSSL and OpenSSL take for a certificate's, but Go does not.
    Label(String),
    /// A block that is no certificate although its label says so; Go's words.
    NoCertificate(String),
    /// A certificate that others read, but Go refuses; Go's words.
    RefusedByGo(String),
    /// More than [`MAX_BYTES`] or [`MAX_CERTIFICATES`]; the rest is not read.
    TooLarge,
}

impl Defect {
    /// Whether it shows that PEM was meant: any file may be empty or something else.
    #[must_use]
    pub const fn marks_pem(&self) -> bool {
        !matches!(self, Self::Empty | Self::NoPem)
    }

    /// Whether BoringSSL loses the whole value by it. Go passes over a defective block, and over what it refuses.
    #[must_use]
    pub const fn spoils_all(&self) -> bool {
        !matches!(self, Self::Label(_) | Self::RefusedByGo(_) | Self::TooLarge)
    }
}

/// What is there, in a few words after "it is" or "there is": lower case, no full stop.
impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::NoPem => f.write_str("it holds no PEM block"),
            Self::EncodedTwice => f.write_str("it is base64 inside base64"),
            Self::Der => f.write_str("it is DER, not PEM"),
            Self::Flaw(Flaw::ByteOrderMark) => {
                f.write_str("a byte order mark stands before the first block")
            }
            Self::Flaw(Flaw::Indented) => f.write_str("the PEM marker is indented"),
            Self::Flaw(Flaw::Glued) => {
                f.write_str("no line break stands between the markers of two PEM blocks")
            }
            Self::Flaw(Flaw::EscapedBreaks) => {
                f.write_str("its line breaks are written as a backslash and an `n`")
            }
            Self::Flaw(Flaw::Truncated) => f.write_str("a PEM block has no end marker"),
            Self::Flaw(Flaw::OtherEnd(label)) => {
                write!(
                    f,
                    "a PEM block ends as `{label}`, which it did not begin as"
                )
            }
            Self::Flaw(Flaw::NotBase64) => f.write_str("a PEM block holds what is not base64"),
            Self::Label(label) => write!(f, "the PEM block is labelled `{label}`"),
            Self::NoCertificate(words) => write!(f, "the PEM block is no certificate: `{words}`"),
            Self::RefusedByGo(words) => write!(f, "Go refuses the certificate: `{words}`"),
            Self::TooLarge => write!(
                f,
                "it has more than {} MiB or more than {MAX_CERTIFICATES} certificates",
                MAX_BYTES / (1024 * 1024)
            ),
        }
    }
}

impl Bundle {
    /// Reads the bytes of a value; `place` says where a range of them (0-based, half open) stands.
    #[must_use]
    pub fn read(bytes: &[u8], place: impl Fn(Range<u32>) -> Span) -> Self {
        let mut bundle = Self::default();
        let span = |range: Range<usize>| place(range.start as u32..range.end as u32);
        let whole = || span(0..bytes.len());
        if bytes.len() > MAX_BYTES {
            bundle.defects.push(Spanned::new(Defect::TooLarge, whole()));
            return bundle;
        }
        if bytes.trim_ascii().is_empty() {
            bundle.defects.push(Spanned::new(Defect::Empty, whole()));
            return bundle;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            bundle.read_der(bytes, whole());
            return bundle;
        };
        for (count, block) in pem::blocks(text).enumerate() {
            if count >= MAX_CERTIFICATES {
                bundle.defects.push(Spanned::new(Defect::TooLarge, whole()));
                break;
            }
            match block {
                Ok(block) => {
                    let span = span(block.range.clone());
                    bundle.add(&block, span);
                }
                Err((flaw, range)) => {
                    let defect = Spanned::new(Defect::Flaw(flaw), span(range));
                    bundle.defects.push(defect);
                }
            }
        }
        bundle.forgive_second_glue();
        if bundle.is_empty() && bundle.defects.is_empty() {
            let again = pem::is_encoded_again(text);
            let defect = if again {
                Defect::EncodedTwice
            } else {
                Defect::NoPem
            };
            bundle.defects.push(Spanned::new(defect, whole()));
        }
        bundle
    }

    /// Whether nothing was found, be it whole or defective.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.keys.is_empty() && self.others.is_empty()
    }

    /// The certificates without their places.
    #[must_use]
    pub fn chain(&self) -> Vec<Arc<Certificate>> {
        self.certificates
            .iter()
            .map(|one| Arc::clone(&one.value))
            .collect()
    }

    fn add(&mut self, block: &pem::Block<'_>, span: Span) {
        match block.label {
            "CERTIFICATE" => self.add_certificate(&block.content, span),
            "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                let defect = Defect::Label(block.label.to_owned());
                self.defects.push(Spanned::new(defect, span));
                self.add_certificate(&block.content, span);
            }
            label if label == "PRIVATE KEY" || label.ends_with(" PRIVATE KEY") => {
                let encrypted = block.encrypted || label == "ENCRYPTED PRIVATE KEY";
                let key = match encrypted {
                    true => Key::Encrypted,
                    false => Key::read(&block.content),
                };
                self.keys.push(Spanned::new(key, span));
            }
            label => self.others.push(Spanned::new(label.to_owned(), span)),
        }
    }

    fn add_certificate(&mut self, der: &[u8], span: Span) {
        match Certificate::read(der) {
            Ok(certificate) => {
                if let Some(words) = &certificate.refused_by_go {
                    let defect = Defect::RefusedByGo(words.clone());
                    self.defects.push(Spanned::new(defect, span));
                }
                self.certificates
                    .push(Spanned::new(Arc::new(certificate), span));
            }
            Err(words) => {
                let defect = Defect::NoCertificate(words);
                self.defects.push(Spanned::new(defect, span));
            }
        }
    }

    fn read_der(&mut self, bytes: &[u8], span: Span) {
        let defect = match Certificate::read(bytes) {
            Ok(certificate) => {
                self.certificates
                    .push(Spanned::new(Arc::new(certificate), span));
                Defect::Der
            }
            Err(_) => match Key::read(bytes) {
                Key::Unsupported(_) => Defect::NoPem,
                key => {
                    self.keys.push(Spanned::new(key, span));
                    Defect::Der
                }
            },
        };
        self.defects.push(Spanned::new(defect, span));
    }

    /// Glued markers spoil the block before and the block after: said once is enough.
    fn forgive_second_glue(&mut self) {
        let glue = Defect::Flaw(Flaw::Glued);
        self.defects
            .dedup_by(|next, last| next.value == glue && last.value == glue);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::KeyKind;
    use crate::source::SourceId;

    fn read(text: &str) -> Bundle {
        Bundle::read(text.as_bytes(), |range| Span::new(SourceId(0), range))
    }

    fn file(name: &str) -> String {
        let root = env!("CARGO_MANIFEST_DIR");
        std::fs::read_to_string(format!("{root}/testdata/certificates/{name}")).unwrap()
    }

    fn defects(text: &str) -> Vec<Defect> {
        let defects = read(text).defects;
        defects.into_iter().map(|defect| defect.value).collect()
    }

    #[test]
    fn each_block_knows_its_place() {
        let text = format!("# chain\n{}", file("server-chain.crt"));
        let bundle = read(&text);
        let places: Vec<_> = bundle.certificates.iter().map(|one| one.span).collect();
        assert_eq!(places.len(), 2);
        for place in places {
            let block = &text[place.start as usize..place.end as usize];
            assert!(block.starts_with("-----BEGIN CERTIFICATE-----"), "{block}");
            assert!(block.ends_with("-----END CERTIFICATE-----"), "{block}");
        }
        assert_eq!(bundle.defects, []);
    }

    #[test]
    fn defects_are_recognised_as_themselves() {
        use base64::Engine;
        use base64::prelude::BASE64_STANDARD;
        let good = file("server.crt");
        let relabelled = good.replace("CERTIFICATE", "TRUSTED CERTIFICATE");
        let label = Defect::Label("TRUSTED CERTIFICATE".to_owned());
        for (text, expected) in [
            (String::new(), Defect::Empty),
            (" \n".to_owned(), Defect::Empty),
            ("hello".to_owned(), Defect::NoPem),
            (BASE64_STANDARD.encode(&good), Defect::EncodedTwice),
            (relabelled, label),
            (
                format!("{}{good}", good.trim_end()),
                Defect::Flaw(Flaw::Glued),
            ),
        ] {
            assert_eq!(defects(&text), [expected], "{text:.40}");
        }
        let der = read(&good).certificates[0].der.clone();
        let bundle = Bundle::read(&der, |range| Span::new(SourceId(0), range));
        assert_eq!(bundle.defects[0].value, Defect::Der);
        assert_eq!(bundle.certificates.len(), 1);
    }

    #[test]
    fn every_form_of_key_gives_its_certificate_s_public_key() {
        for (key, certificate, kind) in [
            ("server.key", "server.crt", "EC P-256"),
            ("server-sec1.key", "server.crt", "EC P-256"),
            ("client-p384.key", "client-p384.crt", "EC P-384"),
            ("client-p521.key", "client-p521.crt", "EC P-521"),
            ("client-ed25519.key", "client-ed25519.crt", "Ed25519"),
            ("rsa-server.key", "rsa-server.crt", "RSA 2048"),
            ("rsa-server-pkcs1.key", "rsa-server.crt", "RSA 2048"),
        ] {
            let (keys, certificates) =
                (read(&file(key)).keys, read(&file(certificate)).certificates);
            let public = keys[0].public().unwrap();
            assert_eq!(public, &certificates[0].public_key, "{key}");
            assert_eq!(public.kind.to_string(), kind);
        }
        let mismatched = read(&file("mismatched.key")).keys;
        let server = read(&file("server.crt")).certificates;
        assert_ne!(mismatched[0].public(), Some(&server[0].public_key));
    }

    #[test]
    fn keys_that_cannot_be_used_say_why() {
        for name in ["encrypted.key", "encrypted-legacy.key"] {
            assert_eq!(read(&file(name)).keys[0].value, Key::Encrypted, "{name}");
        }
        let keys = read(&file("secp256k1.key")).keys;
        assert_eq!(
            keys[0].value,
            Key::Unsupported("its curve is 1.3.132.0.10".to_owned())
        );
    }

    #[test]
    fn nothing_private_is_shown() {
        for name in [
            "server.key",
            "rsa-server.key",
            "client-ed25519.key",
            "server-sec1.key",
        ] {
            let text = file(name);
            let shown = format!("{:?}", read(&text));
            let lines = text.lines().filter(|line| !line.starts_with('-'));
            for secret in lines {
                assert!(!shown.contains(secret), "{name}");
            }
            assert!(shown.contains("PublicKey("), "{shown}");
        }
    }

    #[test]
    fn public_roots_are_known() {
        use crate::certificate::public_root;
        let public = &read(&file("public-root.crt")).certificates[0];
        assert_eq!(public_root(&public.public_key), Some("ISRG Root X2"));
        let own = &read(&file("root-ca.crt")).certificates[0];
        assert_eq!(public_root(&own.public_key), None);
    }

    #[test]
    fn bundles_are_bounded() {
        let many = "-----BEGIN CERTIFICATE-----\n".repeat(MAX_CERTIFICATES + 5);
        let bundle = read(&many);
        assert_eq!(bundle.defects.len(), MAX_CERTIFICATES + 1);
        assert_eq!(
            bundle.defects.last().map(|one| &one.value),
            Some(&Defect::TooLarge)
        );
    }

    #[test]
    fn a_certificate_states_its_facts() {
        let bundle = read(&file("server.crt"));
        let server = &bundle.certificates[0];
        assert_eq!(
            server.subject.to_string(),
            "CN=otel-gateway.example.com, O=Example"
        );
        assert_eq!(server.label(), "otel-gateway.example.com");
        assert_eq!(
            server.public_key.kind,
            KeyKind::Ec(crate::certificate::Curve::P256)
        );
        assert_eq!(
            server.not_before,
            time::macros::datetime!(2026-01-01 0:00 UTC)
        );
        let names = server.extensions.alternative_names.as_ref().unwrap();
        assert_eq!(names.dns, ["otel-gateway.example.com"]);
        assert!(!server.is_ca() && !server.is_self_issued());
    }
}
