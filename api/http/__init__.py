"""The wire: GraphQL over HTTP to the letter, and the few routes beside it."""
