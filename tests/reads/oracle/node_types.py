"""The types with ids: their names, prefixes and tables, as the concepts are registered.

Names decide nothing about who may see what, so the oracle shares them with the product.
"""

import persistence.registry  # noqa: F401 - registers the concepts
from persistence.concept import CONCEPTS
from persistence.reading.read_model import list_node_models

PREFIXES = {each.name: each.prefix for each in list_node_models()}
TYPE_BY_PREFIX = {prefix: kind for kind, prefix in PREFIXES.items()}
TABLES = {each.name: each.table.name for each in list_node_models() if each.table is not None}
TYPE_BY_ENTITY = {name: each.read_model.name for name, each in CONCEPTS.items()}
"""The types of what the journal's entries are about."""
