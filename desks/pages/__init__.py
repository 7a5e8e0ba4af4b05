"""The pages of the people side: rendered on the server, without a script, in the reader's language."""
