//! Writes replies of wolkvox, with fictitious gestiones of one customer.

use serde_json::{Value, json};

/// Writes a reply with so many records.
pub(crate) fn of(size: usize) -> String {
    let records: Vec<Value> = (0..size).map(record).collect();
    json!({
        "code": "200",
        "error": "null",
        "msg": format!("{size} records were are found"),
        "Total records": size,
        "Total pages": 1,
        "data": records,
    })
    .to_string()
}

fn record(number: usize) -> Value {
    let (code, outcome) = match number % 3 {
        0 => ("PP", "Promesa de pago"),
        1 => ("NC", "No contesta"),
        _ => ("MT", "Mensaje con tercero"),
    };
    let agent = number % 4 + 1;
    let (day, hour) = (number % 28 + 1, number % 10 + 8);
    json!({
        "tipifycation_code": code,
        "tipifycation_desc": outcome,
        "module": "collections",
        "id_customer": "900000001",
        "customer_id": "",
        "wolkvox_idRecord": "0000000000000000000000aa",
        "wolkvox_idCall": format!("CALL-TEST-{number}"),
        "client_name": "Cliente",
        "client_lastname": "Ficticio",
        "client_type_document": "CC",
        "client_telephone": "3000000001",
        "agent_name": format!("Agente Prueba {agent}"),
        "agent_id": format!("100{agent}"),
        "type_interaction": "outbound_ma",
        "time": "00:03:12",
        "date": format!("2025-{:02}-{day:02} {hour:02}:15:00", number % 12 + 1),
        "campaign_id": "99001",
        "tipification_code": code,
        "tipification_description": outcome,
        "wolkvox_idCustomer": "",
        "wolkvox_phoneCall": "93000000001",
        "wolkvox_CrmPhoneCall": "",
        "obligation": format!("FIC-{:03}", number % 3 + 1),
        "wolkvox_usuario_creacion": format!("agent_100{agent}@testmodule"),
        "wolkvox_origen": null,
        "wolkvox_ip_address": "192.0.2.10",
        "wolkvox_owner": {
            "user": "agent_1001@testmodule",
            "nombre": "Agente Prueba",
            "id": "1000000000000001",
            "email": "agente@example.com",
        },
        "wolkvox_id": format!("{number:024x}"),
    })
}
