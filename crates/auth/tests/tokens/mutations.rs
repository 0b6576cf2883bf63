//! A token of which a byte is changed is not accepted.

use test_tokens::{Issuer, Signer};

use crate::verify;

/// xorshift: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % count
    }
}

#[test]
fn a_token_with_one_other_byte_is_never_accepted() {
    let issuer = Issuer::example();
    let tokens = [
        ("EdDSA", "ed25519", Signer::Ed25519),
        ("ES256", "p256", Signer::P256),
        ("RS256", "rsa", Signer::Rsa("RS256")),
    ]
    .map(|(algorithm, key_id, signer)| issuer.token().by(algorithm, key_id, signer).signed());
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..600 {
        let token = &tokens[round % tokens.len()];
        let mut bytes = token.clone().into_bytes();
        let at = random.below(bytes.len());
        let byte = if round % 2 == 0 {
            // Within the alphabet, so that it is read further.
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."[random.below(65)]
        } else {
            u8::try_from(random.below(128)).unwrap()
        };
        if bytes[at] == byte {
            continue;
        }
        bytes[at] = byte;
        let changed = String::from_utf8(bytes).unwrap();
        assert!(verify(&issuer, &changed).is_err(), "byte {at} became {byte}: {changed}");
    }
    for token in &tokens {
        assert!(verify(&issuer, token).is_ok());
    }
}

#[test]
fn every_bit_of_a_signature_counts() {
    let issuer = Issuer::example();
    let token = issuer.token().by("EdDSA", "ed25519", Signer::Ed25519);
    let (header, claims) = token.parts();
    let message = format!("{}.{}", test_tokens::encoded(header), test_tokens::encoded(claims));
    let signature = Signer::Ed25519.sign(message.as_bytes());
    for bit in 0..signature.len() * 8 {
        let mut changed = signature.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(verify(&issuer, &format!("{message}.{}", test_tokens::encoded(changed))).is_err(), "bit {bit}");
    }
}

#[test]
fn a_token_that_is_cut_anywhere_is_never_accepted() {
    let issuer = Issuer::example();
    let token = issuer.token().by("EdDSA", "ed25519", Signer::Ed25519).signed();
    for end in 0..token.len() {
        assert!(verify(&issuer, &token[..end]).is_err(), "{end}");
    }
}
