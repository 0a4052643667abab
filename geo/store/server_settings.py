"""What does a private PostgreSQL run with? Durable, reachable through its socket only, small enough for a laptop."""

from pathlib import Path

CONNECTIONS = 60
SHARED_BUFFERS_MB = 192

HBA = "# the socket folder is private (0700): whoever reaches it may enter, and nobody else can\nlocal all all trust\n"

FIXED = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": str(CONNECTIONS),
    "shared_buffers": f"{SHARED_BUFFERS_MB}MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "1GB",
    # in the data folder: /dev/shm is small or closed in many containers
    "dynamic_shared_memory_type": "mmap",
    # durable: what was answered as published survives a power cut
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "restart_after_crash": "on",
    # short geometry queries: compiling them takes longer than running them
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "iso, ymd",
    "lc_messages": "C",
    "default_text_search_config": "pg_catalog.simple",
    "cluster_name": "wangge",
    # one file a weekday, written anew a week later
    "logging_collector": "on",
    "log_filename": "postgres-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_file_mode": "0600",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_min_error_statement": "panic",
}


def configuration(sockets: Path, port: int, log: Path) -> str:
    """The whole postgresql.conf, written anew at each start so that it is always of this version of the program."""
    # the folders are a comma-separated list of names that may be quoted
    places = {"port": str(port), "unix_socket_directories": f'"{sockets}"', "log_directory": str(log)}
    lines = [f"{name} = {_quoted(value)}" for name, value in {**places, **FIXED}.items()]
    return "\n".join(["# written at every start; changes are lost", *lines, ""])


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
