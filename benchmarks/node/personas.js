// Who asks: the personas that the runner wrote down, found by the header X-Persona.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const known = JSON.parse(readFileSync(join(process.env.TRELLIS_DIRECTORY, "personas.json"), "utf8"));

export const POOL = Number(process.env.TRELLIS_POOL_SIZE);
export const DATABASE = process.env.TRELLIS_SERVING_URL;
export const PORT = Number(process.env.PORT);

export function personaOf(headers) {
  const found = known[headers["x-persona"]];
  if (!found) throw new Error("Nobody of that name asks.");
  return found;
}
