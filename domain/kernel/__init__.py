"""The vocabulary that every concept of the domain is written in. Never imports a concept."""
