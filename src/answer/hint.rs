//! What a reader should mind about an answer: above all, what must not be concluded.

use super::suggestion;
use super::view::{self, Matches, View};
use super::{Answer, Found, Mask, Outcome, Searched};
use crate::clean;
use crate::fields::{DATE, SPELLINGS};
use crate::language::{Bilingual, bilingual};

/// Longest date that a hint shows.
const LONGEST_DATE: usize = 40;

/// Returns the hints of an answer, each a sentence or two.
pub(super) fn hints(
    found: &Found,
    matches: &Matches<'_>,
    answer: &Answer,
    searched: Searched<'_>,
    view: &View,
    mask: &Mask,
) -> Vec<Bilingual> {
    let mut hints = Vec::new();
    if !found.complete {
        hints.push(incomplete(found));
    }
    if answer.outcome == Outcome::None && found.rows.is_empty() {
        hints.push(nothing(searched));
    } else if answer.outcome == Outcome::None {
        hints.extend(nothing_kept(found, matches, searched, view, mask));
    } else if matches.is_undecided {
        hints.push(undecided(matches));
    } else if matches.undated > 0 {
        let place = if view.is_dated() { left_out(matches, searched) } else { last(matches) };
        hints.push(match sample(found, matches, answer, view, mask) {
            Some(date) => bilingual!("{place} {date}", "{place} {date}", place, date),
            None => place,
        });
    }
    hints.extend(contradictions(answer));
    hints.extend(other_customers(matches, answer, view));
    if found.blank > 0 {
        let blank = records(found.blank);
        hints.push(match found.blank {
            1 => bilingual!(
                "{blank} of wolkvox's came blank and is not counted.",
                "{blank} de wolkvox llegó en blanco y no se cuenta.",
                blank
            ),
            _ => bilingual!(
                "{blank} of wolkvox's came blank and are not counted.",
                "{blank} de wolkvox llegaron en blanco y no se cuentan.",
                blank
            ),
        });
    }
    if answer.outcome == Outcome::Found && view.offset >= matches.rows.len() {
        let offset = searched.reader.argument("offset");
        let all = records(matches.rows.len());
        hints.push(bilingual!(
            "{offset} is past the end; in all: {all}.",
            "{offset} pasa del final; en total: {all}.",
            all
        ));
    }
    hints
}

fn incomplete(found: &Found) -> Bilingual {
    let fetched = records(found.fetched());
    let reason = match &found.cut_short {
        // wolkvox's own words are left out: they may name a person.
        Some(error) => {
            let (kind, sentence) = (error.kind(), error.without_words().sentence());
            bilingual!(
                " {kind} ended it: {sentence}.",
                " Terminó por {kind}: {sentence}.",
                sentence
            )
        }
        None => Bilingual::same(""),
    };
    match found.announced() {
        Some(total) => bilingual!(
            "INCOMPLETE: only {fetched} of wolkvox's {total} could be fetched; the newest may be \
             missing.{reason}",
            "INCOMPLETO: solo se obtuvieron {fetched} de los {total} de wolkvox; el más reciente \
             puede faltar.{reason}",
            fetched,
            reason
        ),
        None => bilingual!(
            "INCOMPLETE: only {fetched} could be fetched; wolkvox may have more, and the newest \
             may be missing.{reason}",
            "INCOMPLETO: solo se obtuvieron {fetched}; wolkvox puede tener más, y el más reciente \
             puede faltar.{reason}",
            fetched,
            reason
        ),
    }
}

/// Records were found, and none of them passes the filters on the days asked for.
fn nothing_kept(
    found: &Found,
    matches: &Matches<'_>,
    searched: Searched<'_>,
    view: &View,
    mask: &Mask,
) -> Vec<Bilingual> {
    let others = records(matches.others);
    let unmatched: Vec<Bilingual> = view
        .filters
        .without_match(&found.rows)
        .map(|(kind, wanted)| {
            let argument = searched.reader.argument(kind.name());
            let instead = kind.instead(wanted, &found.rows, mask);
            bilingual!(
                "No record has the {argument} asked for; {instead}.",
                "Ningún registro tiene lo pedido en {argument}; {instead}.",
                instead
            )
        })
        .collect();
    if !unmatched.is_empty() {
        return unmatched;
    }
    vec![match (view.is_dated(), view.filters.is_empty()) {
        (_, true) => bilingual!(
            "Nothing on these days; {others} on other days.",
            "Nada en esas fechas; {others} en otras.",
            others
        ),
        (true, false) => bilingual!(
            "Nothing on these days passes the filters; in all: {others}.",
            "Nada en esas fechas cumple los filtros; en total: {others}.",
            others
        ),
        (false, false) => bilingual!(
            "Nothing passes all the filters at once; in all: {others}.",
            "Nada cumple todos los filtros a la vez; en total: {others}.",
            others
        ),
    }]
}

/// No record is surely on these days, but some may be.
fn undecided(matches: &Matches<'_>) -> Bilingual {
    let others = match matches.others {
        0 => Bilingual::same(""),
        others => {
            let others = records(others);
            bilingual!(
                " Outside the dates and filters: {others}.",
                " Fuera de las fechas y los filtros: {others}.",
                others
            )
        }
    };
    bilingual!(
        "UNDECIDED: whether there is one on these days is not known. Those given have no readable \
         date: they may be from these days or from others.{others}",
        "SIN DECIDIR: no se sabe si hay alguno en esas fechas. Los que se muestran no tienen fecha \
         legible: pueden ser de esas fechas o de otras.{others}",
        others
    )
}

