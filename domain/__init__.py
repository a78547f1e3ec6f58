"""The rules of performance management in plain Python. Imports nothing but the standard library."""
