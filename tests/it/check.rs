//! `wolkvox-mcp check` on a good set-up and on each broken one: which step fails, and whether the
//! advice names the cause.

use insta::{allow_duplicates, assert_snapshot};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use crate::support::{
    Authority, Program, RawReply, RawServer, TOKEN, proxy_to_a_wolkvox_that_swallows,
    proxy_to_wolkvox, read_request, response, serve,
};

const TOKEN_INFORMATION: &[u8] = br#"{"code":"200","error":"null","data":{"token_limit":12000,
    "token_use_today":"23","available_consumption_options":11977,"hours_to_restart_count":8}}"#;

/// Runs a check and gives its exit status and report; nothing that it prints may hold the token.
async fn check(environment: &[(&str, &str)], more: &[&str]) -> (Option<i32>, Value) {
    let arguments = [&["check", "--json"], more].concat();
    let ended = Program::run(&arguments, environment).await;
    let printed = format!("{}{}", ended.stdout.join("\n"), ended.stderr);
    assert!(!printed.contains(TOKEN), "{printed}");
    let report = serde_json::from_str(&ended.stdout.join("\n")).expect("JSON");
    (ended.status.code(), report)
}

fn account(server: &str) -> Vec<(&str, &str)> {
    vec![("WOLKVOX_SERVER", server), ("WOLKVOX_TOKEN", TOKEN), ("WOLKVOX_OPERATION", "empresa")]
}

/// Holds a report against the one step that must have failed.
#[track_caller]
fn assert_fails((status, report): &(Option<i32>, Value), step: &str, finds: &str, fixes: &str) {
    assert_eq!(*status, Some(1), "{report}");
    assert_eq!(report["ok"], false);
    let steps = report["steps"].as_array().expect("steps");
    assert!((7..=8).contains(&steps.len()), "{report}");
    let failed: Vec<_> = steps.iter().filter(|it| it["status"] == "failed").collect();
    let [failed] = failed[..] else { panic!("one failure: {report}") };
    assert_eq!(failed["step"], step, "{report}");
    assert!(failed["details"].to_string().contains(finds), "{failed}");
    assert_ne!(failed["code"], "ok", "{failed}");
    assert!(failed["fix"].as_str().expect("advice").contains(fixes), "{failed}");
}

#[tokio::test]
async fn the_sandbox_passes_every_step() {
    let ended = Program::run(
        &["check", "--sandbox", "--field", "id_customer", "--value", "900000001"],
        &[],
    );
    let ended = ended.await;
    assert_eq!(ended.status.code(), Some(0));
    assert_snapshot!(ended.stdout.join("\n"), @"
    ✓ ok       settings    the sandbox, with fictitious data
    ✓ ok       DNS         resolves to 1 address
    ✓ ok       connection  the server accepts connections
    – skipped  TLS         plain http, within this computer
    ✓ ok       token       wolkvox accepts the token
    ✓ ok       quota       1 of 4800 calls used today, 4799 left, resets in 15 hours (this check cost one)
    ✓ ok       look-up     records found: 37
    ");
}

#[tokio::test]
async fn wrong_settings_are_the_first_step_to_fail() {
    let report = check(&[("WOLKVOX_SERVER", "sv0001.crmvox.com")], &[]).await;
    assert_fails(&report, "settings", "crm0001.wolkvox.com", "mcp.json");
    assert!(report.1["steps"][0]["details"].to_string().contains("WOLKVOX_TOKEN is not set"));
}

#[tokio::test]
async fn wrong_settings_are_shown_with_their_source_and_without_what_may_be_a_secret() {
    let environment = [("WOLKVOX_SERVER", "https://ana:secreto@crm0001.wolkvox.com")];
    let (_, report) = check(&environment, &["--timeout", "5s", "--token-file", TOKEN]).await;
    let details = report["steps"][0]["details"].to_string();
    for shown in [
        "WOLKVOX_SERVER: not shown, as it may be a secret (variable)",
        "WOLKVOX_TOKEN_FILE: not shown, as it may be a secret (flag)",
        "WOLKVOX_TIMEOUT: 5s (flag)",
    ] {
        assert!(details.contains(shown), "{details}");
    }
    assert!(!details.contains("secreto"), "{details}");
}

#[tokio::test]
async fn a_ticket_names_neither_a_misplaced_token_nor_who_owns_the_home_folder() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("token.txt");
    std::fs::write(&file, TOKEN).expect("written");
    let misplaced = "0123456789abcdef0123456789abcdef01234567";
    let home = home.path().to_str().expect("a plain path");
    let environment = [
        ("HOME", home),
        ("USERPROFILE", home),
        ("WOLKVOX_SERVER", "crm0001.wolkvox.com"),
        ("WOLKVOX_TOKEN_FILE", file.to_str().expect("a plain path")),
        ("WOLKVOX_OPERATION", misplaced),
    ];
    let (status, report) = check(&environment, &["--offline"]).await;
    assert_eq!(status, Some(0));
    let report = report.to_string();
    assert!(!report.contains(home) && !report.contains(misplaced), "{report}");
    assert!(report.contains("token.txt (variable)"), "{report}");
}

#[tokio::test]
async fn settings_are_shown_with_their_source_and_the_token_only_as_its_length() {
    let (status, report) =
        check(&account("crm0001.wolkvox.com"), &["--offline", "--timeout", "5s"]).await;
    assert_eq!(status, Some(0));
    let details = report["steps"][0]["details"].to_string();
    for shown in [
        "WOLKVOX_SERVER: crm0001.wolkvox.com (variable)",
        "WOLKVOX_TOKEN: 21 characters (variable)",
        "WOLKVOX_TIMEOUT: 5s (flag)",
    ] {
        assert!(details.contains(shown), "{details}");
    }
    assert_eq!(report["steps"][1]["status"], "skipped");
}

