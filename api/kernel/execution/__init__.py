"""Execution: one request from its document to the bytes of its response."""
