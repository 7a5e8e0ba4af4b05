"""The stream for the security operations centre: what is seen, what was found in it, and both in the words of OCSF."""
