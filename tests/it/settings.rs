//! Wrong settings: everything that is wrong is said at once, on stderr, with status 2.

use insta::assert_snapshot;

use crate::support::{Program, TOKEN};

#[tokio::test]
async fn without_settings_the_program_says_what_it_needs() {
    let ended = Program::run(&[], &[]).await;
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stdout.is_empty());
    assert_snapshot!(ended.stderr, @r#"
    wolkvox-mcp: 2 settings are wrong:
      WOLKVOX_SERVER is not set. Example: crm0001.wolkvox.com
      WOLKVOX_TOKEN is not set, nor is WOLKVOX_TOKEN_FILE; it is the CRM's internal token.
    Set them in the "env" part of your client's mcp.json, or in the environment.
    Without a wolkvox account, try the sandbox: wolkvox-mcp --sandbox
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
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stdout.is_empty());
    assert_snapshot!(ended.stderr, @r#"
    wolkvox-mcp: 13 settings are wrong:
      WOLKVOX_ALLOW_HOST must be a host name alone, without https:// and path. Example: wolkvox-proxy.example.com
      WOLKVOX_SERVER names a server that wolkvox retired; its new name is crm0001.wolkvox.com. Example: crm0001.wolkvox.com
      WOLKVOX_CA_FILE names a file that cannot be read (not found). Example: /etc/ssl/company.pem
      WOLKVOX_TOKEN arrived as the name of a variable that your client did not fill in: set that variable where the client starts, or write the value.
      WOLKVOX_TOKEN_FILE names a file that does not exist. Example: /etc/wolkvox/token
      WOLKVOX_OPERATION must be your company's name in wolkvox: at most 128 characters, on one line. Example: mycompany
      WOLKVOX_TIMEOUT must be a time with its unit, at most a day, such as 500ms, 20s or 2m. Example: 20s
      WOLKVOX_MAX_IN_FLIGHT must be a whole number from 1 to 65535. Example: 2
      WOLKVOX_CACHE_TTL must be a time with its unit, at most a day, such as 500ms, 20s or 2m. Example: 30s
      WOLKVOX_RATE must be a whole number from 1 to 4294967295. Example: 60
      WOLKVOX_MAX_PAGES must be a whole number from 0 to 4294967295. Example: 4
      WOLKVOX_LOG is not a valid log filter. Example: debug
      WOLKVOX_LOG_FORMAT must be `text` or `json`. Example: json
    Set them in the "env" part of your client's mcp.json, or in the environment.
    Without a wolkvox account, try the sandbox: wolkvox-mcp --sandbox
    "#);
}

#[tokio::test]
async fn a_wrong_token_is_never_repeated() {
    for token in ["FICTITIOUS TOKEN 0001", "FICTITIOUS-TOKEN-ñ"] {
        let environment = [("WOLKVOX_SERVER", "crm0001.wolkvox.com"), ("WOLKVOX_TOKEN", token)];
        let ended = Program::run(&[], &environment).await;
        assert_eq!(ended.status.code(), Some(2));
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
    assert_eq!(ended.status.code(), Some(2));
    assert_snapshot!(ended.stderr, @r#"
    wolkvox-mcp: Hay 5 ajustes incorrectos:
      WOLKVOX_SERVER es un servidor que wolkvox retiró; su nombre nuevo es crm0001.wolkvox.com. Ejemplo: crm0001.wolkvox.com
      WOLKVOX_CA_FILE indica un archivo que no se puede leer (no existe). Ejemplo: /etc/ssl/company.pem
      WOLKVOX_TOKEN llegó como el nombre de una variable que su asistente no reemplazó: defina esa variable donde se abre el asistente, o escriba el valor.
      WOLKVOX_TIMEOUT debe ser un tiempo con su unidad, de un día como máximo, como 500ms, 20s o 2m. Ejemplo: 20s
      WOLKVOX_MASK tiene un nombre en blanco entre las comas. Ejemplo: personal
    Corríjalos en la parte "env" del mcp.json de su asistente, o en el entorno.
    Sin una cuenta de wolkvox, pruebe el sandbox: wolkvox-mcp --sandbox
    "#);
}
