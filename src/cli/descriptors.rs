//! Makes sure that the system lets this program open what it cannot do without.

use crate::language::Bilingual;

/// What the event loop opens as it starts (tokio panics where it cannot), and one each for standard
/// input and output.
#[cfg(unix)]
const NEEDED: usize = 7;

/// Opens as many descriptors as are needed, and closes them again.
#[cfg(unix)]
pub(super) fn check() -> Result<(), Bilingual> {
    use std::io;
    use std::os::fd::AsFd;

    use crate::language::bilingual;

    let stdin = io::stdin();
    let opened: io::Result<Vec<_>> =
        (0..NEEDED).map(|_| stdin.as_fd().try_clone_to_owned()).collect();
    opened.map(drop).map_err(|_| {
        bilingual!(
            "the system lets this program open too few files and connections; raise the limit, for \
             example with `ulimit -n 256`",
            "el sistema deja abrir a este programa muy pocos archivos y conexiones; suba el límite, \
             por ejemplo con `ulimit -n 256`"
        )
    })
}

/// There is no such limit on Windows.
#[cfg(not(unix))]
pub(super) fn check() -> Result<(), Bilingual> {
    Ok(())
}
