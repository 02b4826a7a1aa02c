//! Makes the sandbox's obligations: fictitious balances that fit its gestiones.
//!
//! Most ids are the names that the gestiones hold, as many companies do it. Those of customer
//! 900000003 are not, so that looking for a name finds nothing.

use serde_json::{Value, json};

/// Holds one obligation and the case file that it stands in.
pub(super) struct Obligation {
    pub(super) id: String,
    pub(super) record: String,
    pub(super) shown: Value,
}

/// Case file, name, id, balance, days overdue, last payment and its day; blank is blank.
const ROWS: &[(u32, &str, &str, &str, &str, &str, &str)] = &[
    (1, "FIC-001", "FIC-001", "1250000", "45", "150000", "20-10-2026"),
    (1, "FIC-002", "FIC-002", "480500.50", "12", "", ""),
    (1, "FIC-003", "FIC-003", "0", "0", "320000", "01-11-2026"),
    (2, "FIC-201", "FIC-201", "99000", "3", "11000", "02-11-2026"),
    (3, "FIC-300", "OBL-000300", "7600000", "210", "", ""),
    (3, "FIC-301", "OBL-000301", "315000", "95", "50000", "15-06-2026"),
    (4, "FIC-401", "FIC-401", "", "", "640000", "18-11-2026"),
    (5, "FIC-501", "FIC-501", "870000", "61", "", ""),
    (7, "FIC-701", "FIC-701", "150000", "20", "25000", "30-09-2026"),
    (8, "FICTICIA-001", "FICTICIA-001", "1750905", "33", "200000", "05-10-2026"),
];

/// Makes all obligations.
pub(super) fn obligations() -> Vec<Obligation> {
    let make =
        |(customer, name, id, balance, delay, paid, paid_on): &(u32, _, &str, _, &str, _, _)| {
            let is_late = !matches!(*delay, "" | "0");
            Obligation {
                id: (*id).to_owned(),
                record: format!("{:024x}", 0xa9 + customer),
                shown: json!({
                    "id": id,
                    "name": name,
                    "total_balance": balance,
                    "portfolio_type": if is_late { "Cartera vencida" } else { "Cartera al día" },
                    "last_pay": paid,
                    "last_pay_date": paid_on,
                    "expiring_date": if is_late { "05-10-2026" } else { "05-12-2026" },
                    "days_delay": delay,
                    "form": [
                        { "name": "Frecuencia", "value": "Mensual" },
                        { "name": "Sede", "value": "" },
                    ],
                }),
            }
        };
    ROWS.iter().map(make).collect()
}

#[cfg(test)]
mod tests {
    use super::super::data;
    use super::*;

    #[test]
    fn every_obligation_is_one_that_a_gestion_of_its_case_file_names() {
        let gestiones = data::gestiones();
        for obligation in obligations() {
            let named = gestiones.iter().any(|gestion| {
                gestion["wolkvox_idRecord"] == obligation.record.as_str()
                    && gestion["obligation"] == obligation.shown["name"]
            });
            assert!(named, "{}", obligation.id);
        }
    }
}
