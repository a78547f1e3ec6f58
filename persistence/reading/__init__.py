"""The read compiler: one selection becomes one statement, whose JSON goes to clients unchanged."""
