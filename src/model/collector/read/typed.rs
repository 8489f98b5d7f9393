//! A merged tree to typed components and pipelines, and to what the Collector refuses in it.

use std::collections::BTreeMap;

use crate::model::collector::Collector;
use crate::model::collector::Component;
use crate::model::collector::Extent;
use crate::model::collector::Origin;
use crate::model::collector::expand::Defaults;
use crate::model::collector::expand::Expanded;
use crate::model::collector::expand::Nothing;
use crate::model::collector::expand::Surroundings;
use crate::model::collector::expand::expand;
use crate::model::collector::exporter::Exporter;
use crate::model::collector::extension::Extension;
use crate::model::collector::fault::Fault;
use crate::model::collector::id::Role;
use crate::model::collector::layout;
use crate::model::collector::pipeline;
use crate::model::collector::pipeline::Joints;
use crate::model::collector::pipeline::Pipeline;
use crate::model::collector::pipeline::Users;
use crate::model::collector::receiver::Receiver;
use crate::model::collector::value::Value;

impl Collector {
    /// A collector without components: a fragment, whose faults are all that there is.
    pub(super) fn hollow(origin: Origin, root: Value, faults: Vec<Fault>) -> Self {
        Self {
            origin,
            span: root.span,
            extent: Extent::Fragment,
            receivers: Vec::new(),
            processors: Vec::new(),
            exporters: Vec::new(),
            connectors: Vec::new(),
            extensions: Vec::new(),
            started: Vec::new(),
            extensions_open: false,
            pipelines: Vec::new(),
            faults,
            image: None,
            root,
            written: None,
            is_open: false,
            reading: 0,
            users: Users::default(),
        }
    }

    /// Types a merged tree and judges it. Variables are left open in what is typed, and judged by their defaults.
    pub(super) fn typed(
        origin: Origin,
        written: Value,
        mut faults: Vec<Fault>,
        extent: Option<Extent>,
    ) -> Self {
        let expanded = expand(&written, &Nothing);
        let extent = extent.unwrap_or_else(|| extent_of(&expanded.root));
        let mut collector = Self::hollow(origin, Value::empty(written.span), Vec::new());
        collector.extent = extent;
        collector.take(&expanded.root);
        collector.reading = faults.len();
        collector.is_open = expanded.is_open;
        if expanded.is_open {
            judge(&expand(&written, &Defaults), extent, &mut faults);
        } else {
            judge(&expanded, extent, &mut faults);
        }
        collector.faults = faults;
        collector.root = expanded.root;
        collector.written = written.has_dollar().then(|| Box::new(written));
        collector.users = Users::index(&collector.pipelines);
        collector.take_back();
        collector
    }

    /// Takes the components and pipelines that `root` defines.
    fn take(&mut self, root: &Value) {
        for (role, id, body) in layout::components(root) {
            match role {
                Role::Receiver => self.receivers.push(Receiver::read(id, &body)),
                Role::Exporter => self.exporters.push(Exporter::read(id, &body)),
                Role::Extension => self.extensions.push(Extension::read(id, &body)),
                Role::Processor => self.processors.push(Component {
                    id,
                    body: body.into_owned(),
                }),
                Role::Connector => self.connectors.push(Component {
                    id,
                    body: body.into_owned(),
                }),
            }
        }
        let pipelines = root.at(&["service", "pipelines"]);
        self.pipelines = pipelines.map(Pipeline::read_all).unwrap_or_default();
        let started = root.at(&["service", "extensions"]);
        self.started = started.map(pipeline::ids).unwrap_or_default();
        let started_open = started.is_some_and(Value::is_reference);
        self.extensions_open = started_open || layout::open(root).contains(&Role::Extension);
    }

    /// What is written, before anything is filled in.
    pub(super) fn written(&self) -> &Value {
        self.written.as_deref().unwrap_or(&self.root)
    }

    /// Judges it anew where variables and files are not unknown.
    pub(in crate::model) fn judge_in(&mut self, surroundings: &dyn Surroundings) {
        if self.is_open {
            let expanded = expand(self.written(), surroundings);
            self.faults.truncate(self.reading);
            judge(&expanded, self.extent, &mut self.faults);
            self.take_back();
        }
    }
}

/// Adds what the Collector refuses in a tree in which all is filled in that is known.
fn judge(expanded: &Expanded, extent: Extent, faults: &mut Vec<Fault>) {
    let before = faults.len();
    let root = &expanded.root;
    let mut defined = BTreeMap::new();
    layout::check(root, &mut defined, faults);
    if extent == Extent::Whole {
        layout::presence(root, faults);
        let pipelines = root.at(&["service", "pipelines"]);
        let started = root.at(&["service", "extensions"]);
        let joints = Joints {
            defined: &defined,
            open: &layout::open(root),
            misplaced: &layout::misplaced(root),
            pipelines: &pipelines.map(Pipeline::read_all).unwrap_or_default(),
            started: &started.map(pipeline::ids).unwrap_or_default(),
            faults,
        };
        joints.check();
    }
    if extent == Extent::Part {
        faults.retain(|fault| !fault.by_absence);
    }
    for fault in faults.iter_mut().skip(before) {
        if let Some(written) = expanded.brought.get(&fault.span) {
            fault.message = format!("{}, once `{written}` is filled in", fault.message);
        }
    }
    faults.extend(expanded.faults.iter().cloned());
}

/// Whole when the three sections are written without which no Collector starts, be they empty.
fn extent_of(root: &Value) -> Extent {
    let has = |key: &str| root.get(key).is_some();
    let pipelines = root.at(&["service", "pipelines"]).is_some();
    if has("receivers") && (has("exporters") || has("connectors")) && pipelines {
        Extent::Whole
    } else {
        Extent::Part
    }
}
