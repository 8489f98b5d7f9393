//! A source to a stream of documents, or to a file of another kind.

use std::sync::Arc;

use super::comparison;
use super::kustomization::completion::Completion;
use crate::problem::Problem;
use crate::problem::ProblemKind;
use crate::schema;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::Span;
use crate::source::offset;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Node;
use crate::yaml::Stream;
use crate::yaml::Text;

/// One source after parsing: a stream of documents, or a file of another kind.
pub(super) struct File {
    pub(super) id: SourceId,
    pub(super) stream: Option<Arc<Stream>>,
    pub(super) problems: Vec<Problem>,
    /// Files that it names as patches, if it is a kustomization.
    pub(super) patches: Vec<String>,
    /// What it adds to which files, if it is a kustomization.
    pub(super) completion: Option<Completion>,
    /// Not YAML yet, so not a file of another kind either.
    pub(super) is_template: bool,
}

impl File {
    pub(super) fn read(id: SourceId, source: &Source) -> Self {
        if let Some(reason) = source.unread_reason() {
            return Self::unread(id, reason);
        }
        let text = Text::whole(id, source);
        let text = text.filter(|text| looks_like_yaml(&source.name, text.as_str()));
        let mut file = Self {
            id,
            stream: None,
            problems: Vec::new(),
            patches: Vec::new(),
            completion: None,
            is_template: false,
        };
        let Some(stream) = text.map(|text| yaml::parse(text, Dialect::Kubernetes)) else {
            file.problems.extend(no_text(id, source));
            return file;
        };
        let roots: Vec<Node<'_>> = stream.documents().collect();
        if let Some(template) = schema::template::unrendered(&stream, &roots) {
            file.problems.push(template);
            file.is_template = true;
            return file;
        }
        let text = stream.text().as_str();
        if !source.name.ends_with(".json") || json_concerns_us(text) {
            let disputes = concerns_us(text);
            file.problems.extend(
                faults(&stream)
                    .filter(|fault| disputes || fault.kind != ProblemKind::DisputedDocument),
            );
            file.problems
                .extend(roots.iter().flat_map(|root| schema::duplicate_keys(*root)));
        }
        file.completion = Completion::read(&source.name, &roots);
        file.patches = comparison::patches(&source.name, roots.into_iter());
        file.stream = Some(stream);
        file
    }

    /// A file that is there, and nobody knows what it holds.
    fn unread(id: SourceId, reason: &str) -> Self {
        let message = format!("this file cannot be read: {reason}");
        let span = Span::new(id, 0..0);
        let problem = Problem::new(ProblemKind::UnreadableDocument, span, message);
        Self {
            id,
            stream: None,
            problems: vec![problem.help("what it holds is taken to be elsewhere")],
            patches: Vec::new(),
            completion: None,
            is_template: true,
        }
    }
}

/// Whether the text of `name` is meant to be YAML or JSON: it is not PEM, and has no NUL byte. Before the blocks of a
/// certificate's file `openssl x509 -text` writes what stands in them, which looks like keys and values.
fn looks_like_yaml(name: &str, text: &str) -> bool {
    let of_certificates = [".pem", ".crt", ".cer", ".key", ".der"];
    let head = text.trim_start_matches('\u{feff}').trim_start();
    !head.starts_with("-----BEGIN ")
        && !text.contains('\0')
        && !of_certificates.iter().any(|ending| name.ends_with(ending))
}

/// Whether a file of JSON is an object or a Collector's configuration: a project has many others (`tsconfig.json`, lines
/// of JSON, fixtures), some with comments or other liberties of their readers.
fn json_concerns_us(text: &str) -> bool {
    text.contains("\"apiVersion\"")
        || (text.contains("\"receivers\"") && text.contains("\"exporters\""))
}

/// Whether a line of the text begins as one of an object or of a Collector's configuration does: whose readers dispute
/// the YAML of other files is nobody's business here.
fn concerns_us(text: &str) -> bool {
    let signs = [
        "apiVersion",
        "receivers:",
        "processors:",
        "exporters:",
        "extensions:",
        "service:",
    ];
    text.lines()
        .map(|line| line.trim_start_matches([' ', '-', '{', '"', '\'']))
        .any(|line| signs.iter().any(|sign| line.starts_with(sign)))
}

/// What is wrong with a file that is called YAML or JSON and is no text.
fn no_text(id: SourceId, source: &Source) -> Option<Problem> {
    let called = [".yaml", ".yml", ".json"];
    if !called.iter().any(|ending| source.name.ends_with(ending)) {
        return None;
    }
    let (at, message) = match std::str::from_utf8(source.bytes()) {
        Err(error) => (error.valid_up_to(), "this file is not UTF-8 text"),
        Ok(text) => (text.find('\0')?, "a NUL byte stands in this file"),
    };
    let span = Span::new(id, offset(at)..offset(at));
    let problem = Problem::new(ProblemKind::UnreadableDocument, span, message);
    Some(problem.help("save it as UTF-8 text"))
}

/// What the parser could not read.
fn faults(stream: &Stream) -> impl Iterator<Item = Problem> {
    stream.faults().iter().map(|fault| {
        let problem = |kind| Problem::new(kind, fault.span, fault.message.clone());
        if fault.accepted_by_kubectl {
            return problem(ProblemKind::DisputedDocument)
                .help("kubectl's reader takes it all the same; other tools will not");
        }
        let problem = problem(ProblemKind::UnreadableDocument);
        match &fault.help {
            Some(help) => problem.help(help.clone()),
            None => problem,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, text: &str) -> usize {
        let source = Source::new(name, text.as_bytes().to_vec());
        File::read(SourceId(0), &source).problems.len()
    }

    #[test]
    fn json_of_other_programs_is_theirs() {
        let comments = "{\n  // ours\n  \"strict\": true,\n  'a': 1 }";
        assert_eq!(problems("tsconfig.json", comments), 0);
        assert_eq!(problems("lines.json", "{\"a\": 1}\n{\"a\": 2}\n"), 0);
        assert_eq!(problems("notes.json", "{\"a\": 1, \"a\": 2}"), 0);
        let object = "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"kind\": \"Pod\"}";
        assert_eq!(problems("pod.json", object), 1);
        assert_eq!(problems("notes.yaml", "{a: 1, a: 2}"), 1);
    }

    #[test]
    fn a_certificate_in_words_is_no_yaml() {
        let text = "Certificate:\n    Data:\n        Version: 3 (0x2)\n            33:af:0d\n-----BEGIN CERTIFICATE-----\n";
        assert_eq!(problems("server.crt", text), 0);
    }
}
