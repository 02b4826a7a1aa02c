//! The file of settings, and the settings of a team's server.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use insta::assert_snapshot;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::time::timeout;

use wolkvox_mcp::sandbox::Sandbox;

use crate::support::{Program, TOKEN};

/// A folder with a file of settings, in which the program is run.
struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    fn new(settings: &str) -> Self {
        let scene = Self { folder: tempfile::tempdir().expect("a folder") };
        scene.write("w.toml", settings);
        scene
    }

    /// Writes a file that only its owner can read.
    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        self.allow(name, 0o600);
        path
    }

    fn allow(&self, name: &str, mode: u32) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let permissions = std::fs::Permissions::from_mode(mode);
            let path = self.folder.path().join(name);
            std::fs::set_permissions(path, permissions).expect("permissions are set");
        }
        #[cfg(not(unix))]
        let _ = (name, mode);
    }

    /// Runs the program to its end, and returns its status and what it says.
    async fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String) {
        let mut command = Program::command(arguments, environment);
        command.current_dir(self.folder.path()).env("WOLKVOX_CONFIG", "w.toml");
        let ended = command.stdin(Stdio::null()).output().await.expect("runs");
        let said = [ended.stdout, ended.stderr].concat();
        let said = String::from_utf8(said).expect("text");
        assert!(!said.contains(TOKEN), "{said}");
        (ended.status.code(), said)
    }

    /// Runs the team's server, and returns why it does not start.
    async fn refused(&self, arguments: &[&str], environment: &[(&str, &str)]) -> String {
        let (status, said) = self.run(&[&["serve"], arguments].concat(), environment).await;
        assert_eq!(status, Some(3), "{said}");
        said
    }

    /// Starts the team's server, and returns where it says that it is.
    async fn serves(&self, arguments: &[&str]) -> Vec<String> {
        let arguments = [&["serve", "--admin-listen", "127.0.0.1:0"], arguments].concat();
        let mut command = Program::command(&arguments, &[]);
        command.current_dir(self.folder.path()).env("WOLKVOX_CONFIG", "w.toml");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut server = command.spawn().expect("starts");
        let mut said = BufReader::new(server.stdout.take().expect("piped")).lines();
        let mut places = Vec::new();
        let listed = async {
            while let Ok(Some(line)) = said.next_line().await {
                places.extend(line.strip_prefix("MCP at ").map(str::to_owned));
                let ended = server.try_wait().expect("a state");
                assert_eq!(ended, None, "{arguments:?}");
            }
        };
        // It goes on for as long as it serves.
        let _ = timeout(Duration::from_millis(1500), listed).await;
        assert!(server.try_wait().expect("a state").is_none(), "{arguments:?}");
        places
    }
}

const ACCOUNT: &str = "server = 'crm0001.wolkvox.com'\ntoken = 'FICTITIOUS-TOKEN-0001'\n";
/// An account whose calls leave no lines in an audit log.
const UNAUDITED: &str =
    "server = 'crm0001.wolkvox.com'\ntoken = 'FICTITIOUS-TOKEN-0001'\naudit = 'off'\n";

