//! What policies of Istio for the Pods of a receiver make of an exporter.

use super::passage::PAIR;
use super::passage::TAKEN;
use super::passage::TOKEN;
use super::passage::end;
use super::passage::gateway;
use super::passage::grpc;

const INJECTED: &str = "apiVersion: v1\nkind: Namespace\nmetadata: {name: telemetry, labels: {istio-injection: enabled}}\n---\n";
const SELECTED: &str = "selector: {matchLabels: {app: collector}}";

fn policy(kind: &str, spec: &str) -> String {
    format!(
        "apiVersion: security.istio.io/v1\nkind: {kind}\nmetadata: {{name: senders, namespace: telemetry}}\nspec: {{{spec}}}\n---\n"
    )
}

#[test]
fn a_sidecar_lets_in_what_its_policies_allow() {
    let own = |spec: &str| policy("AuthorizationPolicy", &format!("{SELECTED}, {spec}"));
    let refused =
        "no rule of the AuthorizationPolicies at the sidecar of the receiver allows this request";
    let open = "whether an AuthorizationPolicy lets it in is open";
    let table = [
        (own("rules: [{}]"), TAKEN),
        (own("action: ALLOW"), refused),
        (
            own("rules: [{to: [{operation: {ports: ['4317']}}]}]"),
            TAKEN,
        ),
        (
            own("rules: [{to: [{operation: {paths: [/v1/*]}}]}]"),
            refused,
        ),
        (
            own("rules: [{from: [{source: {principals: ['*']}}]}]"),
            open,
        ),
        (
            own("rules: [{from: [{source: {requestPrincipals: ['*']}}]}]"),
            refused,
        ),
        (
            policy("AuthorizationPolicy", ""),
            "none of the AuthorizationPolicies that were given lets it in",
        ),
    ];
    for (at, (policy, expected)) in table.into_iter().enumerate() {
        // A policy for the whole namespace is for the gateway, too.
        let end = end(
            &gateway("istio"),
            &(INJECTED.to_owned() + &policy),
            "",
            &grpc(""),
        );
        assert_eq!(end, expected, "{at}");
    }
    let unsure = "whether a sidecar with policies of Istio lets it in is open";
    let found = end(&gateway("istio"), &own("action: ALLOW"), "", &grpc(""));
    assert_eq!(found, unsure, "nobody knows whether there is one");
    let out = INJECTED.replace("enabled", "disabled");
    let found = end(
        &gateway("istio"),
        &(out + &own("action: ALLOW")),
        "",
        &grpc(""),
    );
    assert_eq!(found, TAKEN, "there is none");
}

#[test]
fn a_sidecar_refuses_tokens_that_are_none() {
    let rule = policy(
        "RequestAuthentication",
        &format!("{SELECTED}, jwtRules: [{{issuer: 'https://id.example.com'}}]"),
    );
    let rule = INJECTED.to_owned() + &rule;
    let table = [
        ("", "", TAKEN),
        ("", PAIR, TAKEN),
        (
            "",
            TOKEN,
            "the sidecar of the receiver asks for a JWT, and what this exporter sends is none",
        ),
        (
            "oidc: {issuer_url: https://id.example.com, audience: otel}",
            ", headers: {authorization: Bearer e30.e30.e30}",
            "the receiver asks for credentials in `authorization`, which is taken away in front of it",
        ),
    ];
    for (guard, exporter, expected) in table {
        let end = end(&gateway("istio"), &rule, guard, &grpc(exporter));
        assert_eq!(end, expected, "{exporter}");
    }
}
