//! What a configuration, its `global` and its jobs check (prometheus, config/config.go).

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::relabel;
use super::text;
use super::view::Reading;
use super::view::View;
use super::view::scalar;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::fault::NEWEST;
use crate::model::collector::fault::nearest;
use crate::model::collector::value::Content;
use crate::model::collector::value::Value;
use crate::source::Span;

/// The characters that names of labels and metrics may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    Legacy,
    Utf8,
}

/// `Config.UnmarshalYAML`: the jobs against `global` and against each other.
pub(super) fn config(config: &View<'_>, reading: &mut Reading<'_>) {
    files(config, reading);
    let Some(Content::List(jobs)) = config.value.get("scrape_configs").map(|list| &list.content)
    else {
        return;
    };
    let mut names: BTreeMap<Cow<'_, str>, Span> = BTreeMap::new();
    for (at, value) in jobs.iter().enumerate() {
        reading.under("scrape_configs", |reading| {
            reading.under(&at.to_string(), |reading| {
                if value.is_null() {
                    return reading.value(
                        value.span,
                        "`scrape_configs` holds an empty job",
                        "empty or null scrape config section",
                    );
                }
                let job = View {
                    value,
                    span: value.span,
                };
                against_global(&job, config.inner("global"), reading);
                unique(&job, &mut names, reading);
            });
        });
    }
}

fn files(config: &View<'_>, reading: &mut Reading<'_>) {
    for (key, what) in [
        ("rule_files", "rule"),
        ("scrape_config_files", "scrape config"),
    ] {
        for file in config.get(key).map(Value::items).unwrap_or_default() {
            // What follows a `*` is the last part of the path.
            let is_path = |path: &str| {
                path.split_once('*')
                    .is_none_or(|(_, rest)| !rest.contains('/') && rest.len() < path.len())
            };
            let path = scalar(file).unwrap_or_default();
            if !is_path(&path) {
                reading.value(
                    file.span,
                    format!("`{key}` takes `*` only in the last part of a path"),
                    format!("invalid {what} file path \"{path}\""),
                );
            }
        }
    }
}

fn unique<'v>(job: &View<'v>, names: &mut BTreeMap<Cow<'v, str>, Span>, reading: &mut Reading<'_>) {
    let Some(name) = job.text_or("job_name", "").filter(|name| !name.is_empty()) else {
        return;
    };
    let span = job.at("job_name");
    match names.get(&name) {
        None => {
            names.insert(name, span);
        }
        Some(first) => {
            let message = format!("two jobs are called `{name}`");
            let said = format!("found multiple scrape configs with job name \"{name}\"");
            let fault = reading.refuse(FaultKind::Value, span, message, said);
            fault.related.push((*first, "the other one".to_owned()));
        }
    }
}

/// The duration under `key` in milliseconds; 0 when it is absent, `None` when it is open or none.
fn milliseconds(view: &View<'_>, key: &str) -> Option<u64> {
    match view.text_or(key, "")?.as_ref() {
        "" => Some(0),
        text => text::duration(text).ok(),
    }
}

const MINUTE: u64 = 60_000;

/// `GlobalConfig.UnmarshalYAML`.
pub(super) fn global(global: &View<'_>, reading: &mut Reading<'_>) {
    let said = "global scrape timeout greater than scrape interval";
    late(global, MINUTE, said, reading);
    protocols(global, " for global config", reading);
    let Some(names) = own_names(global, Names::Utf8) else {
        return;
    };
    let labels = global.get("external_labels").map(Value::entries);
    for label in labels.unwrap_or_default() {
        let name = &label.key;
        if name.is_empty() || names == Names::Legacy && !text::is_legacy_label(name) {
            reading.value(
                name.span,
                format!("`{}` is no name of a label", name.value),
                format!("\"{}\" is not a valid label name", name.value),
            );
        }
    }
}

/// Whether a scrape may take longer than the time to the next one.
fn late(view: &View<'_>, default: u64, said: &str, reading: &mut Reading<'_>) {
    let (Some(timeout), Some(interval)) = (
        milliseconds(view, "scrape_timeout"),
        milliseconds(view, "scrape_interval"),
    ) else {
        return;
    };
    let effective = if interval == 0 { default } else { interval };
    if timeout <= effective {
        return;
    }
    let mut message = "`scrape_timeout` is longer than the interval".to_owned();
    if interval == 0 {
        message = format!(
            "{message}, which is {} where none is given",
            spoken(effective)
        );
    }
    let fault = reading.refuse(FaultKind::Value, view.at("scrape_timeout"), message, said);
    if interval > 0 {
        let label = "the interval".to_owned();
        fault.related.push((view.at("scrape_interval"), label));
    }
}

