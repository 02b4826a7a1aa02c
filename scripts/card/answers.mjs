// Answers that the sandbox does not give, in the shape of the tools' output schemas.

const AS_OF = "2026-11-20T20:10:00-05:00";

const CUSTOMER = {
  id_customer: "900000001", client_name: "Cliente", client_lastname: "Ficticio",
  client_type_document: "CC",
};

/** A record with its usual fields. */
export function contact(fields = {}) {
  return {
    date: "2026-11-20 10:15:00", type_interaction: "out_pre", tipification_code: "PP",
    tipification_description: "Promesa de pago", agent_name: "Agente Prueba 2",
    obligation: "FIC-001", ...fields,
  };
}

/** An answer about one customer. */
export function history(members = {}) {
  const records = members.records ?? [contact()];
  return {
    outcome: "found", total: records.length, as_of: AS_OF, common: CUSTOMER, ...members, records,
  };
}

/** As many records, a day apart. */
export function days(count) {
  const newest = Date.UTC(2026, 10, 20, 10, 15);
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(newest - index * 86_400_000).toISOString();
    return contact({ date: at.slice(0, 19).replace("T", " "), obligation: `FIC-00${index % 3}` });
  });
}

/** An answer about obligations. */
export function balance(obligations, members = {}) {
  return { outcome: "found", total: obligations.length, as_of: AS_OF, obligations, ...members };
}

/** An answer that found nothing. */
export function none(members = {}) {
  return { outcome: "none", total: 0, as_of: AS_OF, records: [], hint: "Check the number.", ...members };
}

/** What people should not type into a CRM. */
export const HOSTILE = [
  "<script>parent.postMessage('x','*')</script>",
  "<img src=x onerror=\"document.title='pwned'\">",
  "[click](javascript:alert(1)) **bold** ![i](http://127.0.0.1:9/i.png)",
  "\u202eevil\u202c \u05d0\u05d1\u05d2 (1)",
  "palabra".repeat(143),
  "constructor",
  "__proto__",
];
