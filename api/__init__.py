"""How do people and programs ask? HTTP and the command line, and nothing but: no rules, no SQL."""
