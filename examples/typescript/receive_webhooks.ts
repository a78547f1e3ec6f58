/**
 * Receive the messages of a webhook, verify them, and keep each of them once.
 *
 *     export TRELLIS_WEBHOOK_SECRET=whsec_…
 *     node build/receive_webhooks.js messages 8088
 *
 * Name two secrets, with a space between them, while `webhookRotateSecret` changes them. Trellis
 * sends to https addresses only, so put a proxy with a certificate before this; to try it, the README
 * says how to do without one. Each message becomes a file of its own in the folder; process them
 * afterwards, in the order of `meta.sequence`.
 */

import { mkdir, rename, writeFile } from "node:fs/promises";
import { type IncomingMessage, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { argv, env } from "node:process";

import { Webhook } from "standardwebhooks";

const MAX_BODY = 1_000_000;
const [folder = "messages", port = "8088"] = argv.slice(2);
const verifiers = (env.TRELLIS_WEBHOOK_SECRET ?? "").split(" ").map((each) => new Webhook(each));

/** Return the body of a request; throws where it is too large. */
async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error("The body is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf-8");
}

/** Return whether one of the secrets has signed the message within the last minutes. */
function isAuthentic(body: string, headers: Record<string, string>): boolean {
  return verifiers.some((each) => {
    try {
      each.verify(body, headers);
      return true;
    } catch {
      return false;
    }
  });
}

/** Store an authentic message, also one that came before. Return the status of the answer. */
async function receive(request: IncomingMessage): Promise<number> {
  const body = await read(request);
  const headers = request.headers as Record<string, string>;
  if (!isAuthentic(body, headers)) return 401;
  const name = `${folder}/${encodeURIComponent(headers["webhook-id"] ?? "")}.json`;
  await writeFile(`${name}.new`, body);
  await rename(`${name}.new`, name);
  return 200;
}

await mkdir(folder, { recursive: true });
const server = createServer((request, response) => {
  receive(request)
    .catch(() => 500)
    .then((status) => response.writeHead(status).end());
});
server.listen(Number(port), "127.0.0.1", () => {
  console.log(`port ${(server.address() as AddressInfo).port}`);
});
