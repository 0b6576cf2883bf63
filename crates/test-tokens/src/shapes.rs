//! Claims as well-known authorization servers write them, with other names of people.

use serde_json::{Value, json};

use crate::Issuer;

pub(crate) fn keycloak(issuer: &Issuer) -> Value {
    json!({
        "exp": issuer.now_s + 300,
        "iat": issuer.now_s,
        "auth_time": issuer.now_s - 20,
        "jti": "onrtac:6a3ad4c1-7b5d-4f0e-9f55-0f6a4fbd7d7e",
        "iss": issuer.issuer,
        "aud": [issuer.audience, "account"],
        "sub": "b7ce0b4c-3a38-4d6c-93a5-3a2f7a0d5f11",
        "typ": "Bearer",
        "azp": "mcp-client",
        "sid": "8c1f2f0e-2f6d-4a57-a2d1-64d2b2ad0d3b",
        "acr": "1",
        "allowed-origins": ["http://localhost:6274"],
        "realm_access": {"roles": ["offline_access", "operator"]},
        "resource_access": {
            "mcp.client": {"roles": ["tools-admin", "operator"]},
            "account": {"roles": ["manage-account", "view-profile"]},
        },
        "scope": "openid profile email tools:read",
        "email_verified": true,
        "name": "Jane Doe",
        "preferred_username": "jane",
        "email": "jane@example.com",
    })
}

pub(crate) fn keycloak_service_account(issuer: &Issuer) -> Value {
    json!({
        "exp": issuer.now_s + 300,
        "iat": issuer.now_s,
        "jti": "trrtcc:4be4bd41-7f64-4f54-b5e0-7c4bb4c7f5a5",
        "iss": issuer.issuer,
        "aud": issuer.audience,
        "sub": "5a0fcd0e-1a8b-4d0e-8c5d-1a3f6de1bb6f",
        "typ": "Bearer",
        "azp": "batch",
        "acr": "1",
        "scope": "",
        "clientHost": "192.0.2.7",
        "preferred_username": "service-account-batch",
        "clientAddress": "192.0.2.7",
        "client_id": "batch",
    })
}

pub(crate) fn keycloak_id_token(issuer: &Issuer) -> Value {
    json!({
        "exp": issuer.now_s + 300,
        "iat": issuer.now_s,
        "auth_time": issuer.now_s - 20,
        "jti": "0a0b6a4e-7cf3-4c50-9b8b-6a3f4b4d1f7b",
        "iss": issuer.issuer,
        "aud": issuer.audience,
        "sub": "b7ce0b4c-3a38-4d6c-93a5-3a2f7a0d5f11",
        "typ": "ID",
        "azp": issuer.audience,
        "sid": "8c1f2f0e-2f6d-4a57-a2d1-64d2b2ad0d3b",
        "at_hash": "X3pT1j6S9rX8Qb1x0yqj5g",
        "acr": "1",
        "preferred_username": "jane",
    })
}

pub(crate) fn auth0(issuer: &Issuer) -> Value {
    json!({
        "https://example.com/roles": ["editor"],
        "iss": issuer.issuer,
        "sub": "auth0|63f1c3f2b4f1a0a1c2d3e4f5",
        "aud": [issuer.audience, format!("{}/userinfo", issuer.issuer)],
        "iat": issuer.now_s,
        "exp": issuer.now_s + 86400,
        "scope": "openid profile tools:read",
        "azp": "2Yv1t0q7Jm3n5p8r",
        "permissions": ["tools:read"],
    })
}

pub(crate) fn auth0_machine(issuer: &Issuer) -> Value {
    json!({
        "iss": issuer.issuer,
        "sub": "2Yv1t0q7Jm3n5p8r@clients",
        "aud": issuer.audience,
        "iat": issuer.now_s,
        "exp": issuer.now_s + 86400,
        "gty": "client-credentials",
        "azp": "2Yv1t0q7Jm3n5p8r",
    })
}

pub(crate) fn auth0_id_token(issuer: &Issuer) -> Value {
    json!({
        "nickname": "jane",
        "name": "jane@example.com",
        "picture": "https://s.gravatar.com/avatar/0",
        "updated_at": "2026-11-30T12:00:00.000Z",
        "iss": issuer.issuer,
        "aud": issuer.audience,
        "iat": issuer.now_s,
        "exp": issuer.now_s + 36000,
        "sub": "auth0|63f1c3f2b4f1a0a1c2d3e4f5",
        "sid": "yT0T6x9b8c7",
        "nonce": "bm9uY2U",
    })
}

pub(crate) fn okta(issuer: &Issuer) -> Value {
    json!({
        "ver": 1,
        "jti": "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE",
        "iss": issuer.issuer,
        "aud": issuer.audience,
        "iat": issuer.now_s,
        "exp": issuer.now_s + 3600,
        "cid": "0oabskvc6442nkvQO0h7",
        "uid": "00u5t60iloOHN9pBi0h7",
        "scp": ["openid", "tools:read"],
        "auth_time": issuer.now_s - 60,
        "sub": "jane@example.com",
        "groups": ["Everyone", "Operators"],
    })
}

