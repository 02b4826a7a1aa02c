//! The questions that agents ask: each is one call, and the whole answer is here, a member a line.
//!
//! The questions of the wolkvox dossier that no call can answer are not here: how many calls are left
//! today (`wolkvox-mcp check`), every gestión of a month whoever the customer is (wolkvox searches one
//! field only), and what was said in a call (wolkvox has no notes).

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Program, RawReply, RawServer, TOKEN};

async fn sandbox() -> Program {
    let mut program = Program::start(&["--sandbox"], &[]);
    program.initialize("2025-11-25").await;
    program
}

async fn ask(asked: Value) -> String {
    told(&mut sandbox().await, "query_obligation", asked).await
}

async fn ask_of(customer: &str, mut more: Value) -> String {
    more["field"] = json!("id_customer");
    more["value"] = json!(customer);
    ask(more).await
}

async fn balance(asked: Value) -> String {
    told(&mut sandbox().await, "get_obligation", asked).await
}

/// Asks, checks the answer against the tool's output schema, and writes a line for each member.
async fn told(program: &mut Program, tool: &str, asked: Value) -> String {
    let listed = program.request("tools/list", json!({})).await;
    let tools = listed["result"]["tools"].as_array().expect("tools").clone();
    let listed = tools.iter().find(|it| it["name"] == tool).expect("the tool");
    let result = program.call_tool(tool, asked).await;
    let answer = result["structuredContent"].clone();
    let schema = jsonschema::validator_for(&listed["outputSchema"]).expect("a schema");
    assert!(schema.is_valid(&answer), "{answer}");
    let mut lines = Vec::new();
    for (name, member) in answer.as_object().expect("an answer") {
        match member.as_array() {
            Some(items) => lines.extend(items.iter().map(|item| format!("{name}: {item}"))),
            None => lines.push(format!("{name}: {member}")),
        }
    }
    lines.join("\n")
}

/// Starts the program before a wolkvox that has these records.
async fn before(records: Value) -> (RawServer, Program) {
    let reply = json!({ "code": "200", "error": "null", "data": records });
    let server = RawServer::start(vec![RawReply::json(reply.to_string())]).await;
    let account = [
        ("WOLKVOX_SERVER", server.address()),
        ("WOLKVOX_TOKEN", TOKEN),
        ("WOLKVOX_OPERATION", "x"),
        ("WOLKVOX_TIMEZONE", "America/Bogota"),
    ];
    let mut program = Program::start(&[], &account);
    program.initialize("2025-11-25").await;
    (server, program)
}

