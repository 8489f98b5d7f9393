//! What is read, what is left out, and that nothing stops the rest.

use super::*;

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("otel-lint-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    fn with(self, file: &str, bytes: &[u8]) -> Self {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().expect("inside the folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
        self
    }

    /// The names of what is read of the folder, from its own on, and what fails.
    fn read(&self) -> (Vec<String>, Vec<Failure>) {
        let input = read(std::slice::from_ref(&self.0), &|name| {
            !name.contains("unwanted")
        });
        (names(&input, self), input.failures)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn names(input: &Input, folder: &Folder) -> Vec<String> {
    let root = format!("{}/", name(&folder.0));
    let names = input.sources.iter().map(|(_, source)| &source.name);
    names.map(|name| name.replace(&root, "")).collect()
}

#[test]
fn a_directory_gives_its_manifests_and_certificates_in_order() {
    let folder = Folder::new("order")
        .with("b/z.yml", b"z: 1")
        .with("b.yaml", b"b: 1")
        .with("a.JSON", b"{}")
        .with("ca.crt", b"\x30\x82")
        .with("unwanted.yaml", b"x: 1")
        .with(".hidden.yaml", b"x: 1")
        .with(".git/config.yaml", b"x: 1")
        .with("image.png", b"\x89PNG\0")
        .with("README.md", b"# words")
        .with("vendor/skipped.yaml", b"x: 1")
        .with(".gitignore", b"vendor/\n");
    let (names, failures) = folder.read();
    assert_eq!(names, ["a.JSON", "b/z.yml", "b.yaml", "ca.crt"]);
    assert_eq!(failures, []);
}

#[test]
fn what_is_named_is_read_whatever_it_is_called_and_only_once() {
    let folder = Folder::new("named")
        .with(".hidden.txt", b"a: 1")
        .with("a.yaml", b"a: 1");
    let paths = [
        folder.0.join("a.yaml"),
        folder.0.clone(),
        folder.0.join(".hidden.txt"),
        folder.0.join("a.yaml"),
    ];
    let input = read(&paths, &|_| true);
    assert_eq!(names(&input, &folder), ["a.yaml", ".hidden.txt"]);
}

#[test]
fn a_path_that_is_not_there_stops_nothing_else() {
    let folder = Folder::new("missing").with("a.yaml", b"a: 1");
    let input = read(&[folder.0.join("no.yaml"), folder.0.clone()], &|_| true);
    assert_eq!(names(&input, &folder), ["a.yaml"]);
    assert_eq!(input.failures.len(), 1);
    assert!(input.failures[0].named);
    assert_eq!(input.failures[0].reason, "no such file or directory");
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_or_in_circles_stop_nothing_else() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("links").with("a/a.yaml", b"a: 1");
    symlink("nowhere", folder.0.join("dangling.yaml")).expect("a link");
    symlink("..", folder.0.join("a/up")).expect("a link");
    symlink("circle.yaml", folder.0.join("circle.yaml")).expect("a link");
    symlink("a/a.yaml", folder.0.join("link.yaml")).expect("a link");
    let (names, failures) = folder.read();
    assert_eq!(names, ["a/a.yaml", "link.yaml"]);
    let failed: Vec<_> = failures.iter().map(|failure| failure.named).collect();
    assert_eq!(failed, [false, false]);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_stops_nothing_else() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("denied")
        .with("a.yaml", b"a: 1")
        .with("b/b.yaml", b"b: 1")
        .with("c.yaml", b"c: 1");
    for path in ["b", "c.yaml"] {
        let none = fs::Permissions::from_mode(0o0);
        fs::set_permissions(folder.0.join(path), none).expect("permissions");
    }
    if fs::read(folder.0.join("c.yaml")).is_ok() {
        return println!("skipped: this user may read everything");
    }
    let (names, failures) = folder.read();
    let all = fs::Permissions::from_mode(0o700);
    fs::set_permissions(folder.0.join("b"), all).expect("permissions");
    assert_eq!(names, ["a.yaml"]);
    assert_eq!(failures.len(), 2);
    assert!(
        failures
            .iter()
            .all(|failure| failure.reason == "permission denied")
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_directory_is_not_waited_for() {
    let folder = Folder::new("pipe").with("a.yaml", b"a: 1");
    let made = std::process::Command::new("mkfifo")
        .arg(folder.0.join("pipe.yaml"))
        .status();
    if !made.is_ok_and(|status| status.success()) {
        return println!("skipped: no mkfifo here");
    }
    let (names, failures) = folder.read();
    assert_eq!(names, ["a.yaml"]);
    assert_eq!(failures, []);
}
