//! What both benches share: over stdio (`main.rs`) and over HTTP (`bin/over_http.rs`).

pub mod bare;
pub mod build;
pub mod http;
pub mod naive;
pub mod process;
pub mod reply;
pub mod server;
pub mod stub;
pub mod table;
