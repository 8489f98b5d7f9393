//! What an exporter and who ends its connection make of each other's certificates.

use std::sync::Arc;

use super::FlawKind;
use super::Walk;
use super::gate::Asked;
use super::gate::Gate;
use super::gate::Terms;
use crate::certificate::Cause;
use crate::certificate::Certificate;
use crate::certificate::Question;
use crate::certificate::Signatures;
use crate::certificate::Trust;
use crate::certificate::Verdict;
use crate::certificate::Verifier;
use crate::graph::material::Chain;
use crate::graph::material::Material;
use crate::model::collector::dial::Handshake;
use crate::model::collector::phrase::Phrase;
use crate::model::run::Run;
use crate::source::Span;

/// What was found of a handshake.
#[derive(Default)]
pub(super) struct Judged {
    /// What is wrong, and where.
    pub(super) flaws: Vec<(Span, FlawKind)>,
    /// Why it cannot be said to succeed.
    pub(super) unknown: Option<String>,
}

/// Judges both sides: they agree on a version, the exporter verifies the gate, then the gate verifies the exporter.
pub(super) fn judge(
    walk: &Walk<'_>,
    own: &Run,
    gate: Gate,
    handshake: &Handshake,
    endpoint: Span,
) -> Judged {
    let mut judged = Judged::default();
    let sides = Sides {
        walk,
        own,
        gate,
        handshake,
        endpoint,
        terms: walk.terms(gate),
        signatures: Signatures::new(),
    };
    if let (Some(own), Some(asked)) = (&handshake.versions, &sides.terms.versions)
        && own.misses(asked)
    {
        let said = if own.most < asked.least {
            own.most_said
        } else {
            own.least_said
        };
        let (own, asked) = (own.clone(), asked.clone());
        let kind = FlawKind::TlsVersions { gate, own, asked };
        judged.flaws.push((said.unwrap_or(endpoint), kind));
        return judged;
    }
    match handshake.verifies {
        Some(true) => judged.server(&sides),
        Some(false) => {}
        None => judged.unknown("whether the server is verified is open"),
    }
    judged.client(&sides);
    judged
}

/// The two sides of a handshake.
struct Sides<'s> {
    walk: &'s Walk<'s>,
    own: &'s Run,
    gate: Gate,
    handshake: &'s Handshake,
    endpoint: Span,
    terms: Terms,
    signatures: Signatures,
}

impl Sides<'_> {
    /// The roots that the exporter is told to trust; `None` for those of its machine. The error says why they are not known.
    fn roots(&self) -> Result<Option<Chain>, String> {
        let Some(trust) = &self.handshake.trust else {
            return Ok(None);
        };
        match self.walk.materials.of_setting(trust, self.own) {
            Material::Given(bundle) => Ok(Some(bundle)),
            lacking => Err(unread("the CA file", trust, &lacking)),
        }
    }
}

impl Judged {
    fn unknown(&mut self, why: &str) {
        self.unknown.get_or_insert_with(|| why.to_owned());
    }