#[tokio::test]
async fn the_name_localhost_is_tested_as_it_is_asked_without_a_resolver() {
    let server = RawServer::start(vec![RawReply::json(TOKEN_INFORMATION)]).await;
    let server = server.address().replace("127.0.0.1", "localhost");
    let (status, report) = check(&account(&server), &[]).await;
    assert_eq!(status, Some(0), "{report}");
    assert_eq!(report["steps"][1]["details"][0], "it is this computer's own: no resolver is asked");
}

#[tokio::test]
async fn a_refused_port_fails_at_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let server = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let report = check(&account(&server), &[]).await;
    assert_fails(&report, "connection", "refused", "IP allow-list");
}

#[tokio::test]
async fn a_proxy_that_is_down_or_has_no_such_name_is_named() {
    let mut environment = account("crm0001.wolkvox.com");
    environment.push(("HTTPS_PROXY", "http://user:secret@127.0.0.1:9"));
    let report = check(&environment, &[]).await;
    assert_fails(&report, "connection", "to the proxy", "HTTPS_PROXY");
    assert!(!report.1.to_string().contains("secret"));

    let mut environment = account("crm0001.wolkvox.com");
    environment.push(("HTTPS_PROXY", "http://proxy.invalid:3128"));
    let report = check(&environment, &[]).await;
    assert_fails(&report, "connection", "proxy's host name", "HTTPS_PROXY");
}

#[tokio::test]
async fn a_certificate_that_nobody_here_trusts_fails_at_tls_and_a_known_one_is_described() {
    let authority = Authority::certify("crm0001.wolkvox.com");
    let (proxy, _) = proxy_to_wolkvox(&authority, TOKEN_INFORMATION).await;
    let proxy = format!("http://{proxy}");
    let mut environment = account("crm0001.wolkvox.com");
    environment.push(("HTTPS_PROXY", proxy.as_str()));
    let report = check(&environment, &[]).await;
    assert_fails(&report, "tls", "not trusted here", "WOLKVOX_CA_FILE");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, &authority.certificate).expect("written");
    environment.push(("WOLKVOX_CA_FILE", file.to_str().expect("a plain path")));
    let (status, report) = check(&environment, &[]).await;
    assert_eq!(status, Some(0), "{report}");
    let tls = report["steps"][3]["details"][0].as_str().expect("details");
    assert!(
        tls.starts_with("TLS 1.3, certificate issued by Autoridad Ficticia, ")
            && tls.ends_with(" days left"),
        "{tls}"
    );
    let quota = report["steps"][5]["details"][0].as_str().expect("details");
    assert!(
        quota.starts_with("23 of 12000 calls used today, 11977 left, resets in 8 hours"),
        "{quota}"
    );
}

