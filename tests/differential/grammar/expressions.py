"""Generates expressions as Python source: by kind of value, so that most of them mean something to a database."""

from __future__ import annotations

import random
from collections.abc import Callable

Source = Callable[[], str]

TEXTS = ("a", "b%", "c_d", "E'f", "", 'q"q', "/", "%s", ":x", "back\\\\slash", "ä")
NUMBERS = ("0", "1", "-1", "5", "-7", "100")
FLOATS = ("0.5", "-2.25", "1e10", "decimal.Decimal('1.25')", "decimal.Decimal('-3')")
MOMENTS = ("datetime.datetime(2024, 2, 5, 4, 5, 2)", "datetime.datetime(2020, 1, 1)")
DATES = ("datetime.date(2024, 3, 13)", "datetime.date(1999, 12, 31)")


class Expressions:
    """A source of expressions over the tables `t`, `u` and `v`.

    Args:
        seed: the same seed gives the same source.
    """

    def __init__(self, seed: object) -> None:
        self.random = random.Random(str(seed))
        # The FROM elements whose columns may stand in an expression: name in the source -> the table it is of.
        self.sources: dict[str, str] = {"t": "t"}
        self.params = 0

    # -- choosing ------------------------------------------------------------------------------------------------------

    def one(self, *options: str) -> str:
        """Return one of the texts."""
        return self.random.choice(options)

    def made(self, depth: int, leaves: list[Source], branches: list[Source]) -> str:
        """Return what one of the functions gives: of the leaves where the depth is used up."""
        return self.random.choice(leaves if depth <= 0 or (leaves and self.random.random() < 0.2) else branches)()

    def chance(self, share: float) -> bool:
        """Return True in this share of cases."""
        return self.random.random() < share

    def column(self, **by_table: str) -> str:
        """Return a column; for each table the names of those that fit, with blanks between."""
        name = self.random.choice([name for name, table in self.sources.items() if table in by_table])
        return f"{name}.c.{self.random.choice(by_table[self.sources[name]].split())}"

    def has(self, *wanted: str) -> bool:
        """Whether one of these tables is among the sources."""
        return any(table in wanted for table in self.sources.values())

    # -- values --------------------------------------------------------------------------------------------------------

    def integer(self, depth: int) -> str:
        """Return a whole number: always an expression of the library."""
        less = depth - 1
        return self.made(
            depth,
            [
                lambda: self.column(t="id x y", u="id x t_id", v="id parent"),
                lambda: self.column(t="id x y", u="id x t_id", v="id parent"),
                lambda: f"literal({self.one(*NUMBERS)})",
                lambda: f"literal({self.one(*NUMBERS)}, Integer)",
                self.parameter,
                lambda: f"literal_column({self.one('7', '0')!r}, Integer)",
            ],
            [
                lambda: f"({self.integer(less)} {self.one('+', '-', '*', '%')} {self.integer_operand(less)})",
                lambda: f"({self.integer(less)} {self.one('+', '-', '*', '/', '//')} {self.integer_operand(less)})",
                lambda: f"({self.one(*NUMBERS)} {self.one('+', '-', '*', '/', '%', '//')} {self.integer(less)})",
                lambda: f"(-{self.integer(less)})",
                lambda: f"{self.integer(less)}.{self.bitwise()}({self.integer_operand(less)})",
                lambda: f"{self.integer(less)}.bitwise_not()",
                lambda: (
                    f"{self.integer(less)}.op({self.one('+', '-', '*', '&', '|', '%%', '/')!r})({self.integer_operand(less)})"
                ),
                lambda: (
                    f"{self.integer(less)}.op('+', precedence={self.one('3', '7', '9')})({self.integer_operand(less)})"
                ),
                lambda: (
                    f"case(({self.criterion(less)}, {self.integer_operand(less)}), else_={self.integer_operand(less)})"
                ),
                lambda: (
                    f"case(({self.criterion(less)}, {self.integer(less)}), ({self.criterion(less)}, {self.integer_operand(less)}))"
                ),
                lambda: (
                    f"case({{'a': 1, 'b': {self.one('2', 'None')}}}, value={self.string(less)}, else_={self.integer(less)})"
                ),
                lambda: f"cast({self.one(self.integer(less), self.string(less), self.number(less))}, Integer)",
                lambda: f"{self.number(less)}.cast(Integer)",
                lambda: f"type_coerce({self.one(self.integer(less), '5')}, {self.one('Integer', 'BigInteger')})",
                lambda: f"func.{self.one('length', 'char_length')}({self.string(less)})",
                lambda: f"func.{self.one('coalesce', 'nullif')}({self.integer(less)}, {self.integer_operand(less)})",
                lambda: f"func.abs({self.integer(less)}{self.one('', ', type_=Integer')})",
                lambda: f"extract({self.one('year', 'month', 'day', 'dow', 'doy')!r}, {self.date(less)})",
                lambda: f"extract({self.one('hour', 'minute', 'second', 'epoch')!r}, {self.moment(less)})",
                lambda: f"({self.integer(less)}).label({self.one('lab', 'a b', 'Lab')!r})",
                lambda: f"({self.integer(less)}).self_group()",
                lambda: self.scalar(less),
            ],
        )

    def bitwise(self) -> str:
        """Return the name of a method for bits."""
        return self.one("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_lshift", "bitwise_rshift")

    def integer_operand(self, depth: int) -> str:
        """Return a whole number, as an expression or a plain one."""
        return self.one(*NUMBERS) if self.chance(0.4) else self.integer(depth)

    def parameter(self) -> str:
        """Return a parameter of its own name."""
        self.params += 1
        name = f"p{self.params}"
        return self.one(
            f"bindparam({name!r}, {self.one(*NUMBERS)})",
            f"bindparam({name!r}, {self.one(*NUMBERS)}, type_=Integer)",
            f"bindparam({name!r}, {self.one(*NUMBERS)}, unique=True)",
            f"bindparam(None, {self.one(*NUMBERS)})",
            f"bindparam({name!r}, callable_=lambda: 4, type_=Integer)",
        )

    def number(self, depth: int) -> str:
        """Return a number with a fraction."""
        less = depth - 1
        return self.made(
            depth,
            [
                (lambda: self.column(t="f n f n x")) if self.has("t") else (lambda: "literal(0.5)"),
                lambda: f"literal({self.one(*FLOATS)})",
            ],
            [
                lambda: (
                    f"({self.number(less)} {self.one('+', '-', '*', '/', '//')} {self.one(self.number(less), *FLOATS, *NUMBERS)})"
                ),
                lambda: f"({self.integer(less)} {self.one('/', '*', '+', '//')} {self.number(less)})",
                lambda: f"({self.one('2', '1.5')} {self.one('/', '-', '%')} {self.number(less)})",
                lambda: f"cast({self.integer(less)}, {self.one('Float', 'Numeric(8, 2)', 'Numeric', 'Double')})",
                lambda: f"func.{self.one('abs', 'round')}({self.number(less)})",
                lambda: f"func.coalesce({self.number(less)}, {self.one(*FLOATS)})",
                lambda: f"-{self.number(less)}",
                lambda: f"type_coerce({self.number(less)}, Float)",
            ],
        )

    def string(self, depth: int) -> str:
        """Return a string."""
        less = depth - 1
        return self.made(
            depth,
            [
                lambda: self.column(t="s w s", u="s", v="name"),
                lambda: self.column(t="s w s", u="s", v="name"),
                lambda: f"literal({self.text()})",
                lambda: f"literal({self.text()}, {self.one('String', 'Text', 'String(5)', 'Unicode')})",
                lambda: "literal_column(\"'it'\", String)",
            ],
            [
                lambda: f"({self.string(less)} + {self.string_operand(less)})",
                lambda: f"({self.text()} + {self.string(less)})",
                lambda: f"{self.string(less)}.concat({self.string_operand(less)})",
                lambda: f"{self.string(less)}.op('||')({self.string_operand(less)})",
                lambda: f"func.{self.one('upper', 'lower', 'trim')}({self.string_operand(less)})",
                lambda: f"func.replace({self.string(less)}, {self.text()}, {self.text()})",
                lambda: f"func.coalesce({self.string(less)}, {self.string_operand(less)})",
                lambda: f"func.substr({self.string(less)}, 1, {self.integer_operand(less)})",
                lambda: (
                    f"case(({self.criterion(less)}, {self.string_operand(less)}), else_={self.string_operand(less)})"
                ),
                lambda: (
                    f"cast({self.one(self.integer(less), self.string(less))}, {self.one('String', 'String(9)', 'Text', 'VARCHAR(3)')})"
                ),
                lambda: f"({self.string(less)}).collate({self.one('C', 'NOCASE', 'de_DE', 'x-y')!r})",
                lambda: f"collate({self.string(less)}, 'C')",
                lambda: f"type_coerce({self.string(less)}, String)",
                lambda: f"({self.string(less)}).label('l')",
            ],
        )

    def text(self) -> str:
        """Return a plain string as source."""
        return repr(self.one(*TEXTS))

    def string_operand(self, depth: int) -> str:
        """Return a string, as an expression or a plain one."""
        return self.text() if self.chance(0.4) else self.string(depth)

    def date(self, depth: int) -> str:
        """Return a date."""
        leaves: list[Source] = [lambda: f"literal({self.one(*DATES)})", lambda: f"cast({self.one(*DATES)}, Date)"]
        if self.has("t"):
            leaves.append(lambda: self.column(t="d"))
        less = depth - 1
        branches: list[Source] = [
            lambda: f"func.coalesce({self.date(less)}, {self.one(*DATES)})",
            lambda: f"case(({self.criterion(less)}, {self.date(less)}))",
            lambda: "func.current_date()",
        ]
        return self.made(depth, leaves, branches)

    def moment(self, depth: int) -> str:
        """Return a date with a time."""
        leaves: list[Source] = [lambda: f"literal({self.one(*MOMENTS)})"]
        if self.has("t"):
            leaves += [lambda: self.column(t="dt")] * 2
        less = depth - 1
        branches: list[Source] = [
            lambda: f"func.coalesce({self.moment(less)}, {self.one(*MOMENTS)})",
            lambda: f"cast({self.moment(less)}, DateTime)",
            lambda: "func.now()",
            lambda: "func.current_timestamp()",
        ]
        return self.made(depth, leaves, branches)

    def scalar(self, depth: int) -> str:
        """Return a scalar subquery, correlated where it says so."""
        where = f".where({self.inner(depth)})" if self.chance(0.6) else ""
        made = f"select({self.one('func.max(u.c.x)', 'func.count()', 'func.count(u.c.id)', 'func.sum(u.c.x) + 1')}).select_from(u){where}"
        if self.chance(0.2):
            made += self.one(".correlate(t)", ".correlate(None)", ".correlate_except(u)")
        return made + self.one(".scalar_subquery()", ".scalar_subquery()", ".label('sq')")

    def inner(self, depth: int) -> str:
        """Return a criterion of a subquery over `u`, perhaps on the outer row."""
        outer = dict(self.sources)
        self.sources["u"] = "u"
        found = self.one("u.c.x > 2", f"u.c.t_id == {self.integer(0)}", self.criterion(min(depth - 1, 1)))
        self.sources = outer
        return found

    # -- criteria ------------------------------------------------------------------------------------------------------

    def criterion(self, depth: int) -> str:
        """Return a truth value: always an expression."""
        less = depth - 1
        leaves: list[Source] = [
            lambda: f"({self.integer(0)} {self.comparison()} {self.one(*NUMBERS)})",
            lambda: f"({self.string(0)} == {self.text()})",
            lambda: (
                f"({self.column(t='y w flag d dt', u='t_id s', v='parent')} {self.one('==', '!=')} {self.one('None', 'null()')})"
            ),
        ]
        if self.has("t"):
            leaves += [lambda: self.column(t="flag"), lambda: f"(~{self.column(t='flag')})"]
            leaves += [
                lambda: (
                    f"({self.column(t='flag')} {self.one('==', '!=')} {self.one('True', 'False', 'true()', 'None')})"
                )
            ]
        branches: list[Source] = [
            lambda: f"({self.integer(less)} {self.comparison()} {self.integer_operand(less)})",
            lambda: f"({self.number(less)} {self.comparison()} {self.one(self.number(less), *FLOATS)})",
            lambda: f"({self.string(less)} {self.comparison()} {self.string_operand(less)})",
            lambda: f"({self.date(less)} {self.comparison()} {self.one(self.date(less), *DATES)})",
            lambda: f"({self.moment(less)} {self.comparison()} {self.one(self.moment(less), *MOMENTS)})",
            lambda: f"({self.one(*NUMBERS)} {self.comparison()} {self.integer(less)})",
            lambda: f"({self.criterion(less)} {self.one('&', '|')} {self.criterion(less)})",
            lambda: f"{self.one('and_', 'or_')}({', '.join(self.criterion(less) for _ in range(self.random.randint(1, 3)))})",
            lambda: f"{self.one('and_', 'or_')}({self.one('True', 'False', 'true()', 'false()')}, {self.criterion(less)})",
            lambda: f"{self.one('not_', '~')}({self.criterion(less)})",
            lambda: f"({self.criterion(less)}).self_group()",
            lambda: f"{self.one('', '~')}({self.criterion(less)} {self.one('==', '!=')} {self.one(self.criterion(less), 'True', 'False')})",
            lambda: f"{self.integer(less)}.{self.one('', 'not_')}between({self.integer_operand(less)}, {self.integer_operand(less)}{self.one('', '', ', symmetric=True')})".replace("not_between(", "between(") if self.chance(0.7) else f"(~{self.integer(less)}.between({self.integer_operand(less)}, {self.integer_operand(less)}))",
            lambda: f"between({self.string(less)}, {self.string_operand(less)}, {self.string_operand(less)})",
            lambda: f"{self.one('', '~')}{self.integer(less)}.{self.one('in_', 'in_', 'not_in')}({self.members(less)})",
            lambda: f"{self.string(less)}.{self.one('in_', 'not_in')}({self.one('[]', f'[{self.text()}]', f'[{self.text()}, {self.text()}]', f'({self.text()}, None)')})",
            lambda: f"{self.one('', '~')}tuple_({self.integer(less)}, {self.string(less)}).{self.one('in_', 'in_', 'not_in')}({self.one('[]', f'[(1, {self.text()})]', f'[(1, {self.text()}), (2, {self.text()})]')})",
            lambda: f"(tuple_({self.integer(less)}, {self.integer(less)}) {self.comparison()} {self.one('(1, 2)', f'tuple_({self.integer(less)}, 3)')})",
            lambda: f"{self.one('', '~')}{self.string(less)}.{self.matching()}({self.string_operand(less)}{self.one('', '', ', escape=' + repr(self.one('/', '^', chr(92))))})",
            lambda: f"{self.one('', '~')}{self.string(less)}.{self.composed()}({self.text()}, autoescape=True{self.one('', ', escape=' + repr(self.one('^', '|')))})",
            lambda: f"{self.one('', '~')}{self.string(less)}.{self.composed()}({self.string_operand(less)}{self.one('', ', escape=' + repr(self.one('/', '%')))})",
            lambda: f"{self.integer(less)}.{self.one('is_', 'is_not')}({self.one('None', 'null()', 'None', self.integer(less))})",
            lambda: f"{self.criterion(less)}.{self.one('is_', 'is_not')}({self.one('True', 'False', 'None', 'true()')})",
            lambda: f"{self.one('', '~')}{self.integer(less)}.{self.one('is_distinct_from', 'is_not_distinct_from')}({self.one('None', self.integer_operand(less))})",
            lambda: f"{self.integer(less)}.{self.one('bool_op', 'op')}({self.one('<', '>=', '<>')!r})({self.integer_operand(less)})",
            lambda: f"{self.integer(less)}.op({self.one('=', '<')!r}, is_comparison=True)({self.integer_operand(less)})",
            lambda: f"{self.one('', '~')}{self.exists(less)}",
            lambda: f"({self.integer(less)} {self.comparison()} {self.one('any_', 'all_')}({self.quantified(less)}))",
            lambda: f"case(({self.criterion(less)}, true()), else_=false())",
            lambda: f"cast({self.criterion(less)}, Boolean)",
            lambda: f"type_coerce({self.criterion(less)}, Boolean)",
            lambda: f"func.coalesce({self.criterion(less)}, {self.one('True', 'False', 'false()')})",
            lambda: f"literal({self.one('True', 'False')})",
            lambda: f"literal_column({self.one('1 = 1', 'x IS NOT NULL')!r}, Boolean)",
            lambda: f"text({self.one('1 = 1', 't.x > :lim', 'a :: b')!r}){self.one('', '.self_group()')}",
            self.text_with_parameter,
            lambda: f"({self.criterion(less)}).label('crit')",
            lambda: self.one("true()", "false()"),
            lambda: f"{self.string(less)}.{self.one('regexp_match', 'match')}({self.text()})",
        ]  # fmt: skip
        return self.made(depth, leaves, branches)

    def text_with_parameter(self) -> str:
        """Return a text with a parameter of its own name."""
        self.params += 1
        name = f"lim{self.params}"
        return f"text('t.x > :{name}').bindparams({name}={self.one(*NUMBERS)})"

    def comparison(self) -> str:
        """Return a comparison of Python."""
        return self.one("==", "!=", "<", "<=", ">", ">=")

    def matching(self) -> str:
        """Return the name of a method of LIKE."""
        return self.one("like", "ilike", "not_like", "not_ilike")

    def composed(self) -> str:
        """Return the name of a method that makes a pattern."""
        return self.one("startswith", "endswith", "contains", "istartswith", "iendswith", "icontains")

    def members(self, depth: int) -> str:
        """Return the right side of IN for numbers."""
        return self.random.choice(
            (
                lambda: f"[{', '.join(self.one(*NUMBERS) for _ in range(self.random.randint(0, 3)))}]",
                lambda: f"[{self.integer_operand(depth)}, {self.integer(depth)}]",
                lambda: f"[{self.one(*NUMBERS)}, None]",
                lambda: "(i for i in range(3))",
                lambda: "select(u.c.t_id)",
                lambda: f"select(u.c.x).where({self.inner(depth)})",
                lambda: f"select(u.c.x).where({self.inner(depth)}).order_by(u.c.x).limit(2)",
                lambda: "union(select(u.c.x), select(v.c.id))",
                lambda: "select(u.c.x).scalar_subquery()",
                lambda: f"bindparam('list{depth}', [1, 2], expanding=True)",
                lambda: "{3}",
            )
        )()

    def exists(self, depth: int) -> str:
        """Return EXISTS."""
        return self.one(
            f"exists().where({self.inner(depth)})",
            f"exists(select(u.c.id).where({self.inner(depth)}))",
            f"select(u.c.id).where({self.inner(depth)}).exists()",
            f"exists(u.c.id).where({self.inner(depth)})",
            "exists().select_from(u)",
        )

    def quantified(self, depth: int) -> str:
        """Return a subquery for ANY and ALL."""
        return f"select(u.c.x).where({self.inner(depth)}).scalar_subquery()"

    # -- what stands in a list of columns ------------------------------------------------------------------------------

    def aggregate(self, depth: int) -> str:
        """Return an aggregate, perhaps filtered."""
        made = self.random.choice(
            (
                lambda: f"func.{self.one('sum', 'min', 'max', 'avg')}({self.integer(depth)})",
                lambda: (
                    f"func.count({self.one('', self.integer(depth), f'distinct({self.integer(depth)})', f'({self.integer(depth)}).distinct()')})"
                ),
                lambda: f"func.{self.one('min', 'max')}({self.string(depth)})",
                lambda: f"func.total({self.integer(depth)})",
            )
        )()
        return made + (f".filter({self.criterion(depth)})" if self.chance(0.3) else "")

    def window(self, depth: int) -> str:
        """Return a call over a window."""
        call = self.one(
            "func.row_number()",
            "func.rank()",
            f"func.sum({self.integer(depth)})",
            f"func.lag({self.integer(depth)})",
            "func.count()",
        )
        parts = []
        if self.chance(0.6):
            parts.append(
                f"partition_by={self.one(self.integer(depth), f'[{self.string(depth)}, {self.integer(depth)}]')}"
            )
        if self.chance(0.8):
            parts.append(f"order_by={self.one(self.integer(depth), f'[{self.integer(depth)}, {self.order(depth)}]')}")
            if self.chance(0.4) and "sum" in call:
                parts.append(
                    f"{self.one('rows', 'range_', 'groups')}={self.one('(None, 0)', '(-1, 1)', '(0, None)', '(None, None)', '(1, 2)')}"
                )
        made = f"{call}.over({', '.join(parts)})"
        return self.one(made, made, f"({made} + 1)", f"{made}.label('win')")

    def order(self, depth: int) -> str:
        """Return what stands in ORDER BY."""
        base = self.one(self.integer(depth), self.string(depth))
        return self.one(
            base,
            f"({base}).desc()",
            f"({base}).asc().{self.one('nulls_last()', 'nulls_first()')}",
            f"({base}).desc().nulls_first()",
            f"{self.one('desc', 'asc', 'nulls_last', 'nullsfirst')}({base})",
            f"({base}).nulls_last()",
        )

    def output(self, depth: int) -> str:
        """Return any expression for the list of columns."""
        return self.random.choice(
            (self.integer, self.integer, self.number, self.string, self.string, self.criterion, self.date, self.moment,
             self.window, self.within, self.special)
        )(depth)  # fmt: skip

    def within(self, depth: int) -> str:
        """Return an ordered aggregate."""
        return (
            f"func.{self.one('percentile_cont', 'percentile_disc')}(0.5).within_group({self.integer(depth)}{self.one('', '.desc()')})"
            if self.chance(0.3)
            else self.integer(depth)
        )

    def special(self, depth: int) -> str:
        """Return constants and forms without a type."""
        return self.one(
            "null()", "true()", "false()", "literal(None)", "literal_column('x')", "literal_column('1 + 1').label('two')",
            "text('1')", "literal(b'ab')", "cast(null(), Integer)", "cast(None, String(3))", "func.now()",
            "func.current_timestamp()", "func.made_up(1, 'a')", "func.pkg.made_up()", "null().label('nothing')",
            f"literal({self.one(*DATES)})", f"literal({self.one(*MOMENTS)})", "cast('5', Integer)", "5", "-1",
            "literal('%')", "literal_column(\"'50%'\")", "func.random_name(literal(3), None)", "column('loose')",
            "column('loose', Integer) + 1", "func.percent('%')", "literal(True)", "not_(literal(True))",
        )  # fmt: skip
