//! The examples, built and run as their first lines say.

use std::process::Command;

fn example(name: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--example", name])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
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
