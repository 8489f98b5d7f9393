//! Which configurations containers load, and what becomes of several.

use time::OffsetDateTime;

use super::Run;
use crate::model::Model;
use crate::model::collector::Extent;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::Sources;

const MANIFESTS: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data:
  base.yaml: |
    receivers: {otlp: {protocols: {grpc: null}}}
    exporters: {debug: null}
    service:
      pipelines:
        traces: {receivers: [otlp, extra], exporters: [debug]}
  over.yaml: |
    receivers: {extra: null}
    service: {telemetry: {logs: {level: debug}}}
  notes.txt: about receivers
  IZE: '5'
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: collector}
spec:
  template:
    spec:
      containers:
        - name: collector
          image: otel/opentelemetry-collector-contrib:0.119.0
          args: [ARGS]
          volumeMounts:
            - {name: conf, mountPath: /conf}
      volumes:
        - {name: conf, configMap: {name: conf}}
";

fn runs(arguments: &str) -> Vec<Run> {
    read(&MANIFESTS.replace("ARGS", arguments))
}

fn read(text: &str) -> Vec<Run> {
    let mut sources = Sources::new();
    sources.add(Source::new("a.yaml", text.as_bytes().to_vec()));
    Model::read(&sources, &Settings::new(OffsetDateTime::UNIX_EPOCH)).runs
}

#[test]
fn a_container_merges_what_its_arguments_name() {
    let merged = runs("--config=/conf/base.yaml, --config=file:/conf/over.yaml");
    assert_eq!(merged.len(), 1);
    assert_eq!(
        (merged[0].workload, merged[0].build.minor),
        (Some(0), Some(119))
    );
    assert_eq!(merged[0].collector.receivers.len(), 2);
    assert!(
        merged[0].collector.faults.is_empty(),
        "{:?}",
        merged[0].collector.faults
    );
}

#[test]
fn arguments_may_hold_configuration_themselves() {
    let merged = runs(
        "--config=/conf/base.yaml, '--config=yaml:receivers::extra: ', --set=exporters.debug.verbosity=loud",
    );
    assert_eq!(merged[0].collector.receivers.len(), 2);
    let said: Vec<_> = merged[0]
        .collector
        .faults
        .iter()
        .map(|fault| fault.said.as_str())
        .collect();
    assert_eq!(said, ["'verbosity' unknown metrics level \"loud\""]);
}

/// What is wrong with two files that a container merges: where it stands, and what the Collector says.
fn merged(base: &str, over: &str) -> Vec<(String, String)> {
    let held = |text: &str| text.replace('\n', "\n    ");
    let text = MANIFESTS.replace("ARGS", "--config=/conf/base.yaml, --config=/conf/over.yaml");
    let start = text.find("data:\n").expect("data");
    let end = text.find("---\napiVersion: apps").expect("a Deployment");
    let data = format!(
        "data:\n  base.yaml: |\n    {}\n  over.yaml: |\n    {}\n",
        held(base),
        held(over)
    );
    let text = format!("{}{data}{}", &text[..start], &text[end..]);
    let runs = read(&text);
    let run = runs
        .iter()
        .find(|run| run.workload.is_some())
        .expect("a run");
    assert_eq!(run.collector.extent, Extent::Whole);
    let faults = run.collector.faults.iter().map(|fault| {
        let place = &text[fault.span.start as usize..fault.span.end as usize];
        (place.to_owned(), fault.said.clone())
    });
    faults.collect()
}

const BASE: &str = "receivers: {otlp: {protocols: {grpc: {endpoint: a:1}}}}
processors: {batch: }
exporters: {debug: , otlp_grpc: {endpoint: b:2}}
extensions: {zpages: }
service:
  extensions: [zpages]
  pipelines: {traces: {receivers: [otlp], processors: [batch], exporters: [debug]}}";

