"""What one operation costs: CPU milliseconds and SQL statements. `python3 run.py bench`; never part of the tests."""
