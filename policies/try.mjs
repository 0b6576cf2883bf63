// Tokens to try policies with, without an authorization server: from a key in try-key.json of the current folder, which `settings` makes.
//   node policies/try.mjs settings     prints settings of a server at http://127.0.0.1:8080/mcp that accepts the tokens
//   node policies/try.mjs token ROLE   prints a token of a caller with this role, for an hour
// Keep it to your own machine: each user of the key can be any caller.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const file = "try-key.json";
const issuer = "https://try.example";
const resource = process.env.RESOURCE ?? "http://127.0.0.1:8080/mcp";

const [what, role] = process.argv.slice(2);
if (what === "token" && !existsSync(file)) {
  console.error(`there is no ${file} here: run this in the folder in which you ran \`settings\``);
  process.exit(2);
}
if (!existsSync(file)) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(file, JSON.stringify(privateKey.export({ format: "jwk" })), { mode: 0o600 });
}
const key = createPrivateKey({ key: JSON.parse(readFileSync(file, "utf8")), format: "jwk" });
const encode = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

if (what === "settings") {
  const jwk = { ...createPublicKey(key).export({ format: "jwk" }), kid: "try", alg: "ES256", use: "sig" };
  console.log(`[auth]\nissuers = "${issuer}"\nresource = "${resource}"\njwks = '${JSON.stringify({ keys: [jwk] })}'`);
} else if (what === "token" && role) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: resource, sub: role, roles: [role], iat: now, exp: now + 3600 };
  const signed = `${encode({ alg: "ES256", typ: "at+jwt", kid: "try" })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  console.log(`${signed}.${signature.toString("base64url")}`);
} else {
  console.error("usage: node policies/try.mjs settings | token ROLE");
  process.exit(2);
}
