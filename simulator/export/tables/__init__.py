"""Tables: metrics and doses of a session in long form with their dictionary, as CSV and Parquet."""
