// PostGraphile 5 with its own preset, on the serving role: row-level security is on, and the tenant
// comes in through pgSettings.

import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { jsonPgSmartTags } from "postgraphile/utils";

import { DATABASE, personaOf, POOL, PORT } from "./personas.js";

const owner = (column, table, name) =>
  `(tenant_id, ${column}) references public.${table} (tenant_id, id)|@fieldName ${name}|@foreignFieldName goals`;

const tags = jsonPgSmartTags({
  version: 1,
  config: {
    class: {
      "public.goals": { tags: { behavior: "-*" } },
      "public.key_results": {
        tags: {
          foreignKey:
            "(tenant_id, goal_id) references published.visible_goals (tenant_id, id)|@foreignFieldName keyResults",
        },
      },
      "published.visible_goals": {
        tags: {
          primaryKey: "tenant_id,id",
          foreignKey: [
            owner("owner_person_id", "people", "ownerPerson"),
            owner("owner_team_id", "teams", "ownerTeam"),
            owner("owner_organization_id", "organizations", "ownerOrganization"),
          ],
        },
      },
      "published.goal_history": {
        tags: {
          primaryKey: "tenant_id,id",
          foreignKey: [
            "(tenant_id, entity_id) references published.visible_goals (tenant_id, id)|@foreignFieldName history",
            "(tenant_id, actor_id) references public.people (tenant_id, id)|@fieldName actor",
          ],
        },
      },
    },
    attribute: {
      "public.key_results.position": { tags: { behavior: "+orderBy" } },
      "public.people.location": { tags: { behavior: "+filterBy" } },
      "published.visible_goals.status": { tags: { behavior: "+filterBy" } },
    },
    constraint: {
      "public.organizations.fk_organizations_parent_id": {
        tags: { fieldName: "parent", foreignFieldName: "children" },
      },
      "public.people.fk_people_organization_id": {
        tags: { fieldName: "organization", foreignFieldName: "people" },
      },
      "public.teams.fk_teams_organization_id": {
        tags: { fieldName: "organization", foreignFieldName: "teams" },
      },
    },
    procedure: { "published.search_people": { tags: { behavior: "+filter +order" } } },
  },
});

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [tags],
  pgServices: [
    makePgService({ connectionString: DATABASE, schemas: ["public", "published"], poolConfig: { max: POOL } }),
  ],
  grafast: {
    context({ node }) {
      const persona = personaOf(node.req.headers);
      return {
        pgSettings: {
          "app.tenant_id": persona.tenant_id,
          "app.person_id": persona.person_id,
          "app.teams_led": `{${persona.teams_led.join(",")}}`,
        },
      };
    },
    explain: false,
  },
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false },
});

const server = createServer();
const serving = pgl.createServ(grafserv);
await serving.addTo(server);
await pgl.getSchema();
server.listen(PORT, "127.0.0.1");
