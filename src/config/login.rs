//! What to warn of in how people show who they are.

use crate::caller::Roles;
use crate::http::HttpConfig;
use crate::language::{Bilingual, bilingual};

/// Warns where clients may not know how they are expected to show who they are.
pub(super) fn both_ways(http: &HttpConfig) -> Option<Bilingual> {
    (http.callers.is_some() && http.oauth.is_some()).then(|| {
        bilingual!(
            "WOLKVOX_CALLERS and WOLKVOX_OAUTH_ISSUER are both set: some clients, such as Cursor, \
             then ignore a caller's token and begin a login",
            "WOLKVOX_CALLERS y WOLKVOX_OAUTH_ISSUER están ambos definidos: algunos asistentes, \
             como Cursor, ignoran entonces el token del usuario e inician una sesión",
        )
    })
}

/// Warns where roles and the claim that names them do not go together.
pub(super) fn role_claim(http: &HttpConfig, roles: &Roles) -> Option<Bilingual> {
    let claim = &http.oauth.as_ref()?.role;
    match (claim.is_some(), roles.is_empty()) {
        (false, false) => Some(bilingual!(
            "roles are configured and WOLKVOX_OAUTH_ROLE is not: nobody with the identity \
             provider's token may ask anything",
            "hay roles configurados y falta WOLKVOX_OAUTH_ROLE: nadie con un token del proveedor \
             de identidad puede consultar",
        )),
        (true, true) => Some(bilingual!(
            "WOLKVOX_OAUTH_ROLE has no effect without [roles.NAME] in the file of settings: \
             everybody may ask everything",
            "WOLKVOX_OAUTH_ROLE no tiene efecto sin [roles.NOMBRE] en el archivo de ajustes: todos \
             pueden consultar todo",
        )),
        (true, false) | (false, true) => None,
    }
}
