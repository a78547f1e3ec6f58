"""Tables that other systems write: how they are read, and which fields their columns give."""
