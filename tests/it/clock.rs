//! Which day it is at the call centre: its zone in answers, in settings, and where nobody gave one.

use serde_json::{Value, json};

use crate::support::{Program, RawReply, RawServer, TOKEN};

async fn as_of(more: &[(&str, &str)]) -> String {
    let reply = json!({ "code": "200", "error": "null", "data": [{ "date": "2026-11-20" }] });
    let server = RawServer::start(vec![RawReply::json(reply.to_string())]).await;
    let account = [
        ("WOLKVOX_SERVER", server.address()),
        ("WOLKVOX_TOKEN", TOKEN),
        ("WOLKVOX_OPERATION", "x"),
    ];
    let mut program = Program::start(&[], &[&account, more].concat());
    program.initialize("2025-11-25").await;
    let result = program.call(json!({ "field": "x", "value": "1" })).await;
    result["structuredContent"]["as_of"].as_str().expect("a time").to_owned()
}

#[tokio::test]
async fn an_answers_time_has_the_call_centres_offset() {
    let bogota = as_of(&[("WOLKVOX_TIMEZONE", "america/bogota")]).await;
    assert!(bogota.ends_with("-05:00"), "{bogota}");
    assert!(bogota.parse::<jiff::Timestamp>().is_ok(), "{bogota}");
    let other = as_of(&[("WOLKVOX_TIMEZONE", "Asia/Kathmandu"), ("TZ", "America/Bogota")]).await;
    assert!(other.ends_with("+05:45"), "{other}");
}

#[cfg(unix)]
#[tokio::test]
async fn without_a_setting_the_systems_zone_counts() {
    let systems = as_of(&[("TZ", "America/La_Paz")]).await;
    assert!(systems.ends_with("-04:00"), "{systems}");
}

#[tokio::test]
async fn a_zone_that_nobody_knows_is_refused_and_shown() {
    for (language, said) in [
        ("en", "must be the name of a time zone"),
        ("es", "debe ser el nombre de una zona horaria"),
    ] {
        let wrong = [("WOLKVOX_TIMEZONE", "Bogotá")];
        let ended = Program::run(&["query", "--sandbox", "1", "--lang", language], &wrong).await;
        assert!(!ended.status.success());
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
        assert!(
            ended.stderr.contains("WOLKVOX_TIMEZONE") && ended.stderr.contains("Bogotá"),
            "{}",
            ended.stderr
        );
    }
}

/// The settings of a tenant on a computer in this zone.
fn tenant(zone: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("WOLKVOX_SERVER", "http://127.0.0.1:1"),
        ("WOLKVOX_TOKEN", TOKEN),
        ("WOLKVOX_AUDIT", "off"),
        ("TZ", zone),
    ]
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_in_a_container_warns_that_its_day_is_utcs() {
    let warns = async |zone, more: &[(&str, &str)]| {
        // The address is taken, so that the program ends.
        let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = taken.local_addr().expect("an address").to_string();
        let environment = [&tenant(zone)[..], more, &[("WOLKVOX_LISTEN", &address)]].concat();
        let ended = Program::run(&["serve"], &environment).await;
        assert!(ended.stderr.contains("cannot listen"), "{}", ended.stderr);
        ended.stderr.contains("WOLKVOX_TIMEZONE is not set")
    };
    for zone in ["UTC", "Etc/UTC", ""] {
        assert!(warns(zone, &[]).await, "{zone}");
        assert!(!warns(zone, &[("WOLKVOX_TIMEZONE", "America/Bogota")]).await, "{zone}");
    }
    assert!(!warns("America/Bogota", &[]).await);
}

#[cfg(unix)]
#[tokio::test]
async fn check_says_that_nobody_gave_the_computer_a_zone() {
    for (zone, status, code) in
        [("UTC", "warning", "time_zone_unknown"), ("America/Bogota", "ok", "ok")]
    {
        let ended = Program::run(&["check", "--offline", "--json"], &tenant(zone)).await;
        let report: Value = serde_json::from_str(&ended.stdout.join("\n")).expect("JSON");
        let settings = &report["steps"][0];
        assert_eq!((&settings["status"], &settings["code"]), (&json!(status), &json!(code)));
    }
}

#[tokio::test]
async fn the_sandbox_has_a_day_of_its_own() {
    for zone in ["UTC", "Asia/Tokyo"] {
        let asked = ["query", "--sandbox", "900000001", "--since", "hoy", "--json"];
        let ended = Program::run(&asked, &[("TZ", zone), ("WOLKVOX_TIMEZONE", zone)]).await;
        let answer: Value = serde_json::from_str(&ended.stdout.join("\n")).expect("JSON");
        assert_eq!(answer["as_of"], "2026-11-20T20:10:00-05:00");
        assert_eq!(answer["total"], 1);
    }
}
