//! Builds and installs what is measured.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

/// The bench's own folder.
pub fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Finds a program of this package.
pub fn beside(name: &str) -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.parent().context("a folder")?.join(name))
}

/// Builds wolkvox-mcp, unless `WOLKVOX_MCP` names another one.
pub fn ours() -> anyhow::Result<PathBuf> {
    if let Some(program) = std::env::var_os("WOLKVOX_MCP") {
        return Ok(PathBuf::from(program));
    }
    let root = here().ancestors().nth(2).context("the repository")?;
    let mut build = Command::new("cargo");
    build.args(["build", "--release", "--locked"]).current_dir(root);
    // What cargo told this program about itself would make it build everything anew.
    let told = |name: &str| name.starts_with("CARGO_") && name != "CARGO_HOME";
    for (name, _) in std::env::vars().filter(|(name, _)| told(name)) {
        build.env_remove(name);
    }
    run(&mut build)?;
    Ok(root.join("target/release/wolkvox-mcp"))
}

/// Installs the Python SDK beside this program, and returns its folder.
pub fn python() -> anyhow::Result<PathBuf> {
    let python = beside("python")?;
    if !python.join("bin/mcp").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&python))?;
        let pip = ["-m", "pip", "install", "--quiet", "-r"];
        run(Command::new(python.join("bin/python"))
            .args(pip)
            .arg(here().join("requirements.txt")))?;
    }
    Ok(python)
}

/// Installs the TypeScript SDK beside this program, and returns the folder with its server.
pub fn node() -> anyhow::Result<PathBuf> {
    let folder = beside("node")?;
    std::fs::create_dir_all(&folder)?;
    for name in ["package.json", "server_http.mjs"] {
        std::fs::copy(here().join(name), folder.join(name))?;
    }
    let quiet = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    run(Command::new("npm").args(quiet).current_dir(&folder))?;
    Ok(folder)
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    ensure!(command.status().with_context(|| format!("{command:?}"))?.success(), "{command:?}");
    Ok(())
}
