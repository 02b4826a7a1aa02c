//! Starts the program and raw HTTP servers for the tests.

mod program;
mod raw_server;
mod scene;
#[cfg(unix)]
mod store;
mod wire;

pub(crate) use program::{Ended, Program, modern_meta};
pub(crate) use raw_server::{RawReply, RawServer};
pub(crate) use scene::Scene;
#[cfg(unix)]
pub(crate) use store::Store;
pub(crate) use wire::{
    Authority, proxy_to_a_wolkvox_that_swallows, proxy_to_wolkvox, read_request, response, serve,
};

use std::fs;
use std::path::Path;

use wolkvox_mcp::wolkvox::{Client, FieldName, FieldValue, GestionQuery, Operation, Query};

/// The token of every test; it must never come out of the program.
pub(crate) const TOKEN: &str = "FICTITIOUS-TOKEN-0001";

/// Returns whether the project has this file or folder.
pub(crate) fn exists(name: &str) -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name).exists()
}

/// Reads a file of the project, with the same line ends everywhere.
pub(crate) fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(path).expect(name).replace("\r\n", "\n")
}

/// Builds a client of a server on loopback.
pub(crate) fn client(address: &str) -> Client {
    Client::local(address, TOKEN).expect("a loopback address")
}

/// Builds a query by document number.
pub(crate) fn by_customer(value: &str) -> Query {
    Query::Gestion(GestionQuery {
        operation: Operation::parse("sandbox".to_owned()).expect("an operation"),
        field: FieldName::parse("id_customer".to_owned()).expect("a field"),
        value: FieldValue::parse(value.to_owned()).expect("a value"),
    })
}
