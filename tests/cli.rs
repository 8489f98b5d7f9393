//! The contract of the command line: flags, exit codes, standard input, the name that kubectl looks for.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use otel_lint::report::Format;

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_otel-lint"));
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("SOURCE_DATE_EPOCH", "1780272000");
    command
}

fn run(arguments: &[&str]) -> Output {
    binary().args(arguments).output().unwrap()
}

fn with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = binary()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// A folder of its own for one test, made anew.
fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn exit_codes_are_0_1_and_2_in_every_format() {
    for format in Format::ALL.map(Format::name) {
        let code = |input: &[u8]| with_input(&["--format", format, "-"], input).status.code();
        assert_eq!(code(b"a: 1\n"), Some(0), "{format}");
        assert_eq!(code(b"a: [\n"), Some(1), "{format}");
        let missing = run(&["--format", format, "no-such-file.yaml"]);
        assert_eq!(missing.status.code(), Some(2), "{format}");
        assert!(
            String::from_utf8_lossy(&missing.stderr).contains("no-such-file.yaml"),
            "{format}"
        );
    }
    assert_eq!(run(&["--no-such-flag"]).status.code(), Some(2));
}

#[test]
fn the_report_can_go_to_several_places_at_once() {
    let folder = scratch("several");
    let json = folder.join("report.json");
    let output = with_input(
        &[
            "--format",
            "text",
            "--format",
            &format!("json={}", json.display()),
            "-",
        ],
        b"a: [\n",
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .starts_with("error[unreadable-document]")
    );
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(json).unwrap()).unwrap();
    assert_eq!(report["version"], 1);
    assert_eq!(report["findings"][0]["rule"], "unreadable-document");
    assert_eq!(report["summary"]["errors"], 1);
}

