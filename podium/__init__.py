"""The command line, configuration, and the wiring of processes."""

from podium.rooms import check_rooms

check_rooms()  # here, so that no door of the program imports a room before it
