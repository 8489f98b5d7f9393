use std::collections::BTreeSet;

use crate::attach::asking::Refused;
use crate::attach::grant::Side;
use crate::finding::Edit;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::finding::addition;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "missing-grant",
    severity: Severity::Error,
    page: page!("route/missing-grant"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let mut offered = BTreeSet::new();
    for refused in &world.attachment.refused {
        let (reference, owner) = (&refused.reference, &refused.owner);
        let (_, kind, namespace) = &refused.target;
        let at = reference.namespace.as_ref();
        let at = at.map_or(reference.span, |namespace| namespace.span);
        let message = format!(
            "no ReferenceGrant in `{namespace}` lets a {} of `{}` refer to this {kind}",
            owner.kind,
            owner.namespace()
        );
        let finding = findings.at(at, message);
        if let Some((span, part)) = &refused.refusal.nearest {
            finding.also(*span, part.clone());
        }
        let name = match &refused.name {
            Some(name) => format!("name `{name}`"),
            None => "no name".to_owned(),
        };
        finding.help(format!(
            "add a ReferenceGrant to `{namespace}`: from group `{}`, kind `{}`, namespace `{}`; to group `\"\"`, kind `{kind}`, {name}",
            owner.group(),
            owner.kind,
            owner.namespace(),
        ));
        // One grant mends every reference of the same kind to the same object.
        let title = title(refused);
        if let Some(fix) = fix(world, refused, &title).filter(|_| offered.insert(title)) {
            finding.fix(fix);
        }
    }
}

/// The name of a grant for nothing but this.
fn title(refused: &Refused) -> String {
    let (_, kind, _) = &refused.target;
    let (owner, name) = (&refused.owner, refused.reference.name());
    let own = owner.kind.to_ascii_lowercase();
    let kind = kind.to_ascii_lowercase();
    format!("{}-{own}-to-{kind}-{name}", owner.namespace())
}

/// The entry that a grant lacks, else a grant of its own: where the nearest stands, else beside what is referred to, else
/// beside who refers.
fn fix(world: &World<'_>, refused: &Refused, title: &str) -> Option<Fix> {
    if !is_plain(title) {
        return None;
    }
    let extended = extended(world, refused);
    let title = match &extended {
        Some(_) => format!("let this grant cover {}, too", refused.owner.title()),
        None => format!("add the ReferenceGrant `{title}`"),
    };
    let edit = extended.or_else(|| added(world, refused))?;
    Some(Fix {
        title,
        // It opens one namespace to another.
        safety: Safety::Unsafe,
        edits: vec![edit],
    })
}

/// The entry that is all a grant lacks. Only of a grant of one pair: of any other it would allow more than is asked for.
fn extended(world: &World<'_>, refused: &Refused) -> Option<Edit> {
    let grant = &world.model.grants[refused.refusal.grant?];
    let ([from], [to]) = (grant.from.as_slice(), grant.to.as_slice()) else {
        return None;
    };
    match refused.refusal.lacks? {
        Side::From => addition::entry(world.sources, from.span, &asker(refused)),
        Side::To => addition::entry(world.sources, to.span, &target(refused)),
    }
}

fn added(world: &World<'_>, refused: &Refused) -> Option<Edit> {
    let indented = |lines: Vec<String>| lines.join("\n      ");
    let text = format!(
        "apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata:\n  name: {}\n  namespace: {}\nspec:\n  \
         from:\n    - {}\n  to:\n    - {}\n",
        title(refused),
        addition::scalar(&refused.target.2),
        indented(asker(refused)),
        indented(target(refused))
    );
    let grant = refused.refusal.grant;
    let near = grant.map(|at| world.model.grants[at].object.source);
    let files = [near, refused.file, Some(refused.owner.source)];
    let mut files = files.into_iter().flatten();
    files.find_map(|file| addition::document(world.sources, file, &text))
}

/// The entry of `from`.
fn asker(refused: &Refused) -> Vec<String> {
    let owner = &refused.owner;
    vec![
        format!("group: {}", owner.group()),
        format!("kind: {}", owner.kind),
        format!("namespace: {}", addition::scalar(owner.namespace())),
    ]
}

/// The entry of `to`.
fn target(refused: &Refused) -> Vec<String> {
    let mut lines = vec![
        "group: \"\"".to_owned(),
        format!("kind: {}", refused.target.1),
    ];
    lines.extend(
        refused
            .name
            .iter()
            .map(|name| format!("name: {}", addition::scalar(name))),
    );
    lines
}

/// Whether it can be the name of an object, and every part of it stand in YAML as it is.
fn is_plain(title: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    title.len() <= 253
        && title.starts_with(|c: char| c.is_ascii_lowercase())
        && title.chars().all(is_plain)
}
