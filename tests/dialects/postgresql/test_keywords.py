"""Words that are keywords somewhere work as names of tables, columns and labels, whether they need quotes or not."""

from __future__ import annotations

from holdfast import Column, Integer, MetaData, Table, create_engine, select, text
from tests.compiler.keywords import KEYWORDS

COLUMNS = text(
    "SELECT column_name FROM information_schema.columns WHERE table_name = :table AND table_schema = 'public'"
)


def test_keywords_are_names(clean_postgresql_url):
    """Created, filled, selected under an alias and a label, read back from the catalogue."""
    engine = create_engine(clean_postgresql_url)
    words = KEYWORDS
    with engine.begin() as connection:
        words = sorted({*words, *connection.scalars(text("SELECT word FROM pg_get_keywords()"))})
        failed = {}
        for word in words:
            table = Table(word, MetaData(), Column(word, Integer))
            try:
                with connection.begin_nested():
                    table.create(connection)
                    connection.execute(table.insert(), {word: 5})
                    alias = table.alias(word)
                    cte = select(table).cte(word)
                    for source in (table, alias, cte):
                        column = source.c[word]
                        row = connection.execute(select(column.label(word)).order_by(column)).one()
                        assert row._mapping[word] == 5
                    connection.execute(table.update().values({word: 6}).where(table.c[word] == 5))
                    assert connection.scalars(COLUMNS, {"table": word}).all() == [word]
                    table.drop(connection)
            except Exception as error:
                failed[word] = str(error)[:150]
        assert failed == {}
    engine.dispose()
