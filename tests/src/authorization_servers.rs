//! The authorization servers of the tests: Keycloak, `oidc-provider`, and a stand-in that signs whatever a test asks it to. `make test` installs what
//! they need.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::{Reply, Request, Server, free_address, parse_json};

const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");
/// The realm that Keycloak imports. `{{resource}}` stands for the audience of its tokens.
const REALM: &str = include_str!("../clients/keycloak/realm.json");

/// How long a start may take, on a machine that has other things to do.
const KEYCLOAK_START: Duration = Duration::from_secs(600);
const START: Duration = Duration::from_secs(120);

/// Keycloak with the realm `wasmcp`, which `tests/clients/keycloak/realm.json` describes. Dropping it stops it and removes its data.
pub struct Keycloak {
    server: Server,
    folder: PathBuf,
}

impl Keycloak {
    /// Starts it on a free port, with a realm whose tokens are for this resource. It takes almost a minute of CPU time.
    pub fn start(resource: &str) -> Result<Keycloak> {
        let installed = Path::new(CLIENTS).join("keycloak/.server");
        let installed = installed.canonicalize().context("no Keycloak: run `tools/link-clients`")?;
        let folder = std::env::temp_dir().join(format!("wasmcp-keycloak-{}", std::process::id()));
        let import = folder.join("data/import");
        fs::create_dir_all(&import)?;
        fs::create_dir_all(folder.join("conf"))?;
        fs::create_dir_all(folder.join("tmp"))?;
        fs::write(import.join("realm.json"), REALM.replace("{{resource}}", resource))?;
        // All that is written goes into this home; what is installed is only read.
        for part in ["lib", "providers", "themes"] {
            symlink(installed.join(part), folder.join(part))?;
        }
        let mut command = Command::new("sh");
        command.arg(installed.join("bin/kc.sh")).args(["start", "--optimized", "--import-realm", "--cache=local"]);
        command.arg(format!("-Dkc.home.dir={}", folder.display()));
        command.arg(format!("-Djava.io.tmpdir={}", folder.join("tmp").display()));
        command.args(["--http-enabled=true", "--hostname-strict=false", "--http-host=127.0.0.1"]);
        command.arg(format!("--http-port={}", free_address()?.port()));
        // A process that lives for a minute is faster without the second compiler.
        command.env("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1").current_dir(&folder);
        let server = Server::listening_program(&mut command, KEYCLOAK_START);
        if server.is_err() {
            fs::remove_dir_all(&folder)?;
        }
        Ok(Keycloak { server: server.context("Keycloak did not start")?, folder })
    }

    /// The issuer of its tokens.
    pub fn issuer(&self) -> String {
        format!("http://{}/realms/wasmcp", self.server.addr)
    }

    /// The key set that it publishes.
    pub fn keys(&self) -> Result<String> {
        Ok(self.server.send(&Request::new("GET", "/realms/wasmcp/protocol/openid-connect/certs"))?.text())
    }

    /// An access token by client credentials, with these scopes beside those that a client always has.
    pub fn token(&self, client: &str, secret: &str, scope: &str) -> Result<String> {
        let path = "/realms/wasmcp/protocol/openid-connect/token";
        let mut form = vec![("client_id", client), ("client_secret", secret)];
        // An empty scope is none that Keycloak knows.
        form.extend((!scope.is_empty()).then_some(("scope", scope)));
        token(&self.server, path, &form)
    }
}

