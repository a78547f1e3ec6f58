"""What upserts store beside external references, and the trees that they read as a whole."""

from domain.kernel.upserts import SourceVersion
from domain.organizations import Organization
from persistence.kernel.mapping.registry import map_entity
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import entity_table
from persistence.organizations import organizations
from persistence.unit_of_work.declared_statements import declare_statement

source_versions = entity_table(
    "source_versions", *columns_of(SourceVersion), prefix="sourceversion"
)

map_entity(SourceVersion, source_versions, affects_access=False)

for kind, table in {Organization: organizations}.items():
    declare_statement(
        f"tree_of_{kind.NAME}", f"SELECT id, parent_id FROM {table.name} WHERE tenant_id = $1"
    )
