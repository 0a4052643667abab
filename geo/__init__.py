"""The rules of community-governance grids: values in, values out."""
