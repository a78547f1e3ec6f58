"""The schema: declarations of types, inputs, mutations and subscriptions, and how they become one."""
