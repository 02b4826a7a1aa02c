//! wolkvox-mcp
pub mod fields;
