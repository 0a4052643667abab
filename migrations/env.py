"""Alembic's environment: runs the migrations on the connection that it is given (`geo.store.schema`)."""

from alembic import context
from geoalchemy2 import alembic_helpers

from geo.store.tile_tables import metadata

OWN = frozenset(metadata.tables)


def include(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    """Only our own tables: PostGIS brings some of its own."""
    if kind == "table":
        return name in OWN
    return alembic_helpers.include_object(thing, name, kind, reflected, compared)


with context.config.attributes["connect"]() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=include,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()
