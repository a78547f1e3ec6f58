// Check the functions of GraphiQL's page that need no browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import vm from "node:vm";

vm.runInThisContext(readFileSync("../../api/graphiql/operations.js", "utf8"));
const { findOperationKind, streamEvents } = globalThis.trellis;

const KINDS = [
  ["{ goals { nodes { id } } }", undefined, "query"],
  ["query A { a } subscription B { b }", undefined, "query"],
  ["query A { a } subscription B { b }", "B", "subscription"],
  ["subscription { goalChanged { cursor } }", undefined, "subscription"],
  ['# query\n subscription B($id: ID = "{ query") @live { b(id: $id) }', "B", "subscription"],
  ['query A { a(text: """ } subscription { """) }', undefined, "query"],
  ["fragment subscription on Goal { id } query Q { q { ...subscription } }", "Q", "query"],
  ["fragment F on Goal { id } mutation { m { ...F } }", undefined, "mutation"],
  ["subscription query { b }", "query", "subscription"],
  ["", undefined, undefined],
];
for (const [text, name, kind] of KINDS) assert.equal(findOperationKind(text, name), kind, text);

let closed;
const server = createServer((request, response) => {
  closed = once(response, "close");
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(':\n\nevent: next\ndata: {"data":\ndata: {"count":1}}\n\n');
  if (request.url === "/ends") response.end("event: complete\ndata:\n\n");
});
await once(server.listen(0, "127.0.0.1"), "listening");
const post = (path) => (signal) =>
  fetch(`http://127.0.0.1:${server.address().port}${path}`, { method: "POST", signal });

const all = [];
for await (const each of streamEvents(post("/ends"))) all.push(each);
assert.deepEqual(all, [{ data: { count: 1 } }]);

const events = streamEvents(post("/waits"));
assert.deepEqual((await events.next()).value, { data: { count: 1 } });
const pending = events.next();
await events.return();
assert.deepEqual(await pending, { done: true, value: undefined });
await closed;
server.closeAllConnections();
server.close();
