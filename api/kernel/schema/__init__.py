"""Declarations of types, inputs, mutations and subscriptions, and the schema they make."""
