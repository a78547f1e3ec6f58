/**
 * Keep a copy of people and teams in a JSON file, by the feed of changes.
 *
 *     node build/follow_changes.js copy.json
 *
 * The first run takes a cursor and then reads all objects. Each later run reads what changed since.
 * Objects and cursor are stored together, so a run may be interrupted at any point.
 */

import { readFile, rename, writeFile } from "node:fs/promises";
import { argv } from "node:process";

import { Refused, ask } from "./trellis.js";

/** What is copied of each type, and the list of all its objects. */
const TYPES: Record<string, { fields: string; list: string }> = {
  PERSON: { fields: "id name workEmail worksHere", list: "people" },
  TEAM: { fields: "id name", list: "teams" },
};
const types = Object.keys(TYPES);

const SNAPSHOT = "query($types: [ChangedType!]) { changesSnapshot(types: $types) { cursor } }";
const CHANGES = `query($after: String!, $types: [ChangedType!]) {
  changes(after: $after, types: $types, first: 1000) {
    changes { kind type nodeId
      node { ... on Person { ${TYPES.PERSON?.fields} } ... on Team { ${TYPES.TEAM?.fields} } } }
    typesToRead endCursor hasMore } }`;

interface Node {
  id: string;
}

interface Copy {
  cursor: string;
  objects: Record<string, { type: string; node: Node }>;
}

interface Page {
  nodes: Node[];
  pageInfo: { endCursor: string | null; hasNextPage: boolean };
}

interface Changes {
  changes: {
    changes: { kind: string; type: string; nodeId: string; node: Node | null }[];
    typesToRead: string[];
    endCursor: string;
    hasMore: boolean;
  };
}

/** Read all objects of a type into a copy, and drop what is not among them. */
async function readAll(copy: Copy, type: string): Promise<void> {
  const { fields = "", list = "" } = TYPES[type] ?? {};
  const query = `query($after: String) { ${list}(first: 100, after: $after) {
    nodes { ${fields} } pageInfo { endCursor hasNextPage } } }`;
  const found: Node[] = [];
  for (let after: string | null = null; ; ) {
    const answer: Record<string, Page> = await ask(query, { after });
    const page = answer[list];
    if (page === undefined) throw new Error(`There is no list ${list}.`);
    found.push(...page.nodes);
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage) break;
  }
  for (const [id, each] of Object.entries(copy.objects)) {
    if (each.type === type) delete copy.objects[id];
  }
  for (const node of found) copy.objects[node.id] = { type, node };
}

/** Store a copy as a whole: a file that is renamed is never half written. */
async function store(path: string, copy: Copy): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(copy));
  await rename(`${path}.new`, path);
}

/** Take the cursor first, then read all objects. */
async function begin(path: string): Promise<Copy> {
  const answer = await ask<{ changesSnapshot: { cursor: string } }>(SNAPSHOT, { types });
  const copy: Copy = { cursor: answer.changesSnapshot.cursor, objects: {} };
  for (const type of types) await readAll(copy, type);
  await store(path, copy);
  console.log(`read ${Object.keys(copy.objects).length} objects`);
  return copy;
}

/** Apply all changes after the cursor of a copy. */
async function follow(path: string, copy: Copy): Promise<void> {
  let count = 0;
  for (let hasMore = true; hasMore; ) {
    const { changes: page } = await ask<Changes>(CHANGES, { after: copy.cursor, types });
    for (const { kind, type, nodeId, node } of page.changes) {
      if (kind === "DELETED" || kind === "VISIBILITY_LOST") delete copy.objects[nodeId];
      else if (node !== null) copy.objects[nodeId] = { type, node }; // else a later entry removes it
    }
    for (const type of page.typesToRead) await readAll(copy, type);
    copy.cursor = page.endCursor;
    await store(path, copy);
    hasMore = page.hasMore;
    count += page.changes.length;
  }
  console.log(`applied ${count} changes`);
}

/** Return the copy at a path; undefined where there is none yet. */
async function load(path: string): Promise<Copy | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf-8")) as Copy;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
}

const path = argv[2] ?? "copy.json";
try {
  await follow(path, (await load(path)) ?? (await begin(path)));
} catch (error) {
  const codes = ["CURSOR_EXPIRED", "CURSOR_INVALID"];
  if (!(error instanceof Refused && codes.includes(error.code))) throw error;
  await follow(path, await begin(path));
}
