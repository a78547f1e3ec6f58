"""The work on bulk operations: files in and out, and workers that apply their rows."""
