//! The questions that agents ask and that `queryGestion.php` can answer, each by one call.

use serde_json::{Value, json};

use crate::support::Program;

/// Finds a field in the first record or in what all share.
fn newest<'a>(answer: &'a Value, field: &str) -> &'a Value {
    let own = &answer["records"][0][field];
    if own.is_null() { &answer["common"][field] } else { own }
}

#[tokio::test]
async fn each_question_is_answered_by_one_call() {
    type Check = fn(&Value) -> bool;
    let by_customer = |more: Value| {
        let mut arguments = json!({ "field": "id_customer", "value": "900000001" });
        arguments
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        arguments
    };
    let by = |field: &str, value: &str| json!({ "field": field, "value": value });
    let questions: Vec<(&str, Value, Check)> = vec![
        (
            "¿Cuál fue la última gestión del cliente 900000001?",
            by_customer(json!({ "limit": 1 })),
            |it| newest(it, "date") == "2026-11-20 10:15:00",
        ),
        (
            "How many times did we contact customer 900000001 this month?",
            by_customer(json!({ "since": "2026-11-01", "until": "2026-11-30" })),
            |it| it["total"] == 2,
        ),
        (
            "¿Quién lo atendió la última vez y en qué extensión?",
            by_customer(json!({ "limit": 1, "columns": ["agent_id"] })),
            |it| newest(it, "agent_name") == "Agente Prueba 2" && newest(it, "agent_id") == "1002",
        ),
        (
            "What was the outcome of yesterday's contact?",
            json!({ "field": "id_customer", "value": "900000005", "since": "2026-11-19", "until": "2026-11-19" }),
            |it| it["total"] == 1 && newest(it, "tipification_description") == "Promesa incumplida",
        ),
        ("¿Ya tiene un acuerdo de pago registrado?", by_customer(json!({})), |it| {
            it["summary"]["by_tipification"]["Promesa de pago"] == 10
        }),
        (
            "Show all managements for obligation FICTICIA-001.",
            by("obligation", "FICTICIA-001"),
            |it| it["total"] == 3,
        ),
        (
            "Muéstrame el historial del expediente.",
            by("wolkvox_idRecord", "0000000000000000000000aa"),
            |it| it["total"] == 37,
        ),
        (
            "Which management belongs to call CALL-TEST-1?",
            by("wolkvox_idCall", "CALL-TEST-1"),
            |it| it["total"] == 1,
        ),
        (
            "¿Qué gestiones hizo hoy la extensión 1001?",
            json!({ "field": "agent_id", "value": "1001", "since": "2026-11-20", "until": "2026-11-20" }),
            |it| it["outcome"] == "found",
        ),
        (
            "Which channel did we use last with this customer?",
            by_customer(json!({ "limit": 1 })),
            |it| newest(it, "type_interaction") == "out_pre",
        ),
        (
            "¿A qué teléfono lo llamamos?",
            by_customer(
                json!({ "limit": 1, "columns": ["wolkvox_CrmPhoneCall", "wolkvox_phoneCall"] }),
            ),
            |it| newest(it, "wolkvox_phoneCall") == "93000000001",
        ),
        (
            "Has anyone dealt with phone 3000000001 before?",
            by("client_telephone", "3000000001"),
            |it| it["total"] == 37,
        ),
        ("¿Qué resultados dejó la campaña 99001?", by("campaign_id", "99001"), |it| {
            it["summary"]["by_tipification"]["No contesta"].as_u64() > Some(0)
        }),
        ("Which obligations have we discussed?", by_customer(json!({})), |it| {
            it["summary"]["by_obligation"].as_object().map(serde_json::Map::len) == Some(3)
        }),
        (
            "¿Cuántas gestiones quedaron sin tipificar?",
            by("tipification_code", "TIMEOUTACW"),
            |it| it["total"].as_u64() > Some(50),
        ),
        (
            "Was this management made by a person or by the API?",
            json!({
                "field": "wolkvox_id", "value": "00000000000000c0ffee0001",
                "columns": ["wolkvox_usuario_creacion", "wolkvox_origen"],
            }),
            |it| newest(it, "wolkvox_usuario_creacion") == "agent_1002@sandbox",
        ),
        (
            "¿Quién es el dueño de esta gestión?",
            json!({
                "field": "wolkvox_id", "value": "00000000000000c0ffee0001", "columns": ["wolkvox_owner"],
            }),
            |it| newest(it, "wolkvox_owner")["nombre"] == "Agente Prueba 2",
        ),
        (
            "What ID document type is this customer registered with?",
            by_customer(json!({ "limit": 1 })),
            |it| newest(it, "client_type_document") == "CC",
        ),
        (
            "Is it fine to call this customer again today?",
            by_customer(json!({ "since": "2026-11-20", "until": "2026-11-20" })),
            |it| it["total"] == 1,
        ),
    ];
    let mut program = Program::start(&["--sandbox"], &[]);
    program.initialize("2025-11-25").await;
    for (question, arguments, answers) in questions {
        let result = program.call(arguments).await;
        assert!(answers(&result["structuredContent"]), "{question}: {result}");
    }
}
