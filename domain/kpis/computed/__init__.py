"""Computed KPIs: their results are stored, and follow every change of their inputs."""
