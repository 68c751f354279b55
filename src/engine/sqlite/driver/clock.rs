//! The clock that leases go by: milliseconds since the machine was started, which nobody can set and which go on while it
//! sleeps, and which boot that was. A file in WAL mode is used on one machine, so all connections to it see the same clock.

use std::sync::OnceLock;

use crate::model::run::{Boot, Moment};

/// This moment; `wall_ms` is what the caller's clock shows.
#[must_use]
pub fn moment(wall_ms: i64) -> Moment {
    #[cfg(test)]
    if let Some(Moment { boot, monotonic_ms, .. }) = SET.get() {
        return Moment { boot, monotonic_ms, wall_ms };
    }
    let boot = boot();
    // Where no boot is known no monotonic time is compared with another.
    Moment { boot, monotonic_ms: monotonic_ms(), wall_ms }
}

#[cfg(test)]
thread_local! {
    /// What a test's clock shows in its thread; `None` is the machine's.
    pub(crate) static SET: std::cell::Cell<Option<Moment>> = const { std::cell::Cell::new(None) };
}

/// Which boot of the machine this is, read once.
fn boot() -> Boot {
    static BOOT: OnceLock<Boot> = OnceLock::new();
    *BOOT.get_or_init(|| boot_id().map_or(Boot::UNKNOWN, |id| number(id.trim())))
}

/// 64 bits of a boot's id, never those of an unknown one (FNV-1a, which is the same in every process).
fn number(id: &str) -> Boot {
    let hash = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, hash);
    Boot(hash.cast_signed() | 1)
}

#[cfg(target_os = "linux")]
fn boot_id() -> Option<String> {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().filter(|id| !id.trim().is_empty())
}

#[cfg(target_os = "macos")]
fn boot_id() -> Option<String> {
    let mut id = [0_u8; 64];
    let mut length = id.len();
    // SAFETY: the name is a C string; the system writes at most `length` bytes and says how many it wrote.
    let code = unsafe {
        libc::sysctlbyname(
            c"kern.bootsessionuuid".as_ptr(),
            id.as_mut_ptr().cast(),
            &raw mut length,
            std::ptr::null_mut(),
            0,
        )
    };
    let written = id.get(..length).filter(|_| code == 0)?;
    let text = std::str::from_utf8(written).ok()?.trim_end_matches('\0');
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn boot_id() -> Option<String> {
    None
}

/// Milliseconds by the clock that counts sleep. Apple's monotonic one does.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn monotonic_ms() -> i64 {
    use rustix::time::{ClockId, clock_gettime};
    #[cfg(target_os = "linux")]
    let clock = ClockId::Boottime;
    #[cfg(target_os = "macos")]
    let clock = ClockId::Monotonic;
    let time = clock_gettime(clock);
    time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
}

/// No boot is known on other systems, so no such time is compared.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn monotonic_ms() -> i64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_boot_has_one_number_and_another_has_another() {
        let ids = ["8b1f6f0e-2c5e-4a5b-9d0a-1f2e3d4c5b6a", "8b1f6f0e-2c5e-4a5b-9d0a-1f2e3d4c5b6b", ""];
        assert_eq!(ids.map(number), ids.map(number));
        assert!(number(ids[0]) != number(ids[1]) && number("") != Boot::UNKNOWN);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn it_goes_on_and_is_of_this_boot() {
        let first = moment(5);
        std::thread::sleep(std::time::Duration::from_millis(20));
        let second = moment(7);
        assert!(first.boot != Boot::UNKNOWN && first.boot == second.boot);
        assert!((20..10_000).contains(&(second.monotonic_ms - first.monotonic_ms)));
        assert_eq!((first.wall_ms, second.wall_ms), (5, 7));
        let up: f64 = std::fs::read_to_string("/proc/uptime").unwrap().split(' ').next().unwrap().parse().unwrap();
        assert!((up * 1_000.0 - second.monotonic_ms as f64).abs() < 5_000.0);
    }
}
