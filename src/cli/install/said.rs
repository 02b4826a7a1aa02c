//! What an installation says in the end: what it did, and what is left to do.

use std::io::{self, Write};
use std::path::Path;

use clap::ValueEnum;

use super::paths::{own_command, short};
use super::{Install, kept_in, remote};
use crate::config::Sources;
use crate::install::{self, Change, Entry};
use crate::language::{Bilingual, Language, bilingual};
use crate::settings::Setting;

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
        let (title, name, shown) = (client.title(), &entry.name, short(file, sources));
        let mut said = Vec::new();
        match change {
            Change::Unchanged => said.push(bilingual!(
                "{title} was already set up: {shown}",
                "{title} ya estaba configurado: {shown}",
            )),
            Change::Added(_) => {
                said.push(bilingual!("Added `{name}` to {shown}", "Se agregó `{name}` a {shown}"))
            }
            Change::Replaced(_) => said.push(bilingual!(
                "Replaced `{name}` in {shown}",
                "Se reemplazó `{name}` en {shown}",
            )),
            Change::TakenOut(_) | Change::Restored | Change::Removed => {}
        }
        if let Change::Added(backup) | Change::Replaced(backup) = change {
            said.extend(backup.as_ref().map(|backup| kept_in(backup, sources)));
        }
        said.extend(self.windows_hint(entry, sources));
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
        // A search of `PATH` from Windows finds no programs of WSL.
        let entry = Entry { command: own_command(sources).ok()?, ..entry.clone() };
        install::windows_hint(self.target.client, self.target.scope(), distribution, &entry)
    }
}