#[test]
fn files_are_judged_as_they_are_merged_and_blamed_each_for_its_own() {
    // Maps merge, so the second file needs no more than what it changes.
    assert_eq!(
        merged(
            BASE,
            "receivers: {otlp: {protocols: {grpc: {endpoint: c:3}, http: }}}"
        ),
        []
    );
    // What is wrong stands where it is written, in either file.
    let found = merged(
        &BASE.replace("b:2", "bad"),
        "exporters: {debug: {verbosty: basic}}",
    );
    let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["verbosty", "bad"], "{found:?}");
    // Lists replace: the first file's exporter is no longer sent to, and what is named anew is looked for.
    let found = merged(
        BASE,
        "service: {pipelines: {traces: {exporters: [nowhere]}}}",
    );
    let said =
        "service::pipelines::traces: references exporter \"nowhere\" which is not configured";
    assert_eq!(found, [("nowhere".to_owned(), said.to_owned())]);
    // Nothing replaces, too: a section without a value takes the first file's away.
    let found = merged(BASE, "processors:");
    let said = "service::pipelines::traces: references processor \"batch\" which is not configured";
    assert_eq!(found, [("batch".to_owned(), said.to_owned())]);
    // What one lacks the other has.
    let half = BASE.replace("endpoint: b:2", "tls: {cert_file: c}");
    assert_eq!(
        merged(
            &half,
            "exporters: {otlp_grpc: {endpoint: b:2, tls: {key_file: k}}}"
        ),
        []
    );
}

#[test]
fn a_variable_may_hold_a_configuration() {
    let text = MANIFESTS.replace(
        "args: [ARGS]",
        "args: ['--config=env:CONF']
          env:
            - name: CONF
              value: |
                receivers: {otlp: {protocols: {grpc: {endpont: '0.0.0.0:1'}}}}
                exporters: {debug: }
                service: {pipelines: {traces: {receivers: [otlp], exporters: [debug, '$${env:MORE}']}}}",
    );
    let collector = &read(&text)[0].collector;
    assert_eq!(
        (collector.extent, collector.receivers.len()),
        (Extent::Whole, 1)
    );
    let fault = &collector.faults[0];
    assert_eq!(collector.faults.len(), 1, "{:?}", collector.faults);
    // The kubelet makes one dollar of two, so places are those of the whole variable.
    let place = &text[fault.span.start as usize..fault.span.end as usize];
    assert!(place.contains("receivers:") && place.contains("pipelines:"));
    assert!(collector.pipelines[0].is_open);
    let exact = text.replace(", '$${env:MORE}'", "");
    let fault = &read(&exact)[0].collector.faults[0];
    assert!(exact[fault.span.start as usize..].starts_with("endpont"));
    // A number, a word, nothing at all: no configuration.
    let none = "service::pipelines: service must have at least one pipeline";
    for (value, expected) in [
        (
            "'4317'",
            vec!["retrieved value (type=int) cannot be used as a Conf"],
        ),
        (
            "otlp",
            vec!["retrieved value (type=string) cannot be used as a Conf"],
        ),
        ("''", vec!["empty configuration file", none]),
    ] {
        let text = MANIFESTS.replace(
            "[ARGS]",
            &format!("['--config=env:CONF']\n          env: [{{name: CONF, value: {value}}}]"),
        );
        let runs = read(&text);
        let run = runs
            .iter()
            .find(|run| run.workload.is_some())
            .expect("a run");
        let faults = run.collector.faults.iter();
        let said: Vec<&str> = faults.map(|fault| fault.said.as_str()).collect();
        assert_eq!(said, expected, "{value}");
    }
}

#[test]
fn places_inside_arguments_are_exact() {
    let argument = "'--config=yaml:{receivers: {nop: }, exporters: {debug: {verbosty: basic}}, service: {pipelines: {logs: {receivers: [nop], exporters: [debug]}}}}'";
    let text = MANIFESTS.replace("ARGS", argument);
    let runs = read(&text);
    let run = runs
        .iter()
        .find(|run| run.workload.is_some())
        .expect("a run");
    assert_eq!(run.collector.extent, Extent::Whole);
    let fault = &run.collector.faults[0];
    assert!(text[fault.span.start as usize..].starts_with("verbosty: basic"));
    assert_eq!(fault.span.end - fault.span.start, 8);
}

