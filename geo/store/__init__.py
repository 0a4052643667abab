"""Where is everything kept? PostGIS; the only room that knows SQLAlchemy."""
