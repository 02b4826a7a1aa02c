//! The entries of clients as they stand in their files, and what is said of them.

use std::fs;

use insta::assert_snapshot;

use super::{Machine, backup, read};

const URL: &str = "https://wolkvox.example.com/mcp";

/// Returns what `--print` shows, with the program and the home folder by short names.
async fn printed(arguments: &[&str]) -> String {
    let machine = Machine::new();
    let print = [&["install"], arguments, &["--print"]].concat();
    let (status, said) = machine.run(&print, &[]).await;
    assert_eq!(status, Some(0), "{said}");
    let entry = said.rsplit_once("}\n").expect("an entry").0.to_owned() + "}";
    machine.shortened(&entry)
}

#[tokio::test]
async fn windsurf_gets_the_form_that_it_fills_in() {
    let account = ["windsurf", "--server", "crm0001.wolkvox.com", "--operation", "mycompany"];
    assert_snapshot!(printed(&account).await, @r#"
    {
      "mcpServers": {
        "wolkvox": {
          "command": "wolkvox-mcp",
          "args": [],
          "env": {
            "WOLKVOX_SERVER": "crm0001.wolkvox.com",
            "WOLKVOX_OPERATION": "mycompany",
            "WOLKVOX_TOKEN": "${env:WOLKVOX_TOKEN}"
          }
        }
      }
    }
    "#);
    assert_snapshot!(printed(&["windsurf", "--url", URL]).await, @r#"
    {
      "mcpServers": {
        "wolkvox": {
          "serverUrl": "https://wolkvox.example.com/mcp",
          "headers": {
            "Authorization": "Bearer ${env:WOLKVOX_CALLER_TOKEN}"
          }
        }
      }
    }
    "#);
}

#[tokio::test]
async fn zed_gets_a_context_server_and_its_token_from_a_file() {
    let account = ["zed", "--server", "crm0001.wolkvox.com", "--token-file", "token.txt"];
    assert_snapshot!(printed(&account).await, @r#"
    {
      "context_servers": {
        "wolkvox": {
          "command": "wolkvox-mcp",
          "args": [],
          "env": {
            "WOLKVOX_SERVER": "crm0001.wolkvox.com",
            "WOLKVOX_TOKEN_FILE": "~/token.txt"
          }
        }
      }
    }
    "#);
    let remote = ["zed", "--url", URL, "--token-file", "token.txt"];
    assert_snapshot!(printed(&remote).await, @r#"
    {
      "context_servers": {
        "wolkvox": {
          "command": "wolkvox-mcp",
          "args": ["connect", "https://wolkvox.example.com/mcp", "--token-file", "~/token.txt"]
        }
      }
    }
    "#);
    assert_snapshot!(printed(&["zed", "--url", URL, "--login"]).await, @r#"
    {
      "context_servers": {
        "wolkvox": {
          "url": "https://wolkvox.example.com/mcp"
        }
      }
    }
    "#);
}

#[tokio::test]
async fn lm_studio_gets_cursors_form_and_its_token_from_a_file() {
    let account = ["lm-studio", "--server", "crm0001.wolkvox.com", "--token-file", "token.txt"];
    assert_snapshot!(printed(&account).await, @r#"
    {
      "mcpServers": {
        "wolkvox": {
          "command": "wolkvox-mcp",
          "args": [],
          "env": {
            "WOLKVOX_SERVER": "crm0001.wolkvox.com",
            "WOLKVOX_TOKEN_FILE": "~/token.txt"
          }
        }
      }
    }
    "#);
}

#[tokio::test]
async fn zeds_comments_and_last_commas_stay() {
    let machine = Machine::new();
    let file = machine.file("zed", false);
    let original = "// My settings\n{\n  \"vim_mode\": true, // always\n  \"context_servers\": {\n    \"other\": { \"command\": \"other\", \"args\": [], },\n  },\n}\n";
    machine.write(&file, original);
    machine.run(&["install", "zed", "--sandbox"], &[]).await;
    assert_snapshot!(machine.shortened(&read(&file)), @r#"
    // My settings
    {
      "vim_mode": true, // always
      "context_servers": {
        "other": { "command": "other", "args": [], },
        "wolkvox": {
          "command": "wolkvox-mcp",
          "args": ["--sandbox"],
        },
      },
    }
    "#);
    machine.run(&["uninstall", "zed"], &[]).await;
    assert_eq!(read(&file), original);
}

#[tokio::test]
async fn a_client_that_fills_in_no_variables_is_named_and_told_of_the_token_file() {
    for (client, title) in
        [("claude-desktop", "Claude Desktop"), ("zed", "Zed"), ("lm-studio", "LM Studio")]
    {
        let machine = Machine::new();
        for arguments in [&["--server", "crm0001.wolkvox.com"][..], &["--url", URL]] {
            let install = [&["install", client], arguments].concat();
            let (status, said) = machine.run(&install, &[("WOLKVOX_TOKEN", "FICTITIOUS")]).await;
            assert_eq!(status, Some(2), "{said}");
            let why = format!("{title} does not fill in environment variables: put ");
            assert!(said.contains(&why) && said.contains("--token-file"), "{said}");
            assert!(!machine.file(client, false).exists(), "{client}");
        }
    }
}

#[tokio::test]
async fn check_reads_the_entry_that_install_wrote() {
    for (client, heading) in [
        ("windsurf", "Windsurf: `wolkvox` in ~/.codeium/windsurf/mcp_config.json"),
        ("zed", "Zed: `wolkvox` in ~/.config/zed/settings.json"),
        ("lm-studio", "LM Studio: `wolkvox` in ~/.lmstudio/mcp.json"),
    ] {
        let machine = Machine::new();
        machine.run(&["install", client, "--sandbox"], &[]).await;
        let (status, said) = machine.run(&["check", "--offline", "--client", client], &[]).await;
        assert_eq!(status, Some(0), "{said}");
        assert!(said.starts_with(&format!("{heading}\n✓ ok       settings")), "{said}");
    }
}

#[tokio::test]
async fn a_new_entry_is_added_and_one_of_the_same_name_is_replaced() {
    let machine = Machine::new();
    let first_line = |said: String| said.lines().next().unwrap_or_default().to_owned();
    let (_, said) = machine.run(&["install", "claude-code", "--sandbox"], &[]).await;
    assert_eq!(first_line(said), "Added `wolkvox` to ~/.claude.json");
    let other = ["install", "claude-code", "--server", "crm0001.wolkvox.com"];
    let (_, said) = machine.run(&other, &[]).await;
    assert_eq!(first_line(said), "Replaced `wolkvox` in ~/.claude.json");
    let spanish = ["install", "claude-code", "--sandbox", "--lang", "es"];
    let (_, said) = machine.run(&spanish, &[]).await;
    assert_eq!(first_line(said), "Se reemplazó `wolkvox` en ~/.claude.json");
    let project = ["install", "claude-code", "--sandbox", "--project"];
    let (_, said) = machine.run(&project, &[]).await;
    assert_eq!(first_line(said), "Added `wolkvox` to .mcp.json");
}

#[tokio::test]
async fn the_backup_of_an_earlier_installation_is_told_with_its_day() {
    let machine = Machine::new();
    let file = machine.file("cursor", false);
    machine.write(&file, "{\"a\": 1}");
    let (_, said) = machine.run(&["install", "cursor", "--sandbox"], &[]).await;
    let place = "is in ~/.cursor/mcp.json.wolkvox-mcp-backup";
    assert!(said.contains(&format!("before the installation {place}")), "{said}");
    let day = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_767_355_200);
    let kept = fs::File::options().write(true).open(backup(&file)).expect("a backup");
    kept.set_modified(day).expect("set");
    let other = ["install", "cursor", "--server", "crm0001.wolkvox.com"];
    let (_, said) = machine.run(&other, &[("TZ", "America/Bogota")]).await;
    assert!(said.contains(&format!("before the installation of 2026-01-02 {place}")), "{said}");
}
