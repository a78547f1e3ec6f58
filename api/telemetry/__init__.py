"""Logs, metrics and traces, all free of personal data."""
