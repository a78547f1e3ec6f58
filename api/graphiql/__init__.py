"""GraphiQL: the page to explore the graph with, as one of the people of the demo.

Its files come from npm at set-up (`python -m api.graphiql`); where npm was not there, the page
takes the same files from a pinned address. Either way they are held to the same integrity hashes.
"""
