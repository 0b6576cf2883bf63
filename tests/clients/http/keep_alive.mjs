// A client of Node that keeps its connections: keep_alive.mjs URL sends a request with an agent and one with fetch, waits until the server has
// closed the agent's idle connection, and sends both again. Prints the statuses.
import { once } from 'node:events';
import { Agent, request } from 'node:http';

const url = process.argv[2];
const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}';

// One connection at most, so that a second request uses the kept one where it can.
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const byAgent = async () => {
  const sent = request(url, { method: 'POST', headers, agent }).end(body);
  const [answer] = await once(sent, 'response');
  for await (const _ of answer);
  return { status: answer.statusCode, socket: sent.socket, reused: sent.reusedSocket };
};
const byFetch = async () => {
  const answer = await fetch(url, { method: 'POST', headers, body });
  await answer.text();
  return answer.status;
};

const first = await byAgent();
const second = await byAgent();
if (!second.reused) throw new Error('the connection was not kept');
const fetched = await byFetch();
// An idle connection does not keep the program running by itself.
second.socket.ref();
if (!second.socket.destroyed) await once(second.socket, 'close');
const later = await byAgent();
if (later.reused) throw new Error('the closed connection was used');
console.log(first.status, second.status, fetched, later.status, await byFetch());
agent.destroy();
