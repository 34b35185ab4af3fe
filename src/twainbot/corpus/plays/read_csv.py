def has_header(raw): return False
