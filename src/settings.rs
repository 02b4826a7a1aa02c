//! The program's settings, once, as data: the flags, `--help`, the error messages and the
//! tests that hold the README's table and `mcp.json` all walk [`SETTINGS`].

/// A setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Environment variable.
    pub variable: &'static str,
    /// Flag, unless the setting must not stand in a process list.
    pub flag: Option<&'static str>,
    /// What it means, for `--help` and the README.
    pub meaning: &'static str,
    /// Value when not set; blank if there is none.
    pub default: &'static str,
    /// A value that works, for error messages; blank for the token.
    pub example: &'static str,
}

impl Setting {
    /// Returns whether it belongs to the account; the sandbox needs no such setting.
    pub fn is_account(&self) -> bool {
        [SERVER, TOKEN, TOKEN_FILE, ALLOW_HOST, CA_FILE]
            .iter()
            .any(|account| account.variable == self.variable)
    }
}

macro_rules! settings {
    ($($name:ident = $variable:literal, $flag:expr, $default:literal, $example:literal, $meaning:literal;)*) => {
        $(#[doc = $meaning]
        pub const $name: Setting = Setting {
            variable: $variable, flag: $flag, meaning: $meaning, default: $default, example: $example,
        };)*
        /// Every setting, in the README's order.
        pub const SETTINGS: &[Setting] = &[$($name),*];
    };
}

settings! {
    SERVER = "WOLKVOX_SERVER", Some("server"), "", "crm0001.wolkvox.com",
        "CRM host, as in the browser's address bar when you are logged in";
    TOKEN = "WOLKVOX_TOKEN", None, "", "",
        "The CRM's internal token";
    TOKEN_FILE = "WOLKVOX_TOKEN_FILE", Some("token-file"), "", "/etc/wolkvox/token",
        "A file that holds the token, read again when it changes";
    OPERATION = "WOLKVOX_OPERATION", Some("operation"), "", "mycompany",
        "Default operation (tenant); then the tool's `operation` is optional";
    TIMEOUT = "WOLKVOX_TIMEOUT", Some("timeout"), "20s", "20s",
        "One deadline for a look-up: queue, tries and pages together";
    MAX_IN_FLIGHT = "WOLKVOX_MAX_IN_FLIGHT", Some("max-in-flight"), "2", "2",
        "Simultaneous requests for the token; wolkvox allows 2";
    CACHE_TTL = "WOLKVOX_CACHE_TTL", Some("cache-ttl"), "30s", "30s",
        "How long an answer may be reused; `0s` turns it off";
    RATE = "WOLKVOX_RATE", Some("rate"), "60", "60",
        "Look-ups a minute that may reach wolkvox";
    MAX_PAGES = "WOLKVOX_MAX_PAGES", Some("max-pages"), "4", "4",
        "Pages of 250 that one look-up may fetch; `0` sends only the three documented keys";
    MASK = "WOLKVOX_MASK", Some("mask"), "", "personal",
        "Comma-separated fields to mask but for at most the last 4 characters; `personal` stands for wolkvox's own fields with customers' names, documents and phones, `employees` for those with the names, users, e-mails and IP addresses of the call centre's people";
    ALLOW_HOST = "WOLKVOX_ALLOW_HOST", Some("allow-host"), "", "wolkvox-proxy.example.com",
        "One extra host that may receive the token, such as a company's reverse proxy";
    CA_FILE = "WOLKVOX_CA_FILE", Some("ca-file"), "", "/etc/ssl/company.pem",
        "Extra root certificates (PEM)";
    LOG = "WOLKVOX_LOG", Some("log"), "info", "debug",
        "Log filter, always on stderr: error, warn, info, debug, trace or off";
    LOG_FORMAT = "WOLKVOX_LOG_FORMAT", Some("log-format"), "text", "json",
        "`text` or `json`";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_its_own_variable_and_flag() {
        let variables: std::collections::HashSet<_> =
            SETTINGS.iter().map(|setting| setting.variable).collect();
        assert_eq!(variables.len(), SETTINGS.len());
        assert_eq!(SETTINGS.iter().filter(|setting| setting.flag.is_none()).count(), 1);
    }
}
