// The official TypeScript client of a protected server: it is refused, finds the authorization server, lets a person log in, and calls `add`; then a tool
// for which its token has too few scopes, `multiply`, for which it logs in once more.
// node oauth.mjs URL legacy|auto|2026-07-28 dynamic|documents|registered
import { createServer } from "node:http";

import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";

import { open } from "../oidc/browser.mjs";

const [url, mode, registration] = process.argv.slice(2);

/** Waits for the redirect back to this client. */
const page = createServer();
await new Promise((listening) => page.listen(0, "127.0.0.1", listening));
const redirectUrl = `http://127.0.0.1:${page.address().port}/callback`;
let arrived;
page.on("request", (request, response) => {
  arrived(new URL(request.url, redirectUrl).searchParams);
  response.end("You can close this page.");
});

const kept = {};
const provider = {
  redirectUrl,
  ...(registration === "documents" && { clientMetadataUrl: "https://client.example.com/oauth/client.json" }),
  clientMetadata: {
    client_name: "wasmcp-test",
    redirect_uris: [redirectUrl],
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "none",
  },
  state: () => "of a test",
  clientInformation: () => kept.client ?? (registration === "registered" ? { client_id: "desktop" } : undefined),
  saveClientInformation: (client) => (kept.client = client),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => {
    kept.tokens = tokens;
    console.log(`granted: ${tokens.scope}`);
  },
  saveCodeVerifier: (verifier) => (kept.verifier = verifier),
  saveDiscoveryState: (discovery) => (kept.discovery = discovery),
  discoveryState: () => kept.discovery,
  codeVerifier: () => kept.verifier,
  async redirectToAuthorization(address) {
    const asked = address.searchParams;
    console.log(`authorization: scope ${asked.get("scope")}, resource ${asked.get("resource")}, ${asked.get("code_challenge_method")}`);
    kept.answer = new Promise((answer) => (arrived = answer));
    await open(address);
  },
};

let client;
let transport;
async function connect() {
  const named = mode === "legacy" || mode === "auto";
  client = new Client({ name: "wasmcp-test", version: "1" }, { versionNegotiation: { mode: named ? mode : { pin: mode } } });
  transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  await client.connect(transport);
}

/** Runs it, and if the server asks for a login that the person has given meanwhile, once more. */
async function loggedIn(run) {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await transport.finishAuth(await kept.answer);
    return await run();
  }
}

await loggedIn(connect);
console.log(`version: ${client.getNegotiatedProtocolVersion()}`);
for (const [name, args] of [["add", { a: 2, b: 3 }], ["multiply", { a: 2, b: 3 }]]) {
  const result = await loggedIn(() => client.callTool({ name, arguments: args }));
  console.log(`${name}: ${result.isError ? "failed: " : ""}${result.content[0].text}`);
}
await client.close();
page.close();
