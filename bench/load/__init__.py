"""Load: venues that send, subscribers that read, each on a core of their own."""
