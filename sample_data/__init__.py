"""An invented district of the size a real one has, and deliberately broken plans, both made from a seed."""
