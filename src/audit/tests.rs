use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::line::tests::{call, entry};
use super::*;

struct Scene {
    folder: TempDir,
    options: Options,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let target = Target::File(folder.path().join("audit.jsonl"));
        let (on_failure, rotation) = (OnFailure::Refuse, Rotation::Daily);
        let options = Options { target, key_file: None, on_failure, rotation };
        Self { folder, options }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn try_open(&self) -> Result<(Audit, Vec<AuditNotice>), AuditError> {
        let writer = Writer { host: "host".to_owned(), user: "ana".to_owned(), pid: 1 };
        Audit::open(&self.options, &writer)
    }

    fn open(&self) -> Audit {
        let (audit, notices) = self.try_open().expect("opened");
        assert_eq!(notices, []);
        audit
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = self.folder.path().read_dir().expect("a folder");
        let paths = entries.map(|it| it.expect("an entry").path());
        paths.filter(|it| it.extension().is_some_and(|it| it == "jsonl")).collect()
    }

    #[track_caller]
    fn assert_whole(&self, lines: u64) {
        let key = self.file("wolkvox-audit.key");
        let reports = verify(&self.files(), &key, false).expect("read");
        let [report] = reports.as_slice() else { panic!("one log: {reports:?}") };
        assert_eq!(report.findings, []);
        assert_eq!(report.numbers, Some((1, lines)));
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

#[test]
fn a_log_that_is_moved_away_is_opened_anew_on_request_and_else_goes_on() {
    let scene = Scene::new();
    let audit = scene.open();
    let record = || audit.record(&entry(&call())).expect("written");
    record();
    audit.reopen().expect("nothing to do");
    let moved = scene.file("audit-20200101T000000Z-2.jsonl");
    fs::rename(scene.file("audit.jsonl"), &moved).expect("moved");
    record();
    assert_eq!(fs::read_to_string(&moved).expect("a log").lines().count(), 2);
    audit.reopen().expect("a new one");
    record();
    assert_eq!(scene.files().len(), 2);
    scene.assert_whole(3);
}

#[test]
fn a_file_that_is_not_empty_does_not_take_the_place_of_one_that_was_moved_away() {
    let scene = Scene::new();
    let audit = scene.open();
    let moved = scene.file("moved");
    fs::rename(scene.file("audit.jsonl"), &moved).expect("moved");
    fs::write(scene.file("audit.jsonl"), "something").expect("written");
    let problem = audit.reopen().expect_err("refused");
    assert_eq!(problem.kind, AuditErrorKind::NotEmpty);
    audit.record(&entry(&call())).expect("written");
    assert_eq!(fs::read_to_string(&moved).expect("a log").lines().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_log_that_is_deleted_begins_again_where_it_was() {
    let scene = Scene::new();
    let audit = scene.open();
    audit.record(&entry(&call())).expect("written");
    fs::remove_file(scene.file("audit.jsonl")).expect("deleted");
    audit.record(&entry(&call())).expect("written");
    let log = fs::read_to_string(scene.file("audit.jsonl")).expect("a log");
    assert!(log.starts_with(r#"{"v":1,"seq":2,"#), "{log}");
}

#[test]
fn a_new_file_begins_with_the_day() {
    let scene = Scene::new();
    let audit = scene.open();
    let call = call();
    for time in ["2026-11-25T10:00:00Z", "2026-11-25T23:59:59Z", "2026-11-26T00:00:00Z"] {
        audit.lock().record(&entry(&call), at(time)).expect("written");
    }
    drop(audit);
    let old = fs::read_to_string(scene.file("audit-20261126T000000Z-2.jsonl")).expect("a log");
    assert_eq!(old.lines().count(), 2);
    // Another process knows the day from the last line.
    let audit = scene.open();
    audit.lock().record(&entry(&call), at("2026-11-27T00:00:00Z")).expect("written");
    assert_eq!(scene.files().len(), 3);
    scene.assert_whole(4);
}

#[test]
fn a_crash_between_a_line_and_its_anchor_loses_nothing() {
    let scene = Scene::new();
    let audit = scene.open();
    audit.record(&entry(&call())).expect("written");
    let anchor = fs::read(scene.file("audit.jsonl.last")).expect("an anchor");
    audit.record(&entry(&call())).expect("written");
    drop(audit);
    fs::write(scene.file("audit.jsonl.last"), anchor).expect("written");
    scene.open().record(&entry(&call())).expect("written");
    scene.assert_whole(3);
}

#[test]
fn a_log_has_one_writer_at_a_time() {
    let scene = Scene::new();
    let audit = scene.open();
    assert_eq!(scene.try_open().expect_err("refused").kind, AuditErrorKind::InUse);
    drop(audit);
    scene.open();
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new();
    drop(scene.open());
    let key = scene.file("wolkvox-audit.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("set");
    let (_, notices) = scene.try_open().expect("opened");
    assert_eq!(notices, [AuditNotice::KeyIsOpen { path: key }]);
}

#[test]
fn lines_of_different_logs_are_verified_apart() {
    let scene = Scene::new();
    for name in ["audit-7.jsonl", "audit-71.jsonl"] {
        let target = Target::File(scene.file(name));
        let options = Options { target, ..scene.options.clone() };
        let writer = Writer { host: "host".to_owned(), user: "ana".to_owned(), pid: 1 };
        let (audit, _) = Audit::open(&options, &writer).expect("opened");
        for _ in 0..3 {
            audit.record(&entry(&call())).expect("written");
        }
        let lines = fs::read_to_string(scene.file(name)).expect("a log");
        let (first, rest) = lines.split_once('\n').expect("lines");
        // As other programs rotate.
        fs::write(scene.file(&format!("{name}.1.jsonl")), format!("{first}\n")).expect("written");
        fs::write(scene.file(name), rest).expect("written");
    }
    let reports = verify(&scene.files(), &scene.file("wolkvox-audit.key"), false).expect("read");
    assert_eq!(reports.len(), 2);
    for report in reports {
        assert_eq!((report.findings, report.numbers), (Vec::new(), Some((1, 3))));
    }
}

#[test]
fn a_line_that_cannot_be_written_is_counted_and_the_next_one_goes_on() {
    let scene = Scene::new();
    let audit = scene.open();
    audit.record(&entry(&call())).expect("written");
    // A reader's file takes no line.
    let read_only = fs::File::open(scene.file("audit.jsonl")).expect("a log");
    let kept = {
        let mut state = audit.lock();
        let Sink::File { log, .. } = &mut state.sink else { panic!("a file") };
        log.replace(read_only)
    };
    for failures in 1..=2 {
        assert!(audit.record(&entry(&call())).is_err());
        assert_eq!((audit.failures(), audit.is_failing()), (failures, true));
    }
    if let Sink::File { log, .. } = &mut audit.lock().sink {
        log.replace(kept);
    }
    audit.record(&entry(&call())).expect("written");
    assert!(!audit.is_failing());
    scene.assert_whole(2);
}

#[cfg(unix)]
impl Scene {
    /// Lets the log take no line, as a reader's file does, until the file that is returned is put
    /// back.
    fn break_log(&self, audit: &Audit) -> fs::File {
        let read_only = fs::File::open(self.file("audit.jsonl")).expect("a log");
        put(audit, read_only)
    }

    fn log(&self) -> Vec<u8> {
        fs::read(self.file("audit.jsonl")).expect("a log")
    }
}

#[cfg(unix)]
fn put(audit: &Audit, file: fs::File) -> fs::File {
    let mut state = audit.lock();
    let Sink::File { log, .. } = &mut state.sink else { panic!("a file") };
    log.replace(file)
}

#[cfg(unix)]
#[test]
fn a_log_that_can_be_written_again_is_found_out_without_a_line_and_leaves_nothing() {
    let scene = Scene::new();
    let audit = scene.open();
    for lines in 0..2 {
        let before = scene.log();
        let kept = scene.break_log(&audit);
        assert!(audit.record(&entry(&call())).is_err());
        assert!(!audit.retry());
        assert!(audit.is_failing());
        put(&audit, kept);
        assert!(audit.retry());
        assert!(!audit.is_failing());
        assert_eq!(scene.log(), before);
        audit.record(&entry(&call())).expect("written");
        scene.assert_whole(lines + 1);
    }
    assert_eq!(audit.failures(), 2);
}

#[cfg(unix)]
#[test]
fn a_log_that_was_deleted_while_it_could_not_be_written_is_made_anew() {
    let scene = Scene::new();
    let audit = scene.open();
    audit.record(&entry(&call())).expect("written");
    let kept = scene.break_log(&audit);
    assert!(audit.record(&entry(&call())).is_err());
    put(&audit, kept);
    fs::remove_file(scene.file("audit.jsonl")).expect("deleted");
    assert!(audit.retry());
    assert_eq!(scene.log(), b"");
}

#[test]
fn a_crash_while_it_is_tried_leaves_what_the_next_start_sets_aside() {
    let scene = Scene::new();
    for lines in 0..3 {
        let path = scene.file("audit.jsonl");
        let mut text = fs::read(&path).unwrap_or_default();
        text.extend(&line::trial());
        fs::write(&path, text).expect("written");
        if lines == 0 {
            fs::write(scene.file("audit.jsonl.last"), chain::NO_ANCHOR).expect("written");
        }
        let (audit, notices) = scene.try_open().expect("opened");
        let aside = scene.file("audit.jsonl.torn");
        assert_eq!(notices, [AuditNotice::Torn { path, aside }]);
        audit.record(&entry(&call())).expect("written");
        scene.assert_whole(lines + 1);
    }
}

#[cfg(unix)]
#[test]
fn a_line_whose_anchor_cannot_be_written_is_taken_off_again() {
    let scene = Scene::new();
    let audit = scene.open();
    for lines in 0..2 {
        let before = scene.log();
        let read_only = fs::File::open(scene.file("audit.jsonl.last")).expect("an anchor");
        let put = |file| {
            let mut state = audit.lock();
            let Sink::File { anchor, .. } = &mut state.sink else { panic!("a file") };
            anchor.replace(file)
        };
        let kept = put(read_only);
        assert!(audit.record(&entry(&call())).is_err());
        assert_eq!(scene.log(), before);
        assert!(!audit.retry(), "the anchor is tried too");
        put(kept);
        assert!(audit.retry());
        audit.record(&entry(&call())).expect("written");
        scene.assert_whole(lines + 1);
    }
}
