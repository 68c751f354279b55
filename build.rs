//! Links the addon against Node-API and refuses a build whose SQLite would behave differently.

fn main() {
    println!("cargo:rerun-if-env-changed=LIBSQLITE3_FLAGS");
    let flags = std::env::var("LIBSQLITE3_FLAGS").unwrap_or_default();
    assert!(
        flags.contains("SQLITE_DQS=0"),
        "SQLite's compile-time options are missing: run cargo inside the package's folder, \
         where .cargo/config.toml sets LIBSQLITE3_FLAGS (or use `npx --no -- visual-db build`)"
    );
    if std::env::var_os("CARGO_FEATURE_ADDON").is_some() {
        napi_build::setup();
    }
}