#[test]
fn what_cannot_be_read_does_not_hide_the_rest() {
    let folder = scratch("partly");
    fs::write(folder.join("good.yaml"), "a: [\n").unwrap();
    fs::write(folder.join("image.png"), [0x89, b'P', b'N', b'G', 0]).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere.yaml", folder.join("dangling.yaml")).unwrap();
    let output = run(&[folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("good.yaml:1:4"), "{text}");
    // In every format, since it is a finding.
    #[cfg(unix)]
    assert!(
        text.contains("this file cannot be read: no such file or directory\n")
            && text.contains("dangling.yaml:1:1"),
        "{text}"
    );
}

#[test]
fn explain_prints_the_page_and_rules_lists_them() {
    let page = run(&["explain", "unreadable-document"]);
    assert_eq!(page.status.code(), Some(0));
    assert!(
        String::from_utf8(page.stdout)
            .unwrap()
            .starts_with("# unreadable-document\n")
    );
    let wrong = run(&["explain", "unreadable-documents"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean `unreadable-document`?"));
    let rules = run(&["rules", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_slice(&rules.stdout).unwrap();
    let first = &list["rules"][0];
    for key in ["name", "group", "severity", "summary", "page"] {
        assert!(
            first[key].as_str().is_some_and(|text| !text.is_empty()),
            "{key}"
        );
    }
}

#[test]
fn kubectl_finds_the_same_program() {
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-otel_lint"))
        .arg("--version")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn settings_are_found_beside_the_input_and_can_be_left_out() {
    let folder = scratch("settings");
    fs::write(
        folder.join(".otel-lint.yaml"),
        "severity:\n  unreadable-document: note\n",
    )
    .unwrap();
    fs::write(folder.join("bad.yaml"), "a: [\n").unwrap();
    let path = folder.to_str().unwrap();
    assert_eq!(run(&[path]).status.code(), Some(0));
    assert_eq!(run(&["--fail-on", "note", path]).status.code(), Some(1));
    assert_eq!(run(&["--isolated", path]).status.code(), Some(1));
    fs::write(
        folder.join("other.yaml.settings"),
        "severity:\n  unreadable-document: off\n",
    )
    .unwrap();
    let other = folder.join("other.yaml.settings");
    assert_eq!(
        run(&["--config", other.to_str().unwrap(), path])
            .status
            .code(),
        Some(0)
    );
}

#[test]
fn several_formats_tell_the_same_run() {
    let folder = scratch("formats");
    let file = |name: &str| folder.join(name).display().to_string();
    let (sarif, junit) = (file("a.sarif"), file("a.xml"));
    let output = run(&[
        "testdata/formats/input",
        "--format",
        "concise",
        "--format",
        &format!("sarif={sarif}"),
        "--format",
        &format!("junit={junit}"),
    ]);
    assert_eq!(output.status.code(), Some(1));
    let lines = String::from_utf8(output.stdout).unwrap().lines().count();
    let sarif: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(sarif).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), lines);
    assert_eq!(
        fs::read_to_string(junit)
            .unwrap()
            .matches("<failure")
            .count(),
        lines
    );
    let unknown = run(&["--format", "yaml", "."]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("`rdjson`"));
}

/// A folder with one faulty manifest beside one that is fine.
fn faulty(name: &str) -> PathBuf {
    let folder = scratch(name);
    fs::write(
        folder.join("bad.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 1}\n",
    )
    .unwrap();
    fs::write(
        folder.join("good.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata: {a: b}\n",
    )
    .unwrap();
    folder
}

fn in_folder(folder: &PathBuf, arguments: &[&str]) -> Output {
    binary()
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn a_baseline_hides_what_it_knows_and_nothing_else() {
    let folder = faulty("baseline");
    let known = in_folder(&folder, &["--write-baseline", "known.json", "."]);
    assert_eq!(known.status.code(), Some(0));
    let again = ["--baseline", "known.json", "--format", "concise", "."];
    assert_eq!(in_folder(&folder, &again).status.code(), Some(0));
    // Lines move, a second finding comes: the first one stays known.
    let bad = fs::read_to_string(folder.join("bad.yaml")).unwrap();
    fs::write(
        folder.join("bad.yaml"),
        format!(
            "# moved\n{bad}---\n{}",
            bad.replace("{a: 1}", "{b: 2}")
                .replace("name: a", "name: c")
        ),
    )
    .unwrap();
    let output = in_folder(&folder, &again);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("bad.yaml:10:"), "{text}");
    // What is mended is said to be gone.
    fs::write(folder.join("bad.yaml"), "a: 1\n").unwrap();
    let output = in_folder(&folder, &again);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .contains("no longer found: 1 finding of known.json")
    );
    fs::write(folder.join("known.json"), "{}").unwrap();
    assert_eq!(in_folder(&folder, &again).status.code(), Some(2));
}

#[test]
fn reports_may_be_about_some_files_only() {
    let folder = faulty("scope");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command
            .current_dir(&folder)
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"]);
        command
            .args(arguments)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if !git(&["init", "-q"]) {
        println!("skipped: no `git` here");
        return;
    }
    assert!(git(&["add", "."]) && git(&["commit", "-qm", "all"]));
    let code = |arguments: &[&str]| in_folder(&folder, arguments).status.code();
    assert_eq!(code(&["."]), Some(1));
    assert_eq!(code(&["--changed", "."]), Some(0));
    assert_eq!(code(&["--project", "good.yaml"]), Some(0));
    assert_eq!(code(&["--project", "bad.yaml"]), Some(1));
    // What is not part of a commit lies beside it all the same.
    fs::write(folder.join("later.yaml"), "a: [\n").unwrap();
    assert_eq!(code(&["--project", "good.yaml"]), Some(0));
    assert_eq!(code(&["--changed", "."]), Some(1));
    fs::remove_file(folder.join("later.yaml")).unwrap();
    let bad = fs::read_to_string(folder.join("bad.yaml")).unwrap();
    fs::write(folder.join("bad.yaml"), format!("# changed\n{bad}")).unwrap();
    assert_eq!(code(&["--changed", "."]), Some(1));
    assert_eq!(code(&["--changed=no-such-revision", "."]), Some(2));
}

#[test]
fn a_change_is_told_what_it_breaks_elsewhere() {
    let folder = scratch("breaks");
    let route = "apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: {name: r}\nspec:\n  parentRefs: [{name: edge}]\n  rules: [{backendRefs: [{name: collector, port: 4317}]}]\n";
    let gateway = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: edge}\nspec:\n  gatewayClassName: istio\n  listeners: [{name: otlp, port: 80, protocol: HTTP}]\n";
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: collector}\nspec:\n  selector: {app: a}\n  ports: [{name: otlp, port: 4317, appProtocol: kubernetes.io/h2c}]\n";
    fs::create_dir(folder.join("edge")).unwrap();
    fs::write(folder.join("route.yaml"), route).unwrap();
    fs::write(folder.join("edge/gateway.yaml"), gateway).unwrap();
    fs::write(folder.join("service.yaml"), service).unwrap();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command
            .current_dir(&folder)
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"]);
        command
            .args(arguments)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if !git(&["init", "-q"]) {
        println!("skipped: no `git` here");
        return;
    }
    assert!(git(&["add", "."]) && git(&["commit", "-qm", "all"]));
    let found = |arguments: &[&str]| {
        let all = [arguments, &["--format", "concise", "--fail-on", "error"]].concat();
        let output = in_folder(&folder, &all);
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines()
            .filter(|line| line.contains("error["))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let nothing: Vec<String> = Vec::new();
    // Another name for the file is no other Gateway.
    assert!(git(&["mv", "edge/gateway.yaml", "front.yaml"]));
    assert_eq!(found(&["--changed", "route.yaml", "front.yaml"]), nothing);
    // Without it the route has no parent, though nothing says that all Gateways are here.
    assert!(git(&["rm", "-qf", "front.yaml"]));
    assert_eq!(found(&["."]), nothing);
    let gone = "route.yaml:5:23: error[unknown-parent] there is no Gateway `edge` in the namespace `default`";
    assert_eq!(found(&["--changed"]), [gone]);
    // So says the hook of the commit, about whatever file is part of it.
    assert_eq!(found(&["--project", "service.yaml"]), [gone]);
    let told = in_folder(&folder, &["--changed"]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(
        told.contains(
            "= help: before this change there was `Gateway edge` in `edge/gateway.yaml`\n"
        ),
        "{told}"
    );
    // Of a part of the repository only that part is missed.
    assert_eq!(found(&["--changed", "route.yaml"]), nothing);
    // What does not parse any more may still be there.
    assert!(git(&["reset", "-q", "--hard"]));
    fs::write(
        folder.join("edge/gateway.yaml"),
        format!("{gateway}  a: [\n"),
    )
    .unwrap();
    let unread = found(&["--changed"]);
    assert!(
        unread.len() == 1 && unread[0].contains("[unreadable-document]"),
        "{unread:?}"
    );
    assert!(git(&["rm", "-qf", "edge/gateway.yaml"]));
    // What was wrong before is not this change's.
    assert!(git(&["commit", "-qm", "gone"]));
    assert_eq!(found(&["--changed"]), nothing);
    let renamed = service.replace("name: collector", "name: sink");
    fs::write(folder.join("service.yaml"), renamed).unwrap();
    let unknown = "route.yaml:6:33: error[unknown-backend] there is no Service `collector` in the namespace `default`";
    assert_eq!(found(&["--changed"]), [unknown]);
    assert_eq!(
        in_folder(&folder, &["--project", "gone.yaml"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn suppressions_can_be_passed_over_and_findings_counted() {
    let folder = scratch("statistics");
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: 1  # otel-lint: ignore[unquoted-string, invalid-value] a test\n";
    fs::write(folder.join("a.yaml"), text).unwrap();
    let hidden = in_folder(&folder, &["--format", "concise", "."]);
    let shown = in_folder(&folder, &["--format", "concise", "--no-suppressions", "."]);
    let lines =
        |output: &Output| String::from_utf8_lossy(&output.stdout).contains("[unquoted-string]");
    assert!(!lines(&hidden) && lines(&shown));
    let counted = in_folder(&folder, &["--statistics", "--no-suppressions", "."]);
    assert_eq!(
        String::from_utf8_lossy(&counted.stdout),
        "     1 unquoted-string\n"
    );
    let told = in_folder(&folder, &["-v", "."]);
    assert!(String::from_utf8_lossy(&told.stderr).contains("1 file, "));
}

#[test]
fn what_is_known_is_not_mended() {
    let folder = faulty("known");
    let text = fs::read_to_string(folder.join("bad.yaml")).unwrap();
    in_folder(&folder, &["--write-baseline", "known.json", "."]);
    let fixed = in_folder(&folder, &["--fix", "--baseline", "known.json", "."]);
    assert_eq!(fixed.status.code(), Some(0));
    assert_eq!(fs::read_to_string(folder.join("bad.yaml")).unwrap(), text);
}

#[test]
fn shells_kubectl_and_man_are_served() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = run(&["completions", shell]);
        assert!(
            String::from_utf8_lossy(&script.stdout).contains("otel-lint"),
            "{shell}"
        );
    }
    assert!(run(&["man"]).stdout.starts_with(b".ie"));
    let folder = scratch("man");
    assert!(
        run(&["man", &folder.display().to_string()])
            .status
            .success()
    );
    assert!(folder.join("otel-lint-check.1").exists());
    let complete = |words: &[&str]| {
        let arguments: Vec<&str> = ["__complete"].iter().chain(words).copied().collect();
        String::from_utf8(run(&arguments).stdout).unwrap()
    };
    assert!(complete(&["stat"]).starts_with("status\t"));
    assert!(complete(&["check", "--fail"]).starts_with("--fail-on\t"));
    assert_eq!(
        complete(&["check", "--color", "a"]),
        "auto\t\nalways\t\n:4\n"
    );
    assert_eq!(complete(&["check", "deploy/"]), ":0\n");
    assert!(complete(&["check", "--format", ""]).starts_with("text\t\nconcise\t\n"));
    assert_eq!(complete(&["cluster", "-o", "sar"]), "sarif\t\n:4\n");
    assert_eq!(complete(&["check", "--fail-on", "w"]), "warning\t\n:4\n");
    assert_eq!(complete(&["explain", "unused-ig"]), "unused-ignore\t\n:4\n");
    assert_eq!(complete(&["completions", "zs"]), "zsh\t\n:4\n");
    let plugin = Command::new(env!("CARGO_BIN_EXE_kubectl-otel_lint"))
        .args(["paths", "--help"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&plugin.stdout).contains("Usage: kubectl otel-lint paths"));
}

#[test]
fn fixes_change_what_they_say_and_no_more() {
    let folder = faulty("fixes");
    let bad = folder.join("bad.yaml");
    let text = "# A comment.\napiVersion: v1\nkind:   ConfigMap\nmetadata: {name: a}\ndata: {a: 1,  b: two}   # kept\n";
    fs::write(&bad, text).unwrap();
    let fixed = text.replace("a: 1", "a: \"1\"");
    let diff = in_folder(&folder, &["--diff", "."]);
    assert_eq!(diff.status.code(), Some(1));
    let diff = String::from_utf8(diff.stdout).unwrap();
    assert!(
        diff.starts_with("--- bad.yaml\n+++ bad.yaml\n@@ -2,4 +2,4 @@\n"),
        "{diff}"
    );
    assert!(
        diff.contains("+data: {a: \"1\",  b: two}   # kept\n"),
        "{diff}"
    );
    assert_eq!(fs::read_to_string(&bad).unwrap(), text);
    let run = in_folder(&folder, &["--fix", "--format", "concise", "."]);
    assert_eq!(
        (run.status.code(), run.stdout.as_slice()),
        (Some(0), &b""[..])
    );
    assert!(String::from_utf8_lossy(&run.stderr).contains("applied 1 fix in 1 file"));
    assert_eq!(fs::read_to_string(&bad).unwrap(), fixed);
    assert_eq!(in_folder(&folder, &["--diff", "."]).status.code(), Some(0));
    // Standard input goes to standard output, what is left to standard error.
    let piped = with_input(&["--fix", "-"], text.as_bytes());
    assert_eq!(String::from_utf8(piped.stdout).unwrap(), fixed);
    assert!(String::from_utf8_lossy(&piped.stderr).contains("nothing found"));
    // A guess wants to be asked for.
    let guess = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selctor: {a: b}, ports: [{port: 80}]}\n";
    fs::write(&bad, guess).unwrap();
    assert_eq!(in_folder(&folder, &["--fix", "."]).status.code(), Some(1));
    assert_eq!(fs::read_to_string(&bad).unwrap(), guess);
    in_folder(&folder, &["--unsafe-fixes", "."]);
    assert_eq!(
        fs::read_to_string(&bad).unwrap(),
        guess.replace("selctor", "selector")
    );
    // JSON stays JSON.
    let json = r#"{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "b"}, "spec": {"selctor": {"a": 1}}}"#;
    fs::write(folder.join("a.json"), json).unwrap();
    in_folder(&folder, &["--unsafe-fixes", "."]);
    assert_eq!(
        fs::read_to_string(folder.join("a.json")).unwrap(),
        json.replace("selctor", "selector").replace("1}", "\"1\"}")
    );
}

#[test]
fn scrapes_are_shown_as_text_and_json_with_the_same_ends() {
    let folder = "testdata/scenarios/metrics-as-documented";
    let text = run(&["paths", "--scrape", folder]);
    assert_eq!(text.status.code(), Some(1), "one job finds a closed port");
    let json = run(&["paths", "--scrape", "--format", "json", folder]);
    assert_eq!(json.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["version"], 1);
    let scrapes = json["scrapes"].as_array().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    let ends = text
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    // Under the head of each stand its trail and its end.
    assert_eq!(ends.count(), 2 * scrapes.len());
    let closed = scrapes
        .iter()
        .find(|scrape| scrape["end"] == "fails")
        .unwrap();
    assert_eq!(closed["job"], "plain-pods");
    assert_eq!(closed["target"], "Deployment shop/vault");
    assert_eq!(closed["port"], 15020);
    let hops = closed["hops"].as_array().unwrap().iter();
    let hops: Vec<_> = hops
        .map(|hop| {
            (
                hop["hop"].as_str().unwrap(),
                hop["verdict"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("outbound", "passes"),
        ("network", "passes"),
        ("interception", "passes"),
        ("listener", "fails"),
    ];
    assert_eq!(hops, expected);
}

#[test]
fn settings_say_which_files_are_read() {
    let folder = faulty("globs");
    fs::create_dir(folder.join("demo")).unwrap();
    fs::rename(folder.join("bad.yaml"), folder.join("demo/bad.yaml")).unwrap();
    assert_eq!(in_folder(&folder, &["."]).status.code(), Some(1));
    fs::write(folder.join(".otel-lint.yaml"), "exclude: [demo]\n").unwrap();
    assert_eq!(in_folder(&folder, &["."]).status.code(), Some(0));
    // What is named is read.
    assert_eq!(
        in_folder(&folder, &["demo/bad.yaml"]).status.code(),
        Some(1)
    );
    fs::write(folder.join(".otel-lint.yaml"), "include: [\"good.*\"]\n").unwrap();
    assert_eq!(in_folder(&folder, &["."]).status.code(), Some(0));
}

/// A definition of Gateway API's own, reduced to what says which bundle it is of.
fn bundle(version: &str, channel: &str) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: gateways.gateway.networking.k8s.io\n  \
         annotations:\n    gateway.networking.k8s.io/bundle-version: {version}\n    gateway.networking.k8s.io/channel: {channel}\n"
    )
}

#[test]
fn definitions_say_what_is_installed_and_are_not_judged() {
    let folder = scratch("definitions");
    let route = "apiVersion: gateway.networking.k8s.io/v1\nkind: TLSRoute\nmetadata:\n  name: r\nspec:\n  hostnames: [a.example.com]\n  \
                 rules:\n    - backendRefs:\n        - name: s\n          port: 1\n";
    let widget =
        "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: w\nspec:\n  colour: red\n";
    let definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: widgets.example.com\nspec:\n  \
                      group: example.com\n  names: {kind: Widget, plural: widgets}\n  scope: Namespaced\n  versions:\n    - name: v1\n      \
                      served: true\n      storage: true\n      schema:\n        openAPIV3Schema:\n          type: object\n          \
                      properties:\n            spec:\n              type: object\n              properties:\n                \
                      color: {type: string}\n";
    fs::create_dir_all(folder.join("crd")).unwrap();
    fs::write(folder.join("route.yaml"), route).unwrap();
    fs::write(folder.join("widget.yaml"), widget).unwrap();
    fs::write(folder.join("crd/widget.yaml"), definition).unwrap();
    fs::write(folder.join("crd/old.yaml"), bundle("v1.4.0", "standard")).unwrap();
    fs::write(folder.join("new.txt"), bundle("v1.6.1", "standard")).unwrap();
    fs::write(folder.join("broken.txt"), "a: [\n").unwrap();
    // The settings file of a run in a directory: none.
    let said = |arguments: &[&str]| {
        let mut all = vec![
            "--isolated",
            "--format",
            "concise",
            "route.yaml",
            "widget.yaml",
        ];
        all.extend(arguments);
        let output = in_folder(&folder, &all);
        String::from_utf8(output.stdout).unwrap()
    };
    let plain = said(&[]);
    assert!(
        !plain.contains("unserved-version") && !plain.contains("unknown-field"),
        "{plain}"
    );
    let old = said(&["--crd", "crd"]);
    assert!(
        old.contains("route.yaml:1:13: error[unserved-version]"),
        "{old}"
    );
    assert!(
        old.contains("widget.yaml:6:3: error[unknown-field]"),
        "{old}"
    );
    assert!(!old.contains("crd/"), "{old}");
    assert!(!said(&["--crd", "new.txt"]).contains("unserved-version"));
    // What is said outright counts before what is given.
    let told = said(&["--crd", "crd", "--assume", "gateway-api=1.6"]);
    assert!(!told.contains("unserved-version"), "{told}");
    assert!(said(&["--crd", "broken.txt"]).contains("broken.txt:1:4: error[unreadable-document]"));
    let missing = in_folder(&folder, &["route.yaml", "--crd", "nowhere.yaml"]);
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn settings_are_written_from_what_is_there() {
    let folder = scratch("init");
    fs::copy(
        format!(
            "{}/testdata/formats/input/gateway.yaml",
            env!("CARGO_MANIFEST_DIR")
        ),
        folder.join("gateway.yaml"),
    )
    .unwrap();
    fs::write(folder.join("client.yaml"), "receivers: {otlp: {protocols: {grpc: }}}\nexporters:\n  otlp_grpc:\n    endpoint: a.example.com:4317\n    tls: {ca_file: /etc/cert/ca.crt}\nservice: {pipelines: {traces: {receivers: [otlp], exporters: [otlp_grpc]}}}\n").unwrap();
    let first = in_folder(&folder, &["init"]);
    assert_eq!(
        first.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&first.stderr)
    );
    let text = fs::read_to_string(folder.join(".otel-lint.yaml")).unwrap();
    assert!(
        text.contains("#   /etc/cert: path/in/this/repository")
            && text.contains("#   telemetry/otel-gateway: ["),
        "{text}"
    );
    // It says nothing wrong, commented or not.
    let judged = in_folder(&folder, &["--format", "concise", "."]);
    assert!(!String::from_utf8_lossy(&judged.stdout).contains(".otel-lint.yaml"));
    let bare = text
        .replace("# closed", "closed")
        .replace("  class: {}\n", "")
        .replace("  # gateway-api", "  gateway-api");
    fs::write(folder.join(".otel-lint.yaml"), bare).unwrap();
    let judged = in_folder(&folder, &["--format", "concise", "."]);
    assert!(!String::from_utf8_lossy(&judged.stdout).contains("invalid-setting"));
    let again = in_folder(&folder, &["init"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("`--force` writes over it"));
    assert_eq!(
        in_folder(&folder, &["init", "--force"]).status.code(),
        Some(0)
    );
}

#[test]
fn settings_hold_wherever_in_their_folder_one_stands() {
    let folder = scratch("settings-above");
    let deep = folder.join("client/certs");
    fs::create_dir_all(&deep).unwrap();
    fs::create_dir_all(folder.join(".git")).unwrap();
    let settings = "ignore:\n  - {rule: floating-image, path: client/deep.yaml, reason: pinned by a webhook}\n  \
                    - {rule: floating-image, path: elsewhere.yaml, reason: pinned by a webhook}\n  \
                    - {rule: plaintext-exporter, reason: of no interest here}\n";
    fs::write(folder.join(".otel-lint.yaml"), settings).unwrap();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: collector, image: \
               'otel/opentelemetry-collector:latest'}]}\n";
    fs::write(folder.join("client/deep.yaml"), pod).unwrap();
    for (from, path) in [
        (&folder, "."),
        (&folder, "client"),
        (&folder.join("client"), "."),
        (&folder.join("client"), "deep.yaml"),
        (&deep, ".."),
    ] {
        let run = in_folder(from, &["--color", "never", path]);
        assert_eq!(
            String::from_utf8(run.stdout).unwrap(),
            "nothing found in 2 files\n",
            "{path}"
        );
    }
}

#[test]
fn a_file_of_another_program_is_said_to_be_one() {
    let run = with_input(&["-"], b"recievers: {}\n");
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(said.starts_with("nothing to judge in 1 file"), "{said}");
    assert_eq!(run.status.code(), Some(0));
}
