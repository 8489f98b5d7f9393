//! Globs over the names of sources, as ignore files have them, taken from the folder of the settings file.

use ignore::overrides::OverrideBuilder;

/// Whether the source `name` fits `glob`; both are taken from the folder of `settings`, the name of the settings file. A
/// folder fits with all that is in it.
#[must_use]
pub fn fits(glob: &str, name: &str, settings: &str) -> bool {
    let folder = settings.rsplit_once('/').map_or("", |(folder, _)| folder);
    let relative = name
        .strip_prefix(folder)
        .map_or(name, |rest| rest.trim_start_matches('/'));
    let plain = glob.trim_end_matches('/');
    let is_inside = relative
        .strip_prefix(plain)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let built = OverrideBuilder::new("")
        .add(glob)
        .and_then(|builder| builder.build());
    is_inside || built.is_ok_and(|built| built.matched(relative, false).is_whitelist())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_are_taken_from_the_folder_of_the_settings() {
        for (glob, name, settings, expected) in [
            ("demo/**", "demo/a.yaml", ".otel-lint.yaml", true),
            ("demo", "demo/a.yaml", ".otel-lint.yaml", true),
            ("demo/", "demo/deep/a.yaml", ".otel-lint.yaml", true),
            ("demo", "demonstration/a.yaml", ".otel-lint.yaml", false),
            ("*.yaml", "deep/a.yaml", ".otel-lint.yaml", true),
            ("a/*.yaml", "repo/a/b.yaml", "repo/.otel-lint.yaml", true),
            ("a/*.yaml", "repo/a/b/c.yaml", "repo/.otel-lint.yaml", false),
        ] {
            assert_eq!(fits(glob, name, settings), expected, "{glob} {name}");
        }
    }
}
