//! `headers_setter`: headers with what a request brought, or a given value (contrib, extension/headerssetterextension/config.go).

use crate::model::collector::shape::Kind;
use crate::model::collector::shape::Kind::List;
use crate::model::collector::shape::Kind::Section as Inner;
use crate::model::collector::shape::Kind::Text;
use crate::model::collector::shape::Report;
use crate::model::collector::shape::SECRET;
use crate::model::collector::shape::Section;
use crate::model::collector::shape::Shape;
use crate::model::collector::shape::field;
use crate::model::collector::shape::shape;

pub(in crate::model::collector::shape) static HEADERS_SETTER: Shape = shape(
    "headerssetterextension.Config",
    &[
        field("headers", List(&Inner(&HEADER))),
        field("additional_auth", Kind::Id).since(141),
    ],
)
.checked(headers_setter);

static HEADER: Shape = shape(
    "headerssetterextension.HeaderConfig",
    &[
        field(
            "action",
            Kind::Named(&Text, "headerssetterextension.ActionValue"),
        ),
        field("key", Text),
        field("value", Text),
        field("value_file", Text).since(148),
        field("from_context", Text),
        field("from_attribute", Text),
        field("default_value", SECRET),
    ],
);

fn headers_setter(setter: &Section<'_>, report: &mut Report<'_>) {
    let headers = setter.get("headers");
    if headers.is_none_or(|headers| headers.items().is_empty() && !headers.is_open()) {
        report.value(
            setter.span,
            "no `headers` are given",
            "missing headers configuration",
        );
        report.by_absence();
    }
    for value in headers.map_or(&[][..], |headers| headers.items()) {
        let span = value.span;
        header(&Section { value, span }, report);
    }
}

fn header(header: &Section<'_>, report: &mut Report<'_>) {
    if !header.says("key") {
        report.value(header.span, "a header without `key`", "missing header name");
        return;
    }
    if header
        .text_or("action", "")
        .is_none_or(|action| action == "delete")
    {
        return;
    }
    let sources = ["value", "value_file", "from_context", "from_attribute"];
    let mut given = sources.into_iter().filter(|key| header.get(key).is_some());
    match (given.next(), given.next()) {
        (None, _) => report.value(
            header.key("key"),
            "none of `value`, `value_file`, `from_context` and `from_attribute` is given",
            "missing header source, must be 'from_context', 'from_attribute', 'value', or 'value_file'",
        ),
        (Some(first), Some(second)) => report.value(
            header.key(second),
            format!("both `{first}` and `{second}` are given"),
            "invalid header source, must be only one of 'from_context', 'from_attribute', 'value', or 'value_file'",
        ),
        _ => {}
    }
}
