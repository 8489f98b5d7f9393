//! The `otel-lint` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    otel_lint::cli::main()
}
