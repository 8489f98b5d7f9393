//! `otel-lint verify` as people and scripts call it: verdicts of our own certificates, exit codes, batch lines.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

const NOW: &str = "2026-06-01T00:00:00Z";
const HOST: &str = "otel-gateway.example.com";

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/certificates")
        .join(name)
}

fn otel_lint(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_otel-lint"));
    command.arg("verify").args(arguments);
    command.output().unwrap()
}

/// What `verifier` says of `chain` when it trusts `trust`: `ok`, or its words.
fn verdict(verifier: &str, chain: &str, trust: &str, host: Option<&str>, now: &str) -> String {
    let (chain, trust) = (file(chain), file(trust));
    let mut arguments = vec!["--as", verifier, "--now", now, "--format", "json"];
    arguments.extend(["--trust", trust.to_str().unwrap()]);
    arguments.extend(host.iter().flat_map(|host| ["--name", host]));
    arguments.push(chain.to_str().unwrap());
    let output = otel_lint(&arguments);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let verdict = &answer["verdicts"][verifier];
    match verdict["ok"].as_bool() {
        Some(true) => {
            assert_eq!(output.status.code(), Some(0));
            "ok".to_owned()
        }
        _ => {
            assert_eq!(output.status.code(), Some(1));
            verdict["error"].as_str().unwrap().to_owned()
        }
    }
}

#[test]
fn a_collector_that_verifies_a_gateway() {
    let expired =
        "x509: certificate has expired or is not yet valid: current time 2026-06-01T00:00:00Z is";
    let unknown = "x509: certificate signed by unknown authority";
    for (chain, trust, expected) in [
        ("server.crt", "root-ca.crt", "ok".to_owned()),
        ("server-chain.crt", "root-ca.crt", "ok".to_owned()),
        ("server-wildcard.crt", "root-ca.crt", "ok".to_owned()),
        ("server-no-usage.crt", "root-ca.crt", "ok".to_owned()),
        ("server-as-ca.crt", "root-ca.crt", "ok".to_owned()),
        ("self-signed.crt", "self-signed.crt", "ok".to_owned()),
        ("rsa-server.crt", "rsa-ca.crt", "ok".to_owned()),
        ("rsa-1024.crt", "rsa-ca.crt", "ok".to_owned()),
        (
            "server-by-intermediate.crt",
            "root-ca.crt",
            unknown.to_owned(),
        ),
        (
            "server-by-intermediate.crt",
            "intermediate-ca.crt",
            "ok".to_owned(),
        ),
        ("server.crt", "other-ca.crt", unknown.to_owned()),
        (
            "server-expired.crt",
            "root-ca.crt",
            format!("{expired} after 2026-05-01T00:00:00Z"),
        ),
        (
            "server-future.crt",
            "root-ca.crt",
            format!("{expired} before 2026-07-01T00:00:00Z"),
        ),
        (
            "server.crt",
            "expired-ca.crt",
            format!("{expired} after 2026-02-01T00:00:00Z"),
        ),
        (
            "server-cn-only.crt",
            "root-ca.crt",
            "x509: certificate relies on legacy Common Name field, use SANs instead".to_owned(),
        ),
        (
            "server-other-name.crt",
            "root-ca.crt",
            format!("x509: certificate is valid for other.example.com, not {HOST}"),
        ),
        (
            "server-ip.crt",
            "root-ca.crt",
            format!("x509: certificate is not valid for any names, but wanted to match {HOST}"),
        ),
        (
            "server-client-auth-only.crt",
            "root-ca.crt",
            "x509: certificate specifies an incompatible key usage".to_owned(),
        ),
        (
            "server-sha1.crt",
            "root-ca.crt",
            format!(
                "{unknown} (possibly because of \"x509: cannot verify signature: insecure algorithm ECDSA-SHA1\" while trying to verify candidate authority certificate \"Example root CA\")"
            ),
        ),
        (
            "server-by-non-ca.crt",
            "not-a-ca.crt",
            format!(
                "{unknown} (possibly because of \"x509: invalid signature: parent certificate cannot sign this kind of certificate\" while trying to verify candidate authority certificate \"Example root that is no CA\")"
            ),
        ),
    ] {
        let found = verdict("go-verifies-server", chain, trust, Some(HOST), NOW);
        assert_eq!(found, expected, "{chain} under {trust}");
    }
    let address = "203.0.113.10";
    let found = verdict(
        "go-verifies-server",
        "server-ip.crt",
        "root-ca.crt",
        Some(address),
        NOW,
    );
    assert_eq!(found, "ok");
    let found = verdict(
        "go-verifies-server",
        "server.crt",
        "root-ca.crt",
        Some(address),
        NOW,
    );
    let words =
        "x509: cannot validate certificate for 203.0.113.10 because it doesn't contain any IP SANs";
    assert_eq!(found, words);
}

