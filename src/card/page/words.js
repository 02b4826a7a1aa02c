// Every word of the card, in English and Spanish side by side.

/** @typedef {[english: string, spanish: string]} Both */

/**
 * `{name}` stands for a value.
 * @satisfies {Record<string, Both>}
 */
const WORDS = {
  // Waiting, and what is no answer.
  waiting: ["Looking it up…", "Consultando…"],
  ready: ["The answer is here.", "Llegó la respuesta."],
  cancelled: ["The look-up was cancelled", "Se canceló la consulta"],
  cancelledWhy: [
    "Whether there are records is unknown. Ask again when you need it.",
    "No se sabe si hay registros. Pregunte de nuevo cuando lo necesite.",
  ],
  gone: ["This answer is no longer here", "Esta respuesta ya no está aquí"],
  goneWhy: [
    "The chat no longer keeps it. Ask again to see it.",
    "El chat ya no la conserva. Pregunte de nuevo para verla.",
  ],
  closed: ["This card was closed", "Esta tarjeta se cerró"],
  none: ["Nothing found", "No se encontró nada"],
  noneWhy: [
    "wolkvox was asked, and nothing matches exactly.",
    "wolkvox respondió, y nada coincide exactamente.",
  ],
  noneHere: [
    "Nothing in these days and filters",
    "Nada en estas fechas y filtros",
  ],
  noneHereWhy: [
    "Outside them there are {n}.",
    "Fuera de ellos hay {n}.",
  ],
  noAnswer: [
    "This is not an answer: whether the customer has records is unknown.",
    "Esto no es una respuesta: no se sabe si el cliente tiene registros.",
  ],
  failed: ["It could not be looked up", "No se pudo consultar"],
  serverNotes: ["Server's notes", "Notas del servidor (en inglés)"],

  // Marks.
  fictitious: ["Fictitious data", "Datos ficticios"],
  incomplete: ["Incomplete", "Incompleto"],
  incompleteOf: [
    "Incomplete: {fetched} of {n} arrived",
    "Incompleto: llegaron {fetched} de {n}",
  ],
  masked: ["Masked data", "Datos enmascarados"],
  lookedUpAgo: ["Looked up {ago}", "Consultado {ago}"],

  // Who.
  contacts: ["Contacts", "Gestiones"],
  customers: ["{n} customers", "{n} clientes"],
  severalCustomers: ["Several customers", "Varios clientes"],
  ofSeveral: [
    "Each contact below says whose it is.",
    "Cada gestión dice de quién es.",
  ],
  noName: ["Customer without a name", "Cliente sin nombre"],
  moreOnCustomer: ["More data", "Más datos"],

  // The last contact.
  last: ["Last contact", "Último contacto"],
  newestShown: ["Newest of those shown", "El más reciente de los mostrados"],
  newestCame: [
    "Newest of those that arrived",
    "El más reciente de los que llegaron",
  ],
  notListed: [
    "It is not in the list below, which shows other contacts.",
    "No está en la lista de abajo, que muestra otras gestiones.",
  ],
  listIsCut: [
    "The list shows only the dates and filters asked for; outside them: {n}.",
    "La lista solo muestra las fechas y filtros pedidos; fuera de ellos: {n}.",
  ],
  mayBeNewer: [
    "{n} without a readable date may be newer.",
    "{n} sin fecha legible: pueden ser más recientes.",
  ],
  unclassified: ["Not classified", "Sin tipificar"],
  contradicts: ["Two different classifications in wolkvox.", "Dos tipificaciones distintas en wolkvox."],
  noDate: ["no date", "sin fecha"],
  dateReads: ["date as typed: {date}", "fecha tal como está: {date}"],
  noAgent: ["no agent named", "sin agente"],

  // The promise.
  promise: ["Newest promise", "Promesa más reciente"],
  promiseShown: [
    "Newest promise of those shown",
    "Promesa más reciente de las mostradas",
  ],
  afterwards: ["Afterwards", "Después"],
  afterwardsOn: ["Afterwards, on {obligation}", "Después, en {obligation}"],
  nothingAfter: ["nothing logged yet", "aún no hay nada registrado"],
  andMoreAfter: ["and {n} more", "y {n} más"],

  // Numbers.
  numbers: ["In numbers", "En números"],
  today: ["today", "hoy"],
  sevenDays: ["7 days", "7 días"],
  thirtyDays: ["30 days", "30 días"],
  inAll: ["in all", "en total"],
  asOfDay: ["counted on {date}", "contado el {date}"],
  attempts: [
    "Logged attempts, answered or not.",
    "Intentos registrados, contestados o no.",
  ],
  byOutcome: ["By outcome", "Por resultado"],
  byChannel: ["By channel", "Por canal"],
  byMonth: ["By month", "Por mes"],
  others: ["Others", "Otros"],
  noChannel: ["No channel", "Sin canal"],

  // The history.
  history: ["History", "Historial"],
  undatedOnes: ["Without a readable date", "Sin fecha legible"],
  details: ["More data", "Más datos"],
  detailsOf: ["More data on {what}", "Más datos de {what}"],
  more: ["Show {n} more", "Ver {n} más"],
  moreUnknown: ["Show more", "Ver más"],
  loading: ["Loading…", "Cargando…"],
  loaded: ["{n} more shown.", "Se muestran {n} más."],
  thereAreMore: [
    "{shown} of {n} are shown.",
    "Se muestran {shown} de {n}.",
  ],
  moreFailed: [
    "The rest could not be loaded; what is shown stays true. Try again.",
    "No se pudo cargar el resto; lo que se ve sigue siendo cierto. Intente de nuevo.",
  ],
  anotherMoment: [
    "The pages were looked up at different times: a contact may appear twice or be missing.",
    "Las páginas se consultaron en momentos distintos: una gestión puede repetirse o faltar.",
  ],
  lookedUp: ["Looked up {date}", "Consultado: {date}"],

  // The balance.
  balance: ["Balance", "Saldo"],
  totalOwed: ["Total owed", "Total que debe"],
  noCurrency: ["wolkvox does not say the currency.", "wolkvox no indica la moneda."],
  unknown: ["unknown", "sin dato"],
  unknownInWolkvox: ["unknown: blank in wolkvox", "sin dato en wolkvox"],
  overdue: ["Overdue", "Mora"],
  dueDate: ["Due date", "Vencimiento"],
  lastPayment: ["Last payment", "Último pago"],
  ownFields: ["Own fields", "Campos propios"],
  byDueDate: ["{days} by the due date", "{days} según el vencimiento"],
  notFound: ["No balance found for", "No se encontró el saldo de"],
  obligation: ["Obligation", "Obligación"],
};