#[tokio::test]
async fn what_wolkvox_refuses_fails_at_the_token() {
    for (status, body, finds, fixes) in [
        (
            403,
            r#"{"code":"403","error":"FORBIDDEN","msg":"PLEASE VALIDATE TOKEN"}"#,
            "did not accept",
            "External tokens",
        ),
        (403, r#"{"code":"403","error":"FORBIDDEN","msg":"SERVER BACKUP"}"#, "closed for", "later"),
        (404, "<html>", "was refused with code 404", "WOLKVOX_SERVER"),
        (200, "<html>", "cannot be used", "WOLKVOX_SERVER"),
        (500, "", "status 500", "minute"),
    ] {
        let reply = RawReply::new(status, "application/json", body.as_bytes());
        let server = RawServer::start(vec![reply]).await;
        let report = check(&account(server.address()), &[]).await;
        assert_fails(&report, "token", finds, fixes);
    }
}

#[tokio::test]
async fn a_quota_that_is_used_up_fails_at_the_quota_and_nothing_more_is_sent() {
    let exceeded = br#"{"code":"403","error":"FORBIDDEN","msg":"TOKEN LIMIT EXCEEDED"}"#;
    let none_left = br#"{"code":200,"data":{"token_limit":5,"available_consumition_options":0}}"#;
    let overspent = br#"{"code":200,"data":{"token_limit":4800,"token_use_today":4805,
        "available_consumition_options":-5}}"#;
    for (status, body, finds, fixes) in [
        (403, &exceeded[..], "for this token are used up", "resets the quota daily"),
        (200, &none_left[..], "0 left", "Wait for the reset"),
        (200, &overspent[..], "4805 of 4800 calls used today, 0 left", "Wait for the reset"),
    ] {
        let reply = RawReply::new(status, "application/json", body);
        let server = RawServer::start(vec![reply]).await;
        let look_up = ["--field", "id_customer", "--value", "900000001"];
        let report = check(&account(server.address()), &look_up).await;
        assert_fails(&report, "quota", finds, fixes);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_says_nothing_of_the_token_is_no_acceptance() {
    for (status, body) in
        [(200, "[]"), (200, r#"{"code":200}"#), (200, r#"{"code":"200","data":[]}"#)]
    {
        let reply = RawReply::new(status, "application/json", body.as_bytes());
        let server = RawServer::start(vec![reply]).await;
        let report = check(&account(server.address()), &[]).await;
        assert_fails(&report, "token", "returned no information about the token", "operation");
    }
}

#[tokio::test]
async fn a_look_up_that_is_not_whole_says_so() {
    let rows = vec![r#"{"id_customer":"900000001"}"#; 250].join(",");
    let page = format!(r#"{{"code":"200","Total records":1000,"Total pages":4,"data":[{rows}]}}"#);
    let server = RawServer::start(vec![
        RawReply::json(TOKEN_INFORMATION),
        RawReply::json(page),
        RawReply::new(403, "application/json", b"{}"),
    ])
    .await;
    let look_up = ["--field", "id_customer", "--value", "900000001"];
    let (status, report) = check(&account(server.address()), &look_up).await;
    assert_eq!(status, Some(0), "{report}");
    let details = report["steps"][6]["details"][0].as_str().expect("details");
    assert_eq!(details, "INCOMPLETE: 250 records fetched, wolkvox has more");
}

#[tokio::test]
async fn a_ticket_leaves_out_wolkvoxs_words_which_may_name_people() {
    let words = r#"{"code":"400","error":"BAD REQUEST","msg":"NO CLIENT NAMED JUAN FICTICIO"}"#;
    let server = RawServer::start(vec![
        RawReply::json(TOKEN_INFORMATION),
        RawReply::new(400, "application/json", words.as_bytes()),
    ])
    .await;
    let look_up = ["--field", "id_customer", "--value", "900000001"];
    let report = check(&account(server.address()), &look_up).await;
    assert_fails(&report, "look_up", "code 400 (its words are left out here)", "field's name");
    let (_, text) = report;
    assert!(!text.to_string().contains("FICTICIO"), "{text}");
    let arguments = [&["check"], &look_up[..]].concat();
    let server = RawServer::start(vec![
        RawReply::json(TOKEN_INFORMATION),
        RawReply::new(400, "application/json", words.as_bytes()),
    ])
    .await;
    let ended = Program::run(&arguments, &account(server.address())).await;
    assert!(ended.stdout.join("\n").contains("JUAN FICTICIO"), "people at the terminal see them");
}

#[tokio::test]
async fn a_server_that_accepts_and_says_nothing_fails_where_it_falls_silent() {
    let (silent, _) = serve(|mut stream| async move {
        // Held until the client gives up.
        while !read_request(&mut stream).await.is_empty() {}
    })
    .await;
    for (scheme, step, finds) in [
        ("http", "token", "wolkvox did not answer within 300ms"),
        ("https", "tls", "no answer to the TLS handshake"),
    ] {
        let server = format!("{scheme}://{silent}");
        let report = check(&account(&server), &["--timeout", "300ms"]).await;
        assert_fails(&report, step, finds, "IP allow-list");
    }
}

#[tokio::test]
async fn token_information_is_asked_with_get_after_a_405() {
    let server = RawServer::start(vec![
        RawReply::new(405, "application/json", br#"{"code":"405"}"#),
        RawReply::json(TOKEN_INFORMATION),
    ])
    .await;
    let (status, report) = check(&account(server.address()), &[]).await;
    assert_eq!(status, Some(0), "{report}");
    let first_lines: Vec<String> = server
        .requests()
        .iter()
        .map(|request| request.lines().next().expect("a line").to_owned())
        .collect();
    let path = "/server/API/v2/token/tokenInformation.php?operation=empresa HTTP/1.1";
    assert_eq!(first_lines, [format!("POST {path}"), format!("GET {path}")]);
}

#[tokio::test]
async fn without_an_operation_the_token_cannot_be_tested_and_that_is_a_failure() {
    let server = RawServer::start(vec![RawReply::json(b"{}")]).await;
    let environment = [("WOLKVOX_SERVER", server.address()), ("WOLKVOX_TOKEN", TOKEN)];
    let report = check(&environment, &[]).await;
    assert_fails(&report, "operation", "no operation is set", "WOLKVOX_OPERATION");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn tls_is_tested_before_any_token_is_sent() {
    let authority = Authority::certify("crm0001.wolkvox.com");
    let (proxy, connections) = proxy_to_wolkvox(&authority, b"{}").await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, &authority.certificate).expect("written");
    let proxy = format!("http://{proxy}");
    let environment = [
        ("WOLKVOX_SERVER", "crm0001.wolkvox.com"),
        ("WOLKVOX_TOKEN", TOKEN),
        ("HTTPS_PROXY", proxy.as_str()),
        ("WOLKVOX_CA_FILE", file.to_str().expect("a plain path")),
    ];
    let report = check(&environment, &[]).await;
    assert_fails(&report, "operation", "no operation is set", "WOLKVOX_OPERATION");
    assert_eq!(report.1["steps"][3]["status"], "ok", "{}", report.1);
    // One to see whether the proxy listens, one for TLS.
    assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_proxy_may_be_an_ipv6_address() {
    let mut environment = account("crm0001.wolkvox.com");
    environment.push(("HTTPS_PROXY", "http://[::1]:9"));
    let report = check(&environment, &[]).await;
    assert_fails(
        &report,
        "connection",
        "could not connect to the proxy [::1]:9 (HTTPS_PROXY)",
        "HTTPS_PROXY",
    );
}

#[tokio::test]
async fn with_the_sandbox_the_account_is_neither_needed_nor_shown() {
    let environment =
        [("WOLKVOX_SERVER", "https://ana:secreto@x.example"), ("WOLKVOX_TOKEN_FILE", TOKEN)];
    let (status, report) = check(&environment, &["--sandbox"]).await;
    assert_eq!(status, Some(0), "{report}");
    assert!(!report.to_string().contains("secreto"), "{report}");
}

/// A set-up that somebody broke.
struct Broken {
    what: &'static str,
    /// Beside an account with an operation.
    set: Vec<(&'static str, String)>,
    unset: &'static [&'static str],
    step: &'static str,
    code: &'static str,
    english: &'static str,
    spanish: &'static str,
}

/// The set-ups that administrators really break: `check` must name the cause of each, in both
/// languages, at the right step and with a code that stays.
#[tokio::test]
async fn the_cause_of_each_of_twenty_nine_broken_set_ups_is_named_in_both_languages() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("a plain path").to_owned()
    };
    let set = |name: &'static str, value: &str| vec![(name, value.to_owned())];
    let row = |what, set, step, code, english, spanish| Broken {
        what,
        set,
        unset: &[],
        step,
        code,
        english,
        spanish,
    };
    let settings = |what, set, english, spanish| {
        row(what, set, "settings", "settings_wrong", english, spanish)
    };
    let without = |name: &'static [&'static str], mut row: Broken| {
        row.unset = name;
        row
    };
    let none = Vec::new;
    let server = "WOLKVOX_SERVER";
    let mut rows = vec![
        settings("the old host", set(server, "sv0001.crmvox.com"), "retired", "retiró"),
        settings(
            "a slip in the host",
            set(server, "crm0001.wolkvox.con"),
            "crm0001.wolkvox.con",
            "no es un servidor de",
        ),
        settings(
            "a whole address",
            set(server, "https://crm0001.wolkvox.com/login"),
            "the host alone",
            "solo el servidor",
        ),
        settings(
            "no encryption",
            set(server, "http://crm0001.wolkvox.com"),
            "must use https",
            "debe usar https",
        ),
        without(
            &["WOLKVOX_SERVER"],
            settings(
                "no server",
                none(),
                "WOLKVOX_SERVER is not set",
                "WOLKVOX_SERVER no está definido",
            ),
        ),
        without(
            &["WOLKVOX_TOKEN"],
            settings(
                "no token",
                none(),
                "WOLKVOX_TOKEN is not set",
                "WOLKVOX_TOKEN no está definido",
            ),
        ),
        settings(
            "a variable nobody filled in",
            set("WOLKVOX_TOKEN", "${WOLKVOX_TOKEN}"),
            "did not fill in",
            "no reemplazó",
        ),
        settings(
            "the example's words",
            set("WOLKVOX_TOKEN", "put the CRM's internal token here"),
            "example",
            "ejemplo",
        ),
        without(
            &["WOLKVOX_TOKEN"],
            settings(
                "no such token file",
                set("WOLKVOX_TOKEN_FILE", "/does/not/exist/token"),
                "a file that does not exist",
                "un archivo que no existe",
            ),
        ),
        without(
            &["WOLKVOX_TOKEN"],
            settings(
                "a token file with a name in it",
                set("WOLKVOX_TOKEN_FILE", &file("token", "WOLKVOX_TOKEN=abc")),
                "a name and a value",
                "un nombre y un valor",
            ),
        ),
        settings(
            "no such certificate",
            set("WOLKVOX_CA_FILE", "/does/not/exist/ca.pem"),
            "a file that cannot be read",
            "que no se puede leer",
        ),
        settings(
            "a time without a unit",
            set("WOLKVOX_TIMEOUT", "20"),
            "it must be a time",
            "debe ser un tiempo",
        ),
        settings(
            "a SOCKS proxy",
            set("HTTPS_PROXY", "socks5://proxy.example:1080"),
            "SOCKS",
            "SOCKS",
        ),
        row(
            "a proxy that is off",
            set("HTTPS_PROXY", "http://127.0.0.1:9"),
            "connection",
            "connection_refused",
            "could not connect to the proxy 127.0.0.1:9 (HTTPS_PROXY)",
            "no se pudo conectar con el proxy 127.0.0.1:9 (HTTPS_PROXY)",
        ),
        row(
            "a proxy without an address",
            set("HTTPS_PROXY", "http://proxy.invalid:3128"),
            "connection",
            "proxy_unresolved",
            "the proxy's host name could not be resolved: proxy.invalid",
            "no se pudo resolver el nombre del proxy: proxy.invalid",
        ),
        row(
            "a name without an address",
            vec![
                (server, "crm0001.invalid".to_owned()),
                ("WOLKVOX_ALLOW_HOST", "crm0001.invalid".to_owned()),
            ],
            "dns",
            "dns_unresolved",
            "could not be resolved",
            "no se pudo resolver el nombre del servidor",
        ),
    ];
    // Nothing listens where something just did.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let closed = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    rows.push(row(
        "a closed port",
        set(server, &closed),
        "connection",
        "connection_refused",
        "could not connect to the server (connection refused)",
        "no se pudo conectar con el servidor (conexión rechazada)",
    ));
    let host = "crm0001.wolkvox.com";
    for (what, authority, code, english, spanish) in [
        (
            "a certificate of its own making",
            Authority::self_signed(host),
            "tls_self_signed",
            "self-signed",
            "autofirmado",
        ),
        (
            "an authority's certificate",
            Authority::self_signed_as_an_authority(host),
            "tls_authority_as_server",
            "an authority's (CA:TRUE)",
            "una entidad de certificación (CA:TRUE)",
        ),
        (
            "an inspecting firewall",
            Authority::certify_by_an_intermediate(host),
            "tls_unknown_issuer",
            "issued by «Intermedia Ficticia»",
            "emitido por «Intermedia Ficticia»",
        ),
        (
            "no intermediate certificate",
            Authority::certify(host),
            "tls_no_intermediate",
            "intermediate certificate",
            "certificado intermedio",
        ),
        (
            "a certificate of another host",
            Authority::certify("otro.example"),
            "tls_no_intermediate",
            "issued by «Autoridad Ficticia»",
            "emitido por «Autoridad Ficticia»",
        ),
    ] {
        let (proxy, _) = proxy_to_wolkvox(&authority, TOKEN_INFORMATION).await;
        rows.push(row(
            what,
            set("HTTPS_PROXY", &format!("http://{proxy}")),
            "tls",
            code,
            english,
            spanish,
        ));
    }
    let untold = RawServer::start(vec![RawReply::json(TOKEN_INFORMATION)]).await;
    rows.push(without(
        &["WOLKVOX_OPERATION"],
        row(
            "no operation",
            set(server, untold.address()),
            "operation",
            "operation_not_set",
            "no operation is set",
            "no hay ninguna operación definida",
        ),
    ));
    let mut servers = vec![untold];
    for (what, status, body, step, code, english, spanish) in [
        (
            "another company's operation",
            403,
            r#"{"code":"403","error":"FORBIDDEN","msg":"THIS OPERATION DOES NOT BELONG TO THE TOKEN"}"#,
            "operation",
            "operation_rejected",
            "WOLKVOX_OPERATION: it is your company's name",
            "WOLKVOX_OPERATION: es el nombre de su empresa",
        ),
        (
            "a wrong token",
            403,
            r#"{"code":"403","error":"FORBIDDEN","msg":"PLEASE VALIDATE TOKEN"}"#,
            "token",
            "token_rejected",
            "did not accept the token",
            "no aceptó el token",
        ),
        (
            "a quota that is used up",
            403,
            r#"{"code":"403","error":"FORBIDDEN","msg":"TOKEN LIMIT EXCEEDED"}"#,
            "quota",
            "quota_exhausted",
            "used up",
            "se agotaron",
        ),
        (
            "wolkvox's backup",
            403,
            r#"{"code":"403","error":"FORBIDDEN","msg":"SERVER BACKUP"}"#,
            "token",
            "maintenance",
            "closed for",
            "cerrado por",
        ),
        (
            "a page to log in",
            200,
            "<html>",
            "token",
            "unexpected_reply",
            "an HTML page",
            "una página HTML",
        ),
    ] {
        // One for each language.
        let reply = || RawReply::new(status, "application/json", body.as_bytes());
        let raw = RawServer::start(vec![reply(), reply()]).await;
        rows.push(row(what, set(server, raw.address()), step, code, english, spanish));
        servers.push(raw);
    }
    let (silent, _) =
        serve(|mut stream| async move { while !read_request(&mut stream).await.is_empty() {} })
            .await;
    let silent =
        vec![(server, format!("http://{silent}")), ("WOLKVOX_TIMEOUT", "300ms".to_owned())];
    rows.push(row(
        "a slow wolkvox",
        silent,
        "token",
        "timeout",
        "wolkvox may only be slow",
        "wolkvox solo está lento",
    ));
    assert_eq!(rows.len(), 29);
    let mut unnamed = Vec::new();
    for Broken { what, set, unset, step, code, english, spanish } in &rows {
        for (language, words) in [("en", english), ("es", spanish)] {
            let mut environment = account("crm0001.wolkvox.com");
            environment
                .retain(|(name, _)| !unset.contains(name) && set.iter().all(|(it, _)| it != name));
            environment.extend(set.iter().map(|(name, value)| (*name, value.as_str())));
            let is_offline = *step == "settings";
            let more = if is_offline {
                &["--offline", "--lang", language][..]
            } else {
                &["--lang", language]
            };
            let (status, report) = check(&environment, more).await;
            let steps = report["steps"].as_array().expect("steps");
            let failed: Vec<_> = steps.iter().filter(|it| it["status"] == "failed").collect();
            let is_named = status == Some(1)
                && failed.len() == 1
                && failed.iter().all(|it| it["step"] == *step && it["code"] == *code)
                && failed.iter().all(|it| it.to_string().contains(words));
            if !is_named {
                unnamed.push(format!("{what}: not {step} {code} {words}: {failed:?}"));
            }
        }
    }
    assert!(unnamed.is_empty(), "{}", unnamed.join("\n"));
}

#[tokio::test]
async fn few_calls_left_and_a_slow_wolkvox_are_warnings_with_numbers() {
    let few = br#"{"code":200,"data":{"token_limit":4800,"token_use_today":4790,
        "available_consumption_options":10,"hours_to_restart_count":15}}"#;
    let enough = br#"{"code":200,"data":{"token_limit":4800,"token_use_today":4320,
        "available_consumption_options":480,"hours_to_restart_count":15}}"#;
    for (body, status, code) in [(&few[..], "warning", "quota_low"), (&enough[..], "ok", "ok")] {
        let server = RawServer::start(vec![RawReply::json(body)]).await;
        let (exit, report) = check(&account(server.address()), &[]).await;
        assert_eq!(exit, Some(0), "{report}");
        let quota = &report["steps"][5];
        assert_eq!((&quota["status"], &quota["code"]), (&json!(status), &json!(code)), "{quota}");
        assert_eq!(quota["quota"]["limit"], 4800);
        assert_eq!(quota["quota"]["hours_to_restart"], 15);
    }
    let (slow, _) = serve(|mut stream| async move {
        read_request(&mut stream).await;
        tokio::time::sleep(std::time::Duration::from_millis(5100)).await;
        let headers = format!("Content-Length: {}\r\n", TOKEN_INFORMATION.len());
        let _ = stream.write_all(&response(&headers, TOKEN_INFORMATION)).await;
    })
    .await;
    let (exit, report) = check(&account(&format!("http://{slow}")), &[]).await;
    assert_eq!(exit, Some(0), "{report}");
    let token = &report["steps"][4];
    assert_eq!(token["code"], "slow", "{token}");
    assert!(token["milliseconds"].as_u64().is_some_and(|it| it >= 5100), "{token}");
    assert!(
        token["warnings"].to_string().contains("of the 20s that WOLKVOX_TIMEOUT allows"),
        "{token}"
    );
}

