"""Generates whole statements as Python source, over the expressions of the grammar."""

from __future__ import annotations

from tests.differential.grammar.expressions import NUMBERS, Expressions


class Statements(Expressions):
    """A source of statements."""

    def expression(self) -> str:
        """Return an expression that stands alone."""
        depth = self.random.randint(1, 3)
        return self.random.choice(
            (self.criterion, self.criterion, self.integer, self.string, self.number, self.window)
        )(depth)

    def whole_select(self) -> str:
        """Return a SELECT."""
        before = dict(self.sources)
        made = self.random.choice(
            (self.plain, self.plain, self.plain, self.grouped, self.joined, self.joined, self.from_subquery, self.with_cte, self.compound,
             self.recursive, self.paired)
        )()  # fmt: skip
        self.sources = before
        return made

    def plain(self) -> str:
        """Return a SELECT from one table."""
        depth = self.random.randint(0, 2)
        made = f"select({self.outputs(depth)})"
        made += self.wheres(depth)
        return made + self.ending(depth)

    def outputs(self, depth: int) -> str:
        """Return a list of columns."""
        count = self.random.randint(1, 3)
        return ", ".join(
            self.one(*list(self.sources)) if self.chance(0.15) else self.output(depth) for _ in range(count)
        )

    def wheres(self, depth: int) -> str:
        """Return WHERE, or nothing."""
        made = ""
        while self.chance(0.6) and len(made) < 200:
            made += f".{self.one('where', 'where', 'filter')}({', '.join(self.criterion(depth) for _ in range(self.random.randint(1, 2)))})"
        if self.chance(0.05):
            made += ".filter_by(id=3)"
        return made

    def ending(self, depth: int) -> str:
        """Return what stands behind the criteria: order, page, DISTINCT, locks."""
        made = ""
        if self.chance(0.15):
            made += self.one(".distinct()", ".distinct()", f".distinct({self.integer(0)})")
        if self.chance(0.5):
            made += f".order_by({', '.join(self.order(depth) for _ in range(self.random.randint(1, 2)))})"
        if self.chance(0.3):
            made += self.one(
                ".limit(3)", ".offset(2)", ".limit(3).offset(1)", ".limit(literal(2) + 1)", ".limit(bindparam('lim', 4))",
                ".fetch(2)", ".fetch(2).offset(1)", ".fetch(2, with_ties=True)", ".fetch(50, percent=True)", ".slice(1, 4)",
                ".limit(2).limit(None)", ".limit(0)", ".offset(0)",
            )  # fmt: skip
        if self.chance(0.08):
            made += self.one(
                ".with_for_update()", ".with_for_update(nowait=True)", ".with_for_update(read=True)",
                ".with_for_update(skip_locked=True, of=t)", ".with_for_update(key_share=True)",
                ".with_for_update(read=True, key_share=True, of=[t.c.x])",
            )  # fmt: skip
        if self.chance(0.08):
            made += f".set_label_style({self.one('LABEL_STYLE_TABLENAME_PLUS_COL', 'LABEL_STYLE_NONE', 'LABEL_STYLE_DISAMBIGUATE_ONLY')})"
        return made

    def grouped(self) -> str:
        """Return a SELECT with GROUP BY."""
        keys = [self.one(self.integer(1), self.string(1), "t.c.flag") for _ in range(self.random.randint(1, 2))]
        outputs = ", ".join([*keys, *(self.aggregate(1) for _ in range(self.random.randint(1, 2)))])
        made = f"select({outputs})" + self.wheres(1) + f".group_by({', '.join(keys)})"
        if self.chance(0.4):
            made += f".having({self.aggregate(1)} {self.comparison()} {self.one('1', '0', 'literal(2)')})"
        if self.chance(0.4):
            made += f".order_by({self.one(*keys)})"
        if self.chance(0.2):
            return f"select({self.aggregate(1)}.label('total'), t.c.s).group_by({self.one('t.c.s', repr('s'))}).order_by({self.one(repr('total'), 'desc(' + repr('total') + ')', 't.c.s')})"
        return made

    def joined(self) -> str:
        """Return a SELECT from joins."""
        kind = self.random.randrange(7)
        self.sources = {"t": "t", "u": "u"}
        how = self.one("", ", isouter=True", ", full=True")
        if kind == 0:
            return f"select({self.outputs(1)}).join(u, t.c.id == u.c.t_id{how})" + self.wheres(1) + self.ending(1)
        if kind == 1:
            return (
                f"select({self.one('t', 't.c.id')}, {self.output(0)}).select_from(t).join(u{how})"
                + self.wheres(1)
                + self.ending(0)
            )
        if kind == 2:
            return (
                f"select({self.outputs(1)}).select_from({self.one('t.join(u)', 't.outerjoin(u)', 'join(t, u)', f'outerjoin(t, u, {self.criterion(1)})', f't.join(u, {self.criterion(1)}, full=True)')})"
                + self.wheres(1)
                + self.ending(1)
            )
        if kind == 3:
            return f"select({self.outputs(1)}).join_from(t, u{how})" + self.wheres(1)
        if kind == 4:
            self.sources["v"] = "v"
            return (
                f"select({self.outputs(1)}).join_from(t, u).{self.one('join', 'outerjoin')}(v, {self.criterion(1)})"
                + self.wheres(1)
                + self.ending(1)
            )
        if kind == 5:
            self.sources = {"a1": "t", "t": "t"}
            return f"(lambda a1: select({self.outputs(1)}).join_from(t, a1, {self.criterion(1)}){self.wheres(1)}{self.ending(1)})(t.alias({self.one('', repr('al'), repr('A l'))}))"
        self.sources = {"a1": "t", "a2": "u"}
        return f"(lambda a1, a2: select({self.outputs(1)}).where({self.criterion(1)}){self.ending(1)})(t.alias(), u.alias({self.one('', repr('uu'))}))"

    def paired(self) -> str:
        """Return a SELECT from two tables side by side."""
        self.sources = {"t": "t", "u": "u"}
        return f"select({self.outputs(1)}).where(t.c.id == u.c.t_id)" + self.wheres(1) + self.ending(1)

    def from_subquery(self) -> str:
        """Return a SELECT from a derived table."""
        inner = self.one(
            "select(t)",
            f"select(t).where({self.criterion(1)})",
            f"select(t).where({self.criterion(1)}).order_by(t.c.id).limit(4)",
            "select(t).distinct()",
        )
        self.sources = {"sub": "t"}
        if self.chance(0.4):
            self.sources["u"] = "u"
        if self.chance(0.2):
            inner = (
                f"select(t, {self.one('u.c.x.label(' + repr('ux') + ')', 'literal(5).label(' + repr('five') + ')')})"
            )
        body = f"select({self.outputs(1)})" + self.wheres(1) + self.ending(1)
        kind = self.one(
            ".subquery()",
            ".subquery()",
            ".subquery('dt')",
            ".subquery('d t')",
            ".alias('al')",
        )
        return f"(lambda sub: {body})({inner}{kind})"

    def with_cte(self) -> str:
        """Return a SELECT from a common table expression."""
        inner = f"select(t).where({self.criterion(1)})"
        self.sources = {"sub": "t", "t": "t"} if self.chance(0.3) else {"sub": "t"}
        body = f"select({self.outputs(1)})" + self.wheres(1) + self.ending(1)
        if self.chance(0.2):
            return f"(lambda sub: (lambda sub2: select(sub2.c.id, sub.c.x).where(sub2.c.id == sub.c.id))(sub.alias('again')))({inner}.cte('c'))"
        if self.chance(0.2):
            return f"(lambda sub: select(sub.c.id, func.count()).where(sub.c.id.in_(select(sub.c.x))).group_by(sub.c.id))({inner}.cte('c'))"
        return f"(lambda sub: {body})({inner}.cte({self.one('', repr('c'), repr('C e'))}))"

    def recursive(self) -> str:
        """Return a recursive common table expression."""
        step = self.one("v.c.parent == tree.c.id", "and_(v.c.parent == tree.c.id, tree.c.depth < 4)")
        union = self.one("union_all", "union")
        outer = self.one(
            "select(tree)",
            "select(tree.c.id).where(tree.c.depth > 1).order_by(tree.c.id)",
            "select(func.count(tree.c.id))",
            "select(tree.c.name, t.c.x).join(t, t.c.id == tree.c.id)",
        )
        return (
            f"(lambda base: (lambda tree: {outer})(base.{union}(select(v.c.id, v.c.name, (base.c.depth + 1)).where({step.replace('tree', 'base')}))))"
            f"(select(v.c.id, v.c.name, literal({self.one('0', '1')}).label('depth')).where(v.c.parent == None).cte({self.one('', repr('tree'))}{', ' if self.chance(0) else ''}recursive=True))"
        ).replace("cte('tree'recursive", "cte('tree', recursive")

    def compound(self) -> str:
        """Return a set operation."""
        word = self.one("union", "union_all", "intersect", "except_", "intersect_all", "except_all")
        members = []
        for _ in range(self.random.randint(2, 3)):
            self.sources = {"t": "t"} if self.chance(0.5) else {"u": "u"}
            name = next(iter(self.sources))
            member = (
                f"select({name}.c.id, {self.one(self.string(1), f'{name}.c.s')}{self.one('', '.label(' + repr('txt') + ')')})"
                + (f".where({self.criterion(1)})" if self.chance(0.5) else "")
            )
            if self.chance(0.15):
                member += self.one(f".order_by({name}.c.id).limit(2)", ".limit(1)", ".offset(1)")
            members.append(member)
        made = f"{word}({', '.join(members)})"
        if self.chance(0.2):
            made = f"{members[0]}.{self.one('union', 'union_all', 'except_')}({members[1]})"
        if self.chance(0.15):
            made = f"union_all({made}, {members[0]})"
        if self.chance(0.3):
            made += f".order_by({self.one(repr('id'), 'text(' + repr('id') + ')', 'desc(' + repr('id') + ')')})"
        if self.chance(0.2):
            made += self.one(".limit(2)", ".offset(1)", ".limit(2).offset(1)")
        if self.chance(0.25):
            made = f"(lambda sub: select(sub.c.id{self.one('', ', func.count()')}).group_by(sub.c.id))({made}.{self.one('subquery()', 'cte()', 'alias()', 'subquery(' + repr('dt') + ')')})"
        return made

    # -- statements that write -----------------------------------------------------------------------------------------

    def write(self) -> str:
        """Return an INSERT, UPDATE or DELETE."""
        before = dict(self.sources)
        made = self.random.choice((self.insert, self.insert, self.update, self.update, self.delete))()
        self.sources = before
        return made

    def returning(self) -> str:
        """Return RETURNING, or nothing."""
        if self.chance(0.7):
            return ""
        return f".returning({self.one('u.c.id', 'u', 'u.c.id, u.c.s', 'u.c.id.label(' + repr('new') + ')', 'u.c.x + 1', 'func.lower(u.c.s)', 'literal(5)', 'u.c.x * 2, u.c.s')})"

    def insert(self) -> str:
        """Return an INSERT into `u`."""
        self.sources = {}
        values = [
            lambda: f".values(id={self.random.randint(50, 99)}, s={self.text()})",
            lambda: ".values(id=50, x=literal(5) + 1)",
            lambda: f".values(id=50, s=func.{self.one('lower', 'upper')}({self.text()}))",
            lambda: ".values(id=50, x=select(func.max(t.c.x)).scalar_subquery())",
            lambda: f".values([{{'id': 50, 's': {self.text()}}}, {{'id': 51, 's': None}}])",
            lambda: ".values([{'id': 50, 'x': 1}, {'id': 51, 'x': literal(2)}])",
            lambda: ".values((50, 1, 2, 'tuple'))",
            lambda: ".values({u.c.id: 52, 's': null()})",
            lambda: ".values({'id': 53, 'x': None, 't_id': 1})",
            lambda: ".from_select(['id', 'x'], select(t.c.id + 100, t.c.x))",
            lambda: ".from_select([u.c.id, u.c.s], select(t.c.id + 100, t.c.s).where(t.c.x > 0).order_by(t.c.id))",
            lambda: ".from_select(['id', 's'], union(select(t.c.id + 100, t.c.s), select(literal(77), literal('z'))))",
            lambda: ".values(id=bindparam('given', 60), s=bindparam('text', 'q'))",
            lambda: ".values(id=61).values(s='later')",
            lambda: ".values(id=62, x=case((literal(1) == 1, 3), else_=4))",
            lambda: ".values(id=63, s=text(\"'raw'\"))",
        ]
        made = f"insert(u){self.random.choice(values)()}"
        if self.chance(0.05):
            made = self.one("insert(u)", "insert(t)", "insert(v)")
        return made + self.returning()

    def update(self) -> str:
        """Return an UPDATE of `u`."""
        self.sources = {"u": "u"}
        values = [
            lambda: f".values(x={self.integer(2)})",
            lambda: f".values(x=u.c.x {self.one('+', '*')} {self.one(*NUMBERS)}, s={self.string_operand(1)})",
            lambda: f".values({{u.c.s: {self.string(1)}}})",
            lambda: f".values({{'x': {self.one('None', 'null()', '5')}}})",
            lambda: ".values(x=select(func.max(t.c.x)).where(t.c.id == u.c.t_id).scalar_subquery())",
            lambda: f".ordered_values((u.c.s, {self.text()}), (u.c.x, {self.integer(1)}))",
            lambda: ".values(x=1).values(s='b')",
            lambda: f".values(s=bindparam('b_s', {self.text()}), x=bindparam('b_x', 3))",
            lambda: f".values(x=case(({self.criterion(1)}, 1), else_={self.integer(1)}))",
        ]
        made = f"update(u){self.random.choice(values)()}"
        if self.chance(0.25):
            made += ".values(x=t.c.x).where(t.c.id == u.c.t_id)" + (
                f".where({self.criterion(1)})" if self.chance(0.5) else ""
            )
            made = (
                made.replace(".ordered_values", ".values")
                if ".ordered_values" not in made
                else "update(u).values(x=t.c.y).where(u.c.t_id == t.c.id)"
            )
        return made + self.wheres(1) + self.returning()

    def delete(self) -> str:
        """Return a DELETE from `u`."""
        self.sources = {"u": "u"}
        made = "delete(u)" + self.wheres(1)
        if self.chance(0.2):
            made += ".where(t.c.id == u.c.t_id)" + self.one("", ".where(t.c.x > 1)", ".where(v.c.id == t.c.x)")
        return made + self.returning()


def source(kind: str, seed: int) -> str:
    """Return the source of one statement.

    Args:
        kind: "expression", "select" or "write".
    """
    made = Statements(f"{kind} {seed}")
    return {"expression": made.expression, "select": made.whole_select, "write": made.write}[kind]()
