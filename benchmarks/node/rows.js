// Rows for Mercurius: one transaction of the tenant for each request, prepared statements by name,
// and the visibility rule (that of HR, who asks in its cases).

import pg from "pg";

import { DATABASE, POOL } from "./personas.js";

for (const asTheyAre of [1082, 1184]) pg.types.setTypeParser(asTheyAre, (text) => text);

const pool = new pg.Pool({ connectionString: DATABASE, max: POOL });
const names = new Map();

export class Reading {
  constructor(persona) {
    this.persona = persona;
  }

  async all(text, values = []) {
    if (!this.begun) this.begun = this.begin();
    const client = await this.begun;
    if (!names.has(text)) names.set(text, `s${names.size}`);
    return (await client.query({ name: names.get(text), text, values })).rows;
  }

  async one(text, values) {
    return (await this.all(text, values))[0];
  }

  async begin() {
    const client = await pool.connect();
    // The id comes from our own file.
    await client.query(`BEGIN READ ONLY; SET LOCAL app.tenant_id = '${this.persona.tenant_id}'`);
    return client;
  }

  async end() {
    if (!this.begun) return;
    const client = await this.begun;
    this.begun = undefined;
    await client.query("COMMIT");
    client.release();
  }

  /** What every visibility rule needs: $1 tenant, $2 person, $3 the teams led. */
  get who() {
    const { tenant_id, person_id, teams_led } = this.persona;
    return [tenant_id, person_id, teams_led];
  }
}

export const VISIBLE = `g.tenant_id = $1 AND (
  g.visibility <> 'private' OR g.owner_person_id = $2
  OR g.owner_team_id IN (SELECT descendant_id FROM team_closure
                         WHERE tenant_id = $1 AND ancestor_id = ANY ($3::uuid[]))
  OR g.status <> 'draft' AND EXISTS (
       SELECT 1 FROM goal_viewers v
       WHERE v.tenant_id = $1 AND v.goal_id = g.id AND v.person_id = $2))`;

export const GOAL = `g.id, g.title, g.description, upper(g.status) AS status,
  upper(g.visibility) AS visibility, g.starts_on AS "startsOn", g.due_on AS "dueOn",
  g.owner_person_id, g.owner_team_id, g.owner_organization_id`;
export const PERSON = `p.id, p.name, p.job_title AS "jobTitle", p.location, p.organization_id`;
export const ORGANIZATION = `o.id, o.name, upper(o.kind) AS kind`;