#[tokio::test]
async fn a_ticket_has_what_a_program_reads_under_the_same_keys_in_every_language() {
    for language in ["en", "es"] {
        let look_up =
            ["--sandbox", "--lang", language, "--field", "id_customer", "--value", "900000001"];
        let (_, report) = check(&[], &look_up).await;
        let words = ["details", "warnings", "fix"];
        let steps = report["steps"].as_array().expect("steps").iter().map(|step| {
            let mut step = step.as_object().expect("a step").clone();
            step.retain(|key, _| !words.contains(&key.as_str()));
            if let Some(took) = step.get_mut("milliseconds") {
                assert!(took.as_u64().is_some());
                *took = json!(0);
            }
            Value::Object(step).to_string()
        });
        let steps: Vec<_> = steps.collect();
        allow_duplicates!(assert_snapshot!(steps.join("\n"), @r#"
        {"step":"settings","status":"ok","code":"ok","milliseconds":0}
        {"step":"dns","status":"ok","code":"ok","milliseconds":0}
        {"step":"connection","status":"ok","code":"ok","milliseconds":0}
        {"step":"tls","status":"skipped","code":"not_encrypted"}
        {"step":"token","status":"ok","code":"ok","milliseconds":0}
        {"step":"quota","status":"ok","code":"ok","milliseconds":0,"quota":{"limit":4800,"used":1,"left":4799,"hours_to_restart":15}}
        {"step":"look_up","status":"ok","code":"ok","milliseconds":0,"records":37,"complete":true}
        "#));
        assert_eq!(report["format"], 1);
    }
}

#[tokio::test]
async fn a_name_that_does_not_exist_fails_at_the_name() {
    // RFC 6761: names below `.invalid` never resolve.
    let mut environment = account("crm0001.invalid");
    environment.push(("WOLKVOX_ALLOW_HOST", "crm0001.invalid"));
    let report = check(&environment, &[]).await;
    assert_fails(&report, "dns", "could not be resolved", "address bar");
}

#[tokio::test]
async fn a_token_from_a_file_is_told_by_its_length() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    std::fs::write(&file, TOKEN).expect("written");
    let file = file.to_str().expect("a plain path");
    let environment = [("WOLKVOX_SERVER", "crm0001.wolkvox.com"), ("WOLKVOX_TOKEN_FILE", file)];
    let (status, report) = check(&environment, &["--offline"]).await;
    assert_eq!(status, Some(0));
    let details = report["steps"][0]["details"].to_string();
    assert!(details.contains("WOLKVOX_TOKEN: 21 characters (file)"), "{details}");
}

#[tokio::test]
async fn in_spanish_every_line_is_spanish_and_the_json_keeps_its_keys() {
    let spanish = [("LANG", "es_CO.UTF-8")];
    let ended = Program::run(&["check", "--sandbox"], &spanish).await;
    assert_snapshot!(ended.stdout.join("\n"), @"
    ✓ bien     ajustes     el sandbox, con datos ficticios
    ✓ bien     DNS         se resuelve a 1 dirección IP
    ✓ bien     conexión    el servidor acepta conexiones
    – omitido  TLS         HTTP sin cifrar, dentro de este equipo
    ✓ bien     token       wolkvox acepta el token
    ✓ bien     cupo        1 de 4800 consultas usadas hoy, quedan 4799; se reinicia en 15 horas (esta comprobación gastó una)
    – omitido  consulta    no se solicitó: indique --field y --value para hacer una
    ");
    let refused = Program::run(&["check", "--lang", "es", "--token-file", "/none"], &[]).await;
    assert_snapshot!(refused.stdout.join("\n"), @r#"
    ✗ falló    ajustes     WOLKVOX_SERVER no está definido. Ejemplo: crm0001.wolkvox.com
                           --token-file es "/none": indica un archivo que no existe. Ejemplo: /etc/wolkvox/token
                           WOLKVOX_TOKEN_FILE: /none (opción)
                           → Corríjalos en la parte "env" del mcp.json de su asistente, o en el entorno.
    – omitido  DNS, conexión, TLS, token, cupo, consulta  no se ejecutó: falló un paso anterior
    "#);

    let report = check(&[("LANG", "es_CO.UTF-8")], &["--sandbox"]).await.1;
    assert_eq!(report["steps"][1]["step"], "dns");
    assert_eq!(report["steps"][2]["details"][0], "el servidor acepta conexiones");
    let english = check(&[("LANG", "es_CO.UTF-8")], &["--sandbox", "--lang", "en"]).await.1;
    assert_eq!(english["steps"][2]["details"][0], "the server accepts connections");
}

#[tokio::test]
async fn what_is_set_and_has_no_effect_is_a_warning_and_no_failure() {
    let mut environment = account("crm0001.wolkvox.com");
    environment.push(("NO_PROXY", "*.wolkvox.com"));
    let (status, report) = check(&environment, &["--offline"]).await;
    assert_eq!(status, Some(0), "{report}");
    assert_eq!(report["ok"], true);
    let settings = &report["steps"][0];
    assert_eq!(settings["status"], "warning");
    let warning = settings["warnings"][0].as_str().expect("a warning");
    assert!(warning.starts_with("NO_PROXY: `*.wolkvox.com` has no effect"), "{warning}");
    let ended = Program::run(&["check", "--offline", "--lang", "es"], &environment).await;
    let said = ended.stdout.join("\n");
    assert!(said.starts_with("⚠ aviso    ajustes"), "{said}");
    assert!(said.contains("⚠ NO_PROXY: `*.wolkvox.com` no tiene efecto"), "{said}");
}

#[tokio::test]
async fn a_proxy_that_cannot_be_used_fails_at_the_settings() {
    let mut environment = account("crm0001.wolkvox.com");
    environment.push(("HTTPS_PROXY", "socks5://ana:secreto@proxy.example:1080"));
    let report = check(&environment, &[]).await;
    assert_fails(&report, "settings", "SOCKS", "mcp.json");
    assert!(!report.1.to_string().contains("secreto"));
    assert!(report.1.to_string().contains("proxy.example:1080"));
}

#[tokio::test]
async fn a_proxy_that_request_method_switches_off_fails_at_the_settings() {
    let mut environment = account("crm0001.wolkvox.com");
    environment.push(("HTTPS_PROXY", "http://proxy.example:3128"));
    environment.push(("REQUEST_METHOD", ""));
    let report = check(&environment, &[]).await;
    assert_fails(&report, "settings", "without REQUEST_METHOD", "mcp.json");
}

#[tokio::test]
async fn a_wolkvox_that_swallows_what_follows_on_a_connection_passes() {
    let authority = Authority::certify("crm0001.wolkvox.com");
    let (proxy, connections) =
        proxy_to_a_wolkvox_that_swallows(&authority, TOKEN_INFORMATION).await;
    let proxy = format!("http://{proxy}");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, &authority.certificate).expect("written");
    let mut environment = account("crm0001.wolkvox.com");
    environment.push(("HTTPS_PROXY", &proxy));
    environment.push(("WOLKVOX_CA_FILE", file.to_str().expect("a plain path")));
    environment.push(("WOLKVOX_TIMEOUT", "6s"));
    let (status, report) = check(&environment, &[]).await;
    assert_eq!(status, Some(0), "{report}");
    let connected = connections.load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(connected, 3, "for the test of the port, of TLS, and of the token");
}

#[tokio::test]
async fn a_wolkvox_that_answers_too_late_may_only_be_slow() {
    let (slow, _) = serve(|mut stream| async move {
        read_request(&mut stream).await;
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        let headers = format!("Content-Length: {}\r\n", TOKEN_INFORMATION.len());
        let _ = stream.write_all(&response(&headers, TOKEN_INFORMATION)).await;
    })
    .await;
    let server = format!("http://{slow}");
    let report = check(&account(&server), &["--timeout", "300ms"]).await;
    assert_fails(&report, "token", "did not answer within 300ms", "raise WOLKVOX_TIMEOUT");
    let (status, report) = check(&account(&server), &["--timeout", "20s"]).await;
    assert_eq!(status, Some(0), "{report}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_token_file_that_everybody_can_read_is_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    std::fs::write(&file, TOKEN).expect("written");
    let path = file.to_str().expect("a plain path");
    let environment = [("WOLKVOX_SERVER", "crm0001.wolkvox.com"), ("WOLKVOX_TOKEN_FILE", path)];
    for (mode, is_told) in [(0o644, true), (0o640, false)] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("set");
        let (status, report) = check(&environment, &["--offline"]).await;
        assert_eq!(status, Some(0), "{report}");
        assert_eq!(report.to_string().contains("chmod 600"), is_told, "{report}");
    }
}

#[tokio::test]
async fn a_step_is_printed_as_it_ends_while_the_next_one_still_runs() {
    let (silent, _) =
        serve(|mut stream| async move { while !read_request(&mut stream).await.is_empty() {} })
            .await;
    let server = format!("http://{silent}");
    let mut running = Program::command(&["check"], &account(&server)).spawn().expect("starts");
    let lines = BufReader::new(running.stdout.take().expect("piped"));
    let mut lines = lines.lines();
    let mut said = Vec::new();
    // wolkvox is silent for the 20 s of the deadline; these lines come before.
    while !said.iter().any(|line: &String| line.contains("TLS")) {
        said.push(lines.next_line().await.expect("text").expect("a line"));
    }
    assert!(running.try_wait().expect("a status").is_none(), "it waits for wolkvox: {said:?}");
    running.kill().await.expect("ended");
}

/// A home folder whose clients have these files.
fn home(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let file = home.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, text).expect("written");
    }
    home
}

