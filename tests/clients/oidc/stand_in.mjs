// A stand-in for an authorization server that a test cannot run: it publishes metadata and keys, signs whatever a test asks it to, and
// introspects the tokens that it was told of.
// node stand_in.mjs '{"port": 0, "path": "", "trailing_slash": false, "metadata": ["/.well-known/…", …], "keys_path": "/jwks",
//   "algorithm": "RS256", "kid": "one", "key": {"use": "sig"}, "client": "id:secret", "tokens": {"opaque": {"active": true, …}}}'
// It prints its origin. Its issuer is the origin with `path`, and with a slash at the end where `trailing_slash` is true. The members of
// `key` are added to the published key. Apart from the paths of the options and `/introspect`:
//   POST /test/sign      {"header": {…}, "claims": {…}, "stranger": true}: a token. `iss` is the issuer unless the claims have another, and
//                        `exp` and `iat` are five minutes from now and now, unless the claims have them (null for none). With `stranger`
//                        another key signs, under the same `kid`
//   GET /test/keys       the key set, as it is published
//   GET /test/requests   how often each path was asked for, as a JSON object
import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";

const options = {
  port: 0,
  path: "",
  trailing_slash: false,
  metadata: ["/.well-known/oauth-authorization-server"],
  keys_path: "/jwks",
  algorithm: "RS256",
  kid: "one",
  key: { use: "sig" },
  client: "",
  tokens: {},
  ...JSON.parse(process.argv[2] ?? "{}"),
};
const KINDS = { RS256: ["rsa", { modulusLength: 2048 }], ES256: ["ec", { namedCurve: "P-256" }], EdDSA: ["ed25519"] };
const newKey = () => generateKeyPairSync(...KINDS[options.algorithm]);
const [own, another] = [newKey(), newKey()];
const keys = { keys: [{ ...own.publicKey.export({ format: "jwk" }), kid: options.kid, ...options.key }] };

function token(issuer, { header, claims, stranger }) {
  const now = Math.floor(Date.now() / 1000);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const all = { iss: issuer, iat: now, exp: now + 300, ...claims };
  for (const [name, value] of Object.entries(all)) if (value === null) delete all[name];
  const input = `${part({ alg: options.algorithm, kid: options.kid, ...header })}.${part(all)}`;
  const key = { key: (stranger ? another : own).privateKey, dsaEncoding: "ieee-p1363" };
  const signature = sign(options.algorithm === "EdDSA" ? null : "sha256", Buffer.from(input), key);
  return `${input}.${signature.toString("base64url")}`;
}

async function body(request) {
  let text = "";
  for await (const part of request) text += part;
  return text;
}

const server = createServer();
server.listen(options.port, "127.0.0.1", () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  const issuer = origin + options.path + (options.trailing_slash ? "/" : "");
  const metadata = {
    issuer,
    authorization_endpoint: `${origin}${options.path}/authorize`,
    token_endpoint: `${origin}${options.path}/token`,
    jwks_uri: origin + options.keys_path,
    introspection_endpoint: `${origin}/introspect`,
    response_types_supported: ["code"],
    code_challenge_methods_supported: ["S256"],
  };
  const requests = {};
  server.on("request", async (request, response) => {
    const { pathname } = new URL(request.url, origin);
    const json = (value) => response.setHeader("content-type", "application/json").end(JSON.stringify(value));
    if (pathname === "/test/requests") return json(requests);
    if (pathname === "/test/keys") return json(keys);
    if (pathname === "/test/sign") return response.end(token(issuer, JSON.parse(await body(request))));
    requests[pathname] = (requests[pathname] ?? 0) + 1;
    if (options.metadata.includes(pathname)) return json(metadata);
    if (pathname === options.keys_path) return json(keys);
    if (pathname === "/introspect" && request.method === "POST") {
      const wanted = `Basic ${Buffer.from(options.client).toString("base64")}`;
      if (request.headers.authorization !== wanted) return response.writeHead(401).end();
      const { token } = Object.fromEntries(new URLSearchParams(await body(request)));
      return json(options.tokens[token] ?? { active: false });
    }
    response.writeHead(404).end();
  });
  console.log(`listening as the origin ${origin}`);
});
