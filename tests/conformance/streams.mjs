// Speaks to a Trellis that is serving as npm's `graphql-ws` and `graphql-sse` do.
// Usage: node streams.mjs http://127.0.0.1:8000/graphql TOKEN SUBSCRIPTION
// Prints what each client received: one line of JSON for a query, one for the subscription.
import { createClient as overWebSocket } from "graphql-ws";
import { createClient as overEvents } from "graphql-sse";
import WebSocket from "ws";

const [url, token, subscription] = process.argv.slice(2);
const authorization = `Bearer ${token}`;

async function collected(client, query) {
  const received = [];
  for await (const result of client.iterate({ query })) received.push(result);
  await client.dispose?.();
  return received;
}

const socket = () =>
  overWebSocket({
    url: url.replace(/^http/, "ws"),
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
  });
const events = () =>
  overEvents({ url: `${url}/stream`, headers: { authorization }, retryAttempts: 0 });

for (const [name, client] of [["graphql-ws", socket], ["graphql-sse", events]]) {
  const query = await collected(client(), "{ __typename }");
  const subscribed = subscription ? await collected(client(), subscription) : null;
  console.log(JSON.stringify({ client: name, query, subscribed }));
}
process.exit(0);
