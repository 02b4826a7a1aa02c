//! Every sentence about a failure, English beside Spanish: of look-ups (`failure`, `cause`), of
//! settings (`setting`, `team`), of callers, of clients' configurations (`install`), of a team's server
//! that is asked (`remote`), of the audit log (`audit`) and of the system.

mod audit;
mod callers;
mod cause;
mod failure;
mod install;
mod remote;
mod setting;
mod team;

use std::io;
use std::time::Duration;

use crate::language::{Bilingual, bilingual};

/// Returns why a file or a connection failed.
pub(crate) fn io_reason(kind: io::ErrorKind) -> Bilingual {
    use io::ErrorKind;
    match kind {
        ErrorKind::NotFound => bilingual!("not found", "no existe"),
        ErrorKind::PermissionDenied => bilingual!("permission denied", "permiso denegado"),
        ErrorKind::ConnectionRefused => bilingual!("connection refused", "conexión rechazada"),
        ErrorKind::ConnectionReset => bilingual!("connection reset", "conexión cortada"),
        ErrorKind::TimedOut => bilingual!("no answer in time", "no respondió a tiempo"),
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => {
            bilingual!("no route to host", "no hay ruta hasta el servidor")
        }
        ErrorKind::IsADirectory => bilingual!("it is a folder", "es una carpeta"),
        ErrorKind::InvalidInput => bilingual!("not a regular file", "no es un archivo normal"),
        ErrorKind::FileTooLarge => bilingual!("it is too large", "es demasiado grande"),
        ErrorKind::ReadOnlyFilesystem => {
            bilingual!("the disk is read-only", "el disco es de solo lectura")
        }
        kind => Bilingual::same(kind.to_string()),
    }
}

/// Rounds up, so that "ask again in" is never too early.
fn whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

fn seconds(time: &Duration) -> String {
    if time.subsec_nanos() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

fn minutes(time: &Duration) -> Bilingual {
    match time.as_secs().div_ceil(60) {
        1 => bilingual!("1 minute", "1 minuto"),
        minutes => bilingual!("{minutes} minutes", "{minutes} minutos"),
    }
}
