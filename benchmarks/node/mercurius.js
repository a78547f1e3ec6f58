// Mercurius on Fastify with pg: its own loaders batch what hangs on rows, and queries are compiled.

import { readFileSync } from "node:fs";
import Fastify from "fastify";
import mercurius from "mercurius";

import { personaOf, PORT } from "./personas.js";
import { GOAL, ORGANIZATION, PERSON, Reading, VISIBLE } from "./rows.js";

const resolvers = {
  Query: {
    viewer: () => ({}),
    tenant: (_, __, { rows }) =>
      rows.one("SELECT id, name FROM tenants WHERE tenant_id = $1 AND id = $1", [rows.persona.tenant_id]),
    goal: (_, { by }, { rows }) =>
      rows.one(`SELECT ${GOAL} FROM goals g WHERE ${VISIBLE} AND g.id = $4`, [...rows.who, by.id]),
    goals: (_, given) => given,
    organization: (_, { by }, { rows }) =>
      rows.one(`SELECT ${ORGANIZATION} FROM organizations o WHERE o.tenant_id = $1 AND o.id = $2`, [
        rows.persona.tenant_id,
        by.id,
      ]),
    people: (_, given) => ({ asked: given }),
    teams: async (_, { first }, { rows }) => ({
      nodes: await rows.all(
        "SELECT id, name, organization_id FROM teams WHERE tenant_id = $1 ORDER BY name_sort_key, id LIMIT $2",
        [rows.persona.tenant_id, first],
      ),
    }),
  },
  Viewer: {
    person: (_, __, { rows }) =>
      rows.one(`SELECT ${PERSON} FROM people p WHERE p.tenant_id = $1 AND p.id = $2`, [
        rows.persona.tenant_id,
        rows.persona.person_id,
      ]),
  },
  GoalConnection: {
    async totalCount(given, _, { rows }) {
      const [where, values] = chosenGoals(given, rows);
      return Number((await rows.one(`SELECT count(*) FROM goals g WHERE ${where}`, values)).count);
    },
    nodes(given, _, { rows }) {
      if (given.nodes) return given.nodes;
      const [where, values] = chosenGoals(given, rows);
      const order = given.orderBy ? "g.due_on, g.id" : "g.id DESC";
      return rows.all(
        `SELECT ${GOAL} FROM goals g WHERE ${where} ORDER BY ${order} LIMIT $${values.length + 1}`,
        [...values, given.first],
      );
    },
  },
  PersonConnection: {
    async totalCount({ asked }, _, { rows }) {
      const [where, values] = chosenPeople(asked, rows);
      return Number((await rows.one(`SELECT count(*) FROM people p WHERE ${where}`, values)).count);
    },
    nodes(given, _, { rows }) {
      if (given.nodes) return given.nodes;
      const [where, values] = chosenPeople(given.asked, rows);
      const [{ field, direction }] = given.asked.orderBy;
      const column = field === "NAME" ? "name_sort_key" : field.toLowerCase();
      const order = `p.${column} ${direction}, p.id ${direction}`;
      return rows.all(
        `SELECT ${PERSON} FROM people p WHERE ${where} ORDER BY ${order} LIMIT $${values.length + 1}`,
        [...values, given.asked.first],
      );
    },
  },
};

function chosenGoals({ where = {} }, rows) {
  const values = [...rows.who];
  let chosen = VISIBLE;
  if (where.owner) chosen += ` AND g.owner_person_id = $${values.push(where.owner.person.id.eq)}`;
  if (where.status) chosen += ` AND g.status = $${values.push(where.status.eq.toLowerCase())}`;
  return [chosen, values];
}

function chosenPeople({ search, where = {} }, rows) {
  const values = [rows.persona.tenant_id];
  let chosen = "p.tenant_id = $1";
  if (where.location) chosen += ` AND p.location = $${values.push(where.location.eq)}`;
  if (search) {
    const word = `$${values.push(search)}::text`;
    chosen += ` AND p.id IN (SELECT entity_id FROM words WHERE tenant_id = $1 AND entity = 'person'
                             AND word >= ${word} AND word < ${word} || U&'\\+10FFFF')`;
  }
  return [chosen, values];
}

