//! Checks the way to a team's server, from the computer of one who asks it.

use std::time::Duration;

use super::finding::Finding;
use super::reach::Route;
use super::report::{Output, Report};
use super::settings::of_caller;
use super::step::Step;
use super::tls::tls;
use super::{Check, PATIENCE, not_offline, not_reached};
use crate::cli::with_runtime;
use crate::config::{RemoteConfig, Sources};
use crate::connect::{Remote, ServerCard};
use crate::error::{Kind, RemoteError};
use crate::language::bilingual;

/// Takes every step to the server at an address.
pub(super) fn report(
    check: &Check,
    url: &str,
    sources: &Sources,
    output: Output,
) -> anyhow::Result<Report> {
    let mut report = Report::of_team(output);
    let config = match RemoteConfig::resolve(url, sources) {
        Ok(config) => config,
        Err(problems) => {
            let finding = Finding::failed_list(
                "settings_wrong",
                problems.lines().collect(),
                problems.advice(),
            );
            report.set(Step::Settings, finding);
            report.skip_the_rest("not_reached", &not_reached());
            return Ok(report);
        }
    };
    report.set(Step::Settings, Finding::listed(of_caller(&config, sources)));
    if check.offline {
        report.skip_the_rest("offline", &not_offline());
        return Ok(report);
    }
    let RemoteConfig { url, token, roots, timeout, log } = config;
    let patience = PATIENCE.min(timeout);
    with_runtime(&log, output.language, async {
        let has_token = token.is_some();
        let remote = Remote::new(url, token, roots, patience);
        steps(&remote, has_token, patience, sources, &mut report).await;
        report.skip_the_rest("not_reached", &not_reached());
        Ok(report)
    })
}

async fn steps(
    remote: &Remote,
    has_token: bool,
    patience: Duration,
    sources: &Sources,
    report: &mut Report,
) {
    let server = remote.url().server();
    let route = Route::to(server, sources).of_team();
    report.begin(Step::Dns);
    let addresses = route.resolve(patience).await;
    let handshake = async { remote.probe_tls().await.map_err(|error| failed(&error)) };
    if !report.set(Step::Dns, route.name(&addresses)) {
        return;
    }
    report.begin(Step::Connection);
    if !report.set(Step::Connection, route.connect(&addresses, patience).await) {
        return;
    }
    report.begin(Step::Tls);
    let distrusted = || remote.distrusted_certificate();
    if report.set(Step::Tls, tls(server, handshake, distrusted, &route, patience).await) {
        report.begin(Step::Token);
        match remote.discover().await {
            Ok(card) => {
                report.set(Step::Token, accepted(has_token));
                report.begin(Step::Server);
                report.set(Step::Server, offered(card, remote.count_tools().await));
            }
            Err(error) if is_about_token(&error) => {
                report.set(Step::Token, failed(&error));
            }
            Err(error) => {
                let why = bilingual!(
                    "not tested: see the next step",
                    "no se probó: vea el paso siguiente",
                );
                report.set(Step::Token, Finding::skipped("not_reached", why));
                report.set(Step::Server, failed(&error));
            }
        }
    }
}

fn failed(error: &RemoteError) -> Finding {
    Finding::failed(error.kind().as_str(), error.sentence(), error.advice())
}

fn is_about_token(error: &RemoteError) -> bool {
    error.kind() == Kind::TokenRejected || matches!(error, RemoteError::Forbidden(_))
}

fn accepted(has_token: bool) -> Finding {
    Finding::ok(if has_token {
        bilingual!("the server lets you in", "el servidor le da acceso")
    } else {
        bilingual!("the server asks for none", "el servidor no pide ninguno")
    })
}

/// The finding about who answers, and with how many tools.
fn offered(card: ServerCard, tools: Result<usize, RemoteError>) -> Finding {
    let ServerCard { name, version } = card;
    let named = [name, version].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let named = if named.is_empty() { "?".to_owned() } else { named };
    match tools {
        Ok(1) => Finding::ok(bilingual!("{named}, 1 tool", "{named}, 1 herramienta")),
        Ok(count) => {
            Finding::ok(bilingual!("{named}, {count} tools", "{named}, {count} herramientas"))
        }
        Err(error) => {
            let sentence = error.sentence();
            let detail = bilingual!("{named}: {sentence}", "{named}: {sentence}", sentence);
            Finding::failed(error.kind().as_str(), detail, error.advice())
        }
    }
}
