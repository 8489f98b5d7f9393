//! `oidc`: tokens that a provider signed (contrib, extension/oidcauthextension/config.go).

use std::collections::BTreeSet;

use crate::model::collector::shape::Kind::Bool;
use crate::model::collector::shape::Kind::List;
use crate::model::collector::shape::Kind::Section as Inner;
use crate::model::collector::shape::Kind::Text;
use crate::model::collector::shape::Report;
use crate::model::collector::shape::Section;
use crate::model::collector::shape::Shape;
use crate::model::collector::shape::field;
use crate::model::collector::shape::shape;

pub(in crate::model::collector::shape) static OIDC: Shape = shape(
    "oidcauthextension.Config",
    &[
        field("attribute", Text),
        field("providers", List(&Inner(&PROVIDER))).since(131),
        field("issuer_url", Text),
        field("audience", Text),
        field("ignore_audience", Bool).since(126),
        field("issuer_ca_path", Text),
        field("username_claim", Text),
        field("groups_claim", Text),
    ],
)
.checked(oidc);

static PROVIDER: Shape = shape(
    "oidcauthextension.ProviderCfg",
    &[
        field("issuer_url", Text),
        field("audience", Text),
        field("ignore_audience", Bool),
        field("ignore_issuer", Bool).since(157),
        field("issuer_ca_path", Text),
        field("username_claim", Text),
        field("groups_claim", Text),
        field("public_keys_file", Text).since(146),
    ],
);

fn oidc(oidc: &Section<'_>, report: &mut Report<'_>) {
    if oidc.is_open("providers") {
        return;
    }
    let listed = oidc
        .get("providers")
        .map_or(&[][..], |providers| providers.items());
    // Without a word on any provider newer versions start, and refuse everybody.
    let legacy = [
        "issuer_url",
        "audience",
        "issuer_ca_path",
        "username_claim",
        "groups_claim",
    ];
    let is_legacy =
        legacy.into_iter().any(|key| oidc.says(key)) || oidc.is("ignore_audience", true);
    let is_many = listed.len() + usize::from(is_legacy) > 1;
    let own = Section {
        value: oidc.value,
        span: oidc.span,
    };
    let others = listed.iter().map(|value| Section {
        value,
        span: value.span,
    });
    let mut seen = BTreeSet::new();
    for one in is_legacy.then_some(own).into_iter().chain(others) {
        if is_many && one.is("ignore_issuer", true) {
            report.value(
                one.key("ignore_issuer"),
                "`ignore_issuer` with more than one provider",
                "ignore_issuer cannot be true when multiple providers are configured",
            );
        }
        let issuer = one.text_or("issuer_url", "");
        if let Some(issuer) = issuer.filter(|issuer| !seen.insert(*issuer)) {
            report.value(
                one.key("issuer_url"),
                "two providers have this issuer",
                format!("duplicate issuer URL found: {issuer}"),
            );
        } else {
            provider(&one, report);
        }
    }
}

fn provider(provider: &Section<'_>, report: &mut Report<'_>) {
    if !provider.says("audience")
        && !provider.is("ignore_audience", true)
        && !provider.is_open("ignore_audience")
    {
        report.value(
            provider.span,
            "no `audience` is given, so no token would be checked for it",
            "no Audience provided for the OIDC configuration",
        );
        report.by_absence();
    }
    if !provider.says("issuer_url") {
        report.value(
            provider.span,
            "no `issuer_url` is given",
            "no IssuerURL provided for the OIDC configuration",
        );
        report.by_absence();
    }
}
