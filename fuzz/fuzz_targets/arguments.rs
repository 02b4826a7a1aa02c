//! Any JSON at all as a tool's arguments: a checked question or an error that names no value, and
//! the same one again from the same JSON.
#![no_main]

use std::sync::{Arc, OnceLock};

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use wolkvox_mcp::answer::Mask;
use wolkvox_mcp::error::{Error, Kind};
use wolkvox_mcp::lookup::{Limits, Lookup};
use wolkvox_mcp::tenant::Tenant;
use wolkvox_mcp::tools::{GestionesRequest, ObligationRequest};
use wolkvox_mcp::wolkvox::Client;

static TENANT: OnceLock<Tenant> = OnceLock::new();

/// Returns an account that nothing is asked of.
fn tenant() -> &'static Tenant {
    TENANT.get_or_init(|| {
        let client = Client::local("http://127.0.0.1:9", "ficticio-0001").expect("an account");
        let lookup = Arc::new(Lookup::new(client, Limits::default()));
        Tenant::new(lookup, None, Mask::default(), true)
    })
}

fn checked<T: std::fmt::Debug>(read: Result<T, Error>) -> String {
    match read {
        Ok(request) => format!("{request:?}"),
        Err(error) => {
            assert_eq!(error.kind(), Kind::InvalidInput);
            error.for_model()
        }
    }
}

fuzz_target!(|text: &str| {
    let Ok(Value::Object(given)) = serde_json::from_str(text) else { return };
    let gestiones = |given| checked(GestionesRequest::from_json(given, tenant()));
    assert_eq!(gestiones(given.clone()), gestiones(given.clone()));
    let obligation = |given| checked(ObligationRequest::from_json(given, tenant()));
    assert_eq!(obligation(given.clone()), obligation(given));
});
