//! Progress notifications, for a client that asked for them: queued, each request, each page.

use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::RequestContext;

use crate::lookup::Stage;

/// The notifications of one call, counted: the specification wants the number to rise.
pub(super) struct Progress {
    token: Option<ProgressToken>,
    told: u32,
}

impl Progress {
    /// Reads whether the request asks for progress.
    pub(super) fn of(context: &RequestContext<RoleServer>) -> Self {
        Self { token: context.meta.get_progress_token(), told: 0 }
    }

    /// Returns whether the client asked for progress.
    pub(super) fn is_wanted(&self) -> bool {
        self.token.is_some()
    }

    /// Sends one notification. It is written before this returns, so none follows the answer.
    pub(super) async fn tell(&mut self, context: &RequestContext<RoleServer>, stage: Stage) {
        let Some(token) = self.token.clone() else { return };
        self.told += 1;
        let message = match stage {
            Stage::Queued => "queued".to_owned(),
            Stage::Asking { page, request } => {
                format!("asking wolkvox: page {page}, request {request}")
            }
            Stage::Waiting => "waiting before the next try".to_owned(),
        };
        let told =
            ProgressNotificationParam::new(token, f64::from(self.told)).with_message(message);
        // If the client cannot be reached it is leaving, and its call ends by itself.
        let _ = context.peer.notify_progress(told).await;
    }
}
