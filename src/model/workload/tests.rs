//! What Pod templates say of files and arguments, on small manifests.

use std::sync::Arc;

use super::Workload;
use super::command::CommandLine;
use super::command::ConfigUri;
use super::mount::Content;
use super::mount::Mounts;
use crate::model::object::Object;
use crate::model::object::ObjectId;
use crate::model::object::Origin;
use crate::source::Source;
use crate::source::SourceId;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Text;

/// The workload in `manifest`.
fn workload(manifest: &str) -> Workload {
    let source = Source::new("w.yaml", manifest.as_bytes().to_vec());
    let text = Text::whole(SourceId(0), &source).expect("UTF-8");
    let stream = yaml::parse(text, Dialect::Kubernetes);
    let root = stream.documents().next().expect("a document");
    let origin = Origin {
        folder: "".into(),
        namespace: "default".into(),
    };
    let object = Object::read(ObjectId(0), &origin, root).expect("an object");
    Workload::read(&Arc::new(object)).expect("a workload")
}

/// A Pod whose container and volumes are those.
fn pod(container: &str, volumes: &str) -> Workload {
    workload(&format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers: [{{name: c, {container}}}]\n  volumes: {volumes}\n"
    ))
}

/// What `path` leads to, in one line: `Secret s/key mode optional`, or the name of the case.
fn answer(workload: &Workload, path: &str) -> String {
    let container = &workload.pod.containers[0];
    match Mounts::new(&workload.pod, container).resolve(path).content {
        Content::Keys(keys) => {
            let keys = keys.iter().map(|key| {
                let mode = key
                    .mode
                    .map_or(String::new(), |mode| format!(" {:o}", mode.value));
                let optional = if key.optional { " optional" } else { "" };
                format!(
                    "{} {}/{}{mode}{optional}",
                    key.store.kind(),
                    key.name,
                    key.key
                )
            });
            keys.collect::<Vec<_>>().join(", ")
        }
        Content::Made(kind) => format!("made by {kind}"),
        Content::Outside(kind) => format!("outside: {kind}"),
        Content::Folder => "folder".to_owned(),
        Content::Absent => "absent".to_owned(),
        Content::Unknown => "unknown".to_owned(),
        Content::NoVolume => "no volume".to_owned(),
        Content::Image => "image".to_owned(),
    }
}

#[test]
fn every_kind_keeps_its_pod_where_its_schema_says() {
    let pod = "metadata: {labels: {app: c}}\nspec: {containers: [{name: c, image: 'a/b:1'}]}";
    let at = |indent: &str| pod.replace('\n', &format!("\n{indent}"));
    for (kind, manifest) in [
        ("Pod", format!("apiVersion: v1\nkind: Pod\n{pod}\n")),
        (
            "Deployment",
            format!(
                "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    {}\n",
                at("    ")
            ),
        ),
        (
            "CronJob",
            format!(
                "apiVersion: batch/v1\nkind: CronJob\nspec:\n  jobTemplate:\n    spec:\n      template:\n        {}\n",
                at("        ")
            ),
        ),
    ] {
        let workload = workload(&manifest);
        assert_eq!(workload.pod.labels[0].value.value, "c", "{kind}");
        let image = workload.pod.containers[0].image.as_ref().expect("an image");
        assert_eq!(image.repository, "a/b", "{kind}");
    }
}

#[test]
fn paths_lead_to_keys_as_the_kubelet_lays_them_out() {
    let pod = pod(
        "workingDir: /work, volumeMounts: [
          {name: conf, mountPath: /etc/otelcol/}, {name: tls, mountPath: /etc/otelcol/tls, readOnly: true},
          {name: items, mountPath: /items}, {name: conf, mountPath: /one.yaml, subPath: relay},
          {name: scratch, mountPath: /tmp}, {name: gone, mountPath: /gone}, {name: items, mountPath: /sub, subPath: a}]",
        "[{name: conf, configMap: {name: cm, optional: true}}, {name: tls, secret: {secretName: s, defaultMode: 0400}},
          {name: items, configMap: {name: cm, defaultMode: 420, items: [{key: k, path: a/b.yaml, mode: 0440}]}},
          {name: scratch, emptyDir: {}}]",
    );
    for (path, expected) in [
        (
            "/etc/otelcol/config.yaml",
            "ConfigMap cm/config.yaml optional",
        ),
        (
            "/etc/otelcol/../otelcol/./config.yaml",
            "ConfigMap cm/config.yaml optional",
        ),
        (
            "/etc/otelcol/..data/config.yaml",
            "ConfigMap cm/config.yaml optional",
        ),
        ("/etc/otelcol/tls/tls.key", "Secret s/tls.key 400"),
        ("/etc/otelcol", "folder"),
        ("/etc/otelcol/deep/er.yaml", "absent"),
        ("/etc/otelcol-contrib/config.yaml", "image"),
        ("/items/a/b.yaml", "ConfigMap cm/k 440"),
        ("/items/a", "folder"),
        ("/items/k", "absent"),
        ("/sub/b.yaml", "ConfigMap cm/k 440"),
        ("/one.yaml", "ConfigMap cm/relay optional"),
        ("/tmp/x", "outside: emptyDir"),
        ("/gone/x", "no volume"),
        ("config.yaml", "image"),
    ] {
        assert_eq!(answer(&pod, path), expected, "{path}");
    }
}

