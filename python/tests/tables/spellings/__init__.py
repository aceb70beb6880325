"""One file for each thing that differs between the tables that people have."""
