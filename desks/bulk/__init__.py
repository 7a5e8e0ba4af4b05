"""Bulk import and export of the people side: CSV and XLSX files, checked row by row before anything is done."""
