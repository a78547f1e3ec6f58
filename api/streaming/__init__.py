"""Operations whose answers arrive over time, by WebSocket or as server-sent events."""
