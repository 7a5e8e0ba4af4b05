"""Who somebody is: what he proves it with, beside the log, and the sessions in which he then acts."""
