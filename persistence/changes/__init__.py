"""The feed of changed objects, for systems that keep a copy of what they may see."""
