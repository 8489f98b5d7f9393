//! What git knows of earlier times, asked through the user's own git.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;
use std::thread;

use super::Error;

/// Where the work left `revision`: what others changed there since is not this change. The revision itself where there
/// is no such place, as of two ranges, or of histories that are cut short.
pub(super) fn fork(revision: &str) -> Result<String, Error> {
    let fork = text(&["merge-base", "--end-of-options", "HEAD", revision]);
    Ok(fork.map_or_else(|_| revision.to_owned(), |fork| fork.trim_end().to_owned()))
}

/// What every file that differs from `since` held then, by its path; `None` for those that are new, known to git or not.
pub(super) fn before(since: &str) -> Result<BTreeMap<PathBuf, Option<Vec<u8>>>, Error> {
    let root = text(&["rev-parse", "--show-toplevel"])?;
    let root = PathBuf::from(root.trim_end());
    let differ = ["diff", "--name-only", "--no-renames", "--no-relative", "-z"];
    let differ = text(&[&differ[..], &["--end-of-options", since, "--"]].concat())?;
    let unknown = ["ls-files", "--others", "--exclude-standard", "-z"];
    let top = root.to_string_lossy();
    let unknown = text(&[&["-C", &top], &unknown[..]].concat())?;
    let names = |list: &str| -> Vec<String> {
        let names = list.split('\0').filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    };
    let differ = names(&differ);
    let texts = contents(since, &differ)?;
    let mut before: BTreeMap<PathBuf, Option<Vec<u8>>> = BTreeMap::new();
    for (name, text) in differ.iter().zip(texts) {
        before.insert(root.join(name), text);
    }
    for name in names(&unknown) {
        before.insert(root.join(name), None);
    }
    Ok(before)
}

/// What each of `files` held at `revision`; `None` where it was not there (`git cat-file --batch`).
fn contents(revision: &str, files: &[String]) -> Result<Vec<Option<Vec<u8>>>, Error> {
    let mut child = Command::new("git")
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Error::Usage(format!("cannot run git: {error}")))?;
    let asked: String = files
        .iter()
        // A line a name: what has a break in it cannot be asked for.
        .map(|file| format!("{revision}:{}\n", file.replace('\n', "?")))
        .collect();
    let stdin = child.stdin.take();
    // Both pipes have an end of what they hold.
    let asking = thread::spawn(move || match stdin {
        Some(mut stdin) => stdin.write_all(asked.as_bytes()),
        None => Ok(()),
    });
    let output = child.wait_with_output()?;
    // When it stops reading it says why itself.
    let _ = asking.join();
    let bytes = said(output)?;
    let mut rest = bytes.as_slice();
    Ok(files.iter().map(|_| object(&mut rest)).collect())
}

/// Takes the next answer of `git cat-file --batch` from `rest`: `<name> blob <size>`, then the content.
fn object(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = memchr::memchr(b'\n', rest)?;
    let head = String::from_utf8_lossy(&rest[..end]).into_owned();
    *rest = &rest[end + 1..];
    if head.ends_with(" missing") || head.ends_with(" ambiguous") {
        return None;
    }
    let mut words = head.rsplit(' ');
    let size: usize = words.next()?.parse().ok()?;
    let is_file = words.next() == Some("blob");
    let content = rest.get(..size)?.to_vec();
    *rest = rest.get(size + 1..).unwrap_or_default();
    is_file.then_some(content)
}

fn text(arguments: &[&str]) -> Result<String, Error> {
    let output = Command::new("git")
        .args(arguments)
        .output()
        .map_err(|error| Error::Usage(format!("cannot run git: {error}")))?;
    Ok(String::from_utf8_lossy(&said(output)?).into_owned())
}

fn said(output: Output) -> Result<Vec<u8>, Error> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let words = words.trim().lines().next().unwrap_or_default().to_owned();
    Err(Error::Usage(format!("git says: {words}")))
}
