//! `bearertokenauth`: a token in a header (contrib, extension/bearertokenauthextension/config.go).

use crate::model::collector::shape::Kind::Bool;
use crate::model::collector::shape::Kind::Duration;
use crate::model::collector::shape::Kind::Int;
use crate::model::collector::shape::Kind::List;
use crate::model::collector::shape::Kind::Section as Inner;
use crate::model::collector::shape::Kind::Text;
use crate::model::collector::shape::Report;
use crate::model::collector::shape::SECRET;
use crate::model::collector::shape::Section;
use crate::model::collector::shape::Shape;
use crate::model::collector::shape::field;
use crate::model::collector::shape::shape;

pub(in crate::model::collector::shape) static BEARER: Shape = shape(
    "bearertokenauthextension.Config",
    &[
        field("header", Text).since(123),
        field("scheme", Text),
        field("token", SECRET),
        field("tokens", List(&SECRET)).since(122),
        field("filename", Text),
        field("retry_on_failure", Inner(&FILE_RETRY)).since(160),
        field("wait_for_token_file", Bool).since(160),
    ],
)
.checked(bearer);

/// contrib, extension/internal/credentialsfile
static FILE_RETRY: Shape = shape(
    "credentialsfile.RetryOnFailureConfig",
    &[
        field("enabled", Bool),
        field("interval", Duration),
        field("max_retries", Int),
    ],
);

fn bearer(bearer: &Section<'_>, report: &mut Report<'_>) {
    let tokens = bearer
        .get("tokens")
        .is_some_and(|tokens| !tokens.texts().is_empty() || !tokens.items().is_empty());
    if bearer.says("token") && tokens {
        report.value(
            bearer.key("tokens"),
            "both `token` and `tokens` are given",
            "either tokens or token should be provided, not both",
        );
    }
    if !bearer.says("token") && !tokens && !bearer.says("filename") && !bearer.is_open("tokens") {
        report.value(
            bearer.span,
            "none of `token`, `tokens` and `filename` is given",
            "no bearer token provided",
        );
        report.by_absence();
    }
}
