//! Phrases of wolkvox's, and texts that only resemble them.

use super::*;

#[test]
fn nothing_found_is_a_whole_phrase_with_the_count_0() {
    for words in [
        "0 records were are found",
        "0 records",
        "NO RECORDS FOUND",
        "No records were found.",
        "Records not found",
        "there are no records",
        "Records found: 0",
        "0 registros encontrados.",
        "No se encontraron registros",
        "NO SE ENCONTRÓ NINGÚN REGISTRO",
        "Sin resultados",
        "  0   results ",
    ] {
        assert_eq!(emptiness(words), Emptiness::Nothing, "{words}");
    }
}

#[test]
fn other_words_are_not_nothing_found() {
    for words in [
        "DATABASE CONNECTION FAILED",
        "OPERATION NOT FOUND",
        "OPERATION NOT FOUND, NO RECORDS TABLE",
        "NOT FOUND",
        "RECORD NOT FOUND",
        "0 records were are found for MANTENIMIENTO SAS",
        "0 records were are found, database error",
        "0 of 37 records were found",
        "ok",
        "0",
        "no",
        "records",
        "1.5 records",
    ] {
        assert_eq!(emptiness(words), Emptiness::Other, "{words}");
    }
    assert_eq!(emptiness(" . "), Emptiness::Unsaid);
}

#[test]
fn a_count_above_0_is_announced_and_never_nothing() {
    for (words, count) in [
        ("1 records were are found", 1),
        ("619 records were are found", 619),
        ("4 registros encontrados.", 4),
        ("Se encontraron 12 registros", 12),
        ("1,234 records were are found", 1_234),
        ("1.234.567 registros", 1_234_567),
        ("Records found: 37", 37),
    ] {
        assert_eq!(announced(words), Some(count), "{words}");
        assert_eq!(emptiness(words), Emptiness::Some(count), "{words}");
    }
    assert_eq!(announced("showing 250 of 619 records"), Some(619));
    assert_eq!(announced("250 records of 619"), Some(619));
}

#[test]
fn what_counts_no_records_announces_none() {
    for words in [
        "",
        "ok",
        "page 3 of 7",
        "1.23 records",
        "12,34 records",
        "MAX 250 RECORDS",
        "250 records per page",
        "limit of 250 records",
        "client 900000001 has records",
        "1,2.345 records",
    ] {
        assert_eq!(announced(words), None, "{words}");
    }
    assert_eq!(announced("0 records were are found"), Some(0));
}

#[test]
fn a_trouble_is_a_whole_phrase() {
    for (words, told) in [
        ("EXCEEDS THE LIMIT OF SIMULTANEOUS REQUESTS PER TOKEN (2)", Trouble::Busy),
        ("Demasiadas solicitudes simultáneas", Trouble::Busy),
        ("Too many requests, please try again later", Trouble::Busy),
        ("REQUEST RATE LIMIT EXCEEDED, WAIT 1 SECOND", Trouble::Busy),
        ("TOKEN LIMIT EXCEEDED", Trouble::Quota),
        ("Forbidden: token limit exceeded.", Trouble::Quota),
        ("Se superó... el cupo diario, agotado", Trouble::Quota),
        ("YOUR TOKEN HAS EXCEEDED THE DAILY LIMIT OF 4800 CALLS", Trouble::Quota),
        ("PLEASE VALIDATE TOKEN", Trouble::Token),
        ("PLEASE ENTER THE WOLKVOX-TOKEN", Trouble::Token),
        ("The token is invalid or expired", Trouble::Token),
        ("El token no es válido", Trouble::Token),
        ("SERVER BACKUP IN PROGRESS, TRY AGAIN LATER", Trouble::Maintenance),
        ("Servidor en mantenimiento", Trouble::Maintenance),
        ("The APIs are disabled during the backup", Trouble::Maintenance),
    ] {
        assert_eq!(trouble(words), Some(told), "{words}");
    }
}

#[test]
fn a_name_that_holds_a_known_word_is_no_trouble() {
    for words in [
        "",
        "FORBIDDEN",
        "THE FIELD simultaneous_calls DOES NOT EXIST",
        "THE FIELD SIMULTANEOUS REQUESTS DOES NOT EXIST",
        "OPERATION backup_2025 DOES NOT EXIST",
        "OPERATION BACKUP DOES NOT EXIST",
        "0 records were are found for MANTENIMIENTO SAS",
        "THE USER OF THIS TOKEN HAS NO PERMISSION",
        "PAGE LIMIT EXCEEDED, MAX 250",
        "LIMIT EXCEEDED",
        "EXTERNAL TOKEN LIMIT EXCEEDED BY CLIENT PEREZ",
    ] {
        assert_eq!(trouble(words), None, "{words}");
    }
}
