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

#[test]
fn the_inventory_lists_what_ends_first_and_what_it_is_for() {
    let scenario = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/scenarios/walkthrough");
    let output = Command::new(env!("CARGO_BIN_EXE_otel-lint"))
        .args(["certs", "--now", NOW, "--format", "json"])
        .arg(&scenario)
        .output()
        .unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let certificates = answer["certificates"].as_array().unwrap();
    let ends: Vec<&str> = certificates
        .iter()
        .map(|one| one["notAfter"].as_str().unwrap())
        .collect();
    assert!(ends.is_sorted(), "{ends:?}");
    let find = |subject: &str| {
        let mut found = certificates.iter();
        found
            .find(|one| one["subject"].as_str().unwrap().contains(subject))
            .unwrap()
    };
    let server = find(HOST);
    assert_eq!(server["daysLeft"], 579);
    assert_eq!(server["issuerFound"], "given");
    assert_eq!(
        server["places"][0]["holder"],
        "Secret telemetry/gateway-cert, tls.crt"
    );
    let uses = server["uses"][0].as_str().unwrap();
    assert!(uses.starts_with("shown by listener telemetry/"), "{uses}");
    let root = find("root CA");
    let uses = root["uses"].to_string();
    assert!(
        uses.contains("admits clients at listener") && uses.contains("trusted by exporter"),
        "{uses}"
    );
    assert!(
        !String::from_utf8(output.stdout)
            .unwrap()
            .contains("PRIVATE KEY")
    );
}

/// What OpenSSL says in a real handshake on loopback is what is predicted of it.
#[test]
fn real_handshakes_confirm_openssl() {
    let version = Command::new("openssl").arg("version").output();
    let Some(version) = version
        .ok()
        .filter(|output| output.stdout.starts_with(b"OpenSSL 3."))
    else {
        println!("skipped: no `openssl` 3 here");
        return;
    };
    println!("{}", String::from_utf8_lossy(&version.stdout).trim());
    // 2026-06-01T00:00:00Z, as all certificates here are read.
    let now = "1780272000";
    for (chain, key, trust) in [
        ("client.crt", "client.key", "root-ca.crt"),
        ("client-v1.crt", "client.key", "root-ca.crt"),
        ("client-key-agreement.crt", "client.key", "root-ca.crt"),
        ("client-p521.crt", "client-p521.key", "root-ca.crt"),
        ("client-other-ca.crt", "client-other-ca.key", "root-ca.crt"),
        ("client-server-auth-only.crt", "client.key", "root-ca.crt"),
        ("client-expired.crt", "client.key", "root-ca.crt"),
        ("client-by-intermediate.crt", "client.key", "root-ca.crt"),
        (
            "client-by-intermediate.crt",
            "client.key",
            "intermediate-ca.crt",
        ),
        ("client.crt", "client.key", "expired-ca.crt"),
        ("rsa-1024.crt", "rsa-1024.key", "rsa-ca.crt"),
        ("server-no-usage.crt", "server.key", "root-ca.crt"),
    ] {
        let predicted = verdict("openssl-verifies-client", chain, trust, None, NOW);
        // The library judges the chain as a server at security level 2 does.
        let judged = Command::new("openssl")
            .args([
                "verify",
                "-purpose",
                "sslclient",
                "-auth_level",
                "2",
                "-attime",
                now,
            ])
            .args(["-no-CApath", "-no-CAstore", "-CAfile"])
            .args([file(trust), file(chain)])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&judged.stderr).into_owned();
        let real = match judged.status.success() {
            true => "ok",
            false => said
                .lines()
                .find_map(|line| line.split_once(" depth lookup: "))
                .map_or("?", |(_, words)| words.trim()),
        };
        assert_eq!(predicted, real, "{chain} under {trust}");
        assert_eq!(
            handshake(chain, key, trust, now),
            real == "ok",
            "{chain} under {trust}"
        );
    }
}

/// Whether a server that trusts `trust` lets a client with `chain` in, over loopback.
fn handshake(chain: &str, key: &str, trust: &str, now: &str) -> bool {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let mut server = Command::new("openssl")
        .args(["s_server", "-accept", &address, "-naccept", "1", "-quiet"])
        .args([
            "-cipher",
            "DEFAULT@SECLEVEL=2",
            "-attime",
            now,
            "-Verify",
            "5",
            "-verify_return_error",
        ])
        .args(["-no-CApath", "-no-CAstore", "-tls1_2", "-cert"])
        .arg(file("server.crt"))
        .arg("-key")
        .arg(file("server.key"))
        .arg("-CAfile")
        .arg(file(trust))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Under TLS 1.2 the client knows at the end of the handshake whether it was let in.
    let connect = || {
        Command::new("openssl")
            .args(["s_client", "-connect", &address, "-attime", now, "-tls1_2"])
            .args(["-cipher", "DEFAULT@SECLEVEL=0", "-cert"])
            .arg(file(chain))
            .arg("-key")
            .arg(file(key))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    let mut outcome = connect();
    for _ in 0..100 {
        if !String::from_utf8_lossy(&outcome.stderr).contains("refused") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
        outcome = connect();
    }
    let _ = server.kill();
    let _ = server.wait();
    outcome.status.success() && !String::from_utf8_lossy(&outcome.stderr).contains("alert")
}

/// Certificates and keys with a few octets changed, cut or doubled: whatever they say, nothing panics or hangs.
#[test]
fn damaged_input_ends_in_a_verdict() {
    use otel_lint::certificate::Bundle;
    use otel_lint::certificate::Question;
    use otel_lint::certificate::Signatures;
    use otel_lint::certificate::Trust;
    use otel_lint::certificate::Verifier;
    use otel_lint::source::SourceId;
    use otel_lint::source::Span;

    let read = |bytes: &[u8]| Bundle::read(bytes, |range| Span::new(SourceId(0), range));
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let root = read(&std::fs::read(file("root-ca.crt")).unwrap()).chain();
    let names = [
        "server-chain.crt",
        "rsa-server.crt",
        "client-v1.crt",
        "server.key",
        "rsa-server-pkcs1.key",
    ];
    for name in names {
        let good = std::fs::read(file(name)).unwrap();
        let der = read(&good).certificates.first().map(|one| one.der.to_vec());
        for original in [Some(good), der].into_iter().flatten() {
            for _ in 0..400 {
                let mut bad = original.clone();
                for _ in 0..=random(3) {
                    let at = random(bad.len());
                    match random(4) {
                        0 => bad[at] = random(256) as u8,
                        1 => bad[at] ^= 1 << random(8),
                        2 => bad.truncate(at + 1),
                        _ => bad.insert(at, random(256) as u8),
                    }
                }
                let chain = read(&bad).chain();
                let question = Question {
                    chain: &chain,
                    trust: Trust::Given(&root),
                    name: Some(HOST),
                    now: time::macros::datetime!(2026-06-01 0:00 UTC),
                };
                let signatures = Signatures::new();
                for verifier in Verifier::ALL {
                    let _ = verifier.handshake(&question, &signatures);
                }
            }
        }
    }
}
