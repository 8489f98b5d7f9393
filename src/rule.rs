//! What a rule is: a name, a severity, a page for people, and a function that judges.

use crate::attach::Attachment;
use crate::finding::Finding;
use crate::finding::Findings;
use crate::graph::Graph;
use crate::model::Model;
use crate::settings::Settings;
use crate::settings::Severity;
use crate::source::Sources;

/// One rule of the catalogue.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Kebab-case; completes "allow …"; never reused.
    pub name: &'static str,
    /// How loud it speaks unless a finding or the settings say otherwise.
    pub severity: Severity,
    /// The page under `rules/`: documentation, `explain` text and test.
    pub page: &'static str,
    /// Judges the world: a short loop over facts.
    pub check: fn(&World<'_>, &mut Findings),
}

/// All that a rule may look at. Read only.
pub struct World<'w> {
    /// The texts.
    pub sources: &'w Sources,
    /// What the user decided.
    pub settings: &'w Settings,
    /// The typed resources.
    pub model: &'w Model,
    /// What each controller makes of listeners and routes.
    pub attachment: &'w Attachment,
    /// The ways that telemetry takes.
    pub graph: &'w Graph,
}

impl World<'_> {
    /// Shows for which class, and so for which implementation, the Gateway at that index of the model was judged: what
    /// asks for client certificates on one asks nobody on another.
    pub fn show_class(&self, finding: &mut Finding, gateway: usize) {
        let Some(class) = &self.model.gateways[gateway].class else {
            return;
        };
        let facts = &self.attachment.gateways[gateway];
        let name = facts.profile.name;
        let version = (facts.profile.version)(&self.settings.assume);
        let label = match version {
            _ if !facts.profile.is_known() => {
                format!(
                    "nothing is known of who serves the class `{class}`: judged by the standard"
                )
            }
            Some(version) => format!("the class `{class}` is served by {name} {version}"),
            None => format!("the class `{class}` is served by {name}"),
        };
        finding.also(class.span, label);
    }
}

/// The text of a page, by its group and name: `page!("route/unknown-section")`.
macro_rules! page {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", $name, ".md"))
    };
}
pub(crate) use page;

impl Rule {
    /// What it finds in `world`.
    #[must_use]
    pub fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let mut findings = Findings::of(self.name, self.severity);
        (self.check)(world, &mut findings);
        findings.into_vec()
    }

    /// How bad it is that what it finds leaves a door open, as its page has it: a base score of CVSS 3.1, such as `9.1`;
    /// `None` when what it finds breaks something and opens nothing.
    #[must_use]
    pub fn security(&self) -> Option<&'static str> {
        let mut lines = self.page.lines();
        let head = lines.find(|line| line.starts_with('`') && line.contains(" · since "))?;
        let mut parts = head.split(" · ");
        parts.find_map(|part| part.strip_prefix("security "))
    }

    /// The first paragraph of its page, on one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let lines = self
            .page
            .lines()
            .skip_while(|line| line.is_empty() || line.starts_with('#'));
        lines
            .take_while(|line| !line.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}
