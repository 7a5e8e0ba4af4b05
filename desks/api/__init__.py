"""The HTTP API of the people side: one file a topic of routes, and one for who asks."""
