"""How events are contested: one file for each shape, from the entries to the medals."""
