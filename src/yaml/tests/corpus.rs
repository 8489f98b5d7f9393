//! Real files, where they are at hand.

use std::path::Path;

use super::truth;

/// All YAML and JSON texts under `../shared`; none when it is not there.
pub(crate) fn texts() -> Vec<(String, String)> {
    let shared = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"));
    let mut texts = Vec::new();
    for folder in ["corpus", "crds"] {
        let walk = ignore::WalkBuilder::new(shared.join(folder))
            .standard_filters(false)
            .build();
        for entry in walk.flatten() {
            let name = entry.path().display().to_string();
            if name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json") {
                let text = std::fs::read(entry.path())
                    .ok()
                    .and_then(|bytes| String::from_utf8(bytes).ok());
                texts.extend(text.map(|text| (name, text)));
            }
        }
    }
    if texts.is_empty() {
        println!("skipped: no corpus at {}", shared.display());
    }
    texts
}

#[test]
fn every_node_of_real_files_is_where_it_says() {
    for (name, text) in texts() {
        println!("{name}");
        truth::holds(&text);
    }
}
