//! Checks what wolkvox says to the token, and with it.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::timeout;

use super::Check;
use super::finding::{Finding, seconds};
use super::reach::Route;
use super::report::Report;
use super::step::Step;
use crate::error::{Error, UpstreamMessage};
use crate::language::{Bilingual, bilingual};
use crate::tenant::Tenant;
use crate::wolkvox::{
    Client, Failure, FieldName, FieldValue, GestionQuery, Operation, Retry, TokenInformation,
};

/// A wolkvox that takes longer to answer is slow.
const SLOW: Duration = Duration::from_secs(5);
/// A token has few calls left below this share of its limit.
const FEW_PERCENT: u64 = 10;

/// Checks operation and token, the token's calls, and a look-up if one was asked for.
pub(super) async fn account(check: &Check, tenant: &Tenant, route: &Route, report: &mut Report) {
    let Some(operation) = &tenant.operation else {
        report.set(Step::Operation, no_operation());
        return;
    };
    report.begin(Step::Token);
    // As long as a look-up would wait: a slow wolkvox works.
    let patience = tenant.lookup.timeout();
    let begun = Instant::now();
    let answer = timeout(patience, token_information(tenant.lookup.client(), operation)).await;
    let took = begun.elapsed();
    match answer {
        Err(_) => {
            report.set(Step::Token, silent(route, patience));
        }
        Ok(Err(Failure { error: error @ Error::QuotaExhausted { .. }, .. })) => {
            let known = bilingual!("wolkvox recognizes the token", "wolkvox reconoce el token");
            report.set(Step::Token, Finding::ok(known));
            report.set(Step::Quota, Finding::refused(&error));
        }
        Ok(Err(failure)) if is_about_operation(&failure.error) => {
            report.set(Step::Operation, wrong_operation(&failure.error));
        }
        Ok(Err(Failure {
            error: error @ Error::Rejected { said: UpstreamMessage::Words(_), .. },
            ..
        })) => {
            let fix = bilingual!(
                "Check WOLKVOX_OPERATION and the token's permissions in wolkvox.",
                "Revise WOLKVOX_OPERATION y los permisos del token en wolkvox.",
            );
            report.set(Step::Token, Finding::refused(&error).with_fix(fix));
        }
        Ok(Err(failure)) => {
            report.set(Step::Token, Finding::refused(&failure.error));
        }
        Ok(Ok(information)) if information.is_blank() => {
            report.set(Step::Token, uninformed());
        }
        Ok(Ok(information)) => {
            let accepted = bilingual!("wolkvox accepts the token", "wolkvox acepta el token");
            let slow = (took >= SLOW).then(|| slow(took, patience));
            let slow = slow.into_iter().collect();
            report.set(Step::Token, Finding::ok(accepted).with_warnings("slow", slow));
            if report.set(Step::Quota, quota(information)) {
                report.begin(Step::LookUp);
                report.set(Step::LookUp, look_up(check, tenant, operation).await);
            }
        }
    }
}

/// Asks for the token's calls, again where the connection of the TLS test is dead, and where the
/// server wants the other method.
async fn token_information(
    client: &Client,
    operation: &Operation,
) -> Result<TokenInformation, Failure> {
    let mut answer = client.token_information(operation).await;
    if let Err(Failure { retry: Retry::NewConnection, .. }) = answer {
        client.renew_connections().await;
        answer = client.token_information(operation).await;
    }
    if let Err(Failure { retry: Retry::OtherMethod, .. }) = answer {
        answer = client.token_information(operation).await;
    }
    answer
}

async fn look_up(check: &Check, tenant: &Tenant, operation: &Operation) -> Finding {
    let (Some(field), Some(value)) = (&check.field, &check.value) else {
        return Finding::skipped(
            "not_requested",
            bilingual!(
                "not requested: give --field and --value to make one",
                "no se solicitó: indique --field y --value para hacer una",
            ),
        );
    };
    let query = || {
        Ok(GestionQuery {
            operation: operation.clone(),
            field: FieldName::parse(field.clone())?,
            value: FieldValue::parse(value.clone())?,
        })
    };
    let found = match query() {
        Ok(query) => tenant.lookup.find(&query.into(), |_| ()).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(found) => {
            let count = found.rows.len();
            let told = if found.complete {
                bilingual!("records found: {count}", "registros encontrados: {count}")
            } else {
                bilingual!(
                    "INCOMPLETE: {count} records fetched, wolkvox has more",
                    "INCOMPLETO: se obtuvieron {count} registros, wolkvox tiene más",
                )
            };
            Finding::ok(told)
                .with_fact("records", json!(count))
                .with_fact("complete", json!(found.complete))
        }
        Err(error) => Finding::refused(&error),
    }
}

/// Returns whether wolkvox speaks of the operation, and not of the token or a person.
fn is_about_operation(error: &Error) -> bool {
    let Error::Rejected { said: UpstreamMessage::Words(words), .. } = error else { return false };
    words.to_uppercase().contains("OPERATION")
}

