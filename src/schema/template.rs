//! To tell a text that is still to be rendered (Helm, Jinja, Go templates) from broken YAML.

use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::Shape;
use crate::yaml::Stream;

/// Values looked at in search of a template's braces.
const MOST_VALUES: u32 = 1_000_000;

/// The one problem of a text that is a template; `None` when it is YAML, good or bad.
///
/// Two signs, each outside of strings and block scalars: a line that begins with `{{` or `{%` at or before a fault, and an
/// unquoted value `{{ … }}`, which YAML takes for a mapping whose key is a mapping.
#[must_use]
pub fn unrendered(stream: &Stream, roots: &[Node<'_>]) -> Option<Problem> {
    let span = before_fault(stream).or_else(|| roots.iter().find_map(|root| braces(*root)))?;
    let problem = Problem::new(
        ProblemKind::UnrenderedTemplate,
        span,
        "this file is a template that is not rendered, so nothing in it is judged",
    );
    Some(problem.help(
        "render it first, as with `helm template` or `kustomize build`, and give what comes out",
    ))
}

fn before_fault(stream: &Stream) -> Option<Span> {
    let fault = stream.faults().first()?;
    let text = stream.text();
    let mut start = 0_u32;
    for line in text.as_str().split_inclusive('\n') {
        let blank = line.len() - line.trim_start().len();
        let here = start + blank as u32;
        let rest = line.trim_start().trim_start_matches("- ");
        let value = line
            .split_once(": ")
            .map_or("", |(_, value)| value.trim_start());
        let opens = |part: &str| part.starts_with("{{") || part.starts_with("{%");
        if opens(rest) || opens(value) {
            return Some(text.span(here..here + line.trim().len() as u32));
        }
        start += line.len() as u32;
        if text.span(start..start).start > fault.span.end {
            return None;
        }
    }
    None
}

/// The first mapping that has a mapping for a key.
fn braces(root: Node<'_>) -> Option<Span> {
    let mut waiting = vec![root];
    let mut visited = 0;
    while let Some(node) = waiting.pop() {
        visited += 1;
        if visited > MOST_VALUES {
            return None;
        }
        match node.shape() {
            Shape::Mapping if node.anchored().is_none() => {
                for (key, value) in node.entries() {
                    if key.shape() == Shape::Mapping {
                        return Some(node.span());
                    }
                    waiting.push(value);
                }
            }
            Shape::Sequence if node.anchored().is_none() => waiting.extend(node.items()),
            _ => {}
        }
    }
    None
}
