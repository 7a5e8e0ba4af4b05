"""Pure aggregates of the people side: decide a command, evolve by an event."""
