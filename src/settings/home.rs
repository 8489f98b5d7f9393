//! Where the settings file lies, seen from where the names of sources begin: paths in it are taken from its own folder.

use std::borrow::Cow;

/// The folder of the settings file, and the working directory, one inside the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// The folder of the settings file, as names of sources have it; empty: where they begin.
    folder: String,
    /// Where names begin, seen from a folder further up in which the settings file lies.
    below: String,
}

impl Home {
    /// That of a settings file called `name`, which lies where names of sources begin, or below.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        Self {
            folder: folder.to_owned(),
            below: String::new(),
        }
    }

    /// That of a settings file in a folder from which names begin only in `below`.
    #[must_use]
    pub fn above(below: &str) -> Self {
        Self {
            folder: String::new(),
            below: below.trim_matches('/').to_owned(),
        }
    }

    /// The name of a source, taken from the folder of the settings file.
    #[must_use]
    pub fn seen_from<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if self.below.is_empty() {
            let rest = name.strip_prefix(self.folder.as_str());
            return Cow::Borrowed(rest.map_or(name, |rest| rest.trim_start_matches('/')));
        }
        let mut below: Vec<&str> = self.below.split('/').collect();
        let mut rest = name;
        while let Some(up) = rest.strip_prefix("../") {
            below.pop();
            rest = up;
        }
        below.push(rest);
        Cow::Owned(below.join("/"))
    }

    /// The name that a source has whose path, taken from the folder of the settings file, is `path`.
    #[must_use]
    pub fn named(&self, path: &str) -> String {
        if self.below.is_empty() {
            return match self.folder.as_str() {
                "" => path.to_owned(),
                folder => format!("{folder}/{path}"),
            };
        }
        let below: Vec<&str> = self.below.split('/').collect();
        let path: Vec<&str> = path.split('/').collect();
        let shared = below.iter().zip(&path).take_while(|(a, b)| a == b).count();
        let ups = std::iter::repeat_n("..", below.len() - shared);
        let parts: Vec<&str> = ups.chain(path[shared..].iter().copied()).collect();
        parts.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::Home;

    #[test]
    fn paths_are_taken_from_the_folder_of_the_settings() {
        for (home, name, path) in [
            (Home::of(".otel-lint.yaml"), "a/b.yaml", "a/b.yaml"),
            (
                Home::of("repo/.otel-lint.yaml"),
                "repo/a/b.yaml",
                "a/b.yaml",
            ),
            (Home::above("client"), "certs/ca.crt", "client/certs/ca.crt"),
            (Home::above("a/b"), "../c/ca.crt", "a/c/ca.crt"),
            (Home::above("a/b"), "../../ca.crt", "ca.crt"),
        ] {
            assert_eq!(home.seen_from(name), path);
            assert_eq!(home.named(path), name);
        }
    }
}
