"""The page on which people without an account answer requests for feedback."""