fn spoken(milliseconds: u64) -> String {
    match milliseconds {
        long if long % MINUTE == 0 => format!("{}m", long / MINUTE),
        long if long % 1000 == 0 => format!("{}s", long / 1000),
        long => format!("{long}ms"),
    }
}

const PROTOCOLS: &[&str] = &[
    "OpenMetricsText0.0.1",
    "OpenMetricsText1.0.0",
    "PrometheusProto",
    "PrometheusText0.0.4",
    "PrometheusText1.0.0",
];

/// Those of later versions: 0.163 has them.
const LATER_PROTOCOLS: &[&str] = &["OpenMetricsText2.0.0"];

fn protocols(view: &View<'_>, whose: &str, reading: &mut Reading<'_>) {
    let Some(list) = view.get("scrape_protocols") else {
        return;
    };
    let Content::List(items) = &list.content else {
        return;
    };
    if items.is_empty() {
        let message = "`scrape_protocols` is empty";
        let said = format!("scrape_protocols cannot be empty{whose}");
        return reading.value(list.span, message, said);
    }
    let mut seen = Vec::new();
    for item in items {
        let Some(protocol) = scalar(item) else {
            return;
        };
        let lower = protocol.to_ascii_lowercase();
        if seen.contains(&lower) {
            let message = format!("`{protocol}` is given twice");
            let said = "duplicated protocol in scrape_protocols, got";
            return reading.value(item.span, message, said);
        }
        seen.push(lower);
        if !protocol_is_known(&protocol, item.span, "scrape_protocols: ", whose, reading) {
            return;
        }
    }
}

fn protocol_is_known(
    protocol: &str,
    span: Span,
    before: &str,
    after: &str,
    reading: &mut Reading<'_>,
) -> bool {
    if PROTOCOLS.contains(&protocol) {
        return true;
    }
    let message = format!("`{protocol}` is no protocol that Prometheus scrapes with");
    let supported = PROTOCOLS.join(" ");
    let said =
        format!("{before}unknown scrape protocol {protocol}, supported: [{supported}]{after}");
    let fault = reading.refuse(FaultKind::Value, span, message, said);
    fault.near = nearest(protocol, PROTOCOLS.iter().copied());
    fault.versions = 0..NEWEST + 1;
    if LATER_PROTOCOLS.contains(&protocol) {
        fault.versions = 0..163;
    }
    false
}

/// The names that a section asks for; `None` when that is open or no answer.
fn own_names(view: &View<'_>, default: Names) -> Option<Names> {
    match view.text_or("metric_name_validation_scheme", "")?.as_ref() {
        "" => Some(default),
        "legacy" => Some(Names::Legacy),
        "utf8" => Some(Names::Utf8),
        _ => None,
    }
}

/// `ScrapeConfig.Validate`: what a job has from itself, or else from `global`.
fn against_global(job: &View<'_>, global: Option<View<'_>>, reading: &mut Reading<'_>) {
    let name = job.text_or("job_name", "").unwrap_or_default();
    let interval = match &global {
        None => Some(0),
        Some(global) => milliseconds(global, "scrape_interval"),
    };
    if let Some(interval) = interval {
        let default = if interval == 0 { MINUTE } else { interval };
        let said = format!(
            "scrape timeout greater than scrape interval for scrape config with job name \"{name}\""
        );
        late(job, default, &said, reading);
    }
    let whose = format!(" for scrape config with job name \"{name}\"");
    protocols(job, &whose, reading);
    if let Some(protocol) = job
        .text_or("fallback_scrape_protocol", "")
        .filter(|text| !text.is_empty())
    {
        let before = format!("invalid fallback_scrape_protocol{whose}: ");
        let span = job.at("fallback_scrape_protocol");
        protocol_is_known(&protocol, span, &before, "", reading);
    }
    let global_names = match &global {
        None => Some(Names::Utf8),
        Some(global) => own_names(global, Names::Utf8),
    };
    let names = global_names.and_then(|names| own_names(job, names));
    if let (Some(own), Some(all)) = (names, global_names) {
        escaping(job, global, (own, all), reading);
    }
    relabel::check(job, names, reading);
}