#[test]
fn projected_sources_are_asked_last_first() {
    let pod = pod(
        "volumeMounts: [{name: all, mountPath: /all}]",
        "[{name: all, projected: {defaultMode: 0440, sources: [
            {configMap: {name: cm}}, {secret: {name: s, items: [{key: tls.key, path: server.key}]}},
            {serviceAccountToken: {path: token}}]}}]",
    );
    for (path, expected) in [
        ("/all/config.yaml", "ConfigMap cm/config.yaml 440"),
        (
            "/all/server.key",
            "Secret s/tls.key 440, ConfigMap cm/server.key 440",
        ),
        ("/all/token", "made by serviceAccountToken"),
        ("/all/a/b", "absent"),
    ] {
        assert_eq!(answer(&pod, path), expected, "{path}");
    }
}

#[test]
fn sub_paths_may_hang_on_variables() {
    let pod = |env: &str| {
        let mounts = "volumeMounts: [{name: v, mountPath: /c, subPathExpr: $(NAME)}]";
        pod(
            &format!("env: [{env}], {mounts}"),
            "[{name: v, configMap: {name: cm}}]",
        )
    };
    assert_eq!(
        answer(&pod("{name: NAME, value: key}"), "/c"),
        "ConfigMap cm/key"
    );
    let field = "{name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}";
    assert_eq!(answer(&pod(field), "/c"), "unknown");
}

/// The configurations that a container with those fields loads; `None` when nobody can say.
fn configs(container: &str) -> Option<Vec<ConfigUri>> {
    let pod = pod(container, "[]");
    match CommandLine::of(&pod.pod.containers[0]) {
        CommandLine::Image => Some(Vec::new()),
        CommandLine::Given(arguments) => Some(
            arguments
                .configs
                .into_iter()
                .map(|config| config.value)
                .collect(),
        ),
        CommandLine::Opaque(_) => None,
    }
}

#[test]
fn configurations_are_found_in_every_way_of_writing_them() {
    let file = |path: &str| ConfigUri::File(path.to_owned());
    for (container, expected) in [
        ("image: a", vec![]),
        ("args: ['--config=/a.yaml']", vec![file("/a.yaml")]),
        (
            "args: ['--config', '/a.yaml', '--config=file:/b.yaml']",
            vec![file("/a.yaml"), file("/b.yaml")],
        ),
        (
            "command: [/otelcol, '--config=/a.yaml']",
            vec![file("/a.yaml")],
        ),
        ("command: ['--config=/a.yaml']", vec![]),
        (
            "args: ['--config=yaml:a::b: c']",
            vec![ConfigUri::Yaml("a::b: c".to_owned())],
        ),
        (
            "args: ['--config=env:CONFIG']",
            vec![ConfigUri::Environment("CONFIG".to_owned())],
        ),
        (
            "args: ['--config=s3://b/k']",
            vec![ConfigUri::Other("s3".to_owned(), "//b/k".to_owned())],
        ),
        (r"args: ['--config=C:\a.yaml']", vec![file(r"C:\a.yaml")]),
        (
            "env: [{name: P, value: /x}], args: ['--config=$(P)/a.yaml']",
            vec![file("/x/a.yaml")],
        ),
        (
            "args: ['--config=$(NOT_SET)/a.yaml']",
            vec![file("$(NOT_SET)/a.yaml")],
        ),
        (
            "envFrom: [{configMapRef: {name: e}}], args: ['--config=$(P)']",
            vec![ConfigUri::Unknown],
        ),
        (
            "args: ['--feature-gates', '+x', '--', '--config=/a.yaml']",
            vec![],
        ),
    ] {
        assert_eq!(configs(container), Some(expected), "{container}");
    }
    assert_eq!(
        configs("command: [/bin/sh, -c, 'otelcol --config /a.yaml']"),
        None
    );
}

#[test]
fn variables_that_double_each_other_end() {
    let mut env = String::from("{name: V0, value: xxxxxxxxxxxxxxxx}");
    for at in 1..64 {
        env.push_str(&format!(
            ", {{name: V{at}, value: $(V{})$(V{})}}",
            at - 1,
            at - 1
        ));
    }
    let container = format!("env: [{env}], args: ['--config=$(V63)']");
    assert_eq!(configs(&container), Some(vec![ConfigUri::Unknown]));
}
