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
    From 2026-11-04 to 2026-11-19 (yesterday); today: 0; last 7 days: 1 (1 WhatsApp); last 30 days: 2
    Outcomes: 1 Promesa de pago, 1 Promesa incumplida
    Channels: 1 WhatsApp, 1 incoming call

    Shared by the 2 shown:
      Obligation: FIC-501
      Document: 900000005
      First name: Incumplido
      Last name: Ejemplo
      Kind of document: CC
      Phone: 3000000005
      Case file: 0000000000000000000000ae

    Date                            Channel        Code  Outcome             Agent
    ─────────────────────────────────────────────────────────────────────────────────────────
    2026-11-19 10:15 (yesterday)    WhatsApp       PI    Promesa incumplida  Agente Prueba 3
    2026-11-04 10:15 (16 days ago)  incoming call  PP    Promesa de pago     Agente Prueba 1
    ");
}

#[tokio::test]
async fn records_with_many_fields_are_shown_as_blocks() {
    let (_, stdout, _) = query(&["id_customer", "900000002"]).await;
    assert_snapshot!(stdout, @"
    1 record found, SANDBOX: fictitious data

      Date: 2026-11-17 10:15 (3 days ago)
      Channel: WhatsApp
      Code: MT
      Outcome: Mensaje con tercero
      Obligation: FIC-201
      Agent: Agente Prueba 3
      Document: 900000002
      First name: Única
      Last name: Gestión Ficticia
      Kind of document: CC
      Phone: 3000000002
      Case file: 0000000000000000000000ab
    ");
}

#[tokio::test]
async fn a_part_of_many_says_how_to_see_the_rest() {
    let (_, stdout, _) =
        query(&["id_customer", "900000003", "--limit", "1", "--offset", "2"]).await;
    assert_snapshot!(stdout, @"
    320 records found, SANDBOX: fictitious data
    Fetched again: if records were added or removed since the earlier page, some may appear twice or be skipped; `total` and
    `as_of` are of now.
    Newest of all: 2026-11-20 10:15 (today), No contesta, incoming call, Agente Prueba 1, FIC-300
    From 2025-02-20 to 2026-11-20 (today); today: 1; last 7 days: 4 (1 WhatsApp, 1 incoming call, 1 predictive call, 1
      manual call); last 30 days: 15
    Outcomes: 107 No contesta, 54 Mensaje con tercero, 53 Promesa de pago, 53 Promesa incumplida, 53 not classified
    Channels: 80 WhatsApp, 80 incoming calls, 80 predictive calls, 80 manual calls
    Obligations: 40 FIC-300, 40 FIC-301, 40 FIC-302, 40 FIC-303, 40 FIC-304, 40 FIC-305, 40 FIC-306, 40 FIC-307
    Months: 2026-11: 10, 2026-10: 16, 2026-09: 15, 2026-08: 15, 2026-07: 16, 2026-06: 15, 2026-05: 15, 2026-04: 15, 2026-03:
      16, 2026-02: 14, 2026-01: 15, 2025-12: 16, 2025-11: 15, earlier: 127

      Date: 2026-11-16 08:13 (4 days ago)
      Channel: predictive call
      Code: NC
      Outcome: No contesta
      Obligation: FIC-302
      Agent: Agente Prueba 3
      Document: 900000003
      First name: Constante
      Last name: Muestra
      Kind of document: CC
      Phone: 3000000003
      Case file: 0000000000000000000000ac

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
    let (_, _, stderr) = query(&["sandbox_fault", "quota"]).await;
    assert!(stderr.contains("resets the quota daily"), "{stderr}");
    assert!(!stderr.contains("minutes"), "this program ends and holds nothing back: {stderr}");
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
    assert_snapshot!(stdout, @"
    1 obligation found, SANDBOX: fictitious data

      Id: FIC-002
      Name: FIC-002
      Balance: 480,500.50
      Portfolio: Cartera vencida
      Due date: 2026-11-08 (12 days ago)
      Days overdue, as wolkvox has it: 12
      Company's own fields: Frecuencia: Mensual
      Blank in wolkvox: Last payment, Date of last payment
    ");
    let (status, _, stderr) = query(&["--obligation", "FIC-002"]).await;
    assert_eq!(status, Some(2));
    assert!(stderr.contains("<FIELD"), "{stderr}");
    for ignored in ["--limit", "--offset", "--since", "--until", "--column", "--channel"] {
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
        "Del 2025-10-20 al 2026-11-20 (hoy); hoy: 1; ",
        "35 más: --offset 2",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let refused = ["query", "--sandbox", "sandbox_fault", "token", "--lang", "es"];
    let ended = Program::run(&refused, &[]).await;
    assert!(ended.stderr.contains("no aceptó el token"), "{}", ended.stderr);
    assert!(ended.stderr.contains("Esto no es una respuesta"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_number_alone_is_a_document_and_a_field_alone_is_not_enough() {
    let (status, alone, _) = query(&["900000005"]).await;
    assert_eq!((status, alone), {
        let (status, stdout, _) = query(&["id_customer", "900000005"]).await;
        (status, stdout)
    });
    for field in ["id_customer", "documento"] {
        let (status, _, stderr) = query(&[field]).await;
        assert_eq!(status, Some(2));
        assert!(stderr.contains("`VALUE` is missing"), "{stderr}");
    }
}

#[tokio::test]
async fn days_and_filters_are_typed_as_people_say_them() {
    for (arguments, total) in [
        (&["--since", "hoy"][..], 1),
        (&["--since", "30d"], 3),
        (&["--since", "-30d"], 3),
        (&["--until", "31/12/2025"], 7),
        (&["--tipification", "promesa de pago"], 10),
        (&["--channel", "outbound"], 19),
        (&["--channel", "predictive call"], 10),
        (&["--channel", "llamadas predictivas"], 10),
        (&["--obligation", "fic-002"], 12),
    ] {
        let (_, stdout, stderr) = query(&[&["900000001", "--json"], arguments].concat()).await;
        let answer: Value = serde_json::from_str(&stdout).expect("JSON");
        assert_eq!(answer["total"], total, "{arguments:?} {stderr}");
    }
    let (status, _, stderr) = query(&["900000001", "--since", "mañana"]).await;
    assert_eq!(status, Some(2));
    assert!(stderr.contains("`--since` is no day"), "{stderr}");
}

#[tokio::test]
async fn no_word_is_broken_and_no_line_too_long_at_any_usual_width() {
    for width in [60, 80, 120] {
        for asked in [
            &["900000001"][..],
            &["900000007"],
            &["900000008"],
            &["--record", "0000000000000000000000aa"],
            &["customer_id", "900000001"],
            &["900000001", "--tipification", "promesa", "--since", "2026-11-01"],
            &["sandbox_fault", "token"],
        ] {
            let columns = width.to_string();
            let arguments = [&["query", "--sandbox", "--lang", "es"], asked].concat();
            let whole = Program::run(&arguments, &[("COLUMNS", "1000")]).await;
            let whole = whole.stdout.join("\n") + &whole.stderr;
            let ended = Program::run(&arguments, &[("COLUMNS", &columns)]).await;
            for line in ended.stdout.iter().map(String::as_str).chain(ended.stderr.lines()) {
                assert!(line.chars().count() <= width, "{width} {asked:?}: {line}");
            }
            let narrow = ended.stdout.join("\n") + &ended.stderr;
            // Where a table is too wide, its headings stand before each value.
            let bare = |word: &'_ str| word.trim_end_matches(':').to_owned();
            let narrow: Vec<String> = narrow.split_whitespace().map(bare).collect();
            let is_rule = |word: &&str| word.starts_with('─');
            for word in whole.split_whitespace().filter(|word| !is_rule(word)) {
                assert!(narrow.contains(&bare(word)), "{width} {asked:?}: {word}");
            }
        }
    }
}

#[tokio::test]
async fn keys_show_an_answer_by_wolkvoxs_own_names() {
    let (_, stdout, _) = query(&["900000005", "--keys"]).await;
    for shown in
        ["  id_customer: 900000005", "tipification_code", "chat-whatsapp", "2026-11-19 10:15:00"]
    {
        assert!(stdout.contains(shown), "{shown}: {stdout}");
    }
}

#[tokio::test]
async fn hints_and_refusals_at_the_terminal_speak_its_language_and_name_its_flags() {
    let spanish = async |arguments: &[&str]| {
        let arguments = [&["query", "--sandbox", "--lang", "es"], arguments].concat();
        let ended = Program::run(&arguments, &[]).await;
        ended.stdout.join("\n") + &ended.stderr
    };
    for (arguments, said) in [
        (&["customer_id", "900000001"][..], "Ningún registro tiene exactamente ese valor"),
        (&["900000001", "--since", "2027-01-01"], "Nada en esas fechas; 37 registros en otras."),
        (&["900000001", "--offset", "99"], "`--offset` pasa del final; en total: 37 registros."),
        (
            &["900000001", "--column", "wolkvox_ownr"],
            "`--column` nombra un campo que ningún registro tiene",
        ),
        (&["id_customer", " "], "`VALUE` está en blanco"),
        (
            &["cedula", "900000001"],
            "`FIELD` no es el nombre de un campo (¿quiso decir `id_customer`?)",
        ),
        (&["cedula", "900000001"], "entre comillas dobles y simples: '\"…\"'"),
        (&["900000001", "--limit", "0"], "`--limit` debe ser un número entero de 1 a 100"),
        (&["900000001", "--offset", "-1"], "`--offset` debe ser un número entero"),
        (
            &["900000001", "--channel", "fax"],
            "Ningún registro tiene lo pedido en `--channel`; hay:",
        ),
        (
            &["900000001", "--since", "2026-11-02", "--until", "2026-11-01"],
            "`--since` es posterior a `--until`",
        ),
        (&["--obligation", "x", "--record", "y"], "Ninguna obligación tiene ese id"),
    ] {
        let text = spanish(arguments).await;
        assert!(text.contains(said), "{arguments:?}: {text}");
    }
}
