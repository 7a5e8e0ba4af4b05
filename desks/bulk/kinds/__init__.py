"""The kinds of sheets: for each its columns, and what becomes of a row."""
