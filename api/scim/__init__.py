"""SCIM 2.0 (RFC 7643, 7644 and 9865) at `/scim/v2`, over the use cases and reads of the graph.

The protocol is that of the libraries `scim2-models` and `scim2-server`. They are imported by the
first request, because most processes never get one: see `route.py`.
"""
