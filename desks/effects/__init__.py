"""Effects: what is done in the world because something happened, and is said to be done by a command."""