pub(crate) fn okta_id_token(issuer: &Issuer) -> Value {
    json!({
        "sub": "00u5t60iloOHN9pBi0h7",
        "name": "Jane Doe",
        "ver": 1,
        "iss": issuer.issuer,
        "aud": issuer.audience,
        "iat": issuer.now_s,
        "exp": issuer.now_s + 3600,
        "jti": "ID.GbyoIUaTLSbYpCkAHL5hBS8UbpMKDpPQbSfcbeOTmPI",
        "amr": ["pwd"],
        "idp": "00o5t60il6KXgWQ8V0h7",
        "auth_time": issuer.now_s - 60,
        "at_hash": "cpqKfdQA5eH891Ff5oJr_Q",
    })
}

pub(crate) fn entra_v1(issuer: &Issuer) -> Value {
    json!({
        "aud": issuer.audience,
        "iss": issuer.issuer,
        "iat": issuer.now_s - 300,
        "nbf": issuer.now_s - 300,
        "exp": issuer.now_s + 4200,
        "acr": "1",
        "aio": "AXQAi/8IAAAA",
        "amr": ["pwd", "mfa"],
        "appid": "6731de76-14a6-49ae-97bc-6eba6914391e",
        "appidacr": "0",
        "family_name": "Doe",
        "given_name": "Jane",
        "ipaddr": "192.0.2.7",
        "name": "Jane Doe",
        "oid": "f43d6b1e-4f5d-4d0c-a2f8-0a0ab5b6c1de",
        "rh": "0.AXcAlbyiB4rc",
        "roles": ["Operator"],
        "scp": "tools.read tools.write",
        "sub": "l3_roISQU222bULS9yi2k0XpqpOiMz5H3ZACo1GeXA",
        "tid": "a2bca295-dc8a-4f0b-b0d8-1f0a8f2f6f66",
        "unique_name": "jane@example.com",
        "upn": "jane@example.com",
        "uti": "fqiBqXLPj0eQa82S-IYFAA",
        "ver": "1.0",
    })
}

pub(crate) fn entra_v2(issuer: &Issuer) -> Value {
    json!({
        "aud": issuer.audience,
        "iss": issuer.issuer,
        "iat": issuer.now_s - 300,
        "nbf": issuer.now_s - 300,
        "exp": issuer.now_s + 4200,
        "aio": "AXQAi/8IAAAA",
        "azp": "6e74172b-be56-4843-9ff4-e66a39bb12e3",
        "azpacr": "0",
        "groups": ["0760b6cf-170e-4a14-91b3-4b78e0739963"],
        "name": "Jane Doe",
        "oid": "690222be-ff1a-4d56-abd1-7e4f7d38e474",
        "preferred_username": "jane@example.com",
        "rh": "I",
        "scp": "access_as_user",
        "sub": "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ",
        "tid": "72f988bf-86f1-41af-91ab-2d7cd011db47",
        "uti": "fqiBqXLPj0eQa82S-IYFAA",
        "ver": "2.0",
    })
}

pub(crate) fn entra_application(issuer: &Issuer) -> Value {
    json!({
        "aud": issuer.audience,
        "iss": issuer.issuer,
        "iat": issuer.now_s - 300,
        "nbf": issuer.now_s - 300,
        "exp": issuer.now_s + 3600,
        "aio": "k2RgYJg7",
        "azp": "6e74172b-be56-4843-9ff4-e66a39bb12e3",
        "azpacr": "1",
        "idtyp": "app",
        "oid": "0f0f5d5c-0b55-4d6f-8a0c-5c1d2e3f4a5b",
        "rh": "I",
        "roles": ["Tools.Read.All"],
        "sub": "0f0f5d5c-0b55-4d6f-8a0c-5c1d2e3f4a5b",
        "tid": "72f988bf-86f1-41af-91ab-2d7cd011db47",
        "uti": "fqiBqXLPj0eQa82S-IYFAA",
        "ver": "2.0",
    })
}

pub(crate) fn entra_id_token(issuer: &Issuer) -> Value {
    json!({
        "aud": issuer.audience,
        "iss": issuer.issuer,
        "iat": issuer.now_s - 300,
        "nbf": issuer.now_s - 300,
        "exp": issuer.now_s + 3600,
        "name": "Jane Doe",
        "oid": "690222be-ff1a-4d56-abd1-7e4f7d38e474",
        "preferred_username": "jane@example.com",
        "rh": "I",
        "sub": "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ",
        "tid": "72f988bf-86f1-41af-91ab-2d7cd011db47",
        "uti": "fqiBqXLPj0eQa82S-IYFAA",
        "ver": "2.0",
    })
}

pub(crate) fn cognito(issuer: &Issuer) -> Value {
    json!({
        "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        "cognito:groups": ["operators"],
        "iss": issuer.issuer,
        "version": 2,
        "client_id": "xxxxxxxxxxxxexample",
        "aud": issuer.audience,
        "token_use": "access",
        "scope": "mcp/tools.read",
        "auth_time": issuer.now_s - 60,
        "exp": issuer.now_s + 3600,
        "iat": issuer.now_s,
        "jti": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        "username": "jane",
    })
}

pub(crate) fn hydra(issuer: &Issuer) -> Value {
    json!({
        "aud": [issuer.audience],
        "client_id": "mcp-client",
        "exp": issuer.now_s + 3600,
        "ext": {},
        "iat": issuer.now_s,
        "iss": issuer.issuer,
        "jti": "8d3a1e1c-4b6f-4d3e-8b0a-0b7f2a1c9d5e",
        "nbf": issuer.now_s,
        "scp": ["offline", "tools:read"],
        "sub": "jane",
    })
}
