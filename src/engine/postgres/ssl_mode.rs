//! How a connection is encrypted, and what of the certificate is checked.

/// How a connection is encrypted, as libpq's `sslmode` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// Not encrypted.
    Disable,
    /// Encrypted where the server can; its certificate isn't checked.
    Prefer,
    /// Always encrypted; the certificate isn't checked, unless root certificates are given.
    Require,
    /// Always encrypted, and an authority that is trusted has to have signed the certificate.
    VerifyCa,
    /// That, and it has to be issued for this host.
    VerifyFull,
}

impl SslMode {
    /// The mode of a name, as libpq spells it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "disable" => Self::Disable,
            // libpq tries without encryption first: to try with it first is no less safe, and reaches the same servers.
            "allow" | "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return None,
        })
    }
}