/**
 * Words that depend on a number.
 * @satisfies {Record<string, Record<"one" | "other", Both>>}
 */
const COUNTED = {
  contacts: {
    one: ["{n} contact", "{n} gestión"],
    other: ["{n} contacts", "{n} gestiones"],
  },
  days: {
    one: ["{n} day", "{n} día"],
    other: ["{n} days", "{n} días"],
  },
  obligations: {
    one: ["{n} obligation", "{n} obligación"],
    other: ["{n} obligations", "{n} obligaciones"],
  },
};

/** wolkvox's channels. A `Map`, since "constructor" is a word that a CRM can hold. */
const CHANNELS = new Map(/** @type {[string, { icon: Icon, words: Both }][]} */ ([
  ["inbound", { icon: "in", words: ["Inbound call", "Llamada entrante"] }],
  ["outbound_ma", { icon: "out", words: ["Outbound call", "Llamada saliente"] }],
  ["out_pre", { icon: "out", words: ["Campaign call", "Llamada de campaña"] }],
  ["internal call", { icon: "call", words: ["Internal call", "Llamada interna"] }],
  ["internal call_inb", { icon: "call", words: ["Internal call, received", "Interna recibida"] }],
  ["internal call_que", { icon: "call", words: ["Internal call, queued", "Interna en cola"] }],
  ["transfer", { icon: "call", words: ["Transfer", "Transferencia"] }],
  ["conference", { icon: "call", words: ["Conference call", "Conferencia"] }],
  ["chat-whatsapp", { icon: "chat", words: ["WhatsApp", "WhatsApp"] }],
  ["chat-web", { icon: "chat", words: ["Web chat", "Chat web"] }],
  ["chat-email", { icon: "mail", words: ["Email", "Correo"] }],
  ["chat-facebook", { icon: "chat", words: ["Facebook", "Facebook"] }],
  ["chat-instagram", { icon: "chat", words: ["Instagram", "Instagram"] }],
  ["chat-telegram", { icon: "chat", words: ["Telegram", "Telegram"] }],
  ["chat-line", { icon: "chat", words: ["LINE", "LINE"] }],
  ["chat-transferskill", { icon: "chat", words: ["Transferred chat", "Chat transferido"] }],
]));

/** Those of wolkvox's other fields that an agent may ask for; own ones have names of their own. */
const FIELD_WORDS = new Map(/** @type {[string, Both][]} */ ([
  ["client_telephone", ["Phone", "Teléfono"]],
  ["customer_id", ["Additional id", "Id adicional"]],
  ["agent_id", ["Agent's extension", "Extensión"]],
  ["campaign_id", ["Campaign", "Campaña"]],
  ["time", ["Duration or hour", "Duración u hora"]],
  ["wolkvox_phoneCall", ["Number dialled", "Teléfono marcado"]],
  ["wolkvox_CrmPhoneCall", ["Called from the CRM", "Llamado desde el CRM"]],
  ["wolkvox_origen", ["Inserted from", "Origen"]],
]));

