"""The platform in the directory: its operators, its audit log, and the tenants as it sees them."""
