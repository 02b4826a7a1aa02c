//! Makes the sandbox's obligations: fictitious balances that fit its gestiones.
//!
//! Most ids are the names that the gestiones hold, as many companies do it. Those of customer
//! 900000003 are not, so that looking for a name finds nothing.

use serde_json::{Value, json};

/// An obligation and the case file that it belongs to.
pub(super) struct Obligation {
    pub(super) id: String,
    pub(super) case_file: String,
    pub(super) shown: Value,
}

/// Case file, name, id, balance, days overdue, due date, last payment and its day; blank is blank.
/// The days are counted to 2026-11-20, the day of the newest gestión.
type Shown = (u32, &'static str, &'static str, &'static str, &'static str, &'static str, Paid);
type Paid = (&'static str, &'static str);

const ROWS: &[Shown] = &[
    (1, "FIC-001", "FIC-001", "1250000", "45", "06-10-2026", ("150000", "20-10-2026")),
    (1, "FIC-002", "FIC-002", "480500.50", "12", "08-11-2026", ("", "")),
    (1, "FIC-003", "FIC-003", "0", "0", "05-12-2026", ("320000", "01-11-2026")),
    (2, "FIC-201", "FIC-201", "99000", "3", "17-11-2026", ("11000", "02-11-2026")),
    (3, "FIC-300", "OBL-000300", "7600000", "210", "24-04-2026", ("", "")),
    (3, "FIC-301", "OBL-000301", "315000", "95", "17-08-2026", ("50000", "15-06-2026")),
    (4, "FIC-401", "FIC-401", "", "", "05-12-2026", ("640000", "18-11-2026")),
    (5, "FIC-501", "FIC-501", "870000", "61", "20-09-2026", ("", "")),
    (7, "FIC-701", "FIC-701", "150000", "20", "31-10-2026", ("25000", "30-09-2026")),
    (8, "FICTICIA-001", "FICTICIA-001", "1750905", "33", "18-10-2026", ("200000", "05-10-2026")),
];

/// Makes all obligations.
pub(super) fn obligations() -> Vec<Obligation> {
    let make = |(customer, name, id, balance, delay, due, (paid, paid_on)): &Shown| {
        let is_late = !matches!(*delay, "" | "0");
        Obligation {
            id: (*id).to_owned(),
            case_file: format!("{:024x}", 0xa9 + customer),
            shown: json!({
                "id": id,
                "name": name,
                "total_balance": balance,
                "portfolio_type": if is_late { "Cartera vencida" } else { "Cartera al día" },
                "last_pay": paid,
                "last_pay_date": paid_on,
                "expiring_date": due,
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
                gestion["wolkvox_idRecord"] == obligation.case_file.as_str()
                    && gestion["obligation"] == obligation.shown["name"]
            });
            assert!(named, "{}", obligation.id);
        }
    }

    #[test]
    fn the_days_overdue_fit_the_due_date() {
        let today = jiff::civil::date(2026, 11, 20);
        for (_, name, _, _, delay, due, _) in ROWS {
            let due = jiff::civil::Date::strptime("%d-%m-%Y", due).expect("a day");
            let late = (today - due).get_days();
            assert_eq!(late.max(0), delay.parse().unwrap_or(0), "{name}");
        }
    }
}
