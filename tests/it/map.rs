use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The arrows between the rooms of `src`: each room and the rooms it uses.
type Map = BTreeMap<String, BTreeSet<String>>;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
/// In the drawing, what every room above this line may use.
const ALL: &str = "all";

/// Returns the lines of the drawing in `lib.rs`, from top to bottom.
fn drawing() -> Vec<(String, BTreeSet<String>)> {
    let text = fs::read_to_string(Path::new(SOURCE).join("lib.rs")).expect("lib.rs");
    let lines = text.lines().filter_map(|line| line.strip_prefix("//! ")?.split_once('→'));
    let names = |text: &str| text.split(',').map(|it| it.trim().to_owned()).collect();
    lines.map(|(from, to)| (from.trim().to_owned(), names(to))).collect()
}

/// Returns the rooms that a room may use.
fn allowed(room: &str) -> BTreeSet<String> {
    let drawing = drawing();
    let place = |room: &str| drawing.iter().position(|(drawn, _)| drawn == room);
    let of = |room: &str| place(room).map(|place| drawing[place].1.clone()).unwrap_or_default();
    let is_below_all = place(room).is_some_and(|room| Some(room) > place(ALL));
    if is_below_all { of(room) } else { &of(room) | &of(ALL) }
}

/// Returns the arrows that the source has, its tests left out.
fn found() -> Map {
    let mut found = Map::new();
    for file in files(Path::new(SOURCE)) {
        let inside = file.strip_prefix(SOURCE).expect("a file below src");
        let room = inside.components().next().expect("a name").as_os_str().to_string_lossy();
        let room = room.trim_end_matches(".rs").to_owned();
        if ["lib", "main"].contains(&room.as_str()) || is_of_tests(inside) {
            continue;
        }
        let text = fs::read_to_string(&file).expect("source");
        let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
        let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code = code.collect::<Vec<_>>().join(" ");
        let used = code.split("crate::").skip(1).flat_map(named);
        let arrows = found.entry(room.clone()).or_default();
        arrows.extend(used.filter(|used| *used != room));
    }
    found
}

fn is_of_tests(file: &Path) -> bool {
    file.ends_with("tests.rs") || file.components().any(|part| part.as_os_str() == "tests")
}

/// Returns the rooms that a path names: one, or those of a group. What begins with a capital
/// letter is a type of `lib.rs`, not a room.
fn named(path: &str) -> Vec<String> {
    let parts = match path.strip_prefix('{') {
        None => vec![path],
        Some(group) => group.split('}').next().unwrap_or_default().split(',').collect(),
    };
    let is_other = |letter: char| !(letter.is_alphanumeric() || letter == '_');
    let name = |part: &str| part.split(is_other).next().unwrap_or_default().to_owned();
    let names = parts.into_iter().map(|part| name(part.trim()));
    names.filter(|name| name.starts_with(|first: char| first.is_lowercase())).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files
}

#[test]
fn every_arrow_between_two_rooms_is_drawn_in_lib_rs() {
    for (room, used) in found() {
        let allowed = allowed(&room);
        let missing: Vec<_> = used.difference(&allowed).collect();
        assert!(missing.is_empty(), "lib.rs draws no arrow from `{room}` to {missing:?}");
    }
}

#[test]
fn every_arrow_that_lib_rs_draws_is_in_the_source() {
    let found = found();
    let place = |room: &str| drawing().iter().position(|(drawn, _)| drawn == room);
    for (room, drawn) in drawing() {
        for used in drawn {
            let is_used = match room.as_str() {
                ALL => found.values().filter(|arrows| arrows.contains(&used)).count() > 1,
                room => found.get(room).is_some_and(|arrows| arrows.contains(&used)),
            };
            assert!(is_used, "lib.rs draws an arrow from `{room}` to `{used}` that is not there");
            let points_down = place(&used).is_none_or(|used| Some(used) > place(&room));
            assert!(points_down, "the arrow from `{room}` to `{used}` points up");
        }
    }
}
