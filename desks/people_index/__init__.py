"""The index of people: what is looked up of many records at once, in small tables that one reader of events fills."""
