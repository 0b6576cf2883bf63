// A client of Node's fetch: client.mjs URL CASES TOKEN sends each case several times, and after each a good request, with this token, from the
// same pool of connections. Prints the two statuses of each try, or an error. The tests tell what a case has (tests/tests/http_clients/refusals.rs).
const [url, cases, token] = process.argv.slice(2);

const send = async (path, init) => {
  const answer = await fetch(new URL(path, url), init);
  await answer.text();
  return answer.status;
};
const ping = {
  method: 'POST',
  headers: {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${token}`,
  },
  body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
};

// A stream has no length, so that it is sent in chunks.
const chunks = (size) => new ReadableStream({
  pull(to) {
    const next = Math.min(size, 65536);
    size -= next;
    if (next > 0) to.enqueue(new Uint8Array(next).fill(120));
    else to.close();
  },
});

for (const { method, path, headers, size, chunked, tries } of JSON.parse(cases)) {
  for (let count = 0; count < tries; count += 1) {
    const body = chunked ? chunks(size) : 'x'.repeat(size);
    try {
      const refused = await send(path, { method, headers, body, duplex: 'half' });
      console.log(refused, await send('/mcp', ping));
    } catch (error) {
      console.log(`${error}: ${error.cause}`);
    }
  }
}
