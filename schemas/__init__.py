"""The words of the Games: message types, codes, sport definitions and published contracts."""
