//! Reads what Linux knows of a running process.

use std::fs;
use std::process::Child;
use std::time::Duration;

/// Reads how much CPU time all of its threads have taken, in the kernel too.
pub fn cpu(child: &Child) -> Duration {
    let path = format!("/proc/{}/stat", child.id());
    let stat = fs::read_to_string(path).expect("it runs");
    // The program's name before them may hold spaces.
    let (_, figures) = stat.rsplit_once(") ").expect("a name");
    let ticks = figures.split(' ').skip(11).take(2);
    let ticks: u64 = ticks.map(|it| it.parse::<u64>().expect("a number")).sum();
    // Linux counts hundredths of a second here on every usual machine (time(7), USER_HZ).
    Duration::from_millis(ticks * 10)
}

/// Reads a figure of `/proc/PID/status`, such as `VmRSS`.
pub fn status(child: &Child, name: &str) -> f64 {
    let path = format!("/proc/{}/status", child.id());
    let status = fs::read_to_string(path).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a figure");
    let figure = line.trim_start_matches(':').split_whitespace().next().expect("a figure");
    figure.parse().expect("a number")
}