fn left_out(matches: &Matches<'_>, searched: Searched<'_>) -> Bilingual {
    let (since, until) = (searched.reader.argument("since"), searched.reader.argument("until"));
    let undated = records(matches.undated);
    match matches.undated {
        1 => bilingual!(
            "{undated} without a readable date was left out; search without {since} and {until} \
             to see it.",
            "Se dejó fuera {undated} sin fecha legible; para verlo, busque sin {since} ni {until}.",
            undated
        ),
        _ => bilingual!(
            "{undated} without a readable date were left out; search without {since} and {until} \
             to see them.",
            "Se dejaron fuera {undated} sin fecha legible; para verlos, busque sin {since} ni \
             {until}.",
            undated
        ),
    }
}

fn last(matches: &Matches<'_>) -> Bilingual {
    let Matches { undated, rows, .. } = matches;
    if rows.len() == 1 {
        return Bilingual::new("Its date cannot be read.", "Su fecha no se puede leer.");
    }
    if *undated == rows.len() {
        return Bilingual::new(
            "No date can be read: the records are in wolkvox's order, so the first may not be the \
             newest.",
            "Ninguna fecha se puede leer: los registros van en el orden de wolkvox, así que el \
             primero puede no ser el más reciente.",
        );
    }
    let count = records(*undated);
    match undated {
        1 => bilingual!(
            "{count} without a readable date stands last, in wolkvox's order; it may be the newest.",
            "{count} sin fecha legible va al final, en el orden de wolkvox; puede ser el más \
             reciente.",
            count
        ),
        _ => bilingual!(
            "{count} without a readable date stand last, in wolkvox's order; one of them may be \
             the newest.",
            "{count} sin fecha legible van al final, en el orden de wolkvox; uno de ellos puede \
             ser el más reciente.",
            count
        ),
    }
}

/// Returns the date of a record whose date cannot be read, if the page shows none of them.
fn sample(
    found: &Found,
    matches: &Matches<'_>,
    answer: &Answer,
    view: &View,
    mask: &Mask,
) -> Option<Bilingual> {
    let page = matches.rows.iter().skip(view.offset).take(answer.records.len());
    if page.into_iter().any(|row| row.when.is_none()) {
        return None;
    }
    let kept = view.filters.keep(&found.rows);
    let date = kept.iter().filter(|row| row.when.is_none()).find_map(|row| row.record.get(DATE));
    let Some(date) = date else {
        return Some(Bilingual::new("The date is blank.", "La fecha está en blanco."));
    };
    let mut date = date.clone();
    mask.apply(DATE, &mut date);
    let text = date.as_str().map_or_else(|| date.to_string(), str::to_owned);
    let text = clean::value(&text, LONGEST_DATE);
    Some(bilingual!("One has the date `{text}`.", "Uno tiene la fecha `{text}`."))
}

/// Returns the classification's spellings that the page shows both of; they are one where they agree.
fn contradictions(answer: &Answer) -> Option<Bilingual> {
    let shown = |name: &&&str| {
        let shared = answer.common.iter();
        shared.chain(&answer.records).any(|record| record.contains_key(**name))
    };
    let both = SPELLINGS.iter().find_map(|spellings| {
        let shown: Vec<_> = spellings.iter().filter(shown).map(|it| format!("`{it}`")).collect();
        let joined = |and: &str| shown.join(and).into();
        (shown.len() > 1).then(|| Bilingual { english: joined(" and "), spanish: joined(" y ") })
    })?;
    Some(bilingual!(
        "{both} contradict each other; which is right is not known. Counts go by the one that \
         begins with `tipification`.",
        "{both} se contradicen; no se sabe cuál es la correcta. Las cuentas usan la que empieza por \
         `tipification`.",
        both
    ))
}

/// Returns that the page shows fewer customers than there are.
fn other_customers(matches: &Matches<'_>, answer: &Answer, view: &View) -> Option<Bilingual> {
    let all = answer.customers?;
    let page = matches.rows.iter().skip(view.offset).take(answer.records.len()).copied();
    let shown = view::customers(&page.collect::<Vec<_>>()) as u64;
    (shown < all).then(|| {
        bilingual!(
            "The matches belong to {all} customers; this page shows {shown}.",
            "Los registros son de {all} clientes; esta página muestra {shown}."
        )
    })
}

/// Returns what was searched, and what to try instead.
fn nothing(searched: Searched<'_>) -> Bilingual {
    let field = clean::value(searched.field, 128);
    let instead = suggestion::instead(searched);
    bilingual!(
        "No record has exactly this value in `{field}`. {instead}",
        "Ningún registro tiene exactamente ese valor en `{field}`. {instead}",
        instead
    )
}

fn records(count: usize) -> Bilingual {
    match count {
        1 => Bilingual::new("1 record", "1 registro"),
        count => bilingual!("{count} records", "{count} registros"),
    }
}
