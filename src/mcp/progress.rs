//! Progress notifications, for a client that asked for them: queued, each request, each page.

use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::RequestContext;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::language::Bilingual;
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

    /// Notifies the client of each stage until there are no more. Each is written before this goes on
    /// and returns, so none follows the answer.
    pub(super) async fn tell_all(
        mut self,
        context: &RequestContext<RoleServer>,
        mut stages: UnboundedReceiver<Stage>,
    ) {
        let Some(token) = self.token.take() else { return };
        while let Some(stage) = stages.recv().await {
            self.told += 1;
            let told = ProgressNotificationParam::new(token.clone(), f64::from(self.told))
                .with_message(words(stage));
            // If the client cannot be reached it is leaving, and its call ends by itself.
            let _ = context.peer.notify_progress(told).await;
        }
    }
}

/// Returns what a person sees in the client, in both languages: nobody knows which one it is.
fn words(stage: Stage) -> String {
    let Bilingual { english, spanish } = stage.text();
    format!("{spanish} / {english}")
}
