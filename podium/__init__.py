"""The command line, configuration and the wiring of processes."""
