//! What is assumed while a table is read, and where a line of it holds.

use crate::settings::Channel;
use crate::settings::Version;

/// What is assumed while a table is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World<'w> {
    /// `Gateway API`: what the bundle version counts.
    pub(crate) family: &'static str,
    /// Bundle (Gateway API, Istio, Envoy Gateway …) version.
    pub(crate) bundle: Version,
    /// `None`: unknown, so whatever one of the channels has is accepted.
    pub(crate) channel: Option<Channel>,
    /// The version part of `apiVersion`.
    pub(crate) version: &'w str,
}

/// Where a line holds: any of these; everywhere when empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place(Vec<Clause>);

#[derive(Clone, Debug, Default)]
struct Clause {
    channel: Option<Channel>,
    since: Option<Version>,
    until: Option<Version>,
    versions: Vec<&'static str>,
    deprecated: bool,
}

impl Place {
    /// Reads what stands between the brackets: `exp 1.1..1.3, 1.4..`.
    pub(crate) fn read(text: &'static str) -> Self {
        Self(text.split(',').map(Clause::read).collect())
    }

    /// Whether the line holds in `world`.
    pub(crate) fn holds(&self, world: World<'_>) -> bool {
        self.0.is_empty() || self.0.iter().any(|clause| clause.holds(world))
    }

    /// Whether the first clause that holds in `world` calls it deprecated.
    pub(crate) fn deprecated(&self, world: World<'_>) -> bool {
        let clause = self.0.iter().find(|clause| clause.holds(world));
        clause.is_some_and(|clause| clause.deprecated)
    }

    /// Whether the line is about that API version at all.
    pub(crate) fn speaks_of(&self, version: &str) -> bool {
        self.0.is_empty()
            || self
                .0
                .iter()
                .any(|clause| clause.versions.is_empty() || clause.versions.contains(&version))
    }

    /// `in the experimental channel from 1.1 to 1.3, or in the standard channel since 1.5`.
    pub(crate) fn words(&self) -> String {
        let lasting = self.0.iter().filter(|clause| !clause.deprecated);
        let clauses: Vec<String> = lasting.map(Clause::words).collect();
        clauses.join(", or ")
    }
}

impl Clause {
    fn read(text: &'static str) -> Self {
        let mut clause = Self::default();
        for word in text.split_whitespace() {
            match word {
                "exp" => clause.channel = Some(Channel::Experimental),
                "std" => clause.channel = Some(Channel::Standard),
                "deprecated" => clause.deprecated = true,
                _ => match word.split_once("..") {
                    Some((since, until)) => {
                        clause.since = since.parse().ok();
                        clause.until = until.parse().ok();
                    }
                    None => clause.versions.push(word),
                },
            }
        }
        clause
    }

    fn holds(&self, world: World<'_>) -> bool {
        (world.channel.is_none() || self.channel.is_none() || self.channel == world.channel)
            && self.since.is_none_or(|since| since <= world.bundle)
            && self.until.is_none_or(|until| world.bundle <= until)
            && (self.versions.is_empty() || self.versions.contains(&world.version))
    }

    fn words(&self) -> String {
        let mut words = String::new();
        if !self.versions.is_empty() {
            words.push_str(&format!("in `{}` ", self.versions.join("`, `")));
        }
        match self.channel {
            Some(Channel::Experimental) => words.push_str("in the experimental channel "),
            Some(Channel::Standard) => words.push_str("in the standard channel "),
            None => {}
        }
        match (self.since, self.until) {
            (Some(since), Some(until)) if since == until => words.push_str(&format!("in {since}")),
            (Some(since), Some(until)) => {
                words.push_str(&format!("from {since} to {until}"));
            }
            (Some(since), None) => words.push_str(&format!("since {since}")),
            (None, Some(until)) => words.push_str(&format!("until {until}")),
            (None, None) => {}
        }
        words.trim_end().to_owned()
    }
}