impl Drop for Keycloak {
    fn drop(&mut self) {
        // It keeps its database in memory, and may lose it.
        self.server.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// `oidc-provider`, which lets every user in: see `tests/clients/oidc/server.mjs`. Dropping it stops it.
pub struct OidcProvider(Server);

impl OidcProvider {
    /// Starts it on a free port. The options are those of the script, an object.
    pub fn start(options: &Value) -> Result<OidcProvider> {
        Ok(OidcProvider(script("oidc/server.mjs", options).context("`oidc-provider` did not start")?))
    }

    /// The issuer of its tokens.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.0.addr)
    }

    /// An access token of the client `service` for a resource, by client credentials.
    pub fn token(&self, scope: &str, resource: &str) -> Result<String> {
        let client = [("client_id", "service"), ("client_secret", "service-secret")];
        token(&self.0, "/token", &[&client[..], &[("scope", scope), ("resource", resource)]].concat())
    }

    /// Makes new keys. The old ones are published no more, or still if they are kept.
    pub fn rotate(&self, keep: bool) -> Result<()> {
        test_request(&self.0, if keep { "/test/rotate?keep" } else { "/test/rotate" }, &json!({})).map(drop)
    }

    /// Answers every request for a path with 500, or no longer.
    pub fn fail(&self, path: &str, fail: bool) -> Result<()> {
        let end = if fail { "" } else { "&end" };
        test_request(&self.0, &format!("/test/fail?path={path}{end}"), &json!({})).map(drop)
    }

    /// Changes some of the options.
    pub fn configure(&self, options: &Value) -> Result<()> {
        test_request(&self.0, "/test/configure", options).map(drop)
    }

    /// How often a path was asked for.
    pub fn requests(&self, path: &str) -> Result<u64> {
        requests(&self.0, path)
    }

    /// The key set that it publishes, which then counts as asked for.
    pub fn keys(&self) -> Result<String> {
        Ok(self.0.send(&Request::new("GET", "/jwks"))?.text())
    }
}

/// A stand-in for an authorization server that cannot be run here: see `tests/clients/oidc/stand_in.mjs`. Dropping it stops it.
pub struct StandIn(Server);

impl StandIn {
    /// Starts it. The options are those of the script, an object.
    pub fn start(options: &Value) -> Result<StandIn> {
        Ok(StandIn(script("oidc/stand_in.mjs", options).context("the stand-in did not start")?))
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        format!("http://{}", self.0.addr)
    }

    /// A token with this header and these claims beside its own.
    pub fn sign(&self, header: &Value, claims: &Value) -> Result<String> {
        self.signed(&json!({ "header": header, "claims": claims }))
    }

    /// The same, signed by another key than the one that is published.
    pub fn sign_as_stranger(&self, header: &Value, claims: &Value) -> Result<String> {
        self.signed(&json!({ "header": header, "claims": claims, "stranger": true }))
    }

    /// The key set, as it is published.
    pub fn keys(&self) -> Result<String> {
        Ok(test_request(&self.0, "/test/keys", &json!({}))?.text())
    }

    /// How often a path was asked for.
    pub fn requests(&self, path: &str) -> Result<u64> {
        requests(&self.0, path)
    }

    fn signed(&self, token: &Value) -> Result<String> {
        Ok(test_request(&self.0, "/test/sign", token)?.text())
    }
}

fn script(path: &str, options: &Value) -> Result<Server> {
    let mut command = Command::new("node");
    Server::listening_program(command.arg(Path::new(CLIENTS).join(path)).arg(options.to_string()), START)
}

fn requests(server: &Server, path: &str) -> Result<u64> {
    let counts: HashMap<String, u64> =
        serde_json::from_slice(&test_request(server, "/test/requests", &json!({}))?.body)?;
    Ok(counts.get(path).copied().unwrap_or_default())
}

fn test_request(server: &Server, path: &str, body: &Value) -> Result<Reply> {
    let reply = server.send(&Request::new("POST", path).body(body.to_string()))?;
    ensure!(reply.status == 200, "{path}: {} {}\n{}", reply.status, reply.text(), server.log());
    Ok(reply)
}

/// Asks for a token by client credentials.
fn token(server: &Server, path: &str, fields: &[(&str, &str)]) -> Result<String> {
    let fields = [&[("grant_type", "client_credentials")], fields].concat();
    let field = |(name, value): &(&str, &str)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC));
    let form = fields.iter().map(field).collect::<Vec<_>>().join("&");
    let request = Request::new("POST", path).header("content-type: application/x-www-form-urlencoded").body(form);
    let answer = parse_json(&server.send(&request)?.text())?;
    let token = answer.get("access_token").and_then(Value::as_str);
    Ok(token.with_context(|| format!("no token: {answer}\n{}", server.log()))?.to_owned())
}
