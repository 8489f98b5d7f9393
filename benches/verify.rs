//! How long the verifiers take for one chain: `cargo bench --bench verify`. Prints; never fails for being slow.
//!
//! Each line is the median of 101 runs on one core: reading the PEM, all four verifiers, no signature remembered.

use std::path::Path;
use std::time::Duration;
use std::time::Instant;

use otel_lint::certificate::Bundle;
use otel_lint::certificate::Question;
use otel_lint::certificate::Signatures;
use otel_lint::certificate::Trust;
use otel_lint::certificate::Verifier;
use otel_lint::source::SourceId;
use otel_lint::source::Span;
use time::macros::datetime;

fn main() -> std::io::Result<()> {
    for (what, chain, trust) in [
        ("ECDSA, leaf and root", "server.crt", "root-ca.crt"),
        (
            "ECDSA, with an intermediate",
            "server-chain.crt",
            "root-ca.crt",
        ),
        ("RSA, leaf and root", "rsa-server.crt", "rsa-ca.crt"),
        ("not trusted", "server.crt", "other-ca.crt"),
    ] {
        let (chain, trust) = (read(chain)?, read(trust)?);
        let mut times: Vec<Duration> = (0..101).map(|_| time(&chain, &trust)).collect();
        times.sort_unstable();
        println!("{what}: {:.2} ms", times[50].as_secs_f64() * 1e3);
    }
    Ok(())
}

fn read(name: &str) -> std::io::Result<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/certificates");
    std::fs::read(folder.join(name))
}

fn time(chain: &[u8], trust: &[u8]) -> Duration {
    let start = Instant::now();
    let place = |range| Span::new(SourceId(0), range);
    let (chain, trust) = (
        Bundle::read(chain, place).chain(),
        Bundle::read(trust, place).chain(),
    );
    let question = Question {
        chain: &chain,
        trust: Trust::Given(&trust),
        name: Some("otel-gateway.example.com"),
        now: datetime!(2026-06-01 00:00 UTC),
    };
    let signatures = Signatures::new();
    for verifier in Verifier::ALL {
        std::hint::black_box(verifier.handshake(&question, &signatures));
    }
    start.elapsed()
}
