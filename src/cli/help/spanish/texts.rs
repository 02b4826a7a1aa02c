//! What help says in Spanish of each command and its arguments. A test holds it against the English
//! texts, which stand where the arguments are defined.

/// The texts of one command.
pub(super) struct Texts {
    /// Its name, behind those of the commands above it; blank for the program.
    pub path: &'static str,
    pub about: &'static str,
    pub long_about: Option<&'static str>,
    pub after: Option<&'static str>,
    /// The help of its own arguments, each under its id; settings are in their own table.
    pub arguments: &'static [(&'static str, &'static str)],
}

impl Texts {
    /// Returns the help of an argument.
    pub(super) fn argument(&self, id: &str) -> Option<&'static str> {
        self.arguments.iter().find(|(known, _)| *known == id).map(|(_, help)| *help)
    }
}

const NO_TEXTS: Texts =
    Texts { path: "", about: "", long_about: None, after: None, arguments: &[] };

const PROJECT: (&str, &str) =
    ("project", "Usa la configuración del proyecto de esta carpeta en lugar de la del usuario");
const NAME: (&str, &str) = ("name", "Nombre del servidor en la configuración");
const FORCE: (&str, &str) = (
    "force",
    "Continúa aunque la entrada con ese nombre inicie otro programa, o aunque no se pueda leer el \
     archivo del token",
);
const FILES: (&str, &str) = ("files", "Archivos de registros de auditoría");

