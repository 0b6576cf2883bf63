// A login of a person at Keycloak with OpenID: prints the answer of the token endpoint, with an access token and an ID token.
// node id_token.mjs ISSUER
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";

import { open } from "../oidc/browser.mjs";

const issuer = process.argv[2];
const page = createServer();
await new Promise((listening) => page.listen(0, "127.0.0.1", listening));
const redirect = `http://127.0.0.1:${page.address().port}/callback`;
const code = new Promise((arrived) => {
  page.on("request", (request, response) => {
    response.end();
    arrived(new URL(request.url, redirect).searchParams.get("code"));
  });
});
const verifier = randomBytes(32).toString("base64url");
const endpoint = `${issuer}/protocol/openid-connect`;
const client = { client_id: "desktop", redirect_uri: redirect };
const asked = new URLSearchParams({
  ...client,
  response_type: "code",
  scope: "openid files:read",
  state: "of a test",
  code_challenge: createHash("sha256").update(verifier).digest("base64url"),
  code_challenge_method: "S256",
});
await open(`${endpoint}/auth?${asked}`);
const form = new URLSearchParams({ ...client, grant_type: "authorization_code", code: await code, code_verifier: verifier });
const answer = await fetch(`${endpoint}/token`, { method: "POST", body: form });
console.log(await answer.text());
page.close();
