"""Map squares: layer and z/x/y to bytes."""
