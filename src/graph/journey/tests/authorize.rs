//! What RequestAuthentications and AuthorizationPolicies of Istio make of an exporter.

use super::passage::PAIR;
use super::passage::TAKEN;
use super::passage::TOKEN;
use super::passage::end;
use super::passage::gateway;
use super::passage::grpc;

/// A resource of Istio's security group.
fn istio(kind: &str, spec: &str) -> String {
    format!(
        "apiVersion: security.istio.io/v1\nkind: {kind}\nmetadata: {{name: senders, namespace: telemetry}}\nspec: {{{spec}}}\n---\n"
    )
}

#[test]
fn istio_refuses_tokens_that_are_none_and_takes_the_others_out() {
    let at = "targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]";
    let rule = |more: &str| {
        istio(
            "RequestAuthentication",
            &format!("{at}, jwtRules: [{{issuer: 'https://id.example.com'{more}}}]"),
        )
    };
    let oidc = "oidc: {issuer_url: https://id.example.com, audience: otel}";
    let jwt = ", headers: {authorization: Bearer e30.e30.e30}";
    let gone =
        "the receiver asks for credentials in `authorization`, which is taken away in front of it";
    let open = "whether the JWT is taken is not judged";
    let table = [
        (rule(""), "", "", TAKEN),
        (rule(""), "", PAIR, TAKEN),
        (
            rule(""),
            "",
            TOKEN,
            "the gateway asks for a JWT, and what this exporter sends is none",
        ),
        (rule(""), "", jwt, open),
        (rule(""), oidc, jwt, gone),
        (rule(", forwardOriginalToken: true"), oidc, jwt, open),
        (
            rule(", fromHeaders: [{name: x-jwt}]"),
            "",
            "",
            "where the gateway looks for a JWT is not judged",
        ),
    ];
    for (at, (policy, guard, exporter, expected)) in table.into_iter().enumerate() {
        let end = end(&gateway("istio"), &policy, guard, &grpc(exporter));
        assert_eq!(end, expected, "{at}");
    }
}

#[test]
fn authorization_policies_let_in_what_a_rule_of_theirs_matches() {
    let at = "targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]";
    let own = |spec: &str| istio("AuthorizationPolicy", &format!("{at}, {spec}"));
    let refused = "no rule of the AuthorizationPolicies at the gateway allows this request";
    let denied = "the AuthorizationPolicy `senders` denies this request at the gateway";
    let open = "whether an AuthorizationPolicy lets it in is open";
    let logs = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
    let table = [
        (own("rules: [{}]"), TAKEN),
        (own("action: ALLOW"), refused),
        (
            own("rules: [{from: [{source: {requestPrincipals: ['*']}}]}]"),
            refused,
        ),
        (
            own("rules: [{from: [{source: {principals: ['cluster.local/ns/a/sa/b']}}]}]"),
            refused,
        ),
        (
            own("rules: [{from: [{source: {ipBlocks: ['192.0.2.0/24']}}]}]"),
            open,
        ),
        (
            own("rules: [{to: [{operation: {paths: [/v1/*]}}]}]"),
            refused,
        ),
        (
            own(&format!(
                "rules: [{{to: [{{operation: {{paths: [{logs}], methods: [POST], ports: ['4317']}}}}]}}]"
            )),
            TAKEN,
        ),
        (
            own("rules: [{to: [{operation: {methods: [GET]}}]}]"),
            refused,
        ),
        (own("rules: [{to: [{operation: {ports: ['4318']}}]}]"), open),
        (
            own("rules: [{to: [{operation: {hosts: [otel.example.com]}}]}]"),
            open,
        ),
        (
            own("rules: [{when: [{key: 'request.headers[x]', values: [a]}]}]"),
            open,
        ),
        (
            own("action: DENY, rules: [{from: [{source: {notRequestPrincipals: ['*']}}]}]"),
            denied,
        ),
        (
            own("action: DENY, rules: [{to: [{operation: {paths: [/v1/*]}}]}]"),
            TAKEN,
        ),
        (
            own("action: DENY, rules: [{to: [{operation: {notPaths: [/v1/*]}}]}]"),
            denied,
        ),
        (
            own("action: CUSTOM, provider: {name: a}, rules: [{}]"),
            open,
        ),
        (
            own("action: AUDIT, rules: [{from: [{source: {namespaces: [a]}}]}]"),
            TAKEN,
        ),
        // For all of the namespace: a sidecar before the receiver, too.
        (
            istio("AuthorizationPolicy", ""),
            "whether a sidecar with policies of Istio lets it in is open",
        ),
        (
            istio(
                "AuthorizationPolicy",
                "selector: {matchLabels: {gateway.networking.k8s.io/gateway-name: edge}}",
            ),
            refused,
        ),
    ];
    for (at, (policy, expected)) in table.into_iter().enumerate() {
        let end = end(&gateway("istio"), &policy, "", &grpc(""));
        assert_eq!(end, expected, "{at}");
    }
}
