//! `wolkvox-mcp query`: the tool's answer at a terminal, as a table or as JSON.

use insta::assert_snapshot;
use serde_json::Value;

use wolkvox_mcp::error::Kind;

use crate::support::Program;

async fn query(arguments: &[&str]) -> (Option<i32>, String, String) {
    let arguments = [&["query", "--sandbox"], arguments].concat();
    let ended = Program::run(&arguments, &[]).await;
    (ended.status.code(), ended.stdout.join("\n"), ended.stderr)
}

#[tokio::test]
async fn a_table_shows_what_was_found() {
    let (status, stdout, stderr) = query(&["id_customer", "900000005"]).await;
    assert_eq!(status, Some(0));
    assert_eq!(stderr, "");
    assert_snapshot!(stdout, @"
    2 records found, SANDBOX: fictitious data
    Shared by the 2 shown:
      obligation: FIC-501
      id_customer: 900000005
      client_name: Incumplido
      client_lastname: Ejemplo
      client_type_document: CC
      client_telephone: 3000000005
      wolkvox_idRecord: 0000000000000000000000ae
    date                 type interaction  tipification code  tipification description  agent name
    ────────────────────────────────────────────────────────────────────────────────────────────────────
    2026-11-19 10:15:00  chat-whatsapp     PI                 Promesa incumplida        Agente Prueba 3
    2026-11-04 10:15:00  inbound           PP                 Promesa de pago           Agente Prueba 1
    In all, 2026-11-04 to 2026-11-19: 1 Promesa de pago, 1 Promesa incumplida
    ");
}

#[tokio::test]
async fn records_with_many_fields_are_shown_as_blocks() {
    let (_, stdout, _) = query(&["id_customer", "900000002"]).await;
    assert_snapshot!(stdout, @"
    1 record found, SANDBOX: fictitious data
      date: 2026-11-17 10:15:00
      type_interaction: chat-whatsapp
      tipification_code: MT
      tipification_description: Mensaje con tercero
      obligation: FIC-201
      agent_name: Agente Prueba 3
      id_customer: 900000002
      client_name: Única
      client_lastname: Gestión Ficticia
      client_type_document: CC
      client_telephone: 3000000002
      wolkvox_idRecord: 0000000000000000000000ab
    ");
}

#[tokio::test]
async fn a_part_of_many_says_how_to_see_the_rest() {
    let (_, stdout, _) =
        query(&["id_customer", "900000003", "--limit", "1", "--offset", "2"]).await;
    assert_snapshot!(stdout, @"
    320 records found, SANDBOX: fictitious data
    Fetched anew: if records were added or removed since the earlier page, some may appear twice or be skipped; `total` and `as_of` are of now.
      date: 2026-11-16 08:13:00
      type_interaction: out_pre
      tipification_code: NC
      tipification_description: No contesta
      obligation: FIC-302
      agent_name: Agente Prueba 3
      id_customer: 900000003
      client_name: Constante
      client_lastname: Muestra
      client_type_document: CC
      client_telephone: 3000000003
      wolkvox_idRecord: 0000000000000000000000ac
    In all, 2025-02-20 to 2026-11-20: 107 No contesta, 54 Mensaje con tercero, 53 Promesa de pago, 53 Promesa incumplida, 53 not classified
    317 more: --offset 3
    ");
}

#[tokio::test]
async fn nothing_found_is_status_1_with_a_hint() {
    let (status, stdout, stderr) = query(&["customer_id", "900000001"]).await;
    assert_eq!((status, stderr.as_str()), (Some(1), ""));
    assert_snapshot!(stdout, @"
    0 records found, SANDBOX: fictitious data
    No record has exactly this value in `customer_id`. It is the ADDITIONAL id: try `id_customer` for a document number.
    ");
}

#[tokio::test]
async fn json_is_the_tools_answer() {
    let (status, stdout, _) = query(&["--json", "id_customer", "900000001", "--limit", "2"]).await;
    assert_eq!(status, Some(0));
    let answer: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(answer["total"], 37);
    assert_eq!(answer["records"].as_array().map(Vec::len), Some(2));
    assert_eq!(answer["sandbox"], true);
}

#[tokio::test]
async fn a_failure_has_its_kind_on_stderr_and_a_status_for_what_to_do() {
    for (fault, status) in [
        ("token", 4),
        ("500", 5),
        ("busy", 6),
        ("quota", 6),
        ("maintenance", 6),
        ("bad_request", 2),
        ("html", 2),
    ] {
        let (ended, stdout, stderr) = query(&["--timeout", "2s", "sandbox_fault", fault]).await;
        assert_eq!((ended, stdout.as_str()), (Some(status), ""), "{fault}");
        let kind = stderr.split(':').next().expect("a kind");
        assert!(Kind::ALL.iter().any(|it| it.as_str() == kind), "{stderr}");
    }
    let (status, _, stderr) = query(&["id_customer", "1", "--limit", "1000"]).await;
    assert_eq!(status, Some(2));
    assert!(stderr.starts_with("invalid_input: "), "{stderr}");
    let (status, _, _) = query(&["id_customer"]).await;
    assert_eq!(status, Some(2), "wrong usage");
}

#[tokio::test]
async fn with_json_a_failure_is_json_where_the_answer_would_be() {
    let (status, stdout, stderr) = query(&["--json", "sandbox_fault", "maintenance"]).await;
    assert_eq!((status, stderr.as_str()), (Some(6), ""));
    let error = serde_json::from_str::<Value>(&stdout).expect("JSON")["error"].clone();
    assert_eq!(error["kind"], "maintenance");
    assert!(error["message"].as_str().expect("a sentence").contains("closed for"), "{error}");
    assert!(error["hint"].as_str().expect("advice").contains("This is not an answer"), "{error}");

    let ended = Program::run(&["query", "--json", "id_customer", "1"], &[]).await;
    assert_eq!((ended.status.code(), ended.stderr.as_str()), (Some(3), ""));
    let error: Value = serde_json::from_str(&ended.stdout.join("\n")).expect("JSON");
    assert_eq!(error["error"]["kind"], "wrong_settings");
    let message = error["error"]["message"].as_str().expect("a sentence");
    assert!(message.contains("WOLKVOX_SERVER is not set"), "{message}");
}

#[tokio::test]
async fn a_word_for_a_field_is_status_2_and_what_was_typed_otherwise_is_told() {
    let (status, stdout, stderr) = query(&["cedula", "900000001"]).await;
    assert_eq!((status, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("did you mean `id_customer`?"), "{stderr}");
    let (status, stdout, _) = query(&["ID customer", "900.000.005"]).await;
    assert_eq!(status, Some(0));
    assert!(
        stdout.contains("`value` was searched without the separators between its digits."),
        "{stdout}"
    );
}

#[tokio::test]
async fn colour_and_spinner_stay_away_from_pipes() {
    let (_, stdout, stderr) = query(&["id_customer", "900000001"]).await;
    assert!(!stdout.contains('\u{1b}') && !stderr.contains('\u{1b}'));
}

#[tokio::test]
async fn an_obligations_balance_is_shown_as_a_block() {
    let record = "0000000000000000000000aa";
    let (status, stdout, _) = query(&["--obligation", "FIC-002", "--record", record]).await;
    assert_eq!(status, Some(0));
    assert_snapshot!(stdout, @r#"
    1 record found, SANDBOX: fictitious data
      id: FIC-002
      name: FIC-002
      total_balance: 480500.50
      portfolio_type: Cartera vencida
      expiring_date: 2026-11-08
      days_delay: 12
      form: {"Frecuencia":"Mensual"}
      unknown: ["last_pay","last_pay_date"]
    "#);
    let (status, _, stderr) = query(&["--obligation", "FIC-002"]).await;
    assert_eq!(status, Some(2));
    assert!(stderr.contains("--record"), "{stderr}");
    for ignored in ["--limit", "--offset", "--since", "--until", "--column"] {
        let arguments = ["--obligation", "FIC-002", "--record", record, ignored, "1"];
        let (status, _, stderr) = query(&arguments).await;
        assert_eq!(status, Some(2), "{ignored}");
        assert!(stderr.contains("cannot be used with"), "{stderr}");
    }
}

#[tokio::test]
async fn records_without_a_readable_date_are_counted() {
    let (_, stdout, _) = query(&["id_customer", "900000006"]).await;
    assert!(stdout.contains("Without a readable date: "), "{stdout}");
}

#[tokio::test]
async fn in_spanish_the_answer_and_a_failure_are_spanish() {
    let spanish = [("LANG", "es_CO.UTF-8")];
    let asked = ["query", "--sandbox", "id_customer", "900000001", "--limit", "2"];
    let ended = Program::run(&asked, &spanish).await;
    let text = ended.stdout.join("\n");
    for part in [
        "37 registros encontrados",
        "Comunes a los 2 mostrados:",
        "En total, del ",
        "35 más: --offset 2",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let refused = ["query", "--sandbox", "sandbox_fault", "token", "--lang", "es"];
    let ended = Program::run(&refused, &[]).await;
    assert!(ended.stderr.contains("no aceptó el token"), "{}", ended.stderr);
    assert!(ended.stderr.contains("Esto no es una respuesta"), "{}", ended.stderr);
}
