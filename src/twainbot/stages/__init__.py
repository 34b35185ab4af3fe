"""One thin module a DVC stage: read params, call library functions, write outputs."""
