"""GraphiQL: a page to explore the API as one of the demo's users.

Its files come from npm at set-up (`python -m api.graphiql`). Without npm, the page loads the same
files from a pinned CDN URL. In both cases they are checked against the same integrity hashes.
"""
