//! Where settings come from, and which comes first.

use super::*;

fn sources(flag: Option<&str>, variable: Option<&str>) -> Sources {
    let flags = flag.map(|text| (Setting::Operation, text.to_owned()));
    let environment = variable.map(|text| ("WOLKVOX_OPERATION".into(), text.into()));
    Sources::new(flags.into_iter().collect(), environment)
}

#[test]
fn a_flag_comes_before_its_variable_and_a_blank_value_counts_as_not_set() {
    for (flag, variable, found) in [
        (Some(" a "), Some("b"), Some(("a", Origin::Flag))),
        (None, Some("\tb\n"), Some(("b", Origin::Variable))),
        (Some(" "), Some("b"), Some(("b", Origin::Variable))),
        (Some(""), Some(" "), None),
        (Some("'a'"), None, Some(("a", Origin::Flag))),
        (None, Some("\"a b\""), Some(("a b", Origin::Variable))),
        (Some("\"\""), Some("' b '"), Some(("b", Origin::Variable))),
        (None, None, None),
    ] {
        let raw = sources(flag, variable).get(Setting::Operation).expect("Unicode");
        let raw = raw.as_ref().map(|raw| (raw.text.as_str(), raw.origin));
        assert_eq!(raw, found, "{flag:?} {variable:?}");
    }
}

#[cfg(unix)]
#[test]
fn the_machines_file_comes_last_and_only_an_administrator_may_have_written_it() {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use crate::error::ConfigFileError;
    let folder = tempfile::tempdir().expect("a folder");
    let machines = folder.path().join("config.toml");
    std::fs::write(&machines, "operation = 'todos'\nrate = 7\n").expect("written");
    let read = |mode, variable| {
        std::fs::set_permissions(&machines, Permissions::from_mode(mode)).expect("set");
        sources(None, variable).on_machine(Some(machines.clone())).with_file()
    };
    let open = read(0o666, None).file_problems();
    let [problem] = &open[..] else { panic!("{open:?}") };
    let refused = SettingError::ConfigFile(ConfigFileError::NotAdministrators);
    assert_eq!(problem.problem, refused);

    let sources = read(0o644, Some("propia"));
    if folder.path().metadata().expect("metadata").uid() == 0 {
        let text = |setting| sources.get(setting).expect("Unicode").map(|raw| raw.text);
        assert_eq!(text(Setting::Operation).as_deref(), Some("propia"));
        assert_eq!(text(Setting::Rate).as_deref(), Some("7"));
        assert_eq!(sources.machines_file(), Some(machines.as_path()));
    } else {
        assert_eq!(sources.file_problems().len(), 1, "it is not root's");
    }

    let own = folder.path().join("own.toml");
    std::fs::write(&own, "rate = 9\n").expect("written");
    let named =
        super::Sources::new(HashMap::new(), []).with_flag(Setting::Config, own.to_string_lossy());
    let named = named.on_machine(Some(machines)).with_file();
    assert_eq!(named.get(Setting::Rate).expect("Unicode").expect("set").text, "9");
    assert_eq!(named.get(Setting::Operation), Ok(None), "a named file takes its place");
    assert_eq!(named.machines_file(), None);
}

#[test]
fn only_windows_takes_a_variable_in_any_case() {
    let sources = Sources::new(HashMap::new(), [("Path".into(), "a".into())]);
    assert_eq!(sources.variable("PATH").is_some(), cfg!(windows));
    assert!(sources.variable("Path").is_some());
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_text_is_refused_unless_a_flag_overrides_it() {
    use std::os::unix::ffi::OsStringExt;
    let environment = [("WOLKVOX_OPERATION".into(), OsString::from_vec(vec![b'a', 0xff]))];
    let sources = Sources::new(HashMap::new(), environment);
    assert_eq!(sources.get(Setting::Operation), Err(NotUnicode));
    let overridden = sources.with_flag(Setting::Operation, "a");
    assert!(overridden.get(Setting::Operation).expect("Unicode").is_some());
}

#[test]
fn a_default_can_be_replaced_and_a_setting_taken_out() {
    let sources = sources(Some("a"), Some("b")).with_default(Setting::Log, "warn");
    assert_eq!(sources.default(Setting::Log), "warn");
    assert_eq!(sources.default(Setting::Timeout), "20s");
    assert_eq!(sources.without(Setting::Operation).get(Setting::Operation), Ok(None));
}
