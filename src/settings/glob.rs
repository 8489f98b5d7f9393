//! Globs over the names of sources, as ignore files have them, taken from the folder of the settings file.

use ignore::overrides::OverrideBuilder;

/// Whether `name` fits `glob`, both taken from one folder. A folder fits with all that is in it.
#[must_use]
pub fn fits(glob: &str, name: &str) -> bool {
    let plain = glob.trim_end_matches('/');
    let is_inside = name
        .strip_prefix(plain)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let built = OverrideBuilder::new("")
        .add(glob)
        .and_then(|builder| builder.build());
    is_inside || built.is_ok_and(|built| built.matched(name, false).is_whitelist())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_fits_with_all_that_is_in_it() {
        for (glob, name, expected) in [
            ("demo/**", "demo/a.yaml", true),
            ("demo", "demo/a.yaml", true),
            ("demo/", "demo/deep/a.yaml", true),
            ("demo", "demonstration/a.yaml", false),
            ("*.yaml", "deep/a.yaml", true),
            ("a/*.yaml", "a/b.yaml", true),
            ("a/*.yaml", "a/b/c.yaml", false),
        ] {
            assert_eq!(fits(glob, name), expected, "{glob} {name}");
        }
    }
}
