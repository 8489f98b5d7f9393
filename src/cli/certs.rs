//! `otel-lint certs`: every certificate in the input, those that end first first.

use std::io::Write;

use clap::Args;
use clap::ValueEnum;
use serde_json::Value;
use serde_json::json;
use time::OffsetDateTime;

use super::CLEAN;
use super::Error;
use super::given::Given;
use crate::attach;
use crate::certificate::AlternativeNames;
use crate::graph::Graph;
use crate::graph::inventory::Issuer;
use crate::graph::inventory::Listed;
use crate::graph::inventory::Place;
use crate::model::Model;
use crate::source::Sources;

/// Lists every certificate: where it stands, who issued it, what it is for, when it ends
#[derive(Debug, Args)]
pub(super) struct Certs {
    #[command(flatten)]
    given: Given,

    /// How to answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Certs {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<u8, Error> {
        let (input, settings) = self.given.read()?;
        let model = Model::read(&input.sources, &settings);
        let attachment = attach::attach(&model, &settings);
        let listed = Graph::build(&model, &attachment, &settings).inventory;
        let all = Inventory {
            sources: &input.sources,
            now: settings.now,
        };
        match self.format {
            Format::Text => all.write_text(out, &listed)?,
            Format::Json => {
                let entries: Vec<Value> = listed.iter().map(|one| all.json(one)).collect();
                writeln!(out, "{}", json!({ "version": 1, "certificates": entries }))?;
            }
        }
        Ok(CLEAN)
    }
}

struct Inventory<'s> {
    sources: &'s Sources,
    now: OffsetDateTime,
}

impl Inventory<'_> {
    fn write_text(&self, out: &mut dyn Write, listed: &[Listed]) -> Result<(), Error> {
        for one in listed {
            let certificate = &one.certificate;
            let end = certificate.not_after.date();
            writeln!(out, "{end} ({}): {}", self.left(one), certificate.subject)?;
            let names = certificate
                .extensions
                .alternative_names
                .as_ref()
                .map(names)
                .unwrap_or_default();
            if !names.is_empty() {
                writeln!(out, "  for {}", harmless(&names.join(", ")))?;
            }
            let issuer = match &one.issuer {
                Issuer::Itself => "itself".to_owned(),
                Issuer::Given(label) => harmless(label),
                Issuer::Absent => format!("{}, not given", certificate.issuer),
            };
            writeln!(out, "  {}, issued by {issuer}", certificate.public_key.kind)?;
            for what in &one.uses {
                writeln!(out, "  {}", harmless(&what.to_string()))?;
            }
            for place in &one.places {
                writeln!(out, "  at {}", harmless(&self.place(place)))?;
            }
        }
        let count = listed.len();
        writeln!(
            out,
            "{count} certificate{}",
            if count == 1 { "" } else { "s" }
        )?;
        Ok(())
    }

    fn days_left(&self, one: &Listed) -> i64 {
        (one.certificate.not_after - self.now).whole_days()
    }

    fn left(&self, one: &Listed) -> String {
        match self.days_left(one) {
            _ if self.now < one.certificate.not_before => "not yet valid".to_owned(),
            _ if self.now > one.certificate.not_after => "ended".to_owned(),
            0 => "today".to_owned(),
            1 => "1 day left".to_owned(),
            days => format!("{days} days left"),
        }
    }

    /// `cluster/secret.yaml:9 (Secret telemetry/gateway-cert, tls.crt)`
    fn place(&self, place: &Place) -> String {
        let name = &self.sources.get(place.span.source).name;
        let line = self.sources.start(place.span).line;
        match place.holder.as_str() {
            "" => format!("{name}:{line}"),
            holder => format!("{name}:{line} ({holder})"),
        }
    }

    fn json(&self, one: &Listed) -> Value {
        let certificate = &one.certificate;
        let places: Vec<Value> = one
            .places
            .iter()
            .map(|place| {
                json!({
                    "file": self.sources.get(place.span.source).name,
                    "line": self.sources.start(place.span).line,
                    "holder": (!place.holder.is_empty()).then_some(&place.holder),
                })
            })
            .collect();
        let issuer = match &one.issuer {
            Issuer::Itself => "self",
            Issuer::Given(_) => "given",
            Issuer::Absent => "absent",
        };
        json!({
            "subject": certificate.subject.to_string(),
            "issuer": certificate.issuer.to_string(),
            "issuerFound": issuer,
            "names": certificate.extensions.alternative_names.as_ref().map(names).unwrap_or_default(),
            "notBefore": rfc3339(certificate.not_before),
            "notAfter": rfc3339(certificate.not_after),
            "daysLeft": self.days_left(one),
            "key": certificate.public_key.kind.to_string(),
            "ca": certificate.is_ca(),
            "fingerprint": certificate.fingerprint.to_string(),
            "uses": one.uses.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "places": places,
        })
    }
}

/// All names, addresses written out.
fn names(names: &AlternativeNames) -> Vec<String> {
    let dns = names.dns.iter().cloned();
    let ip = names.addresses();
    let rest = names.uri.iter().chain(&names.email).cloned();
    dns.chain(ip).chain(rest).collect()
}

fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_default()
}

/// Names in certificates may hold anything; a terminal must not obey it.
fn harmless(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
