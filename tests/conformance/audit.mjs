// Runs the server audits of npm's `graphql-http` (61 of them) and prints what did not pass.
// Usage: node audit.mjs http://127.0.0.1:8000/graphql TOKEN
import { serverAudits } from "graphql-http";

const [url, token] = process.argv.slice(2);
const fetchFn = (address, options = {}) =>
  fetch(address, {
    ...options,
    headers: { ...options.headers, authorization: `Bearer ${token}` },
  });

const tally = { ok: 0, notice: 0, warn: 0, error: 0 };
for (const audit of serverAudits({ url, fetchFn })) {
  const result = await audit.fn();
  tally[result.status] += 1;
  if (result.status !== "ok") console.log(`${result.status} ${audit.id} ${audit.name}: ${result.reason}`);
}
console.log(JSON.stringify(tally));
process.exitCode = tally.notice + tally.warn + tally.error === 0 ? 0 : 1;
