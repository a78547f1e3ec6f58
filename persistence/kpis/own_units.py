"""The units that a measure is about."""

IN_UNITS = """IN (SELECT descendant_id FROM organization_closure
   WHERE tenant_id = {tenant} AND ancestor_id = {scope}
   EXCEPT SELECT descendant_id FROM organization_closure
   WHERE tenant_id = {tenant} AND ancestor_id = ANY({excluded}))"""
"""The condition of a unit, or of one that is below it today, but not below excluded ones."""
NOTHING = "ARRAY[]::uuid[]"
"""The excluded units of what has none."""