#[test]
fn profiles_need_their_gate() {
    let gated = |arguments: &str, tag: &str| {
        let text = MANIFESTS
            .replace("ARGS", &format!("--config=/conf/base.yaml{arguments}"))
            .replace("[otlp, extra]", "[otlp]")
            .replace("traces:", "profiles:")
            .replace("0.119.0", tag);
        let runs = read(&text);
        let run = runs
            .iter()
            .find(|run| run.workload.is_some())
            .expect("a run");
        run.collector.faults.len()
    };
    assert_eq!(gated("", "0.150.0"), 1);
    assert_eq!(
        gated(", '--feature-gates=a,+service.profilesSupport'", "0.150.0"),
        0
    );
    // Before it was a signal, after what is known here, and in a version that is not known.
    assert_eq!(
        (
            gated("", "0.111.0"),
            gated("", "0.165.0"),
            gated("", "latest")
        ),
        (0, 0, 0)
    );
}

#[test]
fn what_is_not_given_may_define_the_rest() {
    let in_part = runs("--config=/conf/base.yaml, '--config=env:MORE'");
    assert_eq!(in_part.len(), 2, "the other key runs alone");
    assert_eq!(in_part[0].collector.extent, Extent::Part);
    assert!(in_part[0].collector.faults.is_empty());
    let alone = runs("--config=/conf/base.yaml");
    assert_eq!(alone[0].collector.faults.len(), 1);
}

/// The places and words of what is wrong in these files, which nothing mounts.
fn wrong(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut sources = Sources::new();
    for (name, text) in files {
        sources.add(Source::new(*name, text.as_bytes().to_vec()));
    }
    let model = Model::read(&sources, &Settings::new(OffsetDateTime::UNIX_EPOCH));
    let faults = model.faults(|_| true).into_iter();
    let found = faults.map(|fault| {
        let source = sources.get(fault.span.source);
        let at = source.position(fault.span.start);
        let place = format!("{}:{}:{}", source.name, at.line, at.column);
        (place, fault.said.clone())
    });
    found.collect()
}

/// confmap/provider/fileprovider: a path leads from where the Collector is started.
#[test]
fn files_beside_a_configuration_are_read_with_it() {
    let main = "receivers: {otlp: {protocols: {grpc: }}}\nexporters: {debug: }\nprocessors: ${file:PATH}\n\
                service: {pipelines: {traces: {receivers: [otlp], processors: [batch, nope], exporters: [debug]}}}\n";
    let undefined =
        "service::pipelines::traces: references processor \"nope\" which is not configured";
    let endless = "too many recursive expansions";
    for (path, part, expected) in [
        (
            "part.yaml",
            "batch: ",
            vec![("d/main.yaml:4:71", undefined)],
        ),
        (
            "./x/../part.yaml",
            "batch: \nnope/: ",
            vec![
                (
                    "d/part.yaml:2:1",
                    "in \"nope/\" id: the part after / should not be empty",
                ),
                ("d/main.yaml:4:71", undefined),
            ],
        ),
        (
            "d/part.yaml",
            "batch: {timeout: 1}\nmemory_limiter: 5",
            vec![
                (
                    "d/part.yaml:2:17",
                    "'[memory_limiter]' expected type 'map[string]interface {}', got unconvertible type 'int'",
                ),
                ("d/main.yaml:4:71", undefined),
            ],
        ),
        // What is not given may hold anything.
        ("other.yaml", "batch: ", vec![]),
        ("/d/part.yaml", "batch: ", vec![]),
        (
            "part.yaml",
            "${file:main.yaml}",
            vec![("d/main.yaml:3:13", endless)],
        ),
        ("main.yaml", "", vec![("d/main.yaml:3:13", endless)]),
    ] {
        let main = main.replace("PATH", path);
        let found = wrong(&[("d/main.yaml", &main), ("d/part.yaml", part)]);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(place, said)| (place.as_str(), said.as_str()))
            .collect();
        assert_eq!(found, expected, "{path} {part}");
    }
}

