//! What help and the manual page say beside the arguments.

/// The exit statuses, as [`super::exit`] gives them.
pub(super) const STATUSES: &[(u8, &str)] = &[
    (0, "success"),
    (1, "nothing found, or a check failed"),
    (2, "wrong usage, or a failure not listed here"),
    (3, "wrong settings"),
    (4, "wolkvox does not accept the token"),
    (5, "no answer from the network or from wolkvox"),
    (6, "it may work later: too many requests, no calls left, maintenance"),
];

/// Commands to begin with.
pub(super) const EXAMPLES: &[(&str, &str)] = &[
    ("wolkvox-mcp query --sandbox id_customer 900000001", "Ask the sandbox."),
    ("wolkvox-mcp install claude-code --sandbox", "Let Claude Code start the sandbox."),
    ("wolkvox-mcp check", "Test what the clients on this computer start."),
];

pub(super) const OF_PROGRAM: &str = "Exit status: 0 success, 1 nothing found or a check failed, 2 \
    wrong usage or a failure not listed here, 3 wrong settings, 4 token not accepted, 5 no answer \
    from the network or wolkvox, 6 later (too many requests, no calls left, maintenance).\n\n\
    Examples:\n  \
    wolkvox-mcp query --sandbox id_customer 900000001   ask the sandbox\n  \
    wolkvox-mcp install claude-code --sandbox           let Claude Code start the sandbox\n  \
    wolkvox-mcp check                                   test what the clients here start";

pub(super) const OF_QUERY: &str = "Examples:\n  \
    wolkvox-mcp query --sandbox id_customer 900000001\n  \
    wolkvox-mcp query id_customer 900000001 --since 30d --limit 5\n  \
    wolkvox-mcp query id_customer 900000001 --column agent_id --column campaign_id\n  \
    wolkvox-mcp query --obligation FIC-501 --record 0000000000000000000000ae\n  \
    wolkvox-mcp query --json id_customer 900000001 | jq .total";

pub(super) const OF_CHECK: &str = "Examples:\n  \
    wolkvox-mcp check                                    every client's entry, as the client starts it\n  \
    wolkvox-mcp check --client claude-code               one client's\n  \
    wolkvox-mcp check --field id_customer --value 123    with a real look-up, which costs one call more\n  \
    wolkvox-mcp check --url https://wolkvox.example.com/mcp\n  \
    wolkvox-mcp check --json > ticket.json";

pub(super) const OF_INSTALL: &str = "Examples:\n  \
    wolkvox-mcp install                                  which clients are here\n  \
    wolkvox-mcp install claude-code --sandbox\n  \
    wolkvox-mcp install --all --server crm0001.wolkvox.com --operation mycompany\n  \
    wolkvox-mcp install claude-desktop --server crm0001.wolkvox.com --token-file ~/wolkvox-token\n  \
    wolkvox-mcp install cursor --url https://wolkvox.example.com/mcp\n  \
    wolkvox-mcp install codex --sandbox --print          only show what would be written";

pub(super) const OF_SERVE: &str = "Examples:\n  \
    wolkvox-mcp serve --sandbox\n  \
    wolkvox-mcp caller add ana --role agent --config /etc/wolkvox/wolkvox.toml\n  \
    wolkvox-mcp serve --config /etc/wolkvox/wolkvox.toml";
