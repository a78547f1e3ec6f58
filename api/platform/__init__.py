"""The graph of the platform, at `/platform/graphql`: what operators do with all tenants.

Its types are few, so graphql-core executes it, without compiled reads. A mutation is a function
with `@platform_mutation` (see `mutations.py`) in a module that `schema.py` names.
"""
