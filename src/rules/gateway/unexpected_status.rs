use crate::attach::status::Difference;
use crate::attach::status::Part;
use crate::attach::status::Verdict;
use crate::attach::status::differences;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unexpected-status",
    severity: Severity::Error,
    page: page!("gateway/unexpected-status"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for difference in differences(world.model, world.settings, world.attachment) {
        tell(&difference, findings);
    }
}

fn tell(difference: &Difference, findings: &mut Findings) {
    let (written, expected) = (&difference.written, &difference.expected);
    let of = match &difference.of {
        Some(Part::Listener(name)) => format!(" of the listener `{name}`"),
        Some(Part::Target(name)) => format!(" at `{name}`"),
        None => String::new(),
    };
    let is = format!(
        "`{}`{of} is {} (`{}`)",
        written.kind,
        written.status.word(),
        written.reason
    );
    let is_bad = written.is_bad();
    let message = match is_bad {
        true => format!("the controller refuses what looks right: {is}"),
        false => format!("the controller takes what looks wrong: {is}"),
    };
    let finding = findings.at(difference.at, message);
    finding.also(difference.object, "the object whose status it is");
    if !is_bad {
        finding.severity(Severity::Warning);
    }
    if !written.message.trim().is_empty() {
        finding.help(format!("it says: {}", written.message.trim()));
    }
    finding.help(match expected.status {
        Verdict::Unknown => {
            "too little was given to know: read all namespaces, or as somebody who may".to_owned()
        }
        _ => format!(
            "expected is {} (`{}`): look at the controller's log, and at what it cannot see or has not seen yet",
            expected.status.word(),
            expected.reason
        ),
    });
}