    fn server(&mut self, sides: &Sides<'_>) {
        let Sides {
            walk, handshake, ..
        } = sides;
        let Material::Given(served) = &sides.terms.served else {
            return self.unknown(unshown(sides.gate));
        };
        let roots = match sides.roots() {
            Ok(roots) => roots,
            Err(why) => return self.unknown(&why),
        };
        let trusted = match &roots {
            Some(bundle) => bundle.certificates.as_slice(),
            // The system's roots are not given; yet an authority that stands in these files is a private one.
            None => walk.materials.authorities(),
        };
        let question = Question {
            chain: &served.certificates,
            trust: Trust::Given(trusted),
            name: handshake.verified.known(),
            now: walk.settings.now,
        };
        let verify = |question| Verifier::GoVerifiesServer.handshake(question, &sides.signatures);
        let trust = handshake.trust.as_ref().map(|trust| trust.span);
        let untrusted = |failure| FlawKind::UntrustedServer {
            failure,
            served: served.span,
            trust,
        };
        match (verify(&question), &roots) {
            (Verdict::Pass, Some(_)) => {}
            (Verdict::Pass, None) => {
                let alone = Question {
                    trust: Trust::Given(&[]),
                    ..question
                };
                if let Verdict::Fail(failure) = verify(&alone) {
                    self.flaws.push((sides.endpoint, untrusted(failure)));
                }
            }
            (Verdict::Fail(failure), _)
                if matches!(failure.cause, Cause::Name | Cause::CommonName) =>
            {
                let kind = FlawKind::UncoveredServerName {
                    failure,
                    name: handshake.verified.known().unwrap_or_default().to_owned(),
                    served: served.span,
                };
                self.flaws.push((sides.endpoint, kind));
            }
            (Verdict::Fail(failure), Some(_))
                if !(handshake.trusts_system && failure.cause.is_about_trust()) =>
            {
                let at = trust.unwrap_or(sides.endpoint);
                self.flaws.push((at, untrusted(failure)));
            }
            (Verdict::Fail(failure), None) if !failure.cause.is_about_trust() => {
                self.flaws.push((sides.endpoint, untrusted(failure)));
            }
            (Verdict::Fail(_), _) => self.unknown("the roots of the sending machine are not given"),
            (Verdict::Unknown(why), _) => self.unknown(&why),
        }
    }

    fn client(&mut self, sides: &Sides<'_>) {
        let (said, authorities, verifier, is_optional) = match &sides.terms.asked {
            Asked::Nothing => return,
            Asked::Open(why) => return self.unknown(why),
            Asked::Certificate {
                said,
                authorities,
                verifier,
                is_optional,
            } => (*said, authorities, *verifier, *is_optional),
        };
        let gate = sides.gate;
        let Some(authorities) = authorities else {
            self.flaws
                .push((said, FlawKind::MissingAuthorities { gate }));
            return;
        };
        let Some((certificate, _)) = &sides.handshake.certificate else {
            if is_optional {
                return;
            }
            let kind = FlawKind::MissingClientCertificate {
                gate,
                demanded: said,
            };
            self.flaws.push((sides.endpoint, kind));
            return;
        };
        let shown = match sides.walk.materials.of_setting(certificate, sides.own) {
            Material::Given(shown) => shown,
            lacking => {
                let why = unread("the client's certificate", certificate, &lacking);
                return self.unknown(&why);
            }
        };
        let Material::Given(admitted) = authorities else {
            return self
                .unknown("the authorities that clients are verified against were not given");
        };
        let Some(verifier) = verifier else {
            return self.unknown("it is not known which verifier judges clients");
        };
        let question = question(&shown, &admitted.certificates, sides.walk);
        match verifier.handshake(&question, &sides.signatures) {
            Verdict::Pass => {}
            Verdict::Fail(failure) => {
                let kind = FlawKind::UntrustedClient {
                    failure,
                    gate,
                    authorities: admitted.span,
                    certificate: shown.span,
                };
                self.flaws.push((certificate.span, kind));
            }
            Verdict::Unknown(why) => self.unknown(&why),
        }
    }
}

/// Why nothing is known of the certificate that `gate` shows.
const fn unshown(gate: Gate) -> &'static str {
    match gate {
        Gate::Listener(_) => "the certificate of the listener was not given",
        Gate::Ingress { tls: None, .. } => {
            "the controller shows a certificate of its own, which was not given"
        }
        Gate::Ingress { .. } => "the certificate of the Ingress was not given",
        Gate::Receiver(_) => "the certificate of the receiver was not given",
    }
}

/// Why nothing is known of what the setting of a certificate leads to. Inline values are not repeated.
fn unread(what: &str, setting: &Phrase, lacking: &Material) -> String {
    match lacking {
        Material::Outside => format!("{what} `{}` was not given", setting.as_written()),
        _ => format!("{what} holds no certificate that can be read"),
    }
}

fn question<'q>(
    shown: &'q Chain,
    admitted: &'q [Arc<Certificate>],
    walk: &Walk<'_>,
) -> Question<'q> {
    Question {
        chain: &shown.certificates,
        trust: Trust::Given(admitted),
        name: None,
        now: walk.settings.now,
    }
}
