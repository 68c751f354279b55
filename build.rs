//! Links the addon against Node-API and refuses a build whose SQLite would behave differently.

fn main() {
    println!("cargo:rerun-if-env-changed=LIBSQLITE3_FLAGS");
    let flags = std::env::var("LIBSQLITE3_FLAGS").unwrap_or_default();
    assert!(
        flags.contains("SQLITE_DQS=0"),
        "SQLite's compile-time options are missing: run cargo inside the package's folder, \
         where .cargo/config.toml sets LIBSQLITE3_FLAGS (or use `npx --no -- visual-db build`)"
    );
    // Only Linux needs it. On Windows it would look for an import library of Node's; on macOS its arguments would allow any undefined
    // symbol, and a linker itself doesn't know those. There the addon asks the process that loads it for Node-API's functions (the
    // feature `dyn-symbols`).
    let system = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if std::env::var_os("CARGO_FEATURE_ADDON").is_some() && system != "windows" && system != "macos" {
        napi_build::setup();
    }
    // Zig's linker ignores the list of exports that rustc gives it, and would export all of Rust's library.
    println!("cargo:rerun-if-env-changed=VISUAL_DB_EXPORTS");
    if let Some(list) = std::env::var("VISUAL_DB_EXPORTS").ok().filter(|_| system == "windows") {
        println!("cargo:rustc-cdylib-link-arg={list}");
    }
}
