"""The commands of ``podium``, a file for each group."""
