"""What the process tells about itself: logs, metrics and traces, all free of personal data."""