/// x509.md 1.2: where the peers differ about the same client certificate.
#[test]
fn peers_that_verify_a_client_differ() {
    let no_issuer = "unable to get local issuer certificate";
    for (chain, trust, go, envoy, openssl) in [
        ("client.crt", "root-ca.crt", "ok", "ok", "ok"),
        ("client-v1.crt", "root-ca.crt", "ok", "ok", "ok"),
        ("rsa-client.crt", "rsa-ca.crt", "ok", "ok", "ok"),
        ("client-p384.crt", "root-ca.crt", "ok", "ok", "ok"),
        (
            "client-other-ca.crt",
            "root-ca.crt",
            "x509: certificate signed by unknown authority",
            no_issuer,
            no_issuer,
        ),
        (
            "client-server-auth-only.crt",
            "root-ca.crt",
            "x509: certificate specifies an incompatible key usage",
            "unsupported certificate purpose",
            "unsuitable certificate purpose",
        ),
        (
            "client-by-intermediate.crt",
            "intermediate-ca.crt",
            "ok",
            "ok",
            "unable to get issuer certificate",
        ),
        (
            "client-key-agreement.crt",
            "root-ca.crt",
            "ok",
            "KEY_USAGE_BIT_INCORRECT",
            "ok",
        ),
        (
            "client-ed25519.crt",
            "root-ca.crt",
            "ok",
            "tls: peer doesn't support any of the certificate's signature algorithms",
            "ok",
        ),
    ] {
        for (verifier, expected) in [
            ("go-verifies-client", go),
            ("envoy-verifies-client", envoy),
            ("openssl-verifies-client", openssl),
        ] {
            let found = verdict(verifier, chain, trust, None, NOW);
            assert_eq!(found, expected, "{verifier}: {chain} under {trust}");
        }
    }
}

#[test]
fn the_last_second_belongs_to_go_alone() {
    let last = "2026-05-01T00:00:00Z";
    for (verifier, expected) in [
        ("go-verifies-client", "ok"),
        ("envoy-verifies-client", "certificate has expired"),
        ("openssl-verifies-client", "certificate has expired"),
    ] {
        let found = verdict(verifier, "client-expired.crt", "root-ca.crt", None, last);
        assert_eq!(found, expected, "{verifier}");
    }
}

#[test]
fn without_trust_nothing_is_ok() {
    let chain = file("server.crt");
    let output = otel_lint(&["--now", NOW, "--as", "all", chain.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.matches(": unknown: ").count(), 4, "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_cannot_be_read_ends_with_two() {
    for name in ["server.key", "make.sh", "absent.crt"] {
        let output = otel_lint(&[file(name).to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert_eq!(output.stdout, b"");
    }
}

#[test]
fn no_private_key_is_ever_printed() {
    let key = std::fs::read_to_string(file("server.key")).unwrap();
    let both = std::fs::read_to_string(file("server.crt")).unwrap() + &key;
    let path = std::env::temp_dir().join(format!("otel-lint-verify-{}.pem", std::process::id()));
    std::fs::write(&path, both).unwrap();
    let lines: Vec<&str> = key.lines().filter(|line| !line.starts_with('-')).collect();
    for format in ["text", "json"] {
        for path in [path.to_str().unwrap(), file("server.key").to_str().unwrap()] {
            let output = otel_lint(&["--format", format, path]);
            let mut printed = String::from_utf8(output.stdout).unwrap();
            printed.push_str(&String::from_utf8(output.stderr).unwrap());
            assert!(
                !lines.iter().any(|line| printed.contains(line)),
                "{printed}"
            );
        }
    }
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_batch_answers_in_order_and_survives_bad_lines() {
    let der = |name: &str| {
        let text = std::fs::read_to_string(file(name)).unwrap();
        text.lines()
            .filter(|line| !line.starts_with('-'))
            .collect::<String>()
    };
    let case = |id: usize, trusted: &str| {
        serde_json::json!({
            "id": id, "now": NOW, "name": HOST, "trusted": [der(trusted)], "chain": [der("server.crt")],
        })
        .to_string()
    };
    let mut lines: Vec<String> = (0..2000).map(|id| case(id, "root-ca.crt")).collect();
    lines[7] = "not JSON".to_owned();
    lines[9] = case(9, "other-ca.crt");
    let mut child = Command::new(env!("CARGO_BIN_EXE_otel-lint"))
        .args(["verify", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(lines.join("\n").as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers: Vec<serde_json::Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 2000);
    assert_eq!(output.status.code(), Some(2));
    for (at, answer) in answers.iter().enumerate() {
        let server = &answer["verdicts"]["go-verifies-server"]["ok"];
        match at {
            7 => assert!(answer["error"].is_string()),
            9 => assert_eq!(*server, false),
            _ => assert_eq!((&answer["id"], server), (&at.into(), &true.into())),
        }
    }
}

/// Chains judged by the real libraries, when they are at hand.
#[test]
fn real_verifiers_agree() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/oracles/score_x509.py");
    let python = Command::new("python3").arg("--version").output();
    if !root.exists() || python.is_err() {
        println!(
            "skipped: no verdicts of real libraries at {}",
            root.display()
        );
        return;
    }
    let output = Command::new("python3")
        .arg(root)
        .args(["--bin", env!("CARGO_BIN_EXE_otel-lint")])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("all: 100.00% of "), "{text}");
}
