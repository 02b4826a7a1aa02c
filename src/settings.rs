//! The program's settings, once, as data: the flags, `--help`, the error messages and the
//! tests that hold the README's table and `mcp.json` all walk [`Setting::ALL`].

mod placeholder;
mod value;

pub use self::placeholder::Placeholder;
pub use self::value::{is_assignment, unquoted};
use crate::language::Language;

/// How every variable of ours begins.
pub const PREFIX: &str = "WOLKVOX_";

/// What a setting is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Whom to ask, and as whom; the sandbox needs none of these.
    Account,
    /// How one account is asked.
    Tenant,
    /// How this process behaves.
    Process,
    /// How many callers are served, and which; only `serve` knows these.
    Team,
    /// Who asks a team's server from here; only what speaks to one knows these.
    Caller,
}

/// What the table says about one setting.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Environment variable.
    pub variable: &'static str,
    /// Flag, unless the setting must not appear in a process list.
    pub flag: Option<&'static str>,
    /// What it is about.
    pub scope: Scope,
    /// Value when not set; blank if there is none.
    pub default: &'static str,
    /// A value that works, for error messages; blank for the token.
    pub example: &'static str,
    /// What it means, for `--help` and the README.
    pub meaning: &'static str,
    /// The same in Spanish.
    pub spanish: &'static str,
}

macro_rules! settings {
    ($($name:ident = $variable:literal, $flag:expr, $scope:ident, $default:literal, $example:literal,
        $meaning:literal, $spanish:literal;)*) => {
        /// A setting of the program.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Setting {
            $(#[doc = $meaning] $name,)*
        }

        impl Setting {
            /// Every setting, in the README's order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns the setting's row of the table.
            pub const fn spec(self) -> &'static Spec {
                match self {
                    $(Self::$name => &Spec {
                        variable: $variable,
                        flag: $flag,
                        scope: Scope::$scope,
                        default: $default,
                        example: $example,
                        meaning: $meaning,
                        spanish: $spanish,
                    },)*
                }
            }
        }
    };
}

impl Setting {
    /// Returns the setting's environment variable.
    pub const fn variable(self) -> &'static str {
        self.spec().variable
    }

    /// Returns what it means.
    pub const fn meaning(self, language: Language) -> &'static str {
        match language {
            Language::English => self.spec().meaning,
            Language::Spanish => self.spec().spanish,
        }
    }

    /// Returns whether it belongs to the account, which the sandbox does not need.
    pub fn is_account(self) -> bool {
        self.spec().scope == Scope::Account
    }

    /// Returns whether it sets up a server of one's own, with one client over stdio.
    pub fn is_own_servers(self) -> bool {
        !matches!(self.spec().scope, Scope::Team | Scope::Caller)
    }

    /// Returns whether it belongs to one who asks a team's server.
    pub fn is_callers(self) -> bool {
        self.spec().scope == Scope::Caller
    }

    /// Returns whether only `serve` knows it.
    pub fn is_team(self) -> bool {
        self.spec().scope == Scope::Team
    }

    /// Returns whether each tenant may have its own.
    pub fn is_tenants(self) -> bool {
        matches!(self.spec().scope, Scope::Account | Scope::Tenant)
    }

    /// Returns whether each tenant must say it itself, where there are several: what one is asked
    /// with must never reach another.
    pub fn is_tenants_own(self) -> bool {
        matches!(self, Self::Server | Self::Token | Self::TokenFile | Self::Operation)
    }

    /// Returns its name in the file of settings.
    pub fn key(self) -> String {
        let variable = self.variable();
        variable.strip_prefix(PREFIX).unwrap_or(variable).to_ascii_lowercase()
    }

    /// Returns the setting that an environment variable sets.
    pub fn of_variable(variable: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|setting| setting.variable() == variable)
    }
}

