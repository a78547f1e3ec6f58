"""The bench set: tenants of a given size, made the same way every time, kept between runs."""
