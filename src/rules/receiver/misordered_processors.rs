use crate::finding::Edit;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::model::collector::id::ComponentId;
use crate::model::collector::pipeline::Pipeline;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Sources;
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    name: "misordered-processors",
    severity: Severity::Warning,
    page: page!("receiver/misordered-processors"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for pipeline in world
        .model
        .runs
        .iter()
        .flat_map(|run| &run.collector.pipelines)
    {
        limiter(world.sources, pipeline, findings);
        context(pipeline, findings);
    }
}

/// The limiter refuses what the Collector cannot hold, so it must see it before anything is done with it.
fn limiter(sources: &Sources, pipeline: &Pipeline, findings: &mut Findings) {
    let Some(at) = pipeline
        .processors
        .iter()
        .position(|id| id.kind == "memory_limiter")
    else {
        return;
    };
    let Some(first) = pipeline.processors.first().filter(|_| at > 0) else {
        return;
    };
    let finding = findings
        .at(
            pipeline.processors[at].span,
            format!(
                "`memory_limiter` is not the first processor of `{}`",
                pipeline.id.value
            ),
        )
        .also(first.span, "this one works before anything is refused")
        .help("put it first");
    finding.fix = first_of(sources, &pipeline.processors[..=at]);
}

/// The last of `names` before the others, each in the place of the next; `None` where comments would stand at another name.
fn first_of(sources: &Sources, names: &[Spanned<ComponentId>]) -> Option<Fix> {
    let (first, last) = (names.first()?, names.last()?);
    let whole = sources.slice(first.span.to(last.span));
    if first.span.source != last.span.source || whole.contains('#') {
        return None;
    }
    let others = names.iter().take(names.len() - 1);
    let order = std::iter::once(last).chain(others);
    let edits = names.iter().zip(order).map(|(place, name)| Edit {
        span: place.span,
        text: sources.slice(name.span).to_owned(),
    });
    Some(Fix {
        title: format!("put `{}` first", last.value),
        safety: Safety::Safe,
        edits: edits.collect(),
    })
}

/// Whoever needs the connection of a sender must come before those that lose it.
fn context(pipeline: &Pipeline, findings: &mut Findings) {
    let is_loser = |id: &&Spanned<ComponentId>| {
        matches!(id.kind.as_str(), "batch" | "tail_sampling" | "groupbytrace")
    };
    let Some(loser) = pipeline.processors.iter().position(|id| is_loser(&id)) else {
        return;
    };
    for user in &pipeline.processors[loser..] {
        if matches!(user.kind.as_str(), "k8s_attributes" | "k8sattributes") {
            let lost = &pipeline.processors[loser];
            findings
                .at(
                    user.span,
                    format!(
                        "`{}` comes after `{}`, which forgets who sent what",
                        user.value, lost.value
                    ),
                )
                .also(lost.span, "the sender's address ends here")
                .help("put it before, or associate by resource attributes only");
        }
    }
}
