"""One file a resource: a signature, a docstring that becomes the public description, a few lines."""
