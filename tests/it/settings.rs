//! Wrong settings: everything that is wrong is said at once, on stderr, with status 2.

use std::collections::HashMap;

use insta::assert_snapshot;

use crate::support::{Authority, Program, TOKEN};

#[tokio::test]
async fn without_settings_the_program_says_what_it_needs() {
    let ended = Program::run(&[], &[]).await;
    assert_eq!(ended.status.code(), Some(3));
    assert!(ended.stdout.is_empty());
    assert_snapshot!(ended.stderr, @r#"
    wolkvox-mcp: 2 settings are wrong:
      WOLKVOX_SERVER is not set. Example: crm0001.wolkvox.com
      WOLKVOX_TOKEN is not set, nor is WOLKVOX_TOKEN_FILE; it is the CRM's internal token.
    Set them in the "env" part of your client's mcp.json, or in the environment.
    To test all of it, step by step: wolkvox-mcp check
    Without a wolkvox account, try the sandbox: wolkvox-mcp query --sandbox id_customer 900000001
    "#);
}

#[tokio::test]
async fn every_problem_is_listed_at_once_with_its_variable_and_an_example() {
    let ended = Program::run(
        &[],
        &[
            ("WOLKVOX_SERVER", "sv0001.crmvox.com"),
            ("WOLKVOX_TOKEN", "${WOLKVOX_TOKEN}"),
            ("WOLKVOX_TOKEN_FILE", "/does/not/exist"),
            ("WOLKVOX_TIMEOUT", "5"),
            ("WOLKVOX_MAX_IN_FLIGHT", "0"),
            ("WOLKVOX_CACHE_TTL", "-3s"),
            ("WOLKVOX_RATE", "many"),
            ("WOLKVOX_MAX_PAGES", "-1"),
            ("WOLKVOX_ALLOW_HOST", "https://proxy.example/x"),
            ("WOLKVOX_CA_FILE", "/does/not/exist"),
            ("WOLKVOX_LOG", "loud==x"),
            ("WOLKVOX_LOG_FORMAT", "xml"),
            ("WOLKVOX_OPERATION", "a\tb"),
        ],
    )
    .await;
    assert_eq!(ended.status.code(), Some(3));
    assert!(ended.stdout.is_empty());
    assert_snapshot!(ended.stderr, @r#"
    wolkvox-mcp: 13 settings are wrong:
      WOLKVOX_ALLOW_HOST is "https://proxy.example/x": it must be a host name alone, without https:// and path. Example: wolkvox-proxy.example.com
      WOLKVOX_SERVER is "sv0001.crmvox.com": it names a server that wolkvox retired; its new name is crm0001.wolkvox.com. Example: crm0001.wolkvox.com
      WOLKVOX_CA_FILE is "/does/not/exist": it names a file that cannot be read (not found). Example: /etc/ssl/company.pem
      WOLKVOX_TOKEN holds the name of a variable that your client did not fill in: set that variable where the client starts, or write the value itself.
      WOLKVOX_TOKEN_FILE is "/does/not/exist": it names a file that does not exist. Example: /etc/wolkvox/token
      WOLKVOX_OPERATION must be your company's name in wolkvox: at most 128 characters, on one line. Example: mycompany
      WOLKVOX_TIMEOUT is "5": it must be a time with its unit, at most a day, such as 500ms, 20s or 2m. Example: 20s
      WOLKVOX_MAX_IN_FLIGHT is "0": it must be a whole number from 1 to 65535. Example: 2
      WOLKVOX_CACHE_TTL is "-3s": it must be a time with its unit, at most a day, such as 500ms, 20s or 2m. Example: 30s
      WOLKVOX_RATE is "many": it must be a whole number, 1 or more. Example: 60
      WOLKVOX_MAX_PAGES is "-1": it must be a whole number, 0 or more. Example: 4
      WOLKVOX_LOG is "loud==x": it is not a valid log filter. Example: debug
      WOLKVOX_LOG_FORMAT is "xml": it must be `text` or `json`. Example: json
    Set them in the "env" part of your client's mcp.json, or in the environment.
    To test all of it, step by step: wolkvox-mcp check
    Without a wolkvox account, try the sandbox: wolkvox-mcp query --sandbox id_customer 900000001
    "#);
}

#[tokio::test]
async fn a_wrong_token_is_never_repeated() {
    for token in ["FICTITIOUS TOKEN 0001", "FICTITIOUS-TOKEN-ñ"] {
        let environment = [("WOLKVOX_SERVER", "crm0001.wolkvox.com"), ("WOLKVOX_TOKEN", token)];
        let ended = Program::run(&[], &environment).await;
        assert_eq!(ended.status.code(), Some(3));
        assert!(!ended.stderr.contains("FICTITIOUS"), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn the_token_is_no_flag() {
    let ended = Program::run(&["--token", TOKEN], &[]).await;
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stderr.contains("--token-file"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_flag_overrides_its_variable_and_a_blank_value_counts_as_not_set() {
    let environment = [
        ("WOLKVOX_SERVER", "https://not-wolkvox.example"),
        ("WOLKVOX_TOKEN", TOKEN),
        ("WOLKVOX_TIMEOUT", ""),
    ];
    let ended = Program::run(&["--server", "crm0001.wolkvox.com"], &environment).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
}

#[tokio::test]
async fn with_the_sandbox_no_account_is_needed_and_a_real_one_is_left_alone() {
    let environment = [("WOLKVOX_SERVER", "unparsable"), ("WOLKVOX_TOKEN", "two words")];
    let ended = Program::run(&["--sandbox"], &environment).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
}

#[tokio::test]
async fn people_with_a_spanish_system_read_spanish() {
    let environment = [
        ("LC_ALL", "es_MX.UTF-8"),
        ("LANG", "en_US.UTF-8"),
        ("WOLKVOX_SERVER", "sv0001.crmvox.com"),
        ("WOLKVOX_TOKEN", "${WOLKVOX_TOKEN}"),
        ("WOLKVOX_TIMEOUT", "5"),
        ("WOLKVOX_MASK", "a,,b"),
        ("WOLKVOX_CA_FILE", "/does/not/exist"),
    ];
    let ended = Program::run(&[], &environment).await;
    assert_eq!(ended.status.code(), Some(3));
    assert_snapshot!(ended.stderr, @r#"
    wolkvox-mcp: Hay 5 ajustes incorrectos:
      WOLKVOX_SERVER es "sv0001.crmvox.com": es un servidor que wolkvox retiró; su nombre nuevo es crm0001.wolkvox.com. Ejemplo: crm0001.wolkvox.com
      WOLKVOX_CA_FILE es "/does/not/exist": indica un archivo que no se puede leer (no existe). Ejemplo: /etc/ssl/company.pem
      WOLKVOX_TOKEN contiene el nombre de una variable que su asistente no reemplazó: defina esa variable donde se abre el asistente, o escriba el valor.
      WOLKVOX_TIMEOUT es "5": debe ser un tiempo con su unidad, de un día como máximo, como 500ms, 20s o 2m. Ejemplo: 20s
      WOLKVOX_MASK es "a,,b": tiene un nombre en blanco entre las comas. Ejemplo: personal
    Corríjalos en la parte "env" del mcp.json de su asistente, o en el entorno.
    Para probarlo todo, paso a paso: wolkvox-mcp check
    Sin una cuenta de wolkvox, pruebe el sandbox: wolkvox-mcp query --sandbox id_customer 900000001
    "#);
}

/// Runs the program with an account and some more, and returns its status and what it says.
async fn say(more: &[(&str, &str)]) -> (Option<i32>, String) {
    let account = [("WOLKVOX_SERVER", "crm0001.wolkvox.com"), ("WOLKVOX_TOKEN", TOKEN)];
    let mut environment: HashMap<&str, &str> = account.into_iter().collect();
    environment.extend(more.iter().copied());
    let environment: Vec<_> =
        environment.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let ended = Program::run(&[], &environment).await;
    assert!(!ended.stderr.contains(TOKEN), "{}", ended.stderr);
    (ended.status.code(), ended.stderr)
}

/// Holds that the program ends with a sentence about the variable.
async fn assert_refused(more: &[(&str, &str)], variable: &str, reason: &str) {
    let (status, said) = say(more).await;
    assert_eq!(status, Some(3), "{more:?}: {said}");
    let line = said.lines().find(|line| line.trim_start().starts_with(variable));
    assert!(line.is_some_and(|line| line.contains(reason)), "{more:?}: {said}");
}

#[tokio::test]
async fn one_pair_of_quotes_around_any_setting_is_taken_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    std::fs::write(&file, TOKEN).expect("written");
    let file = format!("'{}'", file.display());
    let environment = [
        ("WOLKVOX_SERVER", "\"crm0001.wolkvox.com\""),
        ("WOLKVOX_TOKEN_FILE", file.as_str()),
        ("WOLKVOX_OPERATION", "'empresa'"),
        ("WOLKVOX_TIMEOUT", "\"5s\""),
        ("WOLKVOX_RATE", "'+10'"),
        ("WOLKVOX_MASK", "\"id_customer,client_name\""),
        ("WOLKVOX_LOG", "“warn”"),
        ("WOLKVOX_LOG_FORMAT", "'json'"),
    ];
    let ended = Program::run(&["check", "--offline"], &environment).await;
    let said = ended.stdout.join("\n");
    assert_eq!(ended.status.code(), Some(0), "{said}");
    for shown in
        ["OPERATION: empresa (", "TOKEN: 21 characters (file)", "MASK: id_customer,client_name ("]
    {
        assert!(said.contains(shown), "{said}");
    }
}

#[tokio::test]
async fn the_placeholder_of_any_client_or_template_is_refused_in_every_text() {
    for variable in [
        "WOLKVOX_SERVER",
        "WOLKVOX_TOKEN",
        "WOLKVOX_TOKEN_FILE",
        "WOLKVOX_OPERATION",
        "WOLKVOX_CA_FILE",
    ] {
        for (value, reason) in [
            ("${WOLKVOX}", "did not fill in"),
            ("$WOLKVOX", "did not fill in"),
            ("{{wolkvox}}", "did not fill in"),
            ("{env:WOLKVOX}", "did not fill in"),
            ("%WOLKVOX%", "did not fill in"),
            ("$env:WOLKVOX", "did not fill in"),
            ("<your-token>", "text of an example"),
            ("put the CRM's internal token here", "text of an example"),
            ("put your operation here", "text of an example"),
            ("changeme", "text of an example"),
            ("$(cat token)", "a command"),
        ] {
            assert_refused(&[(variable, value)], variable, reason).await;
        }
    }
    assert_refused(&[("WOLKVOX_TIMEOUT", "${TIMEOUT}")], "WOLKVOX_TIMEOUT", "did not fill in")
        .await;
}

#[tokio::test]
async fn a_token_file_that_holds_more_than_the_token_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for (text, reason) in [
        (format!("WOLKVOX_TOKEN={TOKEN}\n"), "a name and a value"),
        (format!("export WOLKVOX_TOKEN=\"{TOKEN}\""), "a name and a value"),
        (format!("WOLKVOX_SERVER=x\nWOLKVOX_TOKEN={TOKEN}\n"), "a name and a value"),
        (format!("Wolkvox-Token: {TOKEN}"), "a name and a value"),
        (format!(r#"{{"token":"{TOKEN}"}}"#), "JSON"),
        ("${WOLKVOX_TOKEN}".to_owned(), "the name of a variable"),
        ("<your-token>".to_owned(), "the text of an example"),
        (format!("{TOKEN}\n{TOKEN}"), "a space, a quote"),
    ] {
        let file = folder.path().join("token");
        std::fs::write(&file, &text).expect("written");
        let file = file.to_str().expect("a plain path");
        let more = [("WOLKVOX_TOKEN", ""), ("WOLKVOX_TOKEN_FILE", file)];
        assert_refused(&more, "WOLKVOX_TOKEN_FILE", reason).await;
    }
}

#[tokio::test]
async fn a_token_that_is_a_line_of_a_file_or_a_files_path_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    std::fs::write(&file, TOKEN).expect("written");
    for (value, reason) in [
        ("WOLKVOX_TOKEN=abc", "a name and a value"),
        (r#"{"token":"abc"}"#, "JSON"),
        ("\"abc", "a quote"),
        (file.to_str().expect("a plain path"), "WOLKVOX_TOKEN_FILE"),
        ("op://vault/wolkvox/token", "an address"),
        ("crm0001.wolkvox.com", "an address"),
    ] {
        assert_refused(&[("WOLKVOX_TOKEN", value)], "WOLKVOX_TOKEN", reason).await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_path_is_understood_as_its_writer_meant_it_or_named_as_the_trouble() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::write(home.path().join("my token"), TOKEN).expect("written");
    let home = home.path().to_str().expect("a plain path");
    let address = format!("file://{home}/my%20token");
    let quoted = format!("\"{home}/my token\"");
    for path in ["~/my token", address.as_str(), quoted.as_str()] {
        let more = [("HOME", home), ("WOLKVOX_TOKEN", ""), ("WOLKVOX_TOKEN_FILE", path)];
        let (status, said) = say(&more).await;
        assert_eq!(status, Some(0), "{path}: {said}");
    }
    for (path, reason) in [
        ("~/other", "\"~/other\": it names a file that does not exist"),
        ("$HOME/my token", "did not fill in"),
        ("%USERPROFILE%\\token", "did not fill in"),
        ("~juan/token", "write the whole path"),
        ("https://example.com/token", "not an address"),
        ("file://etc/token", "not an address"),
    ] {
        let more = [("HOME", home), ("WOLKVOX_TOKEN", ""), ("WOLKVOX_TOKEN_FILE", path)];
        assert_refused(&more, "WOLKVOX_TOKEN_FILE", reason).await;
        assert_refused(&[("HOME", home), ("WOLKVOX_CA_FILE", path)], "WOLKVOX_CA_FILE", "").await;
    }
}

#[tokio::test]
async fn a_proxy_that_cannot_be_used_ends_the_program_and_its_password_is_never_shown() {
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY"] {
        for (value, reason) in [
            ("socks5://ana:secreto@proxy.example:1080", "SOCKS"),
            ("garbage://x", "http or https proxy"),
            ("proxy empresa", "not a valid address of a proxy"),
            ("http://ana:sec#reto@proxy.example:3128", "%XX"),
        ] {
            assert_refused(&[(variable, value)], variable, reason).await;
            let (_, said) = say(&[(variable, value)]).await;
            assert!(!said.contains("reto"), "{said}");
        }
    }
    for more in [
        ("HTTPS_PROXY", "http://proxy.example:3128"),
        ("HTTPS_PROXY", " "),
        ("WOLKVOX_SERVER", "http://127.0.0.1:9"),
        ("NO_PROXY", "wolkvox.com"),
    ] {
        let (status, said) = say(&[("ALL_PROXY", "socks5://proxy.example:1080"), more]).await;
        let status_when_used = if more.1 == " " { 3 } else { 0 };
        assert_eq!(status, Some(status_when_used), "{more:?}: {said}");
    }
}

#[tokio::test]
async fn a_proxy_that_request_method_switches_off_ends_the_program() {
    let cgi = ("REQUEST_METHOD", "GET");
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let proxy = (variable, "http://ana:secreto@proxy.example:3128");
        assert_refused(&[cgi, proxy], variable, "while REQUEST_METHOD is set").await;
        let (_, said) = say(&[cgi, proxy]).await;
        assert!(said.contains("http://…@proxy.example:3128"), "{said}");
        assert!(!said.contains("Example: http://proxy"), "the proxy's address is right: {said}");
    }
    let proxy = ("HTTPS_PROXY", "http://proxy.example:3128");
    for more in [("NO_PROXY", "wolkvox.com"), ("WOLKVOX_SERVER", "http://127.0.0.1:9")] {
        let (status, said) = say(&[cgi, proxy, more]).await;
        assert_eq!(status, Some(0), "{more:?}: {said}");
    }
    let (status, said) = say(&[cgi]).await;
    assert_eq!(status, Some(0), "without a proxy: {said}");
}

#[tokio::test]
async fn what_has_no_effect_is_said_in_the_log_once() {
    let (status, said) = say(&[
        ("HTTP_PROXY", "http://proxy.example:3128"),
        ("NO_PROXY", "*.example.com,intranet:8080"),
    ])
    .await;
    assert_eq!(status, Some(0), "{said}");
    for part in ["HTTP_PROXY has no effect", "`*.example.com`", "`intranet:8080`"] {
        assert_eq!(said.matches(part).count(), 1, "{said}");
    }
    assert!(said.contains("WARN"), "{said}");
}

#[tokio::test]
async fn the_token_in_another_setting_is_refused_and_not_shown() {
    let with_token = format!("https://crm0001.wolkvox.com/?token={TOKEN}");
    for (variable, value) in [
        ("WOLKVOX_OPERATION", TOKEN),
        ("WOLKVOX_TOKEN_FILE", TOKEN),
        ("WOLKVOX_CA_FILE", TOKEN),
        ("WOLKVOX_MASK", TOKEN),
        ("WOLKVOX_SERVER", with_token.as_str()),
    ] {
        assert_refused(&[(variable, value)], variable, "holds the token").await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    std::fs::write(&file, TOKEN).expect("written");
    let more = [
        ("WOLKVOX_TOKEN", ""),
        ("WOLKVOX_TOKEN_FILE", file.to_str().expect("a plain path")),
        ("WOLKVOX_OPERATION", TOKEN),
    ];
    assert_refused(&more, "WOLKVOX_OPERATION", "holds the token").await;
}

#[tokio::test]
async fn a_token_in_the_place_of_a_host_or_a_file_is_not_shown() {
    for variable in ["WOLKVOX_SERVER", "WOLKVOX_TOKEN_FILE", "WOLKVOX_ALLOW_HOST"] {
        for token in ["tok-7f3a9-SECRET", "7b69642d746f6b656e2d66696374", "abc/def+ghi=SECRET"] {
            let (status, said) = say(&[("WOLKVOX_TOKEN", ""), (variable, token)]).await;
            assert_eq!(status, Some(3), "{said}");
            assert!(!said.contains(token) && !said.contains("SECRET"), "{said}");
        }
    }
}

#[tokio::test]
async fn certificates_may_begin_with_a_byte_order_mark() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    let pem = Authority::certify("crm0001.wolkvox.com").certificate;
    std::fs::write(&file, format!("\u{feff}{pem}").replace('\n', "\r\n")).expect("written");
    let (status, said) = say(&[("WOLKVOX_CA_FILE", file.to_str().expect("a plain path"))]).await;
    assert_eq!(status, Some(0), "{said}");
}

#[cfg(unix)]
#[tokio::test]
async fn install_writes_the_whole_path_of_a_file_below_the_home_folder() {
    let home = tempfile::tempdir().expect("a folder");
    let pem = Authority::certify("crm0001.wolkvox.com").certificate;
    std::fs::write(home.path().join("ca.pem"), pem).expect("written");
    let home = home.path().to_str().expect("a plain path");
    let arguments = ["install", "cursor", "--print", "--server", "crm0001.wolkvox.com"];
    let arguments = [&arguments[..], &["--ca-file", "~/ca.pem"]].concat();
    let ended = Program::run(&arguments, &[("HOME", home)]).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    assert!(ended.stdout.join("\n").contains(&format!("{home}/ca.pem")), "{:?}", ended.stdout);
}
