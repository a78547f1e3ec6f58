"""OAuth 2.0: service clients exchange a key for a short-lived access token."""
