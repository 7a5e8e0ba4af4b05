"""Archives, importers, the replay clock and the synthetic Games."""
