//! The prompts that people pick in their client: ready-made requests, in Spanish or English.

use rmcp::ErrorData;
use rmcp::model::{
    GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage, Role,
};

use crate::error::Error;
use crate::language::{Bilingual, Language};
use crate::tools::arguments::Arguments;
use crate::wolkvox::FieldValue;

/// A prompt; `{document}` and `{obligation}` in its texts are filled in.
struct Template {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    spanish: &'static str,
    english: &'static str,
    /// Whether it asks about one obligation.
    about_obligation: bool,
}

const DOCUMENT: &str = "document";
const OBLIGATION: &str = "obligation";
const LANGUAGE: &str = "language";

const TEMPLATES: [Template; 3] = [
    Template {
        name: "customer_briefing",
        title: "Resumen del cliente / Customer briefing",
        description: "Qué pasó la última vez, promesas abiertas, próximo paso / What happened \
                      last, open promises, next step",
        about_obligation: false,
        spanish: "Tengo en la línea al cliente con documento {document}. Busca sus gestiones con \
            query_obligation (field id_customer) y dime, en cinco líneas como máximo: quién habló \
            con él la última vez, cuándo, por qué canal y con qué resultado; si tiene un acuerdo o \
            promesa de pago sin un resultado posterior; sobre qué obligaciones se ha hablado; y el \
            próximo paso que sugieres. Toma los totales y los días de summary, sin contar a mano. \
            Si un dato no viene, di que no está. No inventes notas, valores ni fechas: los \
            registros no traen lo que se dijo en la llamada ni la fecha de la promesa. Si la \
            consulta falla, dime que no se pudo consultar, no que no hay registros.",
        english: "I have the customer with document number {document} on the line. Look up their \
            gestiones with query_obligation (field id_customer) and tell me in at most five lines: \
            who spoke with them last, when, by which channel and with what outcome; whether there \
            is a payment agreement or promise without a later outcome; which obligations were \
            discussed; and the next step you suggest. Take totals and days from summary instead of \
            counting. If something is missing, say that it is missing. Never invent notes, amounts \
            or dates: the records hold neither what was said nor the date of a promise. If the \
            look-up fails, say that it could not be looked up, not that there are no records.",
    },
    Template {
        name: "obligation_status",
        title: "Estado de una obligación / Obligation status",
        description: "Saldo, mora y último pago de una obligación / Balance, delay and last \
                      payment of an obligation",
        about_obligation: true,
        spanish: "¿Cuánto debe el cliente con documento {document} en la obligación {obligation}, \
            cuántos días de mora tiene y cuándo fue su último pago? Busca primero sus gestiones \
            con query_obligation (field id_customer) para obtener wolkvox_idRecord, y luego llama \
            a get_obligation con la obligación y ese record_id. Si get_obligation no encuentra \
            nada, la gestión guarda el nombre y no el id: dímelo y pídeme el id. Da los valores \
            tal como vienen, sin redondear ni convertir. Si un valor no viene, di que no está; \
            nunca supongas que es cero, y no inventes notas, valores ni fechas. Si la consulta \
            falla, dime que no se pudo consultar, no que no debe nada.",
        english: "How much does the customer with document number {document} owe on obligation \
            {obligation}, how many days overdue is it, and when was the last payment? First look \
            up their gestiones with query_obligation (field id_customer) to get wolkvox_idRecord, \
            then call get_obligation with the obligation and that record_id. If get_obligation \
            finds nothing, the gestión holds the name and not the id: say so and ask me for the \
            id. Give amounts as they come, neither rounded nor converted. If one is absent, say \
            that it is absent; never take it for zero, and never invent notes, amounts or dates. If a \
            look-up fails, say that it could not be looked up, not that nothing is owed.",
    },
    Template {
        name: "contacts_so_far",
        title: "¿Se le puede volver a contactar? / May I contact them again?",
        description: "Contactos de hoy y de los últimos 7 días por canal, sin veredicto / Contacts \
                      today and in the last 7 days by channel, without a verdict",
        about_obligation: false,
        spanish: "¿Cuántas veces se ha contactado hoy y en los últimos 7 días al cliente con \
            documento {document}, y por qué canales? Busca sus gestiones con query_obligation \
            (field id_customer) y usa summary.today, summary.last_7_days y as_of; para los canales \
            de la semana repite la consulta con since seis días antes del día de as_of. Di que cada \
            registro es un intento, contestado o no, y cuántos registros no tienen fecha. No digas \
            si se le puede volver a contactar: eso depende de la ley (Ley 2300 de 2023) y de las \
            reglas de la empresa. Si la consulta falla, dime que no se pudo consultar, no que no \
            hubo contactos.",
        english: "How often was the customer with document number {document} contacted today and \
            in the last 7 days, and by which channels? Look up their gestiones with \
            query_obligation (field id_customer) and use summary.today, summary.last_7_days and \
            as_of; for the week's channels repeat the look-up with since six days before the day of \
            as_of. Say that each record is an attempt, answered or not, and how many records have no \
            date. Do not say whether the customer may be contacted again: that depends on the law \
            (Ley 2300 of 2023) and on the company's rules. If the look-up fails, say that it could \
            not be looked up, not that there were no contacts.",
    },
];

