// An OAuth authorization server for tests, with OpenID: `oidc-provider`, which logs in and agrees to everything by itself.
// node server.mjs '{"registration": "dynamic"|"documents"|"none", "tokens": "jwt"|"opaque", "algorithm": "ES256"|"RS256"|"EdDSA", "lifetime_s": 300}'
// It prints its issuer, on a free port of 127.0.0.1. Apart from its own endpoints:
//   POST /test/rotate       makes new keys and withdraws the old ones; with ?keep the old ones stay published
//   POST /test/configure    changes the members of the options above that its JSON body has
//   GET /test/requests      how often each path was asked for, as a JSON object
//   POST /test/fail?path=P  answers every request for the path with 500, until the same with &end
// The client `service` with the secret `service-secret` is registered for client credentials and introspection, `desktop` for a person.
import { generateKeyPair } from "node:crypto";
import { createServer } from "node:http";
import { promisify } from "node:util";

import Provider from "oidc-provider";
import MemoryAdapter from "oidc-provider/lib/adapters/memory_adapter.js";

const options = { registration: "dynamic", tokens: "jwt", algorithm: "ES256", lifetime_s: 300, ...JSON.parse(process.argv[2] ?? "{}") };
const SCOPES = ["files:read", "files:write", "files:admin", "prompts:use"];
const PERSON = { sub: "ada", roles: ["operator"], groups: ["/engineering/platform"] };
/** The one address at which this server knows a metadata document of a client. No request leaves this machine. */
const DOCUMENT = "https://client.example.com/oauth/client.json";

/** What the server stores, in memory. A client may ask for more scopes than it named when it registered. */
class Adapter extends MemoryAdapter {
  upsert(id, { ...payload }, expires) {
    if (this.model === "Client") delete payload.scope;
    return super.upsert(id, payload, expires);
  }
}

async function newKeys() {
  const kinds = { RS256: ["rsa", { modulusLength: 2048 }], ES256: ["ec", { namedCurve: "P-256" }], EdDSA: ["ed25519"] };
  const made = Object.entries(kinds).map(async ([alg, [type, size]]) => {
    const { privateKey } = await promisify(generateKeyPair)(type, size);
    return { ...privateKey.export({ format: "jwk" }), alg, use: "sig", kid: `${alg}-${Date.now()}-${Math.random()}` };
  });
  return Promise.all(made);
}

/** The authorization server with these keys, of which the first of each kind signs. What it has stored outlives it. */
function providerWith(issuer, keys) {
  const provider = new Provider(issuer, {
    adapter: Adapter,
    jwks: { keys },
    cookies: { keys: ["of a test"] },
    scopes: ["openid", "offline_access", ...SCOPES],
    clients: [
      {
        client_id: "service",
        client_secret: "service-secret",
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
      },
      {
        client_id: "desktop",
        token_endpoint_auth_method: "none",
        application_type: "native",
        grant_types: ["authorization_code", "refresh_token"],
        redirect_uris: ["http://127.0.0.1/callback"],
      },
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      registration: { enabled: options.registration === "dynamic" },
      clientIdMetadataDocument: { enabled: options.registration === "documents", ack: "draft-02" },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => ({
          audience: resource,
          scope: SCOPES.join(" "),
          accessTokenFormat: options.tokens,
          accessTokenTTL: options.lifetime_s,
          ...(options.tokens === "jwt" && {
            jwt: { sign: { alg: options.algorithm, kid: keys.find((key) => key.alg === options.algorithm).kid } },
          }),
        }),
        useGrantedResource: () => true,
      },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    extraTokenClaims: (_ctx, token) => (token.accountId ? { roles: PERSON.roles, groups: PERSON.groups } : undefined),
    // The person agrees to everything that a client asks for.
    async loadExistingGrant(ctx) {
      const { client, session, resourceServers, requestParamScopes } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      const asked = [...requestParamScopes].join(" ");
      grant.addOIDCScope(asked);
      for (const resource of Object.keys(resourceServers)) grant.addResourceScope(resource, asked);
      await grant.save();
      return grant;
    },
    fetch: async (url) => {
      if (String(url) !== DOCUMENT) throw new Error(`a test asks for no ${url}`);
      const document = {
        client_id: DOCUMENT,
        client_name: "A client of a test",
        application_type: "native",
        redirect_uris: ["http://127.0.0.1/callback"],
        grant_types: ["authorization_code", "refresh_token"],
        token_endpoint_auth_method: "none",
      };
      return new Response(JSON.stringify(document), { headers: { "content-type": "application/json" } });
    },
  });
  provider.on("server_error", (_ctx, error) => console.error(error));
  return provider;
}

async function body(request) {
  let text = "";
  for await (const part of request) text += part;
  return text;
}

const server = createServer();
server.listen(0, "127.0.0.1", async () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  let keys = await newKeys();
  let provider = providerWith(issuer, keys);
  const requests = {};
  const failing = new Set();
  server.on("request", async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, issuer);
    const json = (value) => response.setHeader("content-type", "application/json").end(JSON.stringify(value));
    if (pathname === "/test/requests") return json(requests);
    if (pathname === "/test/rotate") {
      keys = [...(await newKeys()), ...(searchParams.has("keep") ? keys : [])];
      provider = providerWith(issuer, keys);
      return json({});
    }
    if (pathname === "/test/configure") {
      Object.assign(options, JSON.parse(await body(request)));
      provider = providerWith(issuer, keys);
      return json(options);
    }
    if (pathname === "/test/fail") {
      failing[searchParams.has("end") ? "delete" : "add"](searchParams.get("path"));
      return json([...failing]);
    }
    requests[pathname] = (requests[pathname] ?? 0) + 1;
    if (failing.has(pathname)) return response.writeHead(500).end();
    if (pathname.startsWith("/interaction/")) {
      const { prompt } = await provider.interactionDetails(request, response);
      const done = prompt.name === "login" ? { login: { accountId: PERSON.sub } } : { consent: {} };
      return provider.interactionFinished(request, response, done);
    }
    provider.callback()(request, response);
  });
  console.log(`listening as the issuer ${issuer}`);
});
