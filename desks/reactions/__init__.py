"""Process managers: what follows, in one aggregate, from what happened in another."""
