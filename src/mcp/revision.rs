//! What each revision of the protocol knows: a client may refuse members that came later.

use rmcp::RoleServer;
use rmcp::model::{CacheScope, Prompt, ProtocolVersion, Resource, Tool};
use rmcp::service::RequestContext;

/// The revision that a request is served in.
pub(super) struct Revision(ProtocolVersion);

impl Revision {
    /// Returns the revision of a request: the one it names, or the one agreed on.
    pub(super) fn of(context: &RequestContext<RoleServer>) -> Self {
        let version = context.protocol_version();
        // Without either nothing was agreed on but what all have.
        Self(version.unwrap_or(ProtocolVersion::V_2024_11_05))
    }

    pub(super) fn agreed(version: ProtocolVersion) -> Self {
        Self(version)
    }

    /// Returns whether `title`, `outputSchema`, `structuredContent` and a tool's `_meta` are known.
    pub(super) fn has_titles_and_structure(&self) -> bool {
        self.0 >= ProtocolVersion::V_2025_06_18
    }

    /// Returns whether results tell who the server is and how long they may be kept.
    pub(super) fn is_stateless(&self) -> bool {
        self.0 >= ProtocolVersion::V_2026_07_28
    }

    /// Returns for how long, in milliseconds, and for whom a result may be kept, if that is known.
    pub(super) fn freshness(&self, time: u64) -> (Option<u64>, Option<CacheScope>) {
        if self.is_stateless() { (Some(time), Some(CacheScope::Private)) } else { (None, None) }
    }

    /// Returns a tool without what is not known.
    pub(super) fn tool(&self, mut tool: Tool) -> Tool {
        if !self.has_titles_and_structure() {
            tool.title = None;
            tool.output_schema = None;
            tool.meta = None;
        }
        if self.0 < ProtocolVersion::V_2025_03_26 {
            tool.annotations = None;
        }
        tool
    }

    /// Returns a prompt without what is not known.
    pub(super) fn prompt(&self, mut prompt: Prompt) -> Prompt {
        if !self.has_titles_and_structure() {
            prompt.title = None;
        }
        prompt
    }

    /// Returns a resource without what is not known.
    pub(super) fn resource(&self, mut resource: Resource) -> Resource {
        if !self.has_titles_and_structure() {
            resource.title = None;
        }
        resource
    }
}
