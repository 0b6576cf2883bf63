#!/usr/bin/env node
// A browser of which a client opens a page: it follows the redirects of an authorization server, keeps its cookies, and fills in the login form of
// Keycloak, until the client's own page on this machine has answered.
// node browser.mjs URL
import { pathToFileURL } from "node:url";

/** How long a client may take until it listens for the redirect, in milliseconds: some open the page first, as no person is this fast. */
const LISTENING = 30_000;

/** Fetches from a server that may not listen yet. */
async function patiently(url, init) {
  const deadline = Date.now() + LISTENING;
  for (;;) {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (error.cause?.code !== "ECONNREFUSED" || Date.now() > deadline) throw error;
      await new Promise((resume) => setTimeout(resume, 50));
    }
  }
}

/** Opens the address, and goes on until a page comes that is neither a redirect nor a login form. */
export async function open(address) {
  const cookies = new Map();
  let next = { url: new URL(address), init: {} };
  for (let pages = 0; pages < 20; pages += 1) {
    const { url, init } = next;
    const jar = cookies.get(url.host) ?? new Map();
    cookies.set(url.host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await patiently(url, { ...init, redirect: "manual", headers: { ...init.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(";")[0].split(/=(.*)/s);
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get("location");
    if (location !== null) {
      next = { url: new URL(location, url), init: {} };
      continue;
    }
    const text = await response.text();
    const form = /<form[^>]*action="([^"]*login-actions\/authenticate[^"]*)"/.exec(text);
    if (form === null) {
      if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 2000)}`);
      return;
    }
    next = {
      url: new URL(form[1].replaceAll("&amp;", "&"), url),
      init: { method: "POST", body: new URLSearchParams({ username: "ada", password: "ada-password", credentialId: "" }) },
    };
  }
  throw new Error(`${address} leads to too many pages`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await open(process.argv[2]);
