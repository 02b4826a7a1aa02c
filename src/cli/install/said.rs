//! What an installation says in the end: what it did, what is left to do, and what to mind.

use std::io::{self, Write};
use std::path::Path;

use clap::ValueEnum;

use super::{Install, kept_in, remote};
use crate::config::Sources;
use crate::error::TokenFileError;
use crate::install::{self, Change, ClientKind, Entry, TokenDelivery};
use crate::language::{Bilingual, Language, bilingual};
use crate::settings::Setting;
use crate::wolkvox::TokenFile;

impl Install {
    /// Prints what was done, and what is left to do.
    pub(super) fn print_result(
        &self,
        change: &Change,
        file: &Path,
        entry: &Entry,
        sources: &Sources,
        language: Language,
    ) -> io::Result<()> {
        let client = self.target.client;
        let (title, name, shown) = (client.title(), &entry.name, file.display());
        let mut said = Vec::new();
        let windows = self.windows_hint(entry, sources);
        match change {
            Change::Unchanged => said.push(bilingual!(
                "{title} was already set up: {shown}",
                "{title} ya estaba configurado: {shown}",
            )),
            Change::Written { backup } => {
                said.push(if entry.native(client).is_some() {
                    bilingual!(
                        "{title} now knows the team's server: `{name}` in {shown}",
                        "{title} ya conoce el servidor del equipo: `{name}` en {shown}",
                    )
                } else if windows.is_some() {
                    bilingual!("Written: `{name}` in {shown}", "Escrito: `{name}` en {shown}")
                } else {
                    bilingual!(
                        "{title} now starts this program: `{name}` in {shown}",
                        "{title} ya puede iniciar este programa: `{name}` en {shown}",
                    )
                });
                said.extend(backup.as_ref().map(kept_in));
            }
            Change::Restored | Change::Removed => {}
        }
        said.extend(windows);
        let expected: Vec<_> = entry.expected(client).iter().map(|it| it.variable()).collect();
        let expected = expected.join(", ");
        if !expected.is_empty() {
            said.push(bilingual!(
                "Set in the environment in which {title} starts: {expected}",
                "Defina en el entorno desde el que se abre {title}: {expected}",
            ));
        }
        if entry.prompts(client) {
            said.push(bilingual!("VS Code will ask for the token.", "VS Code pedirá el token."));
        }
        if let Some(remote) = &entry.remote {
            said.extend(remote::hints(remote, self.what.login));
        } else if !entry.sandbox && !entry.names(Setting::Operation) {
            said.push(bilingual!(
                "No operation is set: the assistant will have to ask for it (--operation sets one).",
                "No hay operación definida: el asistente tendrá que preguntarla (--operation la define).",
            ));
        }
        if client.asks_for_trust() && self.target.place.project {
            said.push(bilingual!(
                "{title} reads it only in a project that you trust.",
                "{title} lo lee solo en un proyecto de confianza (trusted).",
            ));
        }
        said.push(client.restart());
        if let Some(remote) = &entry.remote {
            said.extend((!self.what.login).then(|| remote::test(remote, &entry.settings)));
        } else if !self.target.place.project
            && let Some(name) = client.to_possible_value()
        {
            let name = name.get_name();
            said.push(bilingual!(
                "To test it: wolkvox-mcp check --client {name}",
                "Para probarlo: wolkvox-mcp check --client {name}",
            ));
        }
        let mut out = io::stdout();
        said.iter().try_for_each(|text| writeln!(out, "{}", text.to(language)))
    }

    /// Returns what to do for a client of Windows, if this program runs inside WSL.
    fn windows_hint(&self, entry: &Entry, sources: &Sources) -> Option<Bilingual> {
        let distribution = sources.variable("WSL_DISTRO_NAME")?.to_str()?.trim();
        if distribution.is_empty() {
            return None;
        }
        install::windows_hint(self.target.client, self.target.scope(), distribution, entry)
    }

    /// Warns of what does not stop the installation.
    pub(super) fn warnings(&self, file: &Path, entry: &Entry) -> Vec<Bilingual> {
        let shown = file.display();
        let file = match (&entry.remote, &entry.token) {
            (Some(remote), _) => remote.token_file.as_ref(),
            (None, TokenDelivery::File(path)) => Some(path),
            (None, _) => None,
        };
        if let Some(path) = file {
            let missing = TokenFile::open(path.clone()).err();
            let path = path.display();
            let care = |problem: TokenFileError| {
                let problem = problem.text();
                bilingual!("Warning: {path} {problem}.", "Aviso: {path} {problem}.", problem)
            };
            return missing.map(care).into_iter().collect();
        }
        match &entry.token {
            TokenDelivery::Inline(_) if !entry.sandbox => vec![if self.target.place.project {
                bilingual!(
                    "Warning: the token is in {shown}, in plain text. Keep that file out of \
                 version control.",
                    "Aviso: el token queda en {shown} como texto legible. No suba \
                 ese archivo al control de versiones.",
                )
            } else {
                bilingual!(
                    "Warning: the token is in {shown}, in plain text.",
                    "Aviso: el token queda en {shown} como texto legible.",
                )
            }],
            TokenDelivery::Inline(_)
            | TokenDelivery::File(_)
            | TokenDelivery::Client
            | TokenDelivery::SettingsFile => Vec::new(),
        }
    }
}
