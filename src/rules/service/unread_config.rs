use crate::finding::Finding;
use crate::finding::Findings;
use crate::graph::wiring::Found;
use crate::graph::wiring::OpenedFile;
use crate::graph::wiring::Role;
use crate::model::collector::Origin;
use crate::model::workload::Workload;
use crate::model::workload::command::CommandLine;
use crate::model::workload::container::Container;
use crate::model::workload::container::VolumeMount;
use crate::model::workload::volume::VolumeSource;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unread-config",
    severity: Severity::Error,
    page: page!("service/unread-config"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    flags_as_program(world, findings);
    for file in &world.graph.wiring.files {
        let workload = &world.model.workloads[file.workload];
        let container = &workload.pod.containers[file.container];
        match file.role {
            Role::Config => named(file, findings),
            Role::DefaultConfig => by_default(world, file, workload, container, findings),
            Role::Setting(_) => {}
        }
    }
    for container in &world.graph.wiring.unconfigured {
        let workload = &world.model.workloads[container.workload];
        let mounted = mounted_config(
            world,
            workload,
            &workload.pod.containers[container.container],
        );
        if container.distribution.default_config().is_some() && mounted.is_none() {
            continue;
        }
        let message = if container.distribution.default_config().is_some() {
            format!(
                "these arguments replace those of the `{}` image, `--config` among them",
                container.distribution.name()
            )
        } else {
            format!(
                "the `{}` image brings no configuration, and no argument names one",
                container.distribution.name()
            )
        };
        let finding = findings.at(container.at, message);
        point_at_mount(finding, mounted);
        finding.help("add `--config=` with the path of the mounted configuration to `args`");
    }
}

/// Containers that are to start a flag: what Docker Compose calls `command` is `args` in Kubernetes.
fn flags_as_program(world: &World<'_>, findings: &mut Findings) {
    let workloads = world.model.workloads.iter();
    let containers = workloads.flat_map(|workload| &workload.pod.containers);
    for container in containers {
        let image = container.image.as_ref();
        let CommandLine::Given(arguments) = CommandLine::of(container) else {
            continue;
        };
        let program = arguments.program;
        let Some(program) = program.filter(|program| program.starts_with('-')) else {
            continue;
        };
        if image.is_some_and(|image| image.distribution().is_some()) {
            findings
                .at(
                    program.span,
                    "`command` names the program to start, and this is a flag",
                )
                .help("write `args` for `command`: the image brings its program");
        }
    }
}

/// An argument names the file.
fn named(file: &OpenedFile, findings: &mut Findings) {
    let path = &file.path;
    match &file.found {
        Found::Unmounted(_) => {
            findings
                .at(
                    file.said,
                    format!("nothing is mounted at `{path}`, and the image holds no such file"),
                )
                .help("mount the ConfigMap there, or name the path at which it is mounted");
        }
        Found::NoKey { .. }
        | Found::LeftOut { .. }
        | Found::NoVolume { .. }
        | Found::Folder { .. } => {
            lost(file, findings);
        }
        _ => {}
    }
}

/// The image's own arguments name the file.
fn by_default(
    world: &World<'_>,
    file: &OpenedFile,
    workload: &Workload,
    container: &Container,
    findings: &mut Findings,
) {
    match &file.found {
        // The image's own configuration is read; that is only wrong when another one lies ready.
        Found::OfImage => {
            if let Some(mounted) = mounted_config(world, workload, container) {
                let finding = findings.at(
                    mounted.path.span,
                    format!(
                        "the image reads `{}`, and the configuration is mounted at `{}`",
                        file.path, mounted.path
                    ),
                );
                finding.also(
                    file.said,
                    "this image names the path, since no argument does",
                );
                finding.help(format!(
                    "mount it so that it becomes `{}`, or add `--config=` to `args`",
                    file.path
                ));
            }
        }
        Found::NoKey { .. }
        | Found::LeftOut { .. }
        | Found::NoVolume { .. }
        | Found::Folder { .. } => {
            lost(file, findings);
        }
        _ => {}
    }
}

/// A mount covers the path, and the file is not there.
fn lost(file: &OpenedFile, findings: &mut Findings) {
    let path = &file.path;
    match &file.found {
        Found::NoKey {
            store,
            object,
            at,
            key,
            asked,
            has,
        } => {
            let kind = store.kind();
            let message =
                format!("the {kind} `{object}` has no key `{key}`, so `{path}` does not exist");
            let keys: Vec<String> = has.iter().map(|key| format!("`{key}`")).collect();
            let keys = match keys.as_slice() {
                [] => "it has no keys".to_owned(),
                keys => format!("it has {}", keys.join(", ")),
            };
            let finding = findings.at(*asked, message);
            finding.also(file.said, format!("the collector reads `{path}`"));
            finding.also(*at, keys);
            finding.help(format!(
                "rename the key to `{key}`, or put it under that name with `items`"
            ));
        }
        Found::LeftOut { mount, volume } => {
            findings
                .at(
                    *mount,
                    format!("the volume mounted here puts nothing at `{path}`"),
                )
                .also(*volume, "this is all that it holds")
                .also(file.said, format!("the collector reads `{path}`"))
                .help("let an entry of `items` have that path, or name the path that there is");
        }
        Found::NoVolume { mount, near } => {
            let finding = findings
                .at(*mount, "the Pod has no volume of this name")
                .also(file.said, format!("the collector reads `{path}`"));
            match near {
                Some(near) => finding.meant(near),
                None => finding.help("add it to `volumes`"),
            };
        }
        Found::Folder { .. } => {
            findings
                .at(
                    file.said,
                    format!("`{path}` is a folder, and a configuration is a file"),
                )
                .severity(Severity::Warning)
                .help("add the name of the key to the path");
        }
        _ => {}
    }
}

fn point_at_mount(finding: &mut Finding, mounted: Option<&VolumeMount>) {
    if let Some(mounted) = mounted {
        finding.also(
            mounted.path.span,
            "a configuration is mounted here, and nobody reads it",
        );
    }
}

/// The mount that shows `container` a ConfigMap which holds a configuration.
fn mounted_config<'w>(
    world: &World<'_>,
    workload: &'w Workload,
    container: &'w Container,
) -> Option<&'w VolumeMount> {
    container.mounts.iter().find(|mount| {
        let Some(VolumeSource::ConfigMap(keys)) = workload.pod.volume(&mount.name).map(|volume| &volume.source) else {
            return false;
        };
        let Some(name) = &keys.name else { return false };
        let (namespace, from) = (workload.object.namespace(), &workload.object);
        let Some(map) = world.model.config_maps.meant(namespace, name, from) else {
            return false;
        };
        let mut collectors = world.model.collectors.iter();
        collectors.any(|collector| matches!(&collector.origin, Origin::ConfigMap(own, _) if own.id == map.object.id))
    })
}