/** For each of the parents the first rows of a statement that knows the parent as k.id. */
async function each(queries, { rows }, statement, values) {
  const ids = queries.map(({ obj }) => obj.id);
  const found = await rows.all(
    `SELECT k.n, r.* FROM unnest($4::uuid[]) WITH ORDINALITY k (id, n) CROSS JOIN LATERAL (${statement}
     LIMIT $5) r`,
    [...values, ids, queries[0].params.first],
  );
  const lists = ids.map(() => ({ nodes: [] }));
  for (const row of found) lists[row.n - 1].nodes.push(row);
  return lists;
}

/** What ids point to, in their order. */
async function named(ids, { rows }, columns, table, alias) {
  const found = await rows.all(
    `SELECT ${columns} FROM ${table} ${alias} WHERE ${alias}.tenant_id = $1 AND ${alias}.id = ANY ($2::uuid[])`,
    [rows.persona.tenant_id, [...new Set(ids.filter(Boolean))]],
  );
  const known = new Map(found.map((row) => [row.id, row]));
  return ids.map((id) => known.get(id) ?? null);
}

const organization = (queries, context) =>
  named(queries.map(({ obj }) => obj.organization_id), context, ORGANIZATION, "organizations", "o");

/** Statements know $1 tenant, $2 person, $3 teams led; those that need fewer say so to PostgreSQL. */
const ALL = "$2::uuid IS NOT NULL AND $3::uuid[] IS NOT NULL";

const loaders = {
  Person: { organization },
  Team: { organization },
  Organization: {
    children: (queries, context) =>
      each(queries, context, `SELECT ${ORGANIZATION} FROM organizations o
        WHERE o.tenant_id = $1 AND o.parent_id = k.id AND ${ALL} ORDER BY o.name_sort_key, o.id`, context.rows.who),
    people: (queries, context) =>
      each(queries, context, `SELECT ${PERSON} FROM people p
        WHERE p.tenant_id = $1 AND p.organization_id = k.id AND ${ALL} ORDER BY p.name_sort_key, p.id`, context.rows.who),
    goals: (queries, context) =>
      each(queries, context, `SELECT ${GOAL} FROM goals g
        WHERE ${VISIBLE} AND g.owner_organization_id = k.id ORDER BY g.id DESC`, context.rows.who),
  },
  JournalEntry: {
    actor: (queries, context) =>
      named(queries.map(({ obj }) => obj.actor_id), context, PERSON, "people", "p"),
  },
  Goal: {
    async owner(queries, context) {
      const of = (column) => queries.map(({ obj }) => obj[column]);
      const [people, teams, units] = await Promise.all([
        named(of("owner_person_id"), context, PERSON, "people", "p"),
        named(of("owner_team_id"), context, "t.id, t.name, t.organization_id", "teams", "t"),
        named(of("owner_organization_id"), context, ORGANIZATION, "organizations", "o"),
      ]);
      return queries.map(
        (_, n) =>
          (people[n] && { __typename: "Person", ...people[n] }) ||
          (teams[n] && { __typename: "Team", ...teams[n] }) ||
          (units[n] && { __typename: "Organization", ...units[n] }),
      );
    },
    keyResults: (queries, context) =>
      each(queries, context, `SELECT id, title, current_value AS "currentValue",
        target_value AS "targetValue", unit FROM key_results r
        WHERE r.tenant_id = $1 AND r.goal_id = k.id AND ${ALL} ORDER BY r.position, r.id`, context.rows.who),
    history: (queries, context) =>
      each(queries, context, `SELECT id, action, recorded_at AS "recordedAt", actor_id, changes
        FROM journal j WHERE j.tenant_id = $1 AND j.entity = 'goal' AND j.entity_id = k.id AND ${ALL}
        ORDER BY j.id DESC`, context.rows.who),
  },
};

resolvers.JournalEntry = {
  changes: ({ changes }) =>
    Object.entries(changes).map(([field, [before, after]]) => ({ field, before, after })),
};

const app = Fastify();
app.register(mercurius, {
  schema: readFileSync(new URL("mercurius.graphql", import.meta.url), "utf8"),
  resolvers,
  loaders,
  jit: 1,
  path: "/graphql",
  context: (request) => ({ rows: (request.rows = new Reading(personaOf(request.headers))) }),
});
app.decorateRequest("rows", null);
app.addHook("onSend", async (request) => {
  await request.rows?.end();
});
await app.listen({ port: PORT, host: "127.0.0.1" });
