"""The policies of a Games' people side: what differs from one Games to the next, as data."""
