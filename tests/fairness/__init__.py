"""The measurement of what hostile clients of one tenant cost the clients of another."""
