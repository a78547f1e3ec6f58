/**
 * Send queries and mutations to Trellis, with the key of a service client.
 *
 * export TRELLIS_URL=https://trellis.example TRELLIS_KEY=trellis_key_…
 */

import { setTimeout } from "node:timers/promises";

/** Trellis answered with errors; `code` is that of the first one. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(`${code}: ${message}`);
  }
}

interface Answer<Data> {
  data: Data;
  errors?: { message: string; extensions: { code: string } }[];
}

interface Payload {
  errors: { message: string; code: string }[];
}

/** Return the data of a query. Wait where Trellis asks for it. Throws Refused. */
export async function ask<Data>(query: string, variables: object = {}): Promise<Data> {
  for (;;) {
    const response = await fetch(`${process.env.TRELLIS_URL}/graphql`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${process.env.TRELLIS_KEY}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(30_000),
    });
    if (response.status === 429 || response.status === 503) {
      await setTimeout(Number(response.headers.get("Retry-After") ?? 1) * 1000);
      continue;
    }
    if (!response.ok) throw new Error(`Trellis answered with status ${response.status}.`);
    const answer = (await response.json()) as Answer<Data>;
    for (const each of answer.errors ?? []) throw new Refused(each.message, each.extensions.code);
    return answer.data;
  }
}

/** Return the payload of a mutation whose only argument is `input`. Throws Refused. */
export async function change<Result>(mutation: string, input: object): Promise<Result> {
  const data = await ask<Record<string, Payload>>(mutation, { input });
  const payload = Object.values(data)[0];
  for (const each of payload?.errors ?? []) throw new Refused(each.message, each.code);
  return payload as Result;
}