/// What a container sets is filled in, and a default counts only where it sets nothing.
#[test]
fn the_container_fills_in_variables() {
    let said = |env: &str| {
        let text = MANIFESTS
            .replace("ARGS", "--config=/conf/base.yaml")
            .replace("receivers: [otlp, extra]", "receivers: [otlp]")
            .replace(
                "exporters: {debug: null}",
                "exporters: {debug: {sampling_initial: '${env:SIZE:-x}'}}",
            )
            .replace(
                "          volumeMounts",
                &format!("          {env}\n          volumeMounts"),
            );
        let faults = read(&text).remove(0).collector.faults;
        let said = faults.iter().map(|fault| fault.said.clone());
        said.collect::<Vec<_>>().join("; ")
    };
    // A default that nothing overrides is no number.
    let refused = "'sampling_initial' expected type 'int', got unconvertible type 'string'";
    assert_eq!(said("env: []"), refused);
    assert_eq!(said("env: [{name: SIZE, value: '5'}]"), "");
    assert_eq!(said("env: [{name: SIZE, value: five}]"), refused);
    let elsewhere = "env: [{name: SIZE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]";
    assert_eq!(said(elsewhere), "");
    assert_eq!(said("envFrom: [{configMapRef: {name: more}}]"), "");
    // One that was given says all that it says.
    assert_eq!(said("envFrom: [{configMapRef: {name: conf}}]"), refused);
    let prefixed = "envFrom: [{prefix: S, configMapRef: {name: conf}}]";
    assert_eq!(said(prefixed), "");
}

/// otelcol validate 0.159 of several `--config` and `--set`, which `more` are, behind the base.
#[test]
fn every_source_is_a_map() {
    let said = |more: &str| {
        let text = MANIFESTS
            .replace("receivers: [otlp, extra]", "receivers: [otlp]")
            .replace("ARGS", &format!("--config=/conf/base.yaml, {more}"));
        let faults = read(&text).remove(0).collector.faults;
        let said = faults.iter().map(|fault| fault.said.clone());
        said.collect::<Vec<_>>().join("; ")
    };
    for (more, expected) in [
        ("'--config=yaml:'", ""),
        ("'--config=yaml:null'", ""),
        ("'--config=yaml:processors:'", ""),
        (
            "'--config=yaml:x'",
            "retrieved value (type=string) cannot be used as a Conf",
        ),
        (
            "'--config=yaml:[x]'",
            "retrieved value (type=[]interface {}) cannot be used as a Conf",
        ),
        (
            "--config=/conf/notes.txt",
            "retrieved value (type=string) cannot be used as a Conf",
        ),
        (
            "'--config=yaml:receivers:'",
            "no receiver configuration specified in config; service::pipelines::traces: references receiver \"otlp\" which is not configured",
        ),
        ("--set=processors", "missing equal sign"),
        ("--set=exporters.debug.verbosity=basic", ""),
        ("'--set=exporters.debug={verbosity: basic}'", ""),
        ("'--set=service.pipelines.traces.receivers=[otlp]'", ""),
        (
            "'--set=service.pipelines.traces.exporters=[]'",
            "service::pipelines::traces: must have at least one exporter",
        ),
        // What a later source replaces is never filled in.
        (
            "'--config=yaml:exporters: {debug: {verbosity: \"${env:1X}\"}}', --set=exporters.debug.verbosity=basic",
            "",
        ),
        // A list replaces, a map does not.
        (
            "'--config=yaml:service: {pipelines: {traces: {receivers: []}}}'",
            "service::pipelines::traces: must have at least one receiver",
        ),
        ("'--config=yaml:service: {pipelines: {traces: {}}}'", ""),
    ] {
        assert_eq!(said(more), expected, "{more}");
    }
}
