//! `otel-lint status`: the status that each controller would write.

use std::io::Write;

use clap::Args;
use clap::ValueEnum;
use serde_json::Value;
use serde_json::json;

use super::CLEAN;
use super::Error;
use super::given::Given;
use crate::attach;
use crate::attach::status;
use crate::attach::status::Condition;
use crate::attach::status::Entry;
use crate::attach::status::ListenerStatus;
use crate::attach::status::Predicted;
use crate::attach::status::Target;
use crate::model::GATEWAY_API;
use crate::model::Model;
use crate::settings::Closed;

/// Predicts the status that controllers would write
#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    given: Given,

    /// How to say it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A table for people
    Text,
    /// A Kubernetes List of the objects with their status
    Json,
}

impl Status {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<u8, Error> {
        let (input, mut settings) = self.given.read()?;
        // A status is written by somebody who sees everything that there is.
        settings.closed = Closed::Everything;
        let model = Model::read(&input.sources, &settings);
        let attachment = attach::attach(&model, &settings);
        let predicted = status::predict(&model, &settings, &attachment);
        match self.format {
            Format::Json => {
                let items: Vec<Value> = predicted.iter().map(object).collect();
                let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
                serde_json::to_writer_pretty(&mut *out, &list).map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
            Format::Text => table(&predicted, out)?,
        }
        Ok(CLEAN)
    }
}

fn object(predicted: &Predicted<'_>) -> Value {
    let object = predicted.object;
    let mut metadata = json!({"name": object.name()});
    if let Some(namespace) = &object.namespace {
        metadata["namespace"] = json!(namespace.value);
    }
    let mut status = json!({});
    if !predicted.conditions.is_empty() {
        status["conditions"] = conditions(&predicted.conditions);
    }
    if let Some(listeners) = &predicted.listeners {
        status["listeners"] = listeners.iter().map(listener).collect();
    }
    if predicted.listeners.is_none() {
        let (list, reference) = match object.kind.as_str() {
            "BackendTLSPolicy" => ("ancestors", "ancestorRef"),
            _ => ("parents", "parentRef"),
        };
        let entries = predicted.entries.iter().map(|one| entry(one, reference));
        status[list] = entries.collect();
    }
    let version = object
        .api_version
        .as_ref()
        .map_or("", |version| version.as_str());
    json!({"apiVersion": version, "kind": object.kind.value, "metadata": metadata, "status": status})
}

fn conditions(conditions: &[Condition]) -> Value {
    let written = conditions.iter().map(|condition| {
        json!({
            "type": condition.kind,
            "status": condition.status.word(),
            "reason": condition.reason,
            "message": condition.message,
        })
    });
    written.collect()
}

fn listener(listener: &ListenerStatus) -> Value {
    let kinds = listener
        .kinds
        .iter()
        .map(|kind| json!({"group": GATEWAY_API, "kind": kind.name()}));
    json!({
        "name": listener.name,
        "attachedRoutes": listener.routes,
        "supportedKinds": kinds.collect::<Value>(),
        "conditions": conditions(&listener.conditions),
    })
}

fn entry(entry: &Entry, reference: &str) -> Value {
    json!({
        reference: target(&entry.target),
        "controllerName": entry.controller,
        "conditions": conditions(&entry.conditions),
    })
}

fn target(target: &Target) -> Value {
    let mut written = json!({});
    let texts = [
        ("group", target.group.as_deref()),
        ("kind", target.kind.as_deref()),
        ("namespace", target.namespace.as_deref()),
        ("name", Some(target.name.as_str())),
        ("sectionName", target.section.as_deref()),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            written[key] = json!(text);
        }
    }
    if let Some(port) = target.port {
        written["port"] = json!(port);
    }
    written
}

/// One line a condition that says something bad; one line in all for what is well.
fn table(predicted: &[Predicted<'_>], out: &mut dyn Write) -> std::io::Result<()> {
    let mut rows: Vec<[String; 3]> = Vec::new();
    for one in predicted {
        let title = one.object.title();
        let said = !one.conditions.is_empty();
        if said {
            rows.extend(row(&title, &one.conditions, ""));
        }
        for listener in one.listeners.iter().flatten() {
            let count = format!("{} attached", listener.routes);
            rows.extend(row(
                &format!("  listener {}", listener.name),
                &listener.conditions,
                &count,
            ));
        }
        if one.listeners.is_none() {
            rows.push([title.clone(), String::new(), String::new()]);
        }
        for entry in &one.entries {
            let kind = entry.target.kind.as_deref().unwrap_or("Gateway");
            let section = entry
                .target
                .section
                .as_ref()
                .map(|section| format!("#{section}"));
            let name = format!(
                "  {kind} {}{}",
                entry.target.name,
                section.unwrap_or_default()
            );
            rows.extend(row(&name, &entry.conditions, ""));
        }
        if !said && one.entries.is_empty() {
            rows.push([
                title,
                "-".to_owned(),
                "no controller writes a status".to_owned(),
            ]);
        }
    }
    rows.dedup();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    for [name, state, words] in &rows {
        let line = format!("{name:first$}  {state:second$}  {words}");
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn row(name: &str, conditions: &[Condition], well: &str) -> Vec<[String; 3]> {
    let bad = conditions.iter().filter(|condition| condition.is_bad());
    let rows: Vec<[String; 3]> = bad
        .enumerate()
        .map(|(at, condition)| {
            let name = if at == 0 { name } else { "" };
            let state = format!(
                "{}={} {}",
                condition.kind,
                condition.status.word(),
                condition.reason
            );
            [name.to_owned(), state, condition.message.clone()]
        })
        .collect();
    match rows.is_empty() {
        true => vec![[name.to_owned(), "well".to_owned(), well.to_owned()]],
        false => rows,
    }
}
