"""The life of a tenant's data: exports, imports, restores, clones and erasures."""
