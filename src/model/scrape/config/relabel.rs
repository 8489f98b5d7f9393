//! What a step of relabeling checks (prometheus, model/relabel/relabel.go `Validate`).

use super::job::Names;
use super::text;
use super::text::ACTIONS;
use super::view::Reading;
use super::view::View;
use crate::model::collector::value::Content;
use crate::model::collector::value::Value;

/// Holds the relabelings of a job, where names have these characters, to what each action asks for.
pub(super) fn check(job: &View<'_>, names: Option<Names>, reading: &mut Reading<'_>) {
    for key in ["relabel_configs", "metric_relabel_configs"] {
        let steps = job.get(key).map(Value::items).unwrap_or_default();
        for (at, value) in steps
            .iter()
            .enumerate()
            .filter(|(_, step)| step.map().is_some())
        {
            let step = View {
                value,
                span: value.span,
            };
            reading.under(key, |reading| {
                reading.under(&at.to_string(), |reading| validate(&step, names, reading));
            });
        }
    }
}

fn validate(step: &View<'_>, names: Option<Names>, reading: &mut Reading<'_>) {
    let Some(action) = step.text_or("action", "replace") else {
        return;
    };
    let action = action.to_lowercase();
    if action.is_empty()
        && step
            .entry("action")
            .is_some_and(|entry| entry.value.is_null())
    {
        return reading.value(
            step.key("action"),
            "`action` is empty",
            "relabel action cannot be empty",
        );
    }
    if !ACTIONS.contains(&action.as_str()) {
        return;
    }
    let action = action.as_str();
    if action == "hashmod" && has_no_modulus(step) {
        return reading.absent(
            step.key("modulus"),
            "`hashmod` needs a `modulus` above 0",
            "relabel configuration for hashmod requires non-zero modulus",
        );
    }
    let is_writing = matches!(
        action,
        "replace" | "hashmod" | "lowercase" | "uppercase" | "keepequal" | "dropequal"
    );
    if is_writing && step.lacks("target_label") {
        return reading.absent(
            step.key("target_label"),
            format!("`{action}` needs a `target_label`"),
            format!("relabel configuration for {action} action requires 'target_label' value"),
        );
    }
    if is_writing && let (Some(names), Some(target)) = (names, step.text_or("target_label", "")) {
        let taken = match action {
            "replace" => is_template(&target, names),
            _ => names == Names::Utf8 || text::is_legacy_label(&target),
        };
        if !taken {
            return reading.value(
                step.at("target_label"),
                format!("`{target}` is no name of a label"),
                format!("\"{target}\" is invalid 'target_label' for {action} action"),
            );
        }
    }
    others(action, step, names, reading);
}

/// What else an action takes or refuses.
fn others(action: &str, step: &View<'_>, names: Option<Names>, reading: &mut Reading<'_>) {
    let replacement = differs(step, "replacement", "$1");
    match action {
        "lowercase" | "uppercase" | "keepequal" | "dropequal" if replacement => reading.value(
            step.key("replacement"),
            format!("`{action}` takes no `replacement`"),
            format!("'replacement' can not be set for {action} action"),
        ),
        "keepequal" | "dropequal" => surplus(
            step,
            action,
            &[("regex", None), ("modulus", None), ("separator", Some(";"))],
            "only 'source_labels' and `target_label`",
            reading,
        ),
        "labeldrop" | "labelkeep" => surplus(
            step,
            action,
            &[
                ("source_labels", None),
                ("target_label", Some("")),
                ("modulus", None),
                ("separator", Some(";")),
                ("replacement", Some("$1")),
            ],
            "only 'regex'",
            reading,
        ),
        "labelmap" => labelmap(step, names, reading),
        _ => {}
    }
}

fn labelmap(step: &View<'_>, names: Option<Names>, reading: &mut Reading<'_>) {
    let (Some(names), Some(to)) = (names, step.text_or("replacement", "$1")) else {
        return;
    };
    let taken = match names {
        Names::Utf8 => !to.is_empty(),
        Names::Legacy => is_legacy_template(&to),
    };
    if !taken {
        reading.value(
            step.at("replacement"),
            format!("`{to}` is no name of a label"),
            format!("\"{to}\" is invalid 'replacement' for labelmap action"),
        );
    }
}

/// Whether the text under `key` is not what it is by default, for certain.
fn differs(step: &View<'_>, key: &str, default: &'static str) -> bool {
    step.text_or(key, default)
        .is_some_and(|text| text != default)
}

/// Records the first key that is given though the action does not take it; one without a default must not be written at
/// all.
fn surplus(
    step: &View<'_>,
    action: &str,
    keys: &[(&'static str, Option<&'static str>)],
    takes: &str,
    reading: &mut Reading<'_>,
) {
    let is_given = |(key, default): &&(&'static str, Option<&'static str>)| match default {
        Some(default) => differs(step, key, default),
        None => step
            .entry(key)
            .is_some_and(|entry| is_written(key, &entry.value)),
    };
    if let Some((key, _)) = keys.iter().find(is_given) {
        reading.value(
            step.key(key),
            format!("`{action}` takes no `{key}`"),
            format!("{action} action requires {takes}, and no other fields"),
        );
    }
}

/// Whether a value leaves something in the field: any expression is another one than the default, even the same.
fn is_written(key: &str, value: &Value) -> bool {
    match &value.content {
        Content::Null => key == "regex",
        Content::Integer(number) => key == "regex" || *number > 0,
        Content::Text(phrase) => key == "regex" && phrase.known().is_some(),
        Content::List(_) => key == "source_labels",
        Content::Bool(_) => key == "regex",
        Content::Float(number) => key == "regex" || *number >= 1.0,
        Content::Time | Content::Map(_) => false,
    }
}

fn has_no_modulus(step: &View<'_>) -> bool {
    match step.value.get("modulus").map(|value| &value.content) {
        None | Some(Content::Null) => true,
        Some(Content::Integer(number)) => *number == 0,
        Some(Content::Float(number)) => (0.0..1.0).contains(number),
        _ => false,
    }
}

/// Whether a label may be written under what becomes of `target`, which may refer to groups of the expression.
fn is_template(target: &str, names: Names) -> bool {
    match names {
        Names::Utf8 => true,
        Names::Legacy if target.contains('$') => is_legacy_template(target),
        Names::Legacy => text::is_legacy_label(target),
    }
}

/// `^(?:(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))+\w*)+$`
fn is_legacy_template(text: &str) -> bool {
    let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let mut rest = text;
    let mut is_begun = false;
    loop {
        let Some(first) = rest.chars().next() else {
            return is_begun;
        };
        let after = match first {
            '$' => {
                let body = &rest[1..];
                let (name, after) =
                    match body.strip_prefix('{').and_then(|body| body.split_once('}')) {
                        Some(braced) => braced,
                        None => body.split_at(body.find(|c| !is_word(c)).unwrap_or(body.len())),
                    };
                if name.is_empty() || !name.chars().all(is_word) {
                    return false;
                }
                after
            }
            digit if digit.is_ascii_digit() && !is_begun => return false,
            letter if is_word(letter) => &rest[1..],
            _ => return false,
        };
        is_begun = true;
        rest = after;
    }
}
