"""History: raw messages, cuts and row revisions in ClickHouse, or in its engine within one process (chDB)."""
