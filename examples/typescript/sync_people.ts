/**
 * Send everybody who works according to another system: a full sync run.
 *
 *     node build/sync_people.js payroll people.json 2026-05-31
 *
 * The file is a JSON array of rows as of `PersonUpsertRowInput`, in any order. The last argument is
 * the last day of people of the source who have no row; above its limit the run waits for an
 * approval. It may be interrupted at any point and run again: what is stored already is unchanged.
 * The exit status is 1 if rows were rejected, or if a person has to approve the run.
 */

import { readFile } from "node:fs/promises";
import { argv, exit } from "node:process";

import { ask, change } from "./trellis.js";

/** The most rows of a call. */
const BATCH = 250;

const START = `mutation($input: SyncRunStartInput!) {
  syncRunStart(input: $input) { syncRun { id } errors { code message } } }`;
const UPSERT = `mutation($input: PeopleUpsertInput!) {
  peopleUpsert(input: $input) { outcomes errors { index code message field } } }`;
const FINISH = `mutation($input: SyncRunFinishInput!) {
  syncRunFinish(input: $input) {
    syncRun { id status endedCount
      counts { created updated unchanged deferred rejected }
      missingPeople(first: 50) { nodes { name } } }
    errors { code message } } }`;

interface Row {
  externalReference: { source: string; id: string };
}

interface Upserted {
  peopleUpsert: {
    outcomes: string[];
    errors: { index: number; message: string; field: string[] }[];
  };
}

interface Finished {
  syncRun: {
    id: string;
    status: string;
    endedCount: number;
    counts: Record<string, number>[];
    missingPeople: { nodes: { name: string }[] };
  };
}

/** Send rows of a run, and print why some are rejected. Return how many are. */
async function send(rows: Row[], syncRunId: string): Promise<number> {
  let rejected = 0;
  for (let start = 0; start < rows.length; start += BATCH) {
    const batch = rows.slice(start, start + BATCH);
    const input = { syncRunId, rows: batch };
    const { peopleUpsert: payload } = await ask<Upserted>(UPSERT, { input });
    rejected += payload.outcomes.filter((each) => each === "REJECTED").length;
    for (const each of payload.errors) {
      const row = batch[each.index]?.externalReference.id;
      console.log(`${row}: ${each.field.slice(2).join(".")}: ${each.message}`);
    }
  }
  return rejected;
}

/** Finish a run, and print what it did. Return whether it is finished. */
async function finish(id: string, lastDay: string): Promise<boolean> {
  const { syncRun: run } = await change<Finished>(FINISH, { id, lastDay });
  for (const counts of run.counts) {
    console.log(Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(", "));
  }
  console.log(`${run.endedCount} ended`);
  if (run.status === "BLOCKED") {
    const names = run.missingPeople.nodes.map((each) => each.name).join(", ");
    console.log(`A person has to approve run ${run.id}, because these have no row: ${names}`);
  }
  return run.status === "FINISHED";
}

const [source = "", path = "", lastDay = ""] = argv.slice(2);
const rows = JSON.parse(await readFile(path, "utf-8")) as Row[];
for (const row of rows) row.externalReference.source = source;
const started = await change<{ syncRun: { id: string } }>(START, {
  source,
  kind: "FULL",
  types: ["PERSON"],
});
const rejected = await send(rows, started.syncRun.id);
exit((await finish(started.syncRun.id, lastDay)) && rejected === 0 ? 0 : 1);
