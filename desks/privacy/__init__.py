"""Forgetting: from the order to the certificate, for how long what is kept, and where anything personal lies."""
