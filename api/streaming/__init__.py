"""Operations with several responses, over WebSocket or as server-sent events."""