/** What each kind of failure means, and what to do about it. */
const FAILURES = new Map(/** @type {[string, { what: Both, advice: Both }][]} */ ([
  ["invalid_input", {
    what: ["The question could not be used", "La pregunta no se pudo usar"],
    advice: ["Check what was asked for and ask again.", "Revise lo que se pidió y pregunte de nuevo."],
  }],
  ["token_rejected", {
    what: ["wolkvox did not accept the token", "wolkvox no aceptó el token"],
    advice: ["Tell your administrator.", "Avise a su administrador."],
  }],
  ["quota_exhausted", {
    what: ["Today's wolkvox look-ups are used up", "Se agotaron las consultas de wolkvox de hoy"],
    advice: ["wolkvox resets them daily. Look in the CRM meanwhile.",
      "wolkvox las reinicia cada día. Mientras tanto, consulte en el CRM."],
  }],
  ["busy", {
    what: ["wolkvox is busy", "wolkvox está ocupado"],
    advice: ["Ask again in a few seconds.", "Pregunte de nuevo en unos segundos."],
  }],
  ["maintenance", {
    what: ["wolkvox is under maintenance", "wolkvox está en mantenimiento"],
    advice: ["Try again later.", "Intente más tarde."],
  }],
  ["rejected", {
    what: ["wolkvox refused the question", "wolkvox rechazó la consulta"],
    advice: ["Asking the same again will not help. Check the field that is searched.",
      "Repetir lo mismo no ayuda. Revise el campo por el que se busca."],
  }],
  ["unavailable", {
    what: ["wolkvox could not be reached", "No fue posible conectarse con wolkvox"],
    advice: ["Ask again in a moment. If it stays so, tell your administrator.",
      "Pregunte de nuevo en un momento. Si sigue así, avise a su administrador."],
  }],
  ["timeout", {
    what: ["wolkvox did not answer in time", "wolkvox no respondió a tiempo"],
    advice: ["Ask again.", "Pregunte de nuevo."],
  }],
  ["incomplete", {
    what: ["Nothing in what arrived, and there is more", "Nada en lo que llegó, y hay más"],
    advice: ["Search by something more exact, such as the document number.",
      "Busque por un dato más exacto, como el número de documento."],
  }],
  ["unexpected_reply", {
    what: ["wolkvox's reply cannot be used", "La respuesta de wolkvox no se puede usar"],
    advice: ["Ask again. If it stays so, tell your administrator.",
      "Pregunte de nuevo. Si sigue así, avise a su administrador."],
  }],
  ["rate_limited", {
    what: ["Too many look-ups in a short time", "Demasiadas consultas en poco tiempo"],
    advice: ["Wait a little and ask again.", "Espere un poco y pregunte de nuevo."],
  }],
  ["not_recorded", {
    what: ["The look-up could not be recorded", "La consulta no se pudo registrar"],
    advice: ["Without its line in the audit log there is no answer. Tell your administrator.",
      "Sin su línea en el registro de auditoría no hay respuesta. Avise a su administrador."],
  }],
  ["internal", {
    what: ["Something went wrong in the program", "Hubo un error en el programa"],
    advice: ["Ask again. If it stays so, tell your administrator.",
      "Pregunte de nuevo. Si sigue así, avise a su administrador."],
  }],
]));

/** The host's locale, if it is one; else the browser's. */
let locale = known(navigator.language) ?? "en";

/**
 * Returns a locale if the browser can use it.
 * @param {unknown} name
 */
function known(name) {
  if (typeof name !== "string") return null;
  try {
    return Intl.getCanonicalLocales(name.replaceAll("_", "-"))[0] ?? null;
  } catch {
    return null;
  }
}

/** Returns whether Spanish is spoken. */
function isSpanish() {
  return /^es\b/i.test(locale);
}

/** Returns the locale of the words, for months and weekdays that go with them. */
function wordsLocale() {
  return isSpanish() || /^en\b/i.test(locale) ? locale : "en";
}

/**
 * Returns one of two texts, with its values.
 * @param {Both} both
 * @param {Record<string, string>} [values]
 */
function pick(both, values = {}) {
  return both[isSpanish() ? 1 : 0].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/**
 * Returns a text of the table.
 * @param {keyof typeof WORDS} name
 * @param {Record<string, string>} [values]
 */
function say(name, values) {
  return pick(WORDS[name], values);
}

/**
 * Returns a number with its noun.
 * @param {keyof typeof COUNTED} name
 * @param {number} n
 */
function counted(name, n) {
  return pick(COUNTED[name][n === 1 ? "one" : "other"], { n: whole(n) });
}