const SCHEMES: &[&str] = &["allow-utf-8", "underscores", "dots", "values"];

/// How names that are not taken are escaped; `names` are the job's and those of `global`.
fn escaping(
    job: &View<'_>,
    global: Option<View<'_>>,
    (own, all): (Names, Names),
    reading: &mut Reading<'_>,
) {
    let key = "metric_name_escaping_scheme";
    let by = |names| match names {
        Names::Legacy => "underscores",
        Names::Utf8 => "allow-utf-8",
    };
    let written = match &global {
        None => Some(Cow::Borrowed("")),
        Some(global) => global.text_or(key, ""),
    };
    let Some(written) = written else { return };
    if !written.is_empty() && !SCHEMES.contains(&written.as_ref()) {
        let span = global.map_or(job.span, |global| global.at(key));
        return unknown_scheme(&written, span, "global", reading);
    }
    let general = if written.is_empty() {
        by(all)
    } else {
        &written
    };
    let is_own = !job.lacks("metric_name_validation_scheme");
    let Some(scheme) = job.text_or(key, "") else {
        return;
    };
    let scheme = match scheme.as_ref() {
        "" if is_own => by(own),
        "" => general,
        scheme => scheme,
    };
    if scheme == "allow-utf-8" && own == Names::Legacy {
        reading.value(
            job.key(key),
            "names are not escaped where only the old characters are taken",
            "utf8 metric names requested but validation scheme is not set to UTF8",
        );
    } else if !SCHEMES.contains(&scheme) {
        unknown_scheme(scheme, job.at(key), "scrape config", reading);
    }
}

fn unknown_scheme(scheme: &str, span: Span, whose: &str, reading: &mut Reading<'_>) {
    let message = format!("`{scheme}` is no way to escape names");
    let said = format!(
        "unknown {whose} name escaping method specified, must be one of 'allow-utf-8', 'underscores', 'dots', or \
         'values', got \"{scheme}\""
    );
    let fault = reading.refuse(FaultKind::Value, span, message, said);
    fault.near = nearest(scheme, SCHEMES.iter().copied());
    fault.versions = 0..NEWEST + 1;
}

/// `ScrapeConfig.UnmarshalYAML`.
pub(super) fn job(job: &View<'_>, reading: &mut Reading<'_>) {
    job.required("job_name", "job_name is empty", reading);
    for entry in job.value.entries() {
        let key = entry.key.as_str();
        let is_discovery = key.ends_with("_sd_configs") || key == "static_configs";
        let said = match key {
            _ if is_discovery => format!("empty or null section in {key}"),
            "relabel_configs" => "empty or null target relabeling rule in scrape config".to_owned(),
            "metric_relabel_configs" => {
                "empty or null metric relabeling rule in scrape config".to_owned()
            }
            _ => continue,
        };
        for item in entry.value.items().iter().filter(|item| item.is_null()) {
            reading.value(item.span, format!("`{key}` holds nothing"), said.clone());
        }
    }
    if job.is_empty("relabel_configs") {
        addresses(job, reading);
    }
}

/// Where nothing is relabeled, targets are addresses as they stand.
fn addresses(job: &View<'_>, reading: &mut Reading<'_>) {
    for group in job
        .get("static_configs")
        .map(Value::items)
        .unwrap_or_default()
    {
        for target in group.get("targets").map(Value::items).unwrap_or_default() {
            let Some(address) = scalar(target).filter(|address| address.contains('/')) else {
                continue;
            };
            let message = "a target is a host and a port, without a scheme and a path";
            let said = match address.contains('@') {
                // It may hold a password.
                true => "is not a valid hostname".to_owned(),
                false => format!("\"{address}\" is not a valid hostname"),
            };
            reading.value(target.span, message, said);
        }
    }
}

/// The labels of a group of targets.
pub(super) fn targets(group: &View<'_>, reading: &mut Reading<'_>) {
    for label in group.get("labels").map(Value::entries).unwrap_or_default() {
        if label.key.is_empty() {
            let (message, said) = ("a label has no name", "\"\" is not a valid label name");
            reading.value(label.key.span, message, said);
        }
    }
}