#[tokio::test]
async fn a_flag_comes_before_a_variable_and_a_variable_before_the_file() {
    let scene = Scene::new(&format!("{ACCOUNT}rate = 20\ntimeout = '5s'\noperation = 'banco'\n"));
    let check = ["check", "--offline", "--operation", "otra"];
    let (status, said) = scene.run(&check, &[("WOLKVOX_TIMEOUT", "6s")]).await;
    assert_eq!(status, Some(0), "{said}");
    for line in [
        "WOLKVOX_SERVER: crm0001.wolkvox.com (file, line 1)",
        "WOLKVOX_TOKEN: 21 characters (file, line 2)",
        "WOLKVOX_OPERATION: otra (flag)",
        "WOLKVOX_TIMEOUT: 6s (variable)",
        "WOLKVOX_RATE: 20 (file, line 3)",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
}

#[tokio::test]
async fn the_file_serves_one_client_over_stdio_too() {
    let scene = Scene::new(ACCOUNT);
    let (status, said) = scene.run(&[], &[]).await;
    assert_eq!(status, Some(0), "{said}");
}

#[tokio::test]
async fn every_problem_is_listed_at_once_with_the_flag_the_variable_or_the_line() {
    let scene = Scene::new(
        "sever = 'crm0001.wolkvox.com'\nrate = 'many'\n\n[tenants.x]\nlog = 'info'\n\
         [roles.agent]\nrate = 20\n",
    );
    let token = scene.write("token", TOKEN);
    let token = token.to_str().expect("a plain path");
    let environment = [("WOLKVOX_SERVER", "sv0001.crmvox.com"), ("WOLKVOX_TOKEN_FILE", token)];
    let (status, said) = scene.run(&["--timeout", "5"], &environment).await;
    assert_eq!(status, Some(3));
    assert_snapshot!(said, @r#"
    wolkvox-mcp: 5 settings are wrong:
      w.toml, line 1: sever is not a known setting (did you mean `server`?).
      w.toml, line 5: tenants.x.log belongs to no table: write it at the top of the file, before the first `[`.
      WOLKVOX_SERVER is "sv0001.crmvox.com": it names a server that wolkvox retired; its new name is crm0001.wolkvox.com. Example: crm0001.wolkvox.com
      --timeout is "5": it must be a time with its unit, at most a day, such as 500ms, 20s or 2m. Example: 20s
      w.toml, line 2: rate is "many": it must be a whole number, 1 or more. Example: 60
    Set them with their flags, their variables, or in the file that --config names.
    To test all of it, step by step: wolkvox-mcp check
    Without a wolkvox account, try the sandbox: wolkvox-mcp query --sandbox id_customer 900000001
    "#);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_the_only_problem_that_is_told() {
    let scene = Scene::new("server = \n");
    let (status, said) = scene.run(&[], &[]).await;
    assert_eq!(status, Some(3));
    assert!(
        said.contains(
            "WOLKVOX_CONFIG is \"w.toml\": it names a file that is not valid TOML (line 1"
        )
    );
    assert!(!said.contains("WOLKVOX_SERVER"), "{said}");
    let (_, said) = scene.run(&["--config", "other.toml"], &[]).await;
    assert!(
        said.contains(
            "--config is \"other.toml\": it names a file that cannot be read (not found)"
        )
    );
}

#[cfg(unix)]
#[tokio::test]
async fn the_token_in_a_file_that_others_can_read_is_refused() {
    let scene = Scene::new(ACCOUNT);
    for (mode, is_refused) in [(0o644, true), (0o660, true), (0o640, false), (0o400, false)] {
        scene.allow("w.toml", mode);
        let (status, said) = scene.run(&["check", "--offline"], &[]).await;
        assert_eq!(status, Some(i32::from(is_refused)), "{mode:o}: {said}");
        assert_eq!(said.contains("line 2: token stands in a file"), is_refused, "{said}");
    }
}

#[tokio::test]
async fn people_with_a_spanish_system_read_where_a_setting_stands() {
    let scene = Scene::new(&format!("{ACCOUNT}rate = 0\nmak = 'personal'\n"));
    let (_, said) = scene.run(&[], &[("LANG", "es_CO.UTF-8")]).await;
    for part in [
        "w.toml, línea 3: rate es \"0\": ",
        "línea 4: mak no es un ajuste conocido (¿quiso decir `mask`?)",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[tokio::test]
async fn install_names_the_file_and_leaves_what_it_says_to_it() {
    let scene = Scene::new(&format!("{ACCOUNT}rate = 20\n"));
    let install = ["install", "claude-code", "--print", "--operation", "banco"];
    let home = scene.folder.path().to_str().expect("a plain path");
    let (status, said) = scene.run(&install, &[("HOME", home), ("USERPROFILE", home)]).await;
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("\"WOLKVOX_OPERATION\": \"banco\""), "{said}");
    let file = scene.folder.path().join("w.toml").display().to_string().replace('\\', "\\\\");
    assert!(said.contains(&format!("\"WOLKVOX_CONFIG\": \"{file}\"")), "{said}");
    for variable in ["WOLKVOX_SERVER", "WOLKVOX_TOKEN", "WOLKVOX_RATE"] {
        assert!(!said.contains(variable), "{said}");
    }
}

#[tokio::test]
async fn the_flags_of_a_team_are_those_of_serve_alone() {
    let help = Program::run(&["serve", "--help"], &[]).await.stdout.join("\n");
    let others = Program::run(&["query", "--help"], &[]).await.stdout.join("\n");
    for flag in ["--listen", "--public-url", "--callers", "--oauth-issuer", "--admin-listen"] {
        assert!(help.contains(flag), "{help}");
        assert!(!others.contains(flag), "{others}");
    }
    assert_eq!(Program::run(&["--listen", "127.0.0.1:1"], &[]).await.status.code(), Some(2));
}

#[tokio::test]
async fn on_this_computer_alone_a_team_needs_no_more_than_an_account() {
    let served = Scene::new(UNAUDITED).serves(&["--listen", "127.0.0.1:0"]).await;
    assert!(matches!(&served[..], [place] if place.ends_with("/mcp")), "{served:?}");
    let empty = Scene::new("");
    assert!(empty.refused(&[], &[]).await.contains("wolkvox-mcp serve --sandbox"));
}

#[tokio::test]
async fn a_real_account_must_say_what_becomes_of_the_audit_log() {
    let said = Scene::new(ACCOUNT).refused(&["--listen", "127.0.0.1:0"], &[]).await;
    assert!(said.contains("WOLKVOX_AUDIT is not set"), "{said}");
}

#[tokio::test]
async fn an_open_server_is_refused_with_the_settings_that_are_missing() {
    let scene = Scene::new(UNAUDITED);
    assert_snapshot!(scene.refused(&["--listen", "0.0.0.0:8443"], &[]).await, @r#"
    wolkvox-mcp: 3 settings are wrong:
      WOLKVOX_CALLERS is not set, nor is WOLKVOX_OAUTH_ISSUER: by WOLKVOX_LISTEN others than this computer reach the server, and anyone of them could look up customers. Example: /etc/wolkvox/callers.toml
      WOLKVOX_PUBLIC_URL is not set, and must be, as WOLKVOX_LISTEN is not an address of this computer alone. Example: https://wolkvox.example.com
      WOLKVOX_TLS_CERT is not set, nor is WOLKVOX_TRUSTED_PROXIES: without TLS here or at a proxy, tokens and answers could be read on the way. Example: /etc/wolkvox/tls.crt
    Set them with their flags, their variables, or in the file that --config names.
    Without a wolkvox account, try the sandbox: wolkvox-mcp serve --sandbox
    "#);
}

#[tokio::test]
async fn a_proxy_on_this_computer_opens_a_server_just_as_well() {
    let scene = Scene::new(ACCOUNT);
    for setting in [
        ("WOLKVOX_PUBLIC_URL", "https://wolkvox.empresa.com"),
        ("WOLKVOX_TRUSTED_PROXIES", "127.0.0.1"),
    ] {
        let said = scene.refused(&[], &[setting]).await;
        assert!(said.contains(&format!("by {} others", setting.0)), "{said}");
    }
}

#[tokio::test]
async fn a_server_with_callers_tls_and_a_name_starts() {
    let scene = Scene::new(UNAUDITED);
    let key = rcgen::KeyPair::generate().expect("a key");
    let certificate = rcgen::CertificateParams::new(["wolkvox.empresa.com".to_owned()]);
    let certificate = certificate.expect("a name").self_signed(&key).expect("a certificate");
    scene.write("tls.crt", &certificate.pem());
    scene.write("tls.key", &key.serialize_pem());
    scene.write("callers.toml", "");
    let open = ["--listen", "0.0.0.0:0", "--public-url", "https://wolkvox.empresa.com"];
    let callers = ["--callers", "callers.toml"];
    let tls = ["--tls-cert", "tls.crt", "--tls-key", "tls.key"];
    let proxies = ["--trusted-proxies", "10.0.0.5, 10.1.0.0/16,fd00::/8"];
    for arguments in
        [[&open[..], &tls, &callers].concat(), [&open[..], &proxies, &callers].concat()]
    {
        assert_eq!(scene.serves(&arguments).await, ["https://wolkvox.empresa.com/mcp"]);
    }
}

#[tokio::test]
async fn roles_and_the_claim_that_names_them_are_missed_without_each_other() {
    // Keys that cannot be fetched would be a warning too.
    let provider = crate::oauth::issuer::Issuer::start().await;
    let issuer = ["--oauth-issuer", &provider.url];
    let claim = ["--oauth-role", "roles"];
    let role = "[roles.agent]\n";
    for (arguments, file, warning) in [
        (issuer.to_vec(), role, Some("nobody with the identity provider's token may ask")),
        ([issuer, claim].concat(), "", Some("WOLKVOX_OAUTH_ROLE has no effect")),
        ([issuer, claim].concat(), role, None),
        (issuer.to_vec(), "", None),
    ] {
        let arguments = [&["--config", "w.toml"], &arguments[..]].concat();
        let server = crate::serve::Server::start(&arguments, &[("w.toml", file)]).await;
        let log = server.end().await;
        assert_eq!(log.contains("WARN"), warning.is_some(), "{log}");
        assert!(warning.is_none_or(|warning| log.contains(warning)), "{log}");
    }
}

#[tokio::test]
async fn every_wrong_setting_of_a_team_is_refused_with_a_reason() {
    let scene = Scene::new(ACCOUNT);
    scene.write("broken.toml", "[[callers]]\nname = 'ana'\n");
    for (variable, value, reason) in [
        ("WOLKVOX_LISTEN", "8080", "an IP address and a port"),
        ("WOLKVOX_LISTEN", "empresa.com:8080", "an IP address and a port"),
        ("WOLKVOX_ADMIN_LISTEN", "127.0.0.1:8080", "must not be the address of WOLKVOX_LISTEN"),
        ("WOLKVOX_PUBLIC_URL", "wolkvox.empresa.com", "must be an address such as"),
        ("WOLKVOX_PUBLIC_URL", "https://empresa.com/mcp", "without a path"),
        ("WOLKVOX_PUBLIC_URL", "http://empresa.com", "must use https"),
        ("WOLKVOX_TLS_CERT", "w.toml", "WOLKVOX_TLS_KEY is not set, and WOLKVOX_TLS_CERT is"),
        ("WOLKVOX_TLS_KEY", "/does/not/exist", "cannot be read (not found)"),
        ("WOLKVOX_TRUSTED_PROXIES", "10.0.0.0/40", "addresses or networks"),
        ("WOLKVOX_TRUSTED_PROXIES", "10.0.0.5,", "addresses or networks"),
        ("WOLKVOX_TRUSTED_PROXIES", "0.0.0.0/0", "names every address"),
        ("WOLKVOX_CALLERS", "nobody.toml", "does not exist: `wolkvox-mcp caller add NAME`"),
        ("WOLKVOX_CALLERS", "broken.toml", "(line 1) has a caller without `sha256`"),
        ("WOLKVOX_OAUTH_ISSUER", "login.empresa.com", "the issuer's address"),
        ("WOLKVOX_OAUTH_ISSUER", "http://login.empresa.com", "the issuer's address"),
        ("WOLKVOX_OAUTH_SCOPE", "wolkvox.read", "has no effect without WOLKVOX_OAUTH_ISSUER"),
        ("WOLKVOX_OAUTH_SCOPE", "español", "names without spaces"),
        ("WOLKVOX_OAUTH_PRINCIPAL", "tid,,oid", "names without spaces"),
    ] {
        let said = scene.refused(&[], &[(variable, value)]).await;
        assert!(said.contains(reason), "{variable}={value}: {said}");
    }
}

const TENANTS: &str = "mask = 'personal'\naudit = 'off'\n\
    [tenants.banco]\nserver = 'crm0001.wolkvox.com'\ntoken = 'FICTITIOUS-TOKEN-0001'\n\
    [tenants.tienda]\nserver = 'crm0002.wolkvox.com'\ntoken = 'FICTITIOUS-TOKEN-0001'\nrate = 5\n\
    [roles.agent]\nmask = ''\nrate = 20\ntenants = ['banco']\n";

#[tokio::test]
async fn each_tenant_has_an_address_of_its_own() {
    let served = Scene::new(TENANTS).serves(&["--listen", "127.0.0.1:0"]).await;
    let [banco, tienda] = &served[..] else { panic!("{served:?}") };
    assert!(banco.ends_with("/banco/mcp") && tienda.ends_with("/tienda/mcp"), "{served:?}");
    let one = "audit = 'off'\n[tenants.banco]\nserver = 'crm0001.wolkvox.com'\n\
        token = 'FICTITIOUS-TOKEN-0001'\n";
    let served = Scene::new(one).serves(&["--listen", "127.0.0.1:0"]).await;
    let [alone] = &served[..] else { panic!("{served:?}") };
    assert!(alone.ends_with("/mcp") && !alone.contains("banco"), "one needs no name: {alone}");
}

#[tokio::test]
async fn what_is_wrong_with_tenants_and_roles_is_said_with_its_line() {
    let scene = Scene::new(
        "operation = 'banco'\nmax_pages = 'all'\naudit = 'off'\n\
         [tenants.banco]\nserver = 'x'\ntoken = 'FICTITIOUS-TOKEN-0001'\ntoken_file = 'token'\n\
         [tenants.Tienda]\nrate = 0\n\
         [roles.agent]\nrate = 'many'\ndaily = 0\ntenants = ['banco', 'bancos']\nmask = 'a,,b'\n\
         [roles.other]\ntenants = []\n",
    );
    scene.write("token", TOKEN);
    let said = scene.refused(&[], &[("WOLKVOX_TOKEN", TOKEN)]).await;
    assert_snapshot!(said, @r#"
    wolkvox-mcp: 14 settings are wrong:
      WOLKVOX_TOKEN must not be set beside [tenants]: write it in the table of its tenant.
      w.toml, line 1: operation must not be set beside [tenants]: write it in the table of its tenant. Example: mycompany
      w.toml, line 5: tenants.banco.server is not a host of wolkvox.com; if it is your company's proxy for wolkvox, allow it with WOLKVOX_ALLOW_HOST. Example: crm0001.wolkvox.com
      w.toml, line 7: tenants.banco.token_file is set as well as token: keep only one of the two. Example: /etc/wolkvox/token
      w.toml, line 2: max_pages is "all": it must be a whole number, 0 or more. Example: 4
      w.toml, line 8: tenants.Tienda has a name that cannot stand in an address: use up to 64 lower-case letters, digits, `-` and `_`, a letter or digit first.
      w.toml, line 8: tenants.Tienda.server is not set. Example: crm0001.wolkvox.com
      w.toml, line 8: tenants.Tienda.token is not set, nor is token_file; it is the CRM's internal token.
      w.toml, line 9: tenants.Tienda.rate is "0": it must be a whole number, 1 or more. Example: 60
      w.toml, line 14: roles.agent.mask is "a,,b": it has a blank name between its commas.
      w.toml, line 11: roles.agent.rate is "many": it must be a whole number, 1 or more.
      w.toml, line 12: roles.agent.daily is "0": it must be a whole number, 1 or more.
      w.toml, line 13: roles.agent.tenants is "banco,bancos": it names the tenant `bancos`, which is not configured; there are: banco, Tienda.
      w.toml, line 16: roles.other.tenants is "": it names no tenant, so the role could ask nothing: name one, or take the line out.
    Set them with their flags, their variables, or in the file that --config names.
    Without a wolkvox account, try the sandbox: wolkvox-mcp serve --sandbox
    "#);
}

#[tokio::test]
async fn a_wrong_setting_for_all_tenants_is_said_once() {
    let scene = Scene::new(&format!("timeout = '5'\n{TENANTS}"));
    let said = scene.refused(&[], &[]).await;
    assert_eq!(said.matches("timeout").count(), 1, "{said}");
}

#[tokio::test]
async fn a_command_that_asks_one_account_asks_the_tenant_that_it_is_told() {
    let sandboxes =
        [Sandbox::start().await.expect("a sandbox"), Sandbox::start().await.expect("one")];
    let table = |name: &str, sandbox: &Sandbox, more: &str| {
        let (url, token) = (sandbox.url(), sandbox.token());
        format!(
            "[tenants.{name}]\nserver = '{url}'\ntoken = '{token}'\noperation = 'sandbox'\n{more}"
        )
    };
    let [first, second] = &sandboxes;
    let settings = table("banco", first, "mask = 'personal'\n") + &table("tienda", second, "");
    let scene = Scene::new(&settings);
    let ask = ["query", "id_customer", "900000001", "--limit", "1", "--json"];
    for (tenant, asked, is_masked) in [("banco", first, true), ("tienda", second, false)] {
        let (status, said) = scene.run(&[&ask[..], &["--tenant", tenant]].concat(), &[]).await;
        assert_eq!((status, asked.requests()), (Some(0), 1), "{said}");
        assert_eq!(!said.contains("Ficticio"), is_masked, "{said}");
    }
    let (status, said) = scene.run(&["check", "--tenant", "banco"], &[]).await;
    assert_eq!(status, Some(0), "{said}");
    for (arguments, problem) in [
        (&ask[..], "name it with --tenant"),
        (&["check", "--offline"], "name it with --tenant"),
        (&["--tenant", "bank"], "there are: banco, tienda"),
        (&["--tenant", "banco", "serve"], "for query, check and a client over stdio alone"),
    ] {
        let (status, said) = scene.run(arguments, &[]).await;
        assert!(status != Some(0) && said.contains(problem), "{arguments:?}: {said}");
    }
    let (status, said) = Scene::new("").run(&["--tenant", "banco"], &[]).await;
    assert!(status == Some(2) && said.contains("no file of settings with [tenants]"), "{said}");
}

#[tokio::test]
async fn a_proxy_that_cannot_be_used_on_the_way_to_an_identity_provider_ends_the_server() {
    const SETTINGS: &str = "oauth_issuer = 'https://login.example.com/realms/empresa'\n";
    let scene = Scene::new(SETTINGS);
    let proxy = ("HTTPS_PROXY", "socks5://ana:secreto@proxy.example:1080");
    let said = scene.refused(&["--sandbox"], &[proxy]).await;
    assert!(said.contains("HTTPS_PROXY") && said.contains("SOCKS"), "{said}");
    assert!(!said.contains("secreto"), "{said}");
    // Wrong for wolkvox and for the provider, it is said once.
    let account = "server = 'crm0001.wolkvox.com'\ntoken = 'FICTITIOUS-TOKEN-0001'\n\
                   operation = 'empresa'\naudit = 'off'\n";
    let said = Scene::new(&(SETTINGS.to_owned() + account)).refused(&[], &[proxy]).await;
    assert_eq!(said.matches("HTTPS_PROXY is").count(), 1, "{said}");
    let ways_past =
        [("NO_PROXY", "login.example.com"), ("HTTPS_PROXY", "http://proxy.example:3128")];
    for past in ways_past {
        let mut environment = vec![("ALL_PROXY", "socks5://proxy.example:1080"), past];
        environment.push(("WOLKVOX_ADMIN_LISTEN", "no address"));
        let said = scene.refused(&["--sandbox"], &environment).await;
        assert!(!said.contains("_PROXY"), "{past:?}: {said}");
    }
}
