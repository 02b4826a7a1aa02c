//! Looks at the store that processes share.

use super::finding::Finding;
use crate::language::{Bilingual, bilingual};
use crate::shared::{Inspection, Shared};

pub(super) async fn look(shared: &Shared, place: &str) -> Finding {
    let Some(Inspection { server, round_trip, eviction, has_strangers }) = shared.inspect().await
    else {
        return Finding::failed(
            "store_unreached",
            bilingual!(
                "{place} cannot be reached, or refuses the user or the password",
                "no se llega a {place}, o rechaza el usuario o la contraseña",
            ),
            bilingual!(
                "Check the address in WOLKVOX_SHARED, with redis:// or rediss:// as the server speaks, \
                 its user and its password. Until then each process keeps limits of its own.",
                "Revise la dirección en WOLKVOX_SHARED, con redis:// o rediss:// según hable el \
                 servidor, su usuario y su contraseña. Mientras tanto cada proceso mantiene sus propios \
                 límites.",
            ),
        );
    };
    let server = server.unwrap_or_else(|| "?".to_owned());
    let milliseconds = format!("{:.1}", round_trip.as_secs_f64() * 1000.0);
    Finding::ok(bilingual!(
        "{server} at {place} answers within {milliseconds} ms",
        "{server} en {place} responde en {milliseconds} ms",
    ))
    .with_warnings("store_shared", warnings(eviction, has_strangers))
}

fn warnings(eviction: Option<String>, has_strangers: bool) -> Vec<Bilingual> {
    let eviction = eviction.map(|policy| {
        bilingual!(
            "the store may drop keys when its memory is full ({policy}), and limits with them: set \
             its maxmemory-policy to noeviction",
            "el almacén puede descartar claves cuando se llena su memoria ({policy}), y con ellas los \
             límites: ponga noeviction en su maxmemory-policy",
        )
    });
    let strangers = has_strangers.then(|| {
        bilingual!(
            "another process uses the store with another secret, and so keeps limits of its own: \
             WOLKVOX_SHARED_SECRET_FILE must hold the same everywhere",
            "otro proceso usa el almacén con otro secreto, y por eso mantiene sus propios límites: \
             WOLKVOX_SHARED_SECRET_FILE debe tener lo mismo en todas partes",
        )
    });
    eviction.into_iter().chain(strangers).collect()
}
