//! The keys of what belongs to a principal and is in a client's hands: sealed state, cursors that carry more than a place, sessions, tasks.

use contract::model::Principal;
use hkdf::Hkdf;
use sha2::Sha256;

/// What a key is for. The keys of two purposes have nothing to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPurpose {
    /// State that a client holds between the legs of a call.
    CallState,
    /// A cursor that carries more than a place.
    Cursor,
    /// A session.
    Session,
    /// A task.
    Task,
}

impl KeyPurpose {
    fn name(self) -> &'static str {
        match self {
            Self::CallState => "call-state",
            Self::Cursor => "cursor",
            Self::Session => "session",
            Self::Task => "task",
        }
    }
}

/// The key of a principal for a purpose, by HKDF-SHA256 (RFC 5869) of the server's secret. A principal is an issuer and a subject: one user
/// has one key however many clients and tokens it has, and one subject of two issuers has two. What was made under the key of one principal
/// cannot be opened under that of another, so that it is to the other as if it did not exist. Callers of a server without authorization,
/// which have no principal, have one key together.
pub fn principal_key(secret: &[u8; 32], purpose: KeyPurpose, principal: Option<&Principal>) -> [u8; 32] {
    let (issuer, subject) = principal.map_or(("", ""), |principal| (&principal.issuer, &principal.subject));
    let lengths = [issuer, subject].map(|text| (text.len() as u64).to_be_bytes());
    let info: [&[u8]; 6] = [
        b"wasmcp principal key 1 ",
        purpose.name().as_bytes(),
        if principal.is_some() { b" of " } else { b" of none" },
        // Two pairs of texts are never the same bytes.
        lengths.as_flattened(),
        issuer.as_bytes(),
        subject.as_bytes(),
    ];
    let mut key = [0; 32];
    // HKDF fails for more than 255 hashes alone (RFC 5869 §2.3).
    let _ = Hkdf::<Sha256>::new(None, secret).expand_multi_info(&info, &mut key);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn principal(issuer: &str, subject: &str, client_id: Option<&str>) -> Principal {
        Principal {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            client_id: client_id.map(str::to_owned),
            scopes: vec![],
            claims: "{}".to_owned(),
        }
    }

    #[test]
    fn each_secret_purpose_issuer_and_subject_has_a_key_of_its_own() {
        let principals = [
            None,
            Some(principal("", "", None)),
            Some(principal("https://a", "ada", None)),
            Some(principal("https://aa", "da", None)),
            Some(principal("https://b", "ada", None)),
            Some(principal("https://a", "bob", None)),
        ];
        let mut keys = vec![[0; 32]];
        for secret in [[1; 32], [2; 32]] {
            for purpose in [KeyPurpose::CallState, KeyPurpose::Cursor, KeyPurpose::Session, KeyPurpose::Task] {
                for principal in &principals {
                    let key = principal_key(&secret, purpose, principal.as_ref());
                    assert_eq!(key, principal_key(&secret, purpose, principal.as_ref()), "it is the same each time");
                    assert!(!keys.contains(&key), "{purpose:?} of {principal:?}");
                    keys.push(key);
                }
            }
        }
    }

    #[test]
    fn the_clients_and_tokens_of_a_user_share_its_key() {
        let key = |client, scope: &str| {
            let mut principal = principal("https://a", "ada", client);
            principal.scopes.push(scope.to_owned());
            principal_key(&[1; 32], KeyPurpose::CallState, Some(&principal))
        };
        assert_eq!(key(Some("one"), "read"), key(Some("other"), "write"));
    }
}