/// The finding when wolkvox refuses the operation: the token may be right.
fn wrong_operation(error: &Error) -> Finding {
    Finding::refused(error).with_code("operation_rejected").with_fix(bilingual!(
        "Check WOLKVOX_OPERATION: it is your company's name in wolkvox, written as there, and it must be \
         the company in which the token was made.",
        "Revise WOLKVOX_OPERATION: es el nombre de su empresa en wolkvox, escrito igual que allí, y debe \
         ser la empresa en la que se creó el token.",
    ))
}

fn no_operation() -> Finding {
    Finding::failed(
        "operation_not_set",
        bilingual!(
            "not tested: no operation is set",
            "no se probó: no hay ninguna operación definida"
        ),
        bilingual!(
            "Set WOLKVOX_OPERATION, or give --operation for this check.",
            "Defina WOLKVOX_OPERATION, o indique --operation para esta comprobación.",
        ),
    )
}

/// The finding when wolkvox is reached and says nothing in time.
fn silent(route: &Route, patience: Duration) -> Finding {
    let fix = route.fix();
    Finding::failed(
        "timeout",
        bilingual!(
            "connected, but wolkvox did not answer within {patience:?}",
            "hay conexión, pero wolkvox no respondió en {patience:?}",
        ),
        bilingual!(
            "wolkvox may only be slow: try again, or raise WOLKVOX_TIMEOUT. {fix}",
            "Quizá wolkvox solo está lento: intente de nuevo, o aumente WOLKVOX_TIMEOUT. {fix}",
            fix
        ),
    )
}

/// The warning about a wolkvox that answers late.
fn slow(took: Duration, patience: Duration) -> Bilingual {
    let took = seconds(took);
    bilingual!(
        "wolkvox is slow: it took {took} of the {patience:?} that WOLKVOX_TIMEOUT allows",
        "wolkvox está lento: tardó {took} de los {patience:?} que permite WOLKVOX_TIMEOUT",
        took,
    )
}

/// The finding when wolkvox answers without a word about the token.
fn uninformed() -> Finding {
    Finding::failed(
        "token_not_mentioned",
        bilingual!(
            "wolkvox answered, but returned no information about the token",
            "wolkvox respondió, pero no devolvió información sobre el token",
        ),
        bilingual!(
            "Check WOLKVOX_SERVER and the operation's name.",
            "Revise WOLKVOX_SERVER y el nombre de la operación.",
        ),
    )
}

/// Reports how many of the token's calls are left.
fn quota(information: TokenInformation) -> Finding {
    let facts = json!({
        "limit": information.limit,
        "used": information.used,
        "left": information.left,
        "hours_to_restart": information.hours_to_restart,
    });
    let told = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
    let TokenInformation { limit, used, left, hours_to_restart } = information;
    let is_used_up = left == Some(0);
    let is_few = limit.zip(left).is_some_and(|(limit, left)| {
        u128::from(left) * 100 < u128::from(limit) * u128::from(FEW_PERCENT)
    });
    let reset = match hours_to_restart {
        None => Bilingual::new("", ""),
        Some(1) => bilingual!(", resets in 1 hour", "; se reinicia en 1 hora"),
        Some(hours) => {
            bilingual!(", resets in {hours} hours", "; se reinicia en {hours} horas")
        }
    };
    let is_left_alone = limit.is_none() && used.is_none();
    let [limit, used, left] = [limit, used, left].map(told);
    let shown = if is_left_alone {
        bilingual!(
            "{left} calls left today{reset} (this check cost one)",
            "quedan {left} consultas hoy{reset} (esta comprobación gastó una)",
            reset
        )
    } else {
        bilingual!(
            "{used} of {limit} calls used today, {left} left{reset} (this check cost one)",
            "{used} de {limit} consultas usadas hoy, quedan {left}{reset} (esta comprobación gastó una)",
            reset
        )
    };
    let finding = if is_used_up {
        Finding::failed(
            "quota_exhausted",
            shown,
            bilingual!(
                "Wait for the reset, or ask wolkvox for more calls.",
                "Espere al reinicio, o pida más consultas a wolkvox.",
            ),
        )
    } else {
        let few = is_few.then(|| {
            bilingual!(
                "less than {FEW_PERCENT}% of the day's calls are left",
                "queda menos del {FEW_PERCENT}% de las consultas del día",
            )
        });
        Finding::ok(shown).with_warnings("quota_low", few.into_iter().collect())
    };
    finding.with_fact("quota", facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn calls_left_are_told_without_question_marks_where_wolkvox_sends_nothing_else() {
        let information = TokenInformation { left: Some(4_000), ..TokenInformation::default() };
        let told = quota(information).for_people("quota", Duration::ZERO, Language::English);
        assert!(told.contains("4000 calls left today (") && !told.contains('?'), "{told}");
    }
}