impl Template {
    fn arguments(&self) -> &'static [&'static str] {
        if self.about_obligation {
            &[DOCUMENT, OBLIGATION, LANGUAGE]
        } else {
            &[DOCUMENT, LANGUAGE]
        }
    }

    fn listed(&self) -> Prompt {
        let argument = |name: &&str| {
            let (description, required) = match *name {
                DOCUMENT => ("Documento del cliente / customer's document number", true),
                OBLIGATION => ("Id o nombre de la obligación / the obligation's id or name", true),
                _ => ("es (por defecto) o en / es (default) or en", false),
            };
            PromptArgument::new(*name).with_description(description).with_required(required)
        };
        let arguments = self.arguments().iter().map(argument).collect();
        Prompt::new(self.name, Some(self.description), Some(arguments)).with_title(self.title)
    }

    fn filled(&self, mut given: Arguments) -> Result<String, Error> {
        let language = match given.text(LANGUAGE)?.as_deref().map(str::trim) {
            None | Some("es") => Language::Spanish,
            Some("en") => Language::English,
            Some(_) => {
                let problem = Bilingual::new("`language` is not known", "`language` no se conoce");
                return Err(Error::invalid_input(
                    problem,
                    Bilingual::new("Give es or en.", "Use es o en."),
                ));
            }
        };
        let template = match language {
            Language::Spanish => self.spanish,
            Language::English => self.english,
        };
        static EXAMPLE: Bilingual =
            Bilingual::new("for example 900000001", "por ejemplo 900000001");
        let mut values = Vec::new();
        for name in self.arguments().iter().filter(|name| **name != LANGUAGE) {
            let value = FieldValue::named(name, given.required(name)?, &EXAMPLE)?;
            values.push((*name, value));
        }
        // Only the template is split at braces, so a value that has braces stays as it is.
        let parts = template.split(['{', '}']);
        let fill = |part| {
            let value = values.iter().find(|(name, _)| *name == part);
            value.map_or(part, |(_, value)| value.reveal())
        };
        Ok(parts.map(fill).collect())
    }
}

/// Lists the prompts.
pub(super) fn list() -> Vec<Prompt> {
    TEMPLATES.iter().map(Template::listed).collect()
}

/// Fills in a prompt.
pub(super) fn get(request: GetPromptRequestParams) -> Result<GetPromptResult, ErrorData> {
    let invalid = |message: String| ErrorData::invalid_params(message, None);
    let Some(template) = TEMPLATES.iter().find(|it| it.name == request.name) else {
        let names = TEMPLATES.map(|template| template.name).join(", ");
        return Err(invalid(format!("unknown prompt; this server has {names}")));
    };
    let text = Arguments::new(request.arguments.unwrap_or_default(), template.arguments())
        .and_then(|given| template.filled(given))
        .map_err(|error| invalid(error.for_model()))?;
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(template.description))
}
