//! The same program under the name that kubectl looks for: `kubectl otel-lint`.

use std::process::ExitCode;

fn main() -> ExitCode {
    otel_lint::cli::main()
}
