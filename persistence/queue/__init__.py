"""The queue of background tasks: its tables, and the statements that enqueue, lease and finish."""