/// An entry of a client that starts this program.
fn entry(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let environment: std::collections::HashMap<_, _> = environment.iter().copied().collect();
    let command = env!("CARGO_BIN_EXE_wolkvox-mcp");
    let entry = json!({ "command": command, "args": arguments, "env": environment });
    json!({ "mcpServers": { "wolkvox": entry, "other": { "command": "other" } } }).to_string()
}

#[tokio::test]
async fn without_any_setting_the_entries_that_clients_have_are_tested() {
    let server =
        RawServer::start(vec![RawReply::new(200, "application/json", TOKEN_INFORMATION)]).await;
    let account = [
        ("WOLKVOX_SERVER", server.address()),
        ("WOLKVOX_TOKEN", TOKEN),
        ("WOLKVOX_OPERATION", "empresa"),
    ];
    let home = home(&[
        (".claude.json", &entry(&[], &account)),
        (".cursor/mcp.json", &entry(&["--sandbox"], &[])),
        (".gemini/settings.json", r#"{"mcpServers":{"other":{"command":"other"}}}"#),
    ]);
    let home = home.path().to_str().expect("a plain path");
    let environment = [("HOME", home), ("USERPROFILE", home)];
    let (status, report) = check(&environment, &[]).await;
    assert_eq!(status, Some(0), "{report}");
    assert_eq!(report["ok"], true);
    let clients = report["clients"].as_array().expect("clients");
    let named: Vec<_> = clients.iter().map(|it| (&it["client"], &it["server"])).collect();
    let (code, cursor, name) = (json!("Claude Code"), json!("Cursor"), json!("wolkvox"));
    assert_eq!(named, [(&code, &name), (&cursor, &name)]);
    for client in clients {
        assert_eq!(client["steps"][5]["status"], "ok", "{client}");
        assert!(!client["file"].to_string().contains(home), "{client}");
    }

    let ended = Program::run(&["check", "--offline", "--client", "cursor"], &environment).await;
    let said = ended.stdout.join("\n").replace('\\', "/");
    assert!(
        said.starts_with("Cursor: `wolkvox` in ~/.cursor/mcp.json\n✓ ok       settings"),
        "{said}"
    );
}

#[tokio::test]
async fn a_token_exported_for_clients_to_pass_on_is_no_account_of_its_own() {
    let passed_on = [
        ("WOLKVOX_SERVER", "crm0001.wolkvox.com"),
        ("WOLKVOX_TOKEN", "${WOLKVOX_TOKEN}"),
        ("WOLKVOX_OPERATION", "empresa"),
    ];
    let home = home(&[(".claude.json", &entry(&[], &passed_on))]);
    let home = home.path().to_str().expect("a plain path");
    let mut environment = vec![("HOME", home), ("USERPROFILE", home), ("WOLKVOX_TOKEN", TOKEN)];
    let (status, report) = check(&environment, &["--offline"]).await;
    assert_eq!(status, Some(0), "{report}");
    assert_eq!(report["clients"][0]["client"], "Claude Code", "{report}");

    environment.push(("WOLKVOX_SERVER", "crm0002.wolkvox.com"));
    let (_, report) = check(&environment, &["--offline"]).await;
    assert!(report["steps"].to_string().contains("crm0002.wolkvox.com"), "{report}");
    let (_, report) = check(&environment[..3], &["--offline", "--timeout", "5s"]).await;
    assert!(report["steps"].to_string().contains("WOLKVOX_SERVER is not set"), "{report}");
}

#[tokio::test]
async fn a_root_that_is_set_and_leads_to_no_certificate_is_not_asked_for_again() {
    let authority = Authority::certify("crm0001.wolkvox.com");
    let (proxy, _) = proxy_to_wolkvox(&authority, TOKEN_INFORMATION).await;
    let proxy = format!("http://{proxy}");
    let other = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(other.path(), Authority::certify("other.example").certificate).expect("written");
    let file = other.path().to_str().expect("a plain path");
    let mut environment = account("crm0001.wolkvox.com");
    environment.extend([("HTTPS_PROXY", proxy.as_str()), ("WOLKVOX_CA_FILE", file)]);
    let report = check(&environment, &[]).await;
    let fix = "WOLKVOX_CA_FILE does not hold what this certificate needs";
    assert_fails(&report, "tls", "Autoridad Ficticia", fix);
}

#[tokio::test]
async fn lines_of_a_check_are_broken_between_words_beside_the_steps_names() {
    let ended = Program::run(&["check", "--sandbox"], &[("COLUMNS", "60")]).await;
    let said = ended.stdout.join("\n");
    assert!(said.contains("4799\n                       left, resets"), "{said}");
    assert!(ended.stdout.iter().all(|line| line.chars().count() <= 60), "{said}");
}

#[tokio::test]
async fn an_entry_of_claude_code_for_one_folder_alone_is_tested_with_its_folder_named() {
    let project: Value = serde_json::from_str(&entry(&["--sandbox"], &[])).expect("JSON");
    let home = home(&[(".claude.json", "")]);
    let folder = home.path().join("crm");
    let file = json!({ "projects": { folder.to_str().expect("a plain path"): project } });
    std::fs::write(home.path().join(".claude.json"), file.to_string()).expect("written");
    let home = home.path().to_str().expect("a plain path");
    let environment = [("HOME", home), ("USERPROFILE", home)];
    for client in [&[][..], &["--client", "claude-code"]] {
        let (status, report) = check(&environment, client).await;
        assert_eq!(status, Some(0), "{report}");
        let [found] = &report["clients"].as_array().expect("clients")[..] else {
            panic!("{report}")
        };
        let file = found["file"].as_str().expect("a file").replace('\\', "/");
        assert_eq!(file, "~/.claude.json, ~/crm");
    }
}

#[tokio::test]
async fn an_entry_is_tested_with_what_its_client_fills_in_and_nothing_else() {
    let with = |token: &str| {
        entry(
            &["--timeout", "5s"],
            &[("WOLKVOX_SERVER", "crm0001.wolkvox.com"), ("WOLKVOX_TOKEN", token)],
        )
    };
    let home = home(&[
        (".claude.json", &with("${WOLKVOX_TOKEN}")),
        (".cursor/mcp.json", &with("${WOLKVOX_TOKEN}")),
    ]);
    let home = home.path().to_str().expect("a plain path");
    let environment = [
        ("HOME", home),
        ("USERPROFILE", home),
        ("WOLKVOX_TOKEN", TOKEN),
        ("WOLKVOX_MASK", "personal"),
    ];
    let (status, report) = check(&environment, &["--offline", "--client", "claude-code"]).await;
    assert_eq!(status, Some(0), "{report}");
    let settings = report["clients"][0]["steps"][0]["details"].to_string();
    assert!(settings.contains("TOKEN: 21 characters"), "{settings}");
    assert!(settings.contains("WOLKVOX_TIMEOUT: 5s (flag)"), "{settings}");
    assert!(!settings.contains("WOLKVOX_MASK"), "{settings}");
    let (status, report) = check(&environment, &["--offline", "--client", "cursor"]).await;
    assert_eq!(status, Some(1), "{report}");
    assert!(report.to_string().contains("did not fill in"), "{report}");
}

#[tokio::test]
async fn a_client_that_does_not_start_this_program_or_another_one_is_told() {
    let moved =
        entry(&["--sandbox"], &[]).replace(env!("CARGO_BIN_EXE_wolkvox-mcp"), "/gone/wolkvox-mcp");
    let home = home(&[
        (".cursor/mcp.json", &moved),
        (".gemini/settings.json", "{ broken"),
        (".claude.json", &entry(&["--no-such-flag"], &[])),
    ]);
    let home = home.path().to_str().expect("a plain path");
    let environment = [("HOME", home), ("USERPROFILE", home)];
    for (client, finds) in [
        ("cursor", "its command does not exist: /gone/wolkvox-mcp"),
        ("gemini", "not JSON"),
        ("claude-code", "its arguments are not"),
        ("codex", "Codex is not set up to start this program"),
    ] {
        let (status, report) = check(&environment, &["--client", client]).await;
        assert_eq!(status, Some(1), "{report}");
        assert!(report.to_string().contains(finds), "{report}");
    }
}

#[tokio::test]
async fn a_masked_name_that_no_documented_field_has_is_a_warning_with_the_likely_field() {
    let mut environment = account("crm0001.wolkvox.com");
    environment.push(("WOLKVOX_MASK", "id_customer, cedula, Campo Propio"));
    environment.push(("WOLKVOX_TIMEZONE", "America/Bogota"));
    let (status, report) = check(&environment, &["--offline"]).await;
    assert_eq!(status, Some(0), "{report}");
    let warnings = report["steps"][0]["warnings"].as_array().expect("warnings");
    let [slip, own] = &warnings[..] else { panic!("{report}") };
    assert!(slip.as_str().is_some_and(|it| it.contains("did you mean `id_customer`?")), "{slip}");
    assert!(own.as_str().is_some_and(|it| it.contains("`Campo Propio`")), "{own}");
    let ended = Program::run(&[], &environment).await;
    assert_eq!(ended.stderr.matches("did you mean `id_customer`?").count(), 1, "{}", ended.stderr);
}
