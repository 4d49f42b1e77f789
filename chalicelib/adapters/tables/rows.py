"""The base of all rows."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection.table import TableConnection
from pynamodb.models import Model

from chalicelib.adapters.tables.connection import connection_to


class Row(Model):
    """String keys `pk` and `sk`; `table` is the table's name in the settings; `by` is a `Stamp`, as text."""

    class Meta:
        table_name = "named by the settings"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    by = UnicodeAttribute(null=True)

    table = ""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        return connection_to(cls.table)