/// The texts of every command.
pub(super) const COMMANDS: &[Texts] = &[
    Texts {
        path: "",
        about: "Servidor MCP que responde preguntas sobre las obligaciones de los clientes con los \
                datos del CRM de wolkvox",
        long_about: Some(
            "Servidor MCP que responde preguntas sobre las obligaciones de los clientes con los \
             datos del CRM de wolkvox.\n\nSin un comando, atiende MCP por la entrada y la salida \
             estándar; eso es lo que inicia un mcp.json.",
        ),
        after: Some(
            "Estado de salida: 0 éxito, 1 no se encontró nada o falló una comprobación, 2 uso \
             incorrecto o una falla que no tiene otro estado, 3 ajustes incorrectos, 4 token no \
             aceptado, 5 sin respuesta de la red o de wolkvox, 6 más tarde (demasiadas solicitudes, cupo \
             agotado, mantenimiento).\n\n\
             Ejemplos:\n  \
             wolkvox-mcp query --sandbox id_customer 900000001   consulta el sandbox\n  \
             wolkvox-mcp install claude-code --sandbox           hace que Claude Code inicie el sandbox\n  \
             wolkvox-mcp check                                   prueba lo que inician los asistentes de aquí",
        ),
        arguments: &[
            (
                "sandbox",
                "Consulta el sandbox incorporado, que tiene datos ficticios, en lugar de una cuenta \
                 real",
            ),
            ("lang", "Idioma de lo que se imprime para las personas [por defecto: el del sistema]"),
            (
                "tenant",
                "Para `query`, `check` y un asistente por stdio: a cuál de los [tenants] del \
                 archivo se consulta",
            ),
        ],
    },
    Texts {
        path: "audit",
        about: "Verifica un registro de auditoría, o busca quién preguntó por un valor",
        ..NO_TEXTS
    },
    Texts {
        path: "audit verify",
        about: "Verifica cada línea, el orden y el final de un registro de auditoría",
        after: Some(
            "Estado de salida: 0 todo está en su lugar, 1 algo está mal, 2 no se puede leer un \
             archivo o la clave.",
        ),
        arguments: &[
            (
                "files",
                "Archivos de un mismo registro, en cualquier orden; con el que se escribe ahora, se \
                 verifica también su final",
            ),
            (
                "restarts",
                "Permite que las cadenas comiencen de nuevo, como ocurre con cada proceso que \
                 escribe en stderr; entonces no se verifica ningún final",
            ),
        ],
        ..NO_TEXTS
    },
    Texts {
        path: "audit find",
        about: "Busca quién preguntó por un valor",
        after: Some(
            "Estado de salida: 0 alguien preguntó, 1 nadie preguntó en estos archivos, 2 no se \
             sabe, porque una línea no se pudo comprobar, no hay ninguna, o no se puede leer un \
             archivo o la clave.",
        ),
        arguments: &[
            FILES,
            (
                "value",
                "Valor exacto, como un número de documento; `-` lo lee de la entrada estándar, para \
                 que no quede en ninguna lista de procesos",
            ),
            (
                "kind",
                "Campo por el que se buscó; sin él, todos los propios de wolkvox y los id de las \
                 obligaciones",
            ),
            ("json", "Imprime las líneas completas como JSON"),
        ],
        ..NO_TEXTS
    },
    Texts {
        path: "caller",
        about: "Mantiene el archivo de usuarios: quiénes pueden consultar el servidor de un equipo",
        ..NO_TEXTS
    },
    Texts {
        path: "caller add",
        about: "Da acceso a alguien e imprime el token nuevo: solo esta vez, porque de él se guarda \
                únicamente el SHA-256",
        arguments: &[
            (
                "name",
                "Lo que distingue al usuario de los demás, también en el log y en el registro de \
                 auditoría",
            ),
            ("role", "Uno de los roles configurados"),
            (
                "expires",
                "Cuándo deja de servir el token: un plazo desde ahora, como 90d, o un día, como \
                 2030-01-31",
            ),
        ],
        ..NO_TEXTS
    },
    Texts { path: "caller list", about: "Muestra quiénes tienen acceso", ..NO_TEXTS },
    Texts {
        path: "caller remove",
        about: "Le quita el acceso a alguien",
        arguments: &[("name", "El nombre del usuario")],
        ..NO_TEXTS
    },
    Texts {
        path: "check",
        about: "Prueba la instalación paso a paso, y dice cómo corregir lo que falla",
        after: Some(
            "Ejemplos:\n  \
             wolkvox-mcp check                                    la entrada de cada asistente, tal como él la inicia\n  \
             wolkvox-mcp check --client claude-code               la de uno solo\n  \
             wolkvox-mcp check --field id_customer --value 123    con una consulta real, que gasta una más del cupo\n  \
             wolkvox-mcp check --url https://wolkvox.example.com/mcp\n  \
             wolkvox-mcp check --json > ticket.json",
        ),
        arguments: &[
            (
                "url",
                "Prueba en cambio la conexión con el servidor del equipo que está en esta dirección",
            ),
            ("offline", "Hace solo lo que no necesita red"),
            ("field", "Hace además una consulta real: el campo por el que se busca"),
            ("value", "Hace además una consulta real: el valor que se busca"),
            (
                "client",
                "Prueba la entrada que un asistente tiene para este servidor, tal como está [por \
                 defecto, si no hay ningún ajuste: la de cada asistente]",
            ),
            ("json", "Imprime los pasos como JSON, para un tiquete de soporte"),
        ],
        ..NO_TEXTS
    },
    Texts {
        path: "connect",
        about: "Lleva la entrada y la salida estándar hasta el servidor de un equipo, para \
                asistentes que solo inician programas",
        after: Some(
            "Su propio token se toma de WOLKVOX_CALLER_TOKEN, o del archivo que indica --token-file \
             o WOLKVOX_CALLER_TOKEN_FILE. WOLKVOX_CA_FILE indica certificados raíz en los que se \
             confía además de los del sistema; HTTPS_PROXY, un proxy.",
        ),
        arguments: &[(
            "url",
            "Dirección del servidor del equipo, como https://wolkvox.example.com/mcp",
        )],
        ..NO_TEXTS
    },
    Texts {
        path: "completions",
        about: "Imprime el autocompletado para un shell",
        arguments: &[("shell", "Shell en el que se autocompletan los comandos")],
        ..NO_TEXTS
    },
    Texts {
        path: "install",
        about: "Escribe este servidor en la configuración de un asistente",
        after: Some(
            "Ejemplos:\n  \
             wolkvox-mcp install                                  qué asistentes hay aquí\n  \
             wolkvox-mcp install claude-code --sandbox\n  \
             wolkvox-mcp install --all --server crm0001.wolkvox.com --operation miempresa\n  \
             wolkvox-mcp install claude-desktop --server crm0001.wolkvox.com --token-file ~/wolkvox-token\n  \
             wolkvox-mcp install cursor --url https://wolkvox.example.com/mcp\n  \
             wolkvox-mcp install codex --sandbox --print          solo muestra lo que se escribiría",
        ),
        arguments: &[
            (
                "client",
                "Asistente cuya configuración se cambia; si no se indica, se muestran los asistentes",
            ),
            ("all", "Conecta todos los asistentes que hay en este equipo"),
            PROJECT,
            NAME,
            FORCE,
            (
                "url",
                "Conecta el asistente con el servidor del equipo que está en esta dirección, en \
                 lugar de iniciar este programa; el token se toma de WOLKVOX_CALLER_TOKEN, donde se \
                 abre el asistente, o de --token-file",
            ),
            (
                "login",
                "Con --url: las personas inician sesión en el proveedor de identidad, y no se envía \
                 ningún token de este programa",
            ),
            ("print", "Solo imprime lo que se escribiría"),
            (
                "inline_token",
                "Escribe el token de WOLKVOX_TOKEN en la configuración, donde lo ve cualquiera que \
                 pueda leer el archivo",
            ),
        ],
        ..NO_TEXTS
    },
    Texts {
        path: "man",
        about: "Escribe las páginas del manual en una carpeta",
        arguments: &[("folder", "Carpeta donde se escriben, como ~/.local/share/man/es/man1")],
        ..NO_TEXTS
    },
    Texts {
        path: "query",
        about: "Hace una consulta e imprime la respuesta",
        after: Some(
            "Ejemplos:\n  \
             wolkvox-mcp query --sandbox id_customer 900000001\n  \
             wolkvox-mcp query id_customer 900000001 --since 30d --limit 5\n  \
             wolkvox-mcp query id_customer 900000001 --column agent_id --column campaign_id\n  \
             wolkvox-mcp query --obligation FIC-501 --record 0000000000000000000000ae\n  \
             wolkvox-mcp query --json id_customer 900000001 | jq .total",
        ),
        arguments: &[
            ("field", "Campo por el que se busca, como id_customer; con solo VALUE, es ese"),
            ("value", "Valor exacto"),
            (
                "case_file",
                "Trae en cambio los saldos de las obligaciones de este expediente: el \
                 wolkvox_idRecord de una gestión",
            ),
            ("obligation", "Solo esta obligación: por su nombre o, con --record, por su id"),
            ("tipification", "Solo esta tipificación, por su código o sus palabras"),
            ("channel", "Solo este canal: el código de wolkvox, o call, inbound, outbound, chat"),
            ("since", "Primer día: YYYY-MM-DD, hoy, ayer, o 30d para los últimos 30 días"),
            ("until", "Último día"),
            ("limit", "Registros que se imprimen, de 1 a 100"),
            ("offset", "Registros que se omiten"),
            ("columns", "Campo que se agrega a los habituales, o `*` para todos; se puede repetir"),
            ("keys", "Imprime los campos con las claves y los valores de wolkvox, tal como están"),
            ("json", "Imprime la respuesta como JSON"),
        ],
        ..NO_TEXTS
    },
    Texts {
        path: "serve",
        about: "Atiende MCP por HTTP para un equipo: un servidor con el token, y un nombre para \
                cada persona que pregunta",
        after: Some(
            "Ejemplos:\n  \
             wolkvox-mcp serve --sandbox\n  \
             wolkvox-mcp caller add ana --role agent --config /etc/wolkvox/wolkvox.toml\n  \
             wolkvox-mcp serve --config /etc/wolkvox/wolkvox.toml",
        ),
        ..NO_TEXTS
    },
    Texts {
        path: "uninstall",
        about: "Quita este servidor de la configuración de un asistente",
        arguments: &[("client", "Asistente cuya configuración se cambia"), PROJECT, NAME, FORCE],
        ..NO_TEXTS
    },
];

/// What help says of a value to choose from, unless that is a name.
pub(super) const VALUES: &[(&str, &str)] = &[("en", "inglés"), ("es", "español")];
