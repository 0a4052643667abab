"""How is a plan's ground drawn anew? Intents in, whole coverage out: plain values, no store, no files, no clock."""
