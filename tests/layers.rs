//! The line runs one way: a module uses those above it in `src/lib.rs`, never those below.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test ends at the first surprise

use std::fs;
use std::path::Path;
use std::path::PathBuf;

#[test]
fn no_module_uses_one_below_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let line = fs::read_to_string(src.join("lib.rs")).unwrap();
    let order: Vec<&str> = line
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "))
        .map(|rest| rest.split(';').next().unwrap())
        .collect();
    assert!(order.len() > 10, "the line was not found in lib.rs");
    let mut wrong = Vec::new();
    for (at, module) in order.iter().enumerate() {
        for file in files(&src, module) {
            let text = fs::read_to_string(&file).unwrap();
            for used in text
                .lines()
                .filter_map(|line| line.trim_start().strip_prefix("use crate::"))
            {
                let name = used.split([':', ';']).next().unwrap();
                let below = order
                    .iter()
                    .position(|module| *module == name)
                    .is_some_and(|place| place > at);
                if below {
                    wrong.push(format!("{}: use crate::{used}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "used from below:\n{}", wrong.join("\n"));
}

/// The file of `module` and all files of its folder.
fn files(src: &Path, module: &str) -> Vec<PathBuf> {
    let mut found = vec![src.join(format!("{module}.rs"))];
    let mut folders = vec![src.join(module)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else {
                found.push(path)
            }
        }
    }
    found
}