/// Returns what is told without the time, which is now.
fn timeless(told: &str) -> String {
    let is_timeless = |line: &&str| !line.starts_with("as_of: ") && !line.starts_with("summary: ");
    told.lines().filter(is_timeless).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn what_was_the_last_gestion_of_this_customer() {
    let told = ask_of("900000001", json!({ "limit": 1 })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 37
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-20 10:15:00","type_interaction":"out_pre","tipification_code":"PP","tipification_description":"Promesa de pago","obligation":"FIC-001","agent_name":"Agente Prueba 2","id_customer":"900000001","client_name":"Cliente","client_lastname":"Ficticio","client_type_document":"CC","client_telephone":"3000000001","wolkvox_idRecord":"0000000000000000000000aa"}
    next_offset: 1
    summary: {"first":"2025-10-20","last":"2026-11-20","days_since_last":0,"today":1,"last_7_days":1,"last_7_days_by_channel":{"out_pre":1},"last_30_days":3,"by_tipification":{"No contesta":18,"Promesa de pago":10,"Mensaje con tercero":9},"by_channel":{"out_pre":10,"chat-whatsapp":9,"inbound":9,"outbound_ma":9},"by_month":{"2026-11":2,"2026-10":3,"2026-09":3,"2026-08":3,"2026-07":2,"2026-06":3,"2026-05":3,"2026-04":3,"2026-03":3,"2026-02":2,"2026-01":3,"2025-12":3,"2025-11":2},"earlier_months":2,"by_obligation":{"FIC-001":13,"FIC-002":12,"FIC-003":12}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn how_many_times_did_we_contact_this_customer_this_month() {
    let told = ask_of("900000003", json!({ "since": "2026-11-01", "limit": 1 })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 10
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-20 10:15:00","type_interaction":"inbound","tipification_code":"NC","tipification_description":"No contesta","obligation":"FIC-300","agent_name":"Agente Prueba 1","id_customer":"900000003","client_name":"Constante","client_lastname":"Muestra","client_type_document":"CC","client_telephone":"3000000003","wolkvox_idRecord":"0000000000000000000000ac"}
    next_offset: 1
    other_matches: 310
    summary: {"first":"2026-11-02","last":"2026-11-20","days_since_last":0,"today":1,"last_7_days":4,"last_7_days_by_channel":{"chat-whatsapp":1,"inbound":1,"out_pre":1,"outbound_ma":1},"by_tipification":{"No contesta":4,"Mensaje con tercero":2,"Promesa de pago":1,"Promesa incumplida":1},"without_tipification":2,"by_channel":{"inbound":3,"outbound_ma":3,"chat-whatsapp":2,"out_pre":2},"by_obligation":{"FIC-300":2,"FIC-301":2,"FIC-302":1,"FIC-303":1,"FIC-304":1,"FIC-305":1,"FIC-306":1,"FIC-307":1}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn who_attended_last_and_on_which_extension() {
    let told = ask_of("900000005", json!({ "limit": 1, "columns": ["agent_id"] })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 2
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-19 10:15:00","type_interaction":"chat-whatsapp","tipification_code":"PI","tipification_description":"Promesa incumplida","obligation":"FIC-501","agent_name":"Agente Prueba 3","id_customer":"900000005","client_name":"Incumplido","client_lastname":"Ejemplo","client_type_document":"CC","client_telephone":"3000000005","wolkvox_idRecord":"0000000000000000000000ae","agent_id":"1003"}
    next_offset: 1
    summary: {"first":"2026-11-04","last":"2026-11-19","days_since_last":1,"today":0,"last_7_days":1,"last_7_days_by_channel":{"chat-whatsapp":1},"last_30_days":2,"by_tipification":{"Promesa de pago":1,"Promesa incumplida":1},"by_channel":{"chat-whatsapp":1,"inbound":1},"by_obligation":{"FIC-501":2}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn what_was_the_outcome_of_yesterdays_contact() {
    let told = ask_of("900000005", json!({ "since": "2026-11-19", "until": "2026-11-19" })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 1
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-19 10:15:00","type_interaction":"chat-whatsapp","tipification_code":"PI","tipification_description":"Promesa incumplida","obligation":"FIC-501","agent_name":"Agente Prueba 3","id_customer":"900000005","client_name":"Incumplido","client_lastname":"Ejemplo","client_type_document":"CC","client_telephone":"3000000005","wolkvox_idRecord":"0000000000000000000000ae"}
    other_matches: 1
    sandbox: true
    "#);
}

#[tokio::test]
async fn is_there_a_payment_agreement() {
    let told = ask_of("900000004", json!({ "tipification": "Promesa de pago" })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 1
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-11 10:15:00","type_interaction":"outbound_ma","tipification_code":"PP","tipification_description":"Promesa de pago","obligation":"FIC-401","agent_name":"Agente Prueba 1","id_customer":"900000004","client_name":"Cumplida","client_lastname":"Ejemplo","client_type_document":"CC","client_telephone":"3000000004","wolkvox_idRecord":"0000000000000000000000ad"}
    other_matches: 2
    latest: {"date":"2026-11-18 10:15:00","days_since":2,"tipification":"Pago realizado","type_interaction":"inbound","agent_name":"Agente Prueba 3","obligation":"FIC-401"}
    sandbox: true
    "#);
}

#[tokio::test]
async fn all_gestiones_of_an_obligation() {
    let told = ask(json!({ "field": "obligation", "value": "FIC-401" })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 3
    as_of: "2026-11-20T20:10:00-05:00"
    common: {"obligation":"FIC-401","id_customer":"900000004","client_name":"Cumplida","client_lastname":"Ejemplo","client_type_document":"CC","client_telephone":"3000000004","wolkvox_idRecord":"0000000000000000000000ad"}
    records: {"date":"2026-11-18 10:15:00","type_interaction":"inbound","tipification_code":"PAGO","tipification_description":"Pago realizado","agent_name":"Agente Prueba 3"}
    records: {"date":"2026-11-11 10:15:00","type_interaction":"outbound_ma","tipification_code":"PP","tipification_description":"Promesa de pago","agent_name":"Agente Prueba 1"}
    records: {"date":"2026-11-08 10:15:00","type_interaction":"out_pre","tipification_code":"NC","tipification_description":"No contesta","agent_name":"Agente Prueba 2"}
    summary: {"first":"2026-11-08","last":"2026-11-18","days_since_last":2,"today":0,"last_7_days":1,"last_7_days_by_channel":{"inbound":1},"last_30_days":3,"by_tipification":{"No contesta":1,"Pago realizado":1,"Promesa de pago":1},"by_channel":{"inbound":1,"out_pre":1,"outbound_ma":1}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn the_history_of_a_case_file() {
    let told =
        ask(json!({ "field": "wolkvox_idRecord", "value": "0000000000000000000000ae" })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 2
    as_of: "2026-11-20T20:10:00-05:00"
    common: {"obligation":"FIC-501","id_customer":"900000005","client_name":"Incumplido","client_lastname":"Ejemplo","client_type_document":"CC","client_telephone":"3000000005","wolkvox_idRecord":"0000000000000000000000ae"}
    records: {"date":"2026-11-19 10:15:00","type_interaction":"chat-whatsapp","tipification_code":"PI","tipification_description":"Promesa incumplida","agent_name":"Agente Prueba 3"}
    records: {"date":"2026-11-04 10:15:00","type_interaction":"inbound","tipification_code":"PP","tipification_description":"Promesa de pago","agent_name":"Agente Prueba 1"}
    summary: {"first":"2026-11-04","last":"2026-11-19","days_since_last":1,"today":0,"last_7_days":1,"last_7_days_by_channel":{"chat-whatsapp":1},"last_30_days":2,"by_tipification":{"Promesa de pago":1,"Promesa incumplida":1},"by_channel":{"chat-whatsapp":1,"inbound":1}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn which_gestion_belongs_to_a_call() {
    let told = ask(
        json!({ "field": "wolkvox_idCall", "value": "CALL-TEST-1", "columns": ["wolkvox_idCall"] }),
    )
    .await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 1
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-20 10:15:00","type_interaction":"out_pre","tipification_code":"PP","tipification_description":"Promesa de pago","obligation":"FIC-001","agent_name":"Agente Prueba 2","id_customer":"900000001","client_name":"Cliente","client_lastname":"Ficticio","client_type_document":"CC","client_telephone":"3000000001","wolkvox_idRecord":"0000000000000000000000aa","wolkvox_idCall":"CALL-TEST-1"}
    sandbox: true
    "#);
}

#[tokio::test]
async fn what_did_an_extension_do_today() {
    let told = ask(json!({ "field": "agent_id", "value": "1002", "since": "2026-11-20", "until": "2026-11-20" })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 1
    as_of: "2026-11-20T20:10:00-05:00"
    undated: 1
    hint: "1 record without a readable date was left out; search without `since` and `until` to see it. The date is blank."
    records: {"date":"2026-11-20 10:15:00","type_interaction":"out_pre","tipification_code":"PP","tipification_description":"Promesa de pago","obligation":"FIC-001","agent_name":"Agente Prueba 2","id_customer":"900000001","client_name":"Cliente","client_lastname":"Ficticio","client_type_document":"CC","client_telephone":"3000000001","wolkvox_idRecord":"0000000000000000000000aa"}
    other_matches: 122
    sandbox: true
    "#);
}

#[tokio::test]
async fn which_channel_was_used_last() {
    let told = ask_of("900000004", json!({ "limit": 1 })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 3
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-18 10:15:00","type_interaction":"inbound","tipification_code":"PAGO","tipification_description":"Pago realizado","obligation":"FIC-401","agent_name":"Agente Prueba 3","id_customer":"900000004","client_name":"Cumplida","client_lastname":"Ejemplo","client_type_document":"CC","client_telephone":"3000000004","wolkvox_idRecord":"0000000000000000000000ad"}
    next_offset: 1
    summary: {"first":"2026-11-08","last":"2026-11-18","days_since_last":2,"today":0,"last_7_days":1,"last_7_days_by_channel":{"inbound":1},"last_30_days":3,"by_tipification":{"No contesta":1,"Pago realizado":1,"Promesa de pago":1},"by_channel":{"inbound":1,"out_pre":1,"outbound_ma":1},"by_obligation":{"FIC-401":3}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn which_phone_did_we_call() {
    let told =
        ask_of("900000002", json!({ "columns": ["wolkvox_phoneCall", "wolkvox_CrmPhoneCall"] }))
            .await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 1
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-17 10:15:00","type_interaction":"chat-whatsapp","tipification_code":"MT","tipification_description":"Mensaje con tercero","obligation":"FIC-201","agent_name":"Agente Prueba 3","id_customer":"900000002","client_name":"Única","client_lastname":"Gestión Ficticia","client_type_document":"CC","client_telephone":"3000000002","wolkvox_idRecord":"0000000000000000000000ab","wolkvox_phoneCall":"93000000002"}
    sandbox: true
    "#);
}

#[tokio::test]
async fn has_anybody_dealt_with_this_phone() {
    let told = ask(json!({ "field": "client_telephone", "value": "3000000004", "limit": 1 })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 3
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-18 10:15:00","type_interaction":"inbound","tipification_code":"PAGO","tipification_description":"Pago realizado","obligation":"FIC-401","agent_name":"Agente Prueba 3","id_customer":"900000004","client_name":"Cumplida","client_lastname":"Ejemplo","client_type_document":"CC","client_telephone":"3000000004","wolkvox_idRecord":"0000000000000000000000ad"}
    next_offset: 1
    summary: {"first":"2026-11-08","last":"2026-11-18","days_since_last":2,"today":0,"last_7_days":1,"last_7_days_by_channel":{"inbound":1},"last_30_days":3,"by_tipification":{"No contesta":1,"Pago realizado":1,"Promesa de pago":1},"by_channel":{"inbound":1,"out_pre":1,"outbound_ma":1},"by_obligation":{"FIC-401":3}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn what_did_a_campaign_bring() {
    let told = ask(json!({ "field": "campaign_id", "value": "99001", "limit": 1 })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 95
    as_of: "2026-11-20T20:10:00-05:00"
    hint: "The matches belong to 6 customers; this page shows 1."
    customers: 6
    records: {"date":"2026-11-20 10:15:00","type_interaction":"out_pre","tipification_code":"PP","tipification_description":"Promesa de pago","obligation":"FIC-001","agent_name":"Agente Prueba 2","id_customer":"900000001","client_name":"Cliente","client_lastname":"Ficticio","client_type_document":"CC","client_telephone":"3000000001","wolkvox_idRecord":"0000000000000000000000aa"}
    next_offset: 1
    summary: {"first":"2025-02-22","last":"2026-11-20","days_since_last":0,"today":1,"last_7_days":5,"last_7_days_by_channel":{"out_pre":5},"last_30_days":10,"by_tipification":{"No contesta":55,"Promesa de pago":36,"Mensaje con tercero":2,"Promesa incumplida":1},"without_tipification":1,"by_channel":{"out_pre":95},"by_month":{"2026-11":8,"2026-10":5,"2026-09":4,"2026-08":5,"2026-07":5,"2026-06":4,"2026-05":4,"2026-04":5,"2026-03":5,"2026-02":4,"2026-01":4,"2025-12":5,"2025-11":4},"earlier_months":33,"by_obligation":{"FIC-302":40,"FIC-306":40,"FIC-001":4,"FIC-002":3,"FIC-003":3,"FIC-401":1,"FIC-701":1,"FIC-901":1},"without_obligation":2,"by_customer":{"900000003":80,"900000001":10,"900000006":2,"900000004":1,"900000007":1,"900000009":1}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn which_obligations_were_discussed() {
    let told = ask_of("900000001", json!({ "limit": 1, "offset": 36 })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 37
    as_of: "2026-11-20T20:10:00-05:00"
    hint: "Fetched again: if records were added or removed since the earlier page, some may appear twice or be skipped; `total` and `as_of` are of now."
    records: {"date":"2025-10-20 09:15:00","type_interaction":"out_pre","tipification_code":"PP","tipification_description":"Promesa de pago","obligation":"FIC-001","agent_name":"Agente Prueba 2","id_customer":"900000001","client_name":"Cliente","client_lastname":"Ficticio","client_type_document":"CC","client_telephone":"3000000001","wolkvox_idRecord":"0000000000000000000000aa"}
    latest: {"date":"2026-11-20 10:15:00","days_since":0,"tipification":"Promesa de pago","type_interaction":"out_pre","agent_name":"Agente Prueba 2","obligation":"FIC-001"}
    summary: {"first":"2025-10-20","last":"2026-11-20","days_since_last":0,"today":1,"last_7_days":1,"last_7_days_by_channel":{"out_pre":1},"last_30_days":3,"by_tipification":{"No contesta":18,"Promesa de pago":10,"Mensaje con tercero":9},"by_channel":{"out_pre":10,"chat-whatsapp":9,"inbound":9,"outbound_ma":9},"by_month":{"2026-11":2,"2026-10":3,"2026-09":3,"2026-08":3,"2026-07":2,"2026-06":3,"2026-05":3,"2026-04":3,"2026-03":3,"2026-02":2,"2026-01":3,"2025-12":3,"2025-11":2},"earlier_months":2,"by_obligation":{"FIC-001":13,"FIC-002":12,"FIC-003":12}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn how_many_were_left_unclassified() {
    let told =
        ask_of("900000003", json!({ "tipification": "without_tipification", "limit": 1 })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 53
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-14 07:12:00","type_interaction":"chat-whatsapp","tipification_code":"TIMEOUTACW","tipification_description":"TIMEOUTACW","obligation":"FIC-303","agent_name":"Agente Prueba 1","id_customer":"900000003","client_name":"Constante","client_lastname":"Muestra","client_type_document":"CC","client_telephone":"3000000003","wolkvox_idRecord":"0000000000000000000000ac"}
    next_offset: 1
    other_matches: 267
    latest: {"date":"2026-11-20 10:15:00","days_since":0,"tipification":"No contesta","type_interaction":"inbound","agent_name":"Agente Prueba 1","obligation":"FIC-300"}
    summary: {"first":"2025-02-28","last":"2026-11-14","days_since_last":6,"today":0,"last_7_days":1,"last_7_days_by_channel":{"chat-whatsapp":1},"last_30_days":2,"without_tipification":53,"by_channel":{"chat-whatsapp":27,"outbound_ma":26},"by_month":{"2026-11":2,"2026-10":2,"2026-09":3,"2026-08":2,"2026-07":3,"2026-06":2,"2026-05":3,"2026-04":2,"2026-03":3,"2026-02":2,"2026-01":3,"2025-12":3,"2025-11":2},"earlier_months":21,"by_obligation":{"FIC-303":14,"FIC-301":13,"FIC-305":13,"FIC-307":13}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn was_it_a_person_or_a_program_and_who_owns_it() {
    let told = ask(json!({ "field": "wolkvox_id", "value": "00000000000000c0ffee0001", "columns": ["wolkvox_usuario_creacion", "wolkvox_origen", "wolkvox_owner"] })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 1
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-20 10:15:00","type_interaction":"out_pre","tipification_code":"PP","tipification_description":"Promesa de pago","obligation":"FIC-001","agent_name":"Agente Prueba 2","id_customer":"900000001","client_name":"Cliente","client_lastname":"Ficticio","client_type_document":"CC","client_telephone":"3000000001","wolkvox_idRecord":"0000000000000000000000aa","wolkvox_owner":{"user":"agent_1002@sandbox","nombre":"Agente Prueba 2","id":"1000000000001002","email":"agente1002@example.com"},"wolkvox_usuario_creacion":"agent_1002@sandbox"}
    sandbox: true
    "#);
}

#[tokio::test]
async fn which_kind_of_document_does_the_customer_have() {
    let told =
        ask_of("900000008", json!({ "limit": 1, "columns": ["client_type_document"] })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 3
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-20 10:15:00","type_interaction":"chat-whatsapp","tipification_code":"PP","tipification_description":"Promesa de pago","obligation":"FICTICIA-001","agent_name":"Agente Prueba 3","id_customer":"900000008","customer_id":"ADICIONAL-8","client_name":"Íñigo José","client_lastname":"Muñoz Peñaranda","client_type_document":"CC","client_telephone":"3000000008","wolkvox_idRecord":"0000000000000000000000b1","Canal extra":"WhatsApp","Categoría":"Ñandú & compañía","Saldo informado":{"value":"1750905","symbol":"COP"},"Otro teléfono":{"code":"57","value":"573000000008"},"Radicado":"12345678901234567890"}
    next_offset: 1
    summary: {"first":"2026-11-06","last":"2026-11-20","days_since_last":0,"today":1,"last_7_days":1,"last_7_days_by_channel":{"chat-whatsapp":1},"last_30_days":3,"by_tipification":{"Promesa de pago":3},"by_channel":{"chat-whatsapp":1,"inbound":1,"outbound_ma":1},"by_obligation":{"FICTICIA-001":3}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn how_much_is_owed_on_an_obligation_and_how_late_is_it() {
    let told =
        balance(json!({ "obligation": "FIC-501", "record_id": "0000000000000000000000ae" })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 1
    as_of: "2026-11-20T20:10:00-05:00"
    obligations: {"id":"FIC-501","name":"FIC-501","total_balance":"870000","portfolio_type":"Cartera vencida","expiring_date":"2026-09-20","days_delay":"61","form":{"Frecuencia":"Mensual"},"unknown":["last_pay","last_pay_date"]}
    sandbox: true
    "#);
}

#[tokio::test]
async fn when_did_the_customer_last_pay() {
    let told = balance(json!({ "record_id": "0000000000000000000000aa" })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 3
    as_of: "2026-11-20T20:10:00-05:00"
    obligations: {"id":"FIC-001","name":"FIC-001","total_balance":"1250000","portfolio_type":"Cartera vencida","last_pay":"150000","last_pay_date":"2026-10-20","expiring_date":"2026-10-06","days_delay":"45","form":{"Frecuencia":"Mensual"}}
    obligations: {"id":"FIC-002","name":"FIC-002","total_balance":"480500.50","portfolio_type":"Cartera vencida","expiring_date":"2026-11-08","days_delay":"12","form":{"Frecuencia":"Mensual"},"unknown":["last_pay","last_pay_date"]}
    obligations: {"id":"FIC-003","name":"FIC-003","total_balance":"0","portfolio_type":"Cartera al día","last_pay":"320000","last_pay_date":"2026-11-01","expiring_date":"2026-12-05","days_delay":"0","form":{"Frecuencia":"Mensual"}}
    total_balance: "1730500.50"
    sandbox: true
    "#);
}

#[tokio::test]
async fn what_is_owed_where_the_name_is_no_id() {
    let told = balance(json!({ "record_id": "0000000000000000000000ac" })).await;
    assert_snapshot!(told, @r#"
    outcome: "none"
    total: 0
    as_of: "2026-11-20T20:10:00-05:00"
    hint: "A gestión stores an obligation's NAME, which need not be its id: for those under `not_found` give the id. It does not mean that nothing is owed."
    not_found: {"name":"FIC-300","reason":"no obligation has this name as its id"}
    not_found: {"name":"FIC-301","reason":"no obligation has this name as its id"}
    not_found: {"name":"FIC-302","reason":"no obligation has this name as its id"}
    not_found: {"name":"FIC-303","reason":"no obligation has this name as its id"}
    not_found: {"name":"FIC-304","reason":"no obligation has this name as its id"}
    not_found: {"name":"FIC-305","reason":"no obligation has this name as its id"}
    not_found: {"name":"FIC-306","reason":"no obligation has this name as its id"}
    not_found: {"name":"FIC-307","reason":"no obligation has this name as its id"}
    sandbox: true
    "#);
}

#[tokio::test]
async fn may_this_customer_be_contacted_again_today() {
    let told = ask_of("900000003", json!({ "limit": 1 })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 320
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-20 10:15:00","type_interaction":"inbound","tipification_code":"NC","tipification_description":"No contesta","obligation":"FIC-300","agent_name":"Agente Prueba 1","id_customer":"900000003","client_name":"Constante","client_lastname":"Muestra","client_type_document":"CC","client_telephone":"3000000003","wolkvox_idRecord":"0000000000000000000000ac"}
    next_offset: 1
    summary: {"first":"2025-02-20","last":"2026-11-20","days_since_last":0,"today":1,"last_7_days":4,"last_7_days_by_channel":{"chat-whatsapp":1,"inbound":1,"out_pre":1,"outbound_ma":1},"last_30_days":15,"by_tipification":{"No contesta":107,"Mensaje con tercero":54,"Promesa de pago":53,"Promesa incumplida":53},"without_tipification":53,"by_channel":{"chat-whatsapp":80,"inbound":80,"out_pre":80,"outbound_ma":80},"by_month":{"2026-11":10,"2026-10":16,"2026-09":15,"2026-08":15,"2026-07":16,"2026-06":15,"2026-05":15,"2026-04":15,"2026-03":16,"2026-02":14,"2026-01":15,"2025-12":16,"2025-11":15},"earlier_months":127,"by_obligation":{"FIC-300":40,"FIC-301":40,"FIC-302":40,"FIC-303":40,"FIC-304":40,"FIC-305":40,"FIC-306":40,"FIC-307":40}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn how_many_calls_and_not_contacts_this_month() {
    let told =
        ask_of("900000003", json!({ "since": "2026-11-01", "channel": "call", "limit": 1 })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 8
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-20 10:15:00","type_interaction":"inbound","tipification_code":"NC","tipification_description":"No contesta","obligation":"FIC-300","agent_name":"Agente Prueba 1","id_customer":"900000003","client_name":"Constante","client_lastname":"Muestra","client_type_document":"CC","client_telephone":"3000000003","wolkvox_idRecord":"0000000000000000000000ac"}
    next_offset: 1
    other_matches: 312
    summary: {"first":"2026-11-02","last":"2026-11-20","days_since_last":0,"today":1,"last_7_days":3,"last_7_days_by_channel":{"inbound":1,"out_pre":1,"outbound_ma":1},"by_tipification":{"No contesta":4,"Mensaje con tercero":1,"Promesa de pago":1,"Promesa incumplida":1},"without_tipification":1,"by_channel":{"inbound":3,"outbound_ma":3,"out_pre":2},"by_obligation":{"FIC-300":2,"FIC-301":2,"FIC-302":1,"FIC-304":1,"FIC-305":1,"FIC-306":1}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn which_promises_of_320_records_were_broken_newest_first() {
    let told =
        ask_of("900000003", json!({ "tipification": "Promesa incumplida", "limit": 3 })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 53
    as_of: "2026-11-20T20:10:00-05:00"
    common: {"tipification_code":"PI","tipification_description":"Promesa incumplida","agent_name":"Agente Prueba 3","id_customer":"900000003","client_name":"Constante","client_lastname":"Muestra","client_type_document":"CC","client_telephone":"3000000003","wolkvox_idRecord":"0000000000000000000000ac"}
    records: {"date":"2026-11-10 05:10:00","type_interaction":"outbound_ma","obligation":"FIC-305"}
    records: {"date":"2026-10-29 08:04:00","type_interaction":"chat-whatsapp","obligation":"FIC-303"}
    records: {"date":"2026-10-17 01:58:00","type_interaction":"outbound_ma","obligation":"FIC-301"}
    next_offset: 3
    other_matches: 267
    latest: {"date":"2026-11-20 10:15:00","days_since":0,"tipification":"No contesta","type_interaction":"inbound","agent_name":"Agente Prueba 1","obligation":"FIC-300"}
    summary: {"first":"2025-02-24","last":"2026-11-10","days_since_last":10,"today":0,"last_7_days":0,"last_30_days":2,"by_tipification":{"Promesa incumplida":53},"by_channel":{"outbound_ma":27,"chat-whatsapp":26},"by_month":{"2026-11":1,"2026-10":3,"2026-09":2,"2026-08":3,"2026-07":3,"2026-06":2,"2026-05":3,"2026-04":2,"2026-03":3,"2026-02":2,"2026-01":3,"2025-12":2,"2025-11":3},"earlier_months":21,"by_obligation":{"FIC-305":14,"FIC-301":13,"FIC-303":13,"FIC-307":13}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn compare_two_months() {
    let told =
        ask_of("900000001", json!({ "since": "2026-09-01", "until": "2026-10-31", "limit": 1 }))
            .await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 6
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-10-29 08:15:00","type_interaction":"inbound","tipification_code":"NC","tipification_description":"No contesta","obligation":"FIC-003","agent_name":"Agente Prueba 1","id_customer":"900000001","client_name":"Cliente","client_lastname":"Ficticio","client_type_document":"CC","client_telephone":"3000000001","wolkvox_idRecord":"0000000000000000000000aa"}
    next_offset: 1
    other_matches: 31
    latest: {"date":"2026-11-20 10:15:00","days_since":0,"tipification":"Promesa de pago","type_interaction":"out_pre","agent_name":"Agente Prueba 2","obligation":"FIC-001"}
    summary: {"first":"2026-09-04","last":"2026-10-29","days_since_last":22,"by_tipification":{"No contesta":3,"Mensaje con tercero":2,"Promesa de pago":1},"by_channel":{"inbound":2,"outbound_ma":2,"chat-whatsapp":1,"out_pre":1},"by_month":{"2026-10":3,"2026-09":3},"by_obligation":{"FIC-001":2,"FIC-002":2,"FIC-003":2}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn when_was_the_last_contact_where_the_newest_may_be_undated() {
    let told = ask_of("900000006", json!({ "limit": 2 })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 6
    as_of: "2026-11-20T20:10:00-05:00"
    undated: 2
    hint: "2 records without a readable date stand last, in wolkvox's order; one of them may be the newest. One has the date `el martes pasado`."
    common: {"id_customer":"900000006","client_name":"Vacía","client_lastname":"De Datos","client_type_document":"CC","wolkvox_idRecord":"0000000000000000000000af"}
    records: {"date":"2026-11-16 08:30:00","type_interaction":"inbound","tipification_code":"NC","tipification_description":"No contesta"}
    records: {"date":"2026-11-14 10:15:00","type_interaction":"out_pre","tipification_code":"MT","tipification_description":"Mensaje con tercero"}
    next_offset: 2
    summary: {"first":"2026-11-03","last":"2026-11-16","days_since_last":4,"today":0,"last_7_days":2,"last_7_days_by_channel":{"inbound":1,"out_pre":1},"last_30_days":4,"by_tipification":{"No contesta":2,"Mensaje con tercero":1},"without_tipification":3,"by_channel":{"out_pre":2,"outbound_ma":2,"chat-whatsapp":1,"inbound":1}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn how_many_contacts_today_at_ten_past_eight_in_the_evening_in_bogota() {
    let told = ask_of("900000001", json!({ "since": "2026-11-20" })).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 1
    as_of: "2026-11-20T20:10:00-05:00"
    records: {"date":"2026-11-20 10:15:00","type_interaction":"out_pre","tipification_code":"PP","tipification_description":"Promesa de pago","obligation":"FIC-001","agent_name":"Agente Prueba 2","id_customer":"900000001","client_name":"Cliente","client_lastname":"Ficticio","client_type_document":"CC","client_telephone":"3000000001","wolkvox_idRecord":"0000000000000000000000aa"}
    other_matches: 36
    sandbox: true
    "#);
}

#[tokio::test]
async fn what_is_known_of_a_customer_who_is_not_there() {
    let told = ask_of("900000010", json!({})).await;
    assert_snapshot!(told, @r#"
    outcome: "none"
    total: 0
    as_of: "2026-11-20T20:10:00-05:00"
    hint: "No record has exactly this value in `id_customer`. If the number may be an additional id, try `customer_id`."
    sandbox: true
    "#);
}

#[tokio::test]
async fn what_was_the_last_outcome_where_wolkvox_contradicts_itself() {
    let told = ask_of("900000007", json!({})).await;
    assert_snapshot!(told, @r#"
    outcome: "found"
    total: 4
    as_of: "2026-11-20T20:10:00-05:00"
    hint: "`tipification_code` and `tipifycation_code` contradict each other; which is right is not known. Counts go by the one that begins with `tipification`."
    common: {"obligation":"FIC-701","id_customer":"900000007","client_name":"Doble","client_lastname":"Escritura","client_type_document":"CC","client_telephone":"3000000007","wolkvox_idRecord":"0000000000000000000000b0"}
    records: {"date":"2026-11-19 10:15:00","type_interaction":"chat-whatsapp","tipification_code":"PP","tipification_description":"Promesa de pago","agent_name":"Agente Prueba 2"}
    records: {"date":"2026-11-18 10:15:00","type_interaction":"inbound","tipification_code":"NC","tipification_description":"No contesta","agent_name":"Agente Prueba 3"}
    records: {"date":"2026-11-17 10:15:00","type_interaction":"outbound_ma","tipification_code":"MT","tipification_description":"Mensaje con tercero","agent_name":"Agente Prueba 1"}
    records: {"date":"2026-11-16 10:15:00","type_interaction":"out_pre","tipification_code":"PI","tipification_description":"Promesa incumplida","tipifycation_code":"PP","tipifycation_desc":"Promesa de pago","agent_name":"Agente Prueba 2"}
    summary: {"first":"2026-11-16","last":"2026-11-19","days_since_last":1,"today":0,"last_7_days":4,"last_7_days_by_channel":{"chat-whatsapp":1,"inbound":1,"out_pre":1,"outbound_ma":1},"last_30_days":4,"by_tipification":{"Mensaje con tercero":1,"No contesta":1,"Promesa de pago":1,"Promesa incumplida":1},"by_channel":{"chat-whatsapp":1,"inbound":1,"out_pre":1,"outbound_ma":1}}
    sandbox: true
    "#);
}

#[tokio::test]
async fn whose_phone_is_it_when_three_share_it() {
    let of = |n: u32, day: u32| {
        json!({
            "id_customer": format!("90000000{n}"), "client_name": format!("Cliente {n}"),
            "client_telephone": "3000000099", "date": format!("2022-05-{day:02} 10:00:00"),
            "tipification_description": "No contesta",
        })
    };
    // The newest page is all of one customer's.
    let records: Vec<Value> =
        (0..5).map(|day| of(1, 20 + day)).chain([of(2, 3), of(3, 2)]).collect();
    let (_server, mut program) = before(json!(records)).await;
    let asked = json!({ "field": "client_telephone", "value": "3000000099", "limit": 2 });
    let told = told(&mut program, "query_obligation", asked).await;
    assert_snapshot!(timeless(&told), @r#"
    outcome: "found"
    total: 7
    hint: "The matches belong to 3 customers; this page shows 1."
    customers: 3
    common: {"tipification_description":"No contesta","id_customer":"900000001","client_name":"Cliente 1","client_telephone":"3000000099"}
    records: {"date":"2022-05-24 10:00:00"}
    records: {"date":"2022-05-23 10:00:00"}
    next_offset: 2
    "#);
    let by_customer = r#""by_customer":{"900000001":5,"900000002":1,"900000003":1}"#;
    assert!(told.contains(by_customer), "{told}");
}

#[tokio::test]
async fn how_much_is_owed_in_all_when_one_balance_is_blank() {
    let obligation = |name: &str, balance: &str| json!({ "id": name, "obligation": name, "total_balance": balance });
    let records = json!([obligation("FIC-1", "1000"), obligation("FIC-2", "")]);
    // The case file's gestiones and both obligations are answered with the same two records.
    let (_server, mut program) = before(records).await;
    let told = told(&mut program, "get_obligation", json!({ "record_id": "1" })).await;
    assert!(!told.contains("\ntotal_balance: "), "{told}");
    assert_snapshot!(timeless(&told), @r#"
    outcome: "found"
    total: 2
    hint: "No sum: not every balance is known as a number."
    obligations: {"obligation":"FIC-1","id":"FIC-1","total_balance":"1000","unknown":["name","portfolio_type","last_pay","last_pay_date","expiring_date","days_delay"]}
    obligations: {"obligation":"FIC-2","id":"FIC-2","unknown":["name","total_balance","portfolio_type","last_pay","last_pay_date","expiring_date","days_delay"]}
    "#);
}
