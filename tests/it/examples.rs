//! The examples, built and run as their first lines say.

use std::process::Command;

use wolkvox_mcp::sandbox::{OPERATION, Sandbox};

fn example(name: &str) -> String {
    example_with(name, &[], &[])
}

fn example_with(name: &str, arguments: &[&str], set: &[(&str, &str)]) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--example", name, "--"]).args(arguments);
    cargo.envs(set.iter().copied()).current_dir(env!("CARGO_MANIFEST_DIR"));
    // What cargo tells a test of its package would be another environment for build scripts, which
    // would run again, here and then in the next `cargo test`.
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&variable);
        }
    }
    let output = cargo.output().expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn ask_over_mcp_prints_an_answer() {
    let said = example("ask_over_mcp");
    assert!(said.contains(r#""outcome": "found""#) && said.contains("Pago realizado"), "{said}");
}

#[test]
fn client_alone_prints_the_contacts() {
    insta::assert_snapshot!(example("client_alone"), @"
    2026-11-18 10:15:00  Pago realizado
    2026-11-11 10:15:00  Promesa de pago
    2026-11-08 10:15:00  No contesta
    ");
}

#[tokio::test]
async fn real_tenant_asks_whom_the_environment_names() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let set = [
        ("WOLKVOX_SERVER", sandbox.url()),
        ("WOLKVOX_TOKEN", sandbox.token().to_owned()),
        ("WOLKVOX_OPERATION", OPERATION.to_owned()),
    ];
    let said = tokio::task::spawn_blocking(move || {
        let set = set.each_ref().map(|(name, value)| (*name, value.as_str()));
        example_with("real_tenant", &["900000004"], &set)
    });
    let said = said.await.expect("ran");
    assert!(said.contains("2026-11-18 10:15:00  Pago realizado"), "{said}");
}
