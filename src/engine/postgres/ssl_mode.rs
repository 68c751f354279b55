//! How a connection is encrypted, and what of the certificate is looked at.

/// How a connection is encrypted, as libpq's `sslmode` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// Not.
    Disable,
    /// Where the server can; nobody looks at its certificate.
    Prefer,
    /// Always; nobody looks at the certificate, unless root certificates are given.
    Require,
    /// Always, and somebody who is trusted has to have signed the certificate.
    VerifyCa,
    /// That, and it has to be of this host.
    VerifyFull,
}

impl SslMode {
    /// The one of a name.
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
