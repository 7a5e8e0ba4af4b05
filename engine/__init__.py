"""The log, the venue gateway and the hosts that run the folds."""