settings! {
    Server = "WOLKVOX_SERVER", Some("server"), Account, "", "crm0001.wolkvox.com",
        "CRM host, as in the browser's address bar when you are logged in",
        "Servidor del CRM, el de la barra de direcciones del navegador cuando está en el CRM";
    Token = "WOLKVOX_TOKEN", None, Account, "", "",
        "The CRM's internal token",
        "El token interno del CRM";
    TokenFile = "WOLKVOX_TOKEN_FILE", Some("token-file"), Account, "", "/etc/wolkvox/token",
        "A file that holds the token, read again when it changes",
        "Un archivo con el token; se lee de nuevo cuando cambia";
    Operation = "WOLKVOX_OPERATION", Some("operation"), Tenant, "", "mycompany",
        "Default operation (tenant); then the tool's `operation` is optional",
        "Operación (empresa) por defecto; con ella, `operation` es opcional en la herramienta";
    Timeout = "WOLKVOX_TIMEOUT", Some("timeout"), Tenant, "20s", "20s",
        "One deadline for a look-up: queue, tries and pages together",
        "Tiempo máximo de una consulta, todo incluido: cola, intentos y páginas";
    MaxInFlight = "WOLKVOX_MAX_IN_FLIGHT", Some("max-in-flight"), Tenant, "2", "2",
        "Simultaneous requests for the token; wolkvox allows 2",
        "Solicitudes simultáneas del token; wolkvox permite 2";
    CacheTtl = "WOLKVOX_CACHE_TTL", Some("cache-ttl"), Tenant, "30s", "30s",
        "How long an answer may be reused; `0s` turns it off",
        "Cuánto tiempo se puede reutilizar una respuesta; `0s` lo desactiva";
    Rate = "WOLKVOX_RATE", Some("rate"), Tenant, "60", "60",
        "Look-ups a minute that may reach wolkvox",
        "Consultas por minuto que pueden llegar a wolkvox";
    MaxPages = "WOLKVOX_MAX_PAGES", Some("max-pages"), Tenant, "4", "4",
        "Pages of 250 that one look-up may fetch; `0` sends only the three documented keys",
        "Páginas de 250 que puede traer una consulta; `0` envía solo las tres claves documentadas";
    Timezone = "WOLKVOX_TIMEZONE", Some("timezone"), Tenant, "", "America/Bogota",
        "The call centre's time zone, by its IANA name: it decides which day is today; without it, this computer's",
        "La zona horaria del centro de contacto, por su nombre IANA: decide qué día es hoy; sin ella, la de este equipo";
    Mask = "WOLKVOX_MASK", Some("mask"), Tenant, "", "personal",
        "Comma-separated fields to mask but for at most the last 4 characters; `personal` stands for wolkvox's own fields with customers' names, documents and phones, `employees` for those with the names, users, e-mails and IP addresses of the call centre's people",
        "Campos que se ocultan, separados por comas; quedan visibles como máximo los últimos 4 caracteres. `personal` son los campos propios de wolkvox con nombres, documentos y teléfonos de los clientes; `employees`, los que traen nombres, usuarios, correos y direcciones IP del personal";
    AllowHost = "WOLKVOX_ALLOW_HOST", Some("allow-host"), Account, "", "wolkvox-proxy.example.com",
        "One extra host that may receive the token, such as a company's reverse proxy",
        "Un servidor más que puede recibir el token, como el proxy inverso de la empresa";
    CaFile = "WOLKVOX_CA_FILE", Some("ca-file"), Account, "", "/etc/ssl/company.pem",
        "Extra root certificates (PEM)",
        "Certificados raíz adicionales (PEM)";
    Audit = "WOLKVOX_AUDIT", Some("audit"), Process, "", "/var/log/wolkvox/audit.jsonl",
        "Audit log: a file that gets a line for each call, `stderr` or `off`; `{pid}` and `{user}` in it stand for the process and its user",
        "Registro de auditoría: un archivo que recibe una línea por cada llamada, `stderr` u `off`; `{pid}` y `{user}` se reemplazan por el proceso y su usuario";
    AuditKeyFile = "WOLKVOX_AUDIT_KEY_FILE", Some("audit-key-file"), Process, "", "/etc/wolkvox/audit.key",
        "The secret of the audit log's hashes and seals; without it `wolkvox-audit.key`, made beside the log",
        "El secreto de los hashes y sellos del registro de auditoría; sin él, `wolkvox-audit.key`, que se crea junto al registro";
    AuditFailure = "WOLKVOX_AUDIT_FAILURE", Some("audit-failure"), Process, "refuse", "refuse",
        "Look-ups that cannot be recorded: `refuse` them or `continue`",
        "Consultas que no se pueden registrar: `refuse` las rechaza, `continue` las responde";
    AuditRotate = "WOLKVOX_AUDIT_ROTATE", Some("audit-rotate"), Process, "daily", "100MB",
        "When the audit log begins a new file: `daily` (UTC), before a size such as `100MB`, or `off`",
        "Cuándo el registro de auditoría comienza otro archivo: `daily` (UTC), antes de un tamaño como `100MB`, u `off`";
    Shared = "WOLKVOX_SHARED", Some("shared"), Process, "", "rediss://valkey.example.com:6379",
        "A Valkey or Redis in which processes with the same token share its limits, people's budgets and answers",
        "Un Valkey o Redis en el que los procesos con el mismo token comparten sus límites, los cupos de las personas y las respuestas";
    SharedSecretFile = "WOLKVOX_SHARED_SECRET_FILE", Some("shared-secret-file"), Process, "", "/etc/wolkvox/shared.secret",
        "A file with the secret that all of them have, for what stands there; a second line is an older one, while it is changed",
        "Un archivo con el secreto que todos tienen, para lo que queda allí; una segunda línea es uno anterior, mientras se cambia";
    SharedDown = "WOLKVOX_SHARED_DOWN", Some("shared-down"), Process, "degrade", "refuse",
        "Without that store: `degrade` to one request at a time for each process, or `refuse` look-ups",
        "Sin ese almacén: `degrade`, una solicitud a la vez por proceso, o `refuse`, rechazar las consultas";
    Log = "WOLKVOX_LOG", Some("log"), Process, "info", "debug",
        "Log filter, always on stderr: error, warn, info, debug, trace or off",
        "Filtro del log, siempre por stderr: error, warn, info, debug, trace u off";
    LogFormat = "WOLKVOX_LOG_FORMAT", Some("log-format"), Process, "text", "json",
        "`text` or `json`",
        "`text` o `json`";
    Card = "WOLKVOX_CARD", Some("card"), Process, "on", "off",
        "The card that chats of MCP Apps show beside an answer: `on` or `off`",
        "La tarjeta que los chats con MCP Apps muestran junto a una respuesta: `on` u `off`";
    Config = "WOLKVOX_CONFIG", Some("config"), Process, "", "/etc/wolkvox/wolkvox.toml",
        "A TOML file of settings, each under its variable's name in lower case without `WOLKVOX_`; flags and variables come before it",
        "Un archivo TOML de ajustes, cada uno con el nombre de su variable en minúsculas y sin `WOLKVOX_`; las opciones y las variables tienen prioridad";
    Listen = "WOLKVOX_LISTEN", Some("listen"), Team, "127.0.0.1:8080", "0.0.0.0:8443",
        "Address and port to serve at",
        "Dirección y puerto donde atiende";
    PublicUrl = "WOLKVOX_PUBLIC_URL", Some("public-url"), Team, "", "https://wolkvox.example.com",
        "How clients reach the server, without a path; not needed if only this computer can",
        "Cómo llegan los asistentes al servidor, sin ruta; no hace falta si solo este equipo lo usa";
    TlsCert = "WOLKVOX_TLS_CERT", Some("tls-cert"), Team, "", "/etc/wolkvox/tls.crt",
        "The server's certificates (PEM), read again when they change",
        "Los certificados del servidor (PEM), leídos de nuevo cuando cambian";
    TlsKey = "WOLKVOX_TLS_KEY", Some("tls-key"), Team, "", "/etc/wolkvox/tls.key",
        "The certificate's key (PEM), read again when it changes",
        "La clave del certificado (PEM), leída de nuevo cuando cambia";
    TrustedProxies = "WOLKVOX_TRUSTED_PROXIES", Some("trusted-proxies"), Team, "", "10.0.0.5,10.1.0.0/16",
        "Comma-separated addresses or networks of the proxies that end TLS; only they may say in `X-Forwarded-For` for whom they ask",
        "Direcciones o redes, separadas por comas, de los proxies donde termina TLS; solo ellos pueden decir en `X-Forwarded-For` por quién preguntan";
    Callers = "WOLKVOX_CALLERS", Some("callers"), Team, "", "/etc/wolkvox/callers.toml",
        "The file of callers, which `wolkvox-mcp caller` keeps; read again when it changes",
        "El archivo de usuarios, que mantiene `wolkvox-mcp caller`; leído de nuevo cuando cambia";
    OAuthIssuer = "WOLKVOX_OAUTH_ISSUER", Some("oauth-issuer"), Team, "", "https://login.example.com/realms/empresa",
        "Identity provider whose tokens are accepted, exactly as its tokens spell it (`iss`)",
        "Proveedor de identidad cuyos tokens se aceptan, tal como lo escriben sus tokens (`iss`)";
    OAuthAudience = "WOLKVOX_OAUTH_AUDIENCE", Some("oauth-audience"), Team, "", "api://wolkvox",
        "Comma-separated audiences (`aud`) that a token may be for; without it, the address of the endpoint",
        "Audiencias (`aud`), separadas por comas, para las que puede ser un token; sin este ajuste, la dirección del servicio";
    OAuthScope = "WOLKVOX_OAUTH_SCOPE", Some("oauth-scope"), Team, "", "wolkvox.read",
        "Scopes that a token must have, with spaces between them",
        "Permisos (scopes) que debe tener un token, separados por espacios";
    OAuthPrincipal = "WOLKVOX_OAUTH_PRINCIPAL", Some("oauth-principal"), Team, "sub", "tid,oid",
        "Comma-separated claims that together tell a person from every other",
        "Claims, separados por comas, que juntos distinguen a una persona de las demás";
    OAuthName = "WOLKVOX_OAUTH_NAME", Some("oauth-name"), Team, "", "preferred_username",
        "Claim with the person's name",
        "Claim con el nombre de la persona";
    OAuthRole = "WOLKVOX_OAUTH_ROLE", Some("oauth-role"), Team, "", "roles",
        "Claim with the person's role, or a list of them",
        "Claim con el rol de la persona, o con una lista de roles";
    AdminListen = "WOLKVOX_ADMIN_LISTEN", Some("admin-listen"), Team, "127.0.0.1:9464", "0.0.0.0:9464",
        "Address and port of `/livez`, `/readyz` and `/metrics`",
        "Dirección y puerto de `/livez`, `/readyz` y `/metrics`";
    CallerToken = "WOLKVOX_CALLER_TOKEN", None, Caller, "", "",
        "A person's own token for a team's server, as `wolkvox-mcp caller add` shows it",
        "El token propio de una persona para el servidor del equipo, como lo muestra `wolkvox-mcp caller add`";
    CallerTokenFile = "WOLKVOX_CALLER_TOKEN_FILE", Some("token-file"), Caller, "", "/home/ana/wolkvox-token",
        "A file that holds that token, read again when it changes; with `connect`, `install --url` and `check --url` also `--token-file`",
        "Un archivo con ese token, que se lee de nuevo cuando cambia; con `connect`, `install --url` y `check --url` también `--token-file`";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_its_own_variable_and_flag() {
        let variables: std::collections::HashSet<_> =
            Setting::ALL.iter().map(|setting| setting.variable()).collect();
        assert_eq!(variables.len(), Setting::ALL.len());
        assert_eq!(Setting::ALL.iter().filter(|setting| setting.spec().flag.is_none()).count(), 2);
    }

    #[test]
    fn a_setting_is_found_by_its_variable() {
        for setting in Setting::ALL {
            assert_eq!(Setting::of_variable(setting.variable()), Some(*setting));
        }
        assert_eq!(Setting::of_variable("WOLKVOX"), None);
    }
}
