//! What exporter and listener make of each other's certificates.

use std::sync::Arc;

use super::FlawKind;
use super::Journey;
use super::Walk;
use crate::attach::client::Clients;
use crate::attach::listener::Authorities;
use crate::attach::listener::ListenerFacts;
use crate::attach::profile::ClientVerifier;
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

/// Judges both sides: the exporter verifies the server, then the listener verifies the client.
pub(super) fn judge(
    walk: &Walk<'_>,
    journey: &Journey,
    own: &Run,
    listener: &ListenerFacts,
    handshake: &Handshake,
    endpoint: Span,
) -> Judged {
    let mut judged = Judged::default();
    let signatures = Signatures::new();
    if handshake.verifies == Some(true) {
        judged.server(walk, own, listener, handshake, endpoint, &signatures);
    } else if handshake.verifies.is_none() {
        judged.unknown("whether the server is verified is open");
    }
    if let Some(index) = journey.listener {
        judged.client(walk, own, listener, index, handshake, endpoint, &signatures);
    }
    judged
}

impl Judged {
    fn unknown(&mut self, why: &str) {
        self.unknown.get_or_insert_with(|| why.to_owned());
    }

    fn server(
        &mut self,
        walk: &Walk<'_>,
        own: &Run,
        listener: &ListenerFacts,
        handshake: &Handshake,
        endpoint: Span,
        signatures: &Signatures,
    ) {
        let Some(Material::Given(served)) = listener
            .certificates
            .first()
            .map(|first| walk.materials.served(first))
        else {
            return self.unknown("the certificate of the listener was not given");
        };
        let roots = match handshake
            .trust
            .as_ref()
            .map(|trust| (trust, walk.materials.of_setting(trust, own)))
        {
            None => None,
            Some((_, Material::Given(bundle))) => Some(bundle),
            Some((trust, lacking)) => {
                return self.unknown(&unread("the CA file", trust, &lacking));
            }
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
        let verdict = Verifier::GoVerifiesServer.handshake(&question, signatures);
        let trust = handshake.trust.as_ref().map(|trust| trust.span);
        match (verdict, &roots) {
            (Verdict::Pass, Some(_)) => {}
            (Verdict::Pass, None) => {
                let alone = Question {
                    trust: Trust::Given(&[]),
                    ..question
                };
                if let Verdict::Fail(failure) =
                    Verifier::GoVerifiesServer.handshake(&alone, signatures)
                {
                    self.flaws.push((
                        endpoint,
                        FlawKind::UntrustedServer {
                            failure,
                            served: served.span,
                            trust,
                        },
                    ));
                }
            }
            (Verdict::Fail(failure), _)
                if matches!(failure.cause, Cause::Name | Cause::CommonName) =>
            {
                let name = handshake.verified.known().unwrap_or_default().to_owned();
                self.flaws.push((
                    endpoint,
                    FlawKind::UncoveredServerName {
                        failure,
                        name,
                        served: served.span,
                    },
                ));
            }
            (Verdict::Fail(failure), Some(_))
                if !(handshake.trusts_system && is_about_trust(failure.cause)) =>
            {
                let at = trust.unwrap_or(endpoint);
                self.flaws.push((
                    at,
                    FlawKind::UntrustedServer {
                        failure,
                        served: served.span,
                        trust,
                    },
                ));
            }
            (Verdict::Fail(failure), None) if !is_about_trust(failure.cause) => {
                self.flaws.push((
                    endpoint,
                    FlawKind::UntrustedServer {
                        failure,
                        served: served.span,
                        trust,
                    },
                ));
            }
            (Verdict::Fail(_), _) => self.unknown("the roots of the sending machine are not given"),
            (Verdict::Unknown(why), _) => self.unknown(&why),
        }
    }

    #[allow(clippy::too_many_arguments)] // the two sides and their certificates
    fn client(
        &mut self,
        walk: &Walk<'_>,
        own: &Run,
        listener: &ListenerFacts,
        index: usize,
        handshake: &Handshake,
        endpoint: Span,
        signatures: &Signatures,
    ) {
        let (said, authorities) = match &listener.clients {
            Clients::Verified { said, authorities } => (*said, authorities),
            Clients::Mesh { .. } => {
                return self.unknown("the listener admits workloads of the mesh only");
            }
            Clients::Unknown { .. } => {
                return self.unknown("whether clients are verified depends on the implementation");
            }
            Clients::Anyone
            | Clients::Unheeded { .. }
            | Clients::Unproven { .. }
            | Clients::Optional { .. } => return,
        };
        if matches!(authorities, Authorities::Missing) {
            self.flaws
                .push((said, FlawKind::MissingAuthorities { listener: index }));
            return;
        }
        let Some((certificate, _)) = &handshake.certificate else {
            self.flaws.push((
                endpoint,
                FlawKind::MissingClientCertificate {
                    listener: index,
                    demanded: said,
                },
            ));
            return;
        };
        let shown = match walk.materials.of_setting(certificate, own) {
            Material::Given(shown) => shown,
            lacking => {
                let why = unread("the client's certificate", certificate, &lacking);
                return self.unknown(&why);
            }
        };
        let Material::Given(admitted) = walk.materials.admitted(authorities) else {
            return self
                .unknown("the authorities that the listener admits clients by were not given");
        };
        let Some(verifier) = verifier_of(walk.profile(listener).verifier) else {
            return self.unknown("it is not known which verifier judges clients");
        };
        let question = question(&shown, &admitted.certificates, walk);
        match verifier.handshake(&question, signatures) {
            Verdict::Pass => {}
            Verdict::Fail(failure) => {
                let kind = FlawKind::UntrustedClient {
                    failure,
                    listener: index,
                    authorities: admitted.span,
                    certificate: shown.span,
                };
                self.flaws.push((certificate.span, kind));
            }
            Verdict::Unknown(why) => self.unknown(&why),
        }
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

/// Whether more roots could turn the refusal into a pass.
const fn is_about_trust(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::Untrusted | Cause::SelfSigned | Cause::UntrustedRoot
    )
}

const fn verifier_of(verifier: ClientVerifier) -> Option<Verifier> {
    match verifier {
        ClientVerifier::Envoy => Some(Verifier::EnvoyVerifiesClient),
        ClientVerifier::OpenSsl => Some(Verifier::OpensslVerifiesClient),
        ClientVerifier::Go => Some(Verifier::GoVerifiesClient),
        ClientVerifier::Unknown => None,
    }
}
