"""Random edits of a small graph of objects: three classes, a session, and steps that a list of numbers describes.

No class refers to itself here: for such classes SQLAlchemy takes parts of its order from sets and so differs from
itself; the hand-written programs have them.
"""

from collections.abc import Callable, Sequence
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple, Optional

from tests.differential.log import Log
from tests.differential.registry import Program

USABLE = ("transient", "pending", "persistent")


class Step(NamedTuple):
    """One edit: the name of a method of `Play`, and two numbers by which it picks its objects and values."""

    name: str
    first: int
    second: int


@cache
def crew(lib: ModuleType) -> Any:
    """Map teams, their members, and the members' skills, once per library."""
    orm: Any = lib.orm
    sql: Any = lib

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    member_skills = sql.Table(
        "member_skills",
        Base.metadata,
        sql.Column("member_id", sql.ForeignKey("members.id"), primary_key=True),
        sql.Column("skill_id", sql.ForeignKey("skills.id"), primary_key=True),
    )

    class Team(Base):
        __tablename__ = "teams"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str | None] = orm.mapped_column()
        members: orm.Mapped[list["Member"]] = orm.relationship("Member", back_populates="team")

    class Member(Base):
        __tablename__ = "members"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str | None] = orm.mapped_column()
        team_id: orm.Mapped[int | None] = orm.mapped_column(sql.ForeignKey("teams.id"))
        team: orm.Mapped[Optional["Team"]] = orm.relationship("Team", back_populates="members")
        skills: orm.Mapped[list["Skill"]] = orm.relationship("Skill", secondary=member_skills, back_populates="members")

    class Skill(Base):
        __tablename__ = "skills"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str | None] = orm.mapped_column(unique=True)
        members: orm.Mapped[list["Member"]] = orm.relationship(
            "Member", secondary=member_skills, back_populates="skills"
        )

    return SimpleNamespace(metadata=Base.metadata, Team=Team, Member=Member, Skill=Skill)


class Play:
    """The objects made so far, and what a step can do with them.

    A step whose numbers pick nothing usable does nothing. Deleted and detached objects are left alone.
    """

    def __init__(self, lib: Any, session: Any, log: Log) -> None:
        self._lib = lib
        self._session = session
        self._log = log
        self._crew = crew(lib)
        self._nested: list[Any] = []
        self.objects: list[Any] = []

    def make_team(self, first: int, _second: int) -> None:
        """Make a team and add it."""
        self._make("Team", first, add=True)

    def make_member(self, first: int, _second: int) -> None:
        """Make a member and add it."""
        self._make("Member", first, add=True)

    def make_skill(self, first: int, _second: int) -> None:
        """Make a skill and add it."""
        self._make("Skill", first, add=True)

    def make_loose_member(self, first: int, _second: int) -> None:
        """Make a member that only a cascade will bring in."""
        self._make("Member", first, add=False)

    def rename(self, first: int, second: int) -> None:
        """Set the name of any object; skills may collide.

        The name is read before: SQLAlchemy loads an expired object before it updates it, Holdfast need not.
        """
        if (chosen := self._pick(None, first)) and chosen.name != f"name {second}":
            chosen.name = f"name {second}"

    def join_team(self, first: int, second: int) -> None:
        """Set a member's team."""
        if (member := self._pick("Member", first)) and (team := self._pick("Team", second)):
            member.team = team

    def leave_team(self, first: int, _second: int) -> None:
        """Set a member's team to None."""
        if member := self._pick("Member", first):
            member.team = None

    def enrol(self, first: int, second: int) -> None:
        """Append a member to a team's members."""
        team, member = self._pick("Team", first), self._pick("Member", second)
        if team and member and member not in team.members:
            team.members.append(member)

    def dismiss(self, first: int, second: int) -> None:
        """Remove one of a team's members."""
        if (team := self._pick("Team", first)) and self._has_row(team) and team.members:
            members = sorted(team.members, key=self.objects.index)
            team.members.remove(members[second % len(members)])

    def learn(self, first: int, second: int) -> None:
        """Append a skill to a member's."""
        member, skill = self._pick("Member", first), self._pick("Skill", second)
        if member and skill and skill not in member.skills:
            member.skills.append(skill)

    def forget(self, first: int, _second: int) -> None:
        """Empty a member's skills."""
        if member := self._pick("Member", first):
            member.skills = []

    def delete(self, first: int, _second: int) -> None:
        """Delete a persistent object."""
        if (chosen := self._pick(None, first)) and self._log.state_of(chosen) == "persistent":
            self._session.delete(chosen)

    def flush(self, _first: int, _second: int) -> None:
        """Flush."""
        self._session.flush()

    def commit(self, _first: int, _second: int) -> None:
        """Commit; inside a savepoint that ends the savepoint."""
        if self._nested:
            self._nested.pop().commit()
        else:
            self._session.commit()

    def rollback(self, _first: int, _second: int) -> None:
        """Roll back to the innermost savepoint, or all."""
        if self._nested:
            self._nested.pop().rollback()
        else:
            self._session.rollback()

    def begin_nested(self, _first: int, _second: int) -> None:
        """Begin a savepoint."""
        self._nested.append(self._session.begin_nested())

    def expire(self, first: int, _second: int) -> None:
        """Expire a persistent object."""
        if (chosen := self._pick(None, first)) and self._log.state_of(chosen) == "persistent":
            self._session.expire(chosen)

    def refresh(self, first: int, _second: int) -> None:
        """Refresh a persistent object."""
        if (chosen := self._pick(None, first)) and self._log.state_of(chosen) == "persistent":
            self._session.refresh(chosen)

    def query(self, first: int, _second: int) -> None:
        """Read the names of all rows of a class."""
        kind = getattr(self._crew, ("Team", "Member", "Skill")[first % 3])
        found = self._session.scalars(self._lib.select(kind).order_by(kind.id)).all()
        self._log("found", [(each.id, each.name) for each in found])

    def count(self, _first: int, _second: int) -> None:
        """Count the members of each team in SQL."""
        team, member = self._crew.Team, self._crew.Member
        counted = self._lib.select(team.id, self._lib.func.count(member.id)).outerjoin(team.members)
        self._log("counted", self._session.execute(counted.group_by(team.id).order_by(team.id)).all())

    def look(self, first: int, _second: int) -> None:
        """Read everything that one object refers to."""
        if (chosen := self._pick(None, first)) and self._has_row(chosen):
            for name in ("name", "team", "members", "skills"):
                if hasattr(type(chosen), name):
                    self._log(name, self._names(getattr(chosen, name)))

    def fail_and_recover(self, error: BaseException) -> None:
        """Write down an error and roll everything back, as a program would."""
        self._log.raised("failed", error)
        self._nested.clear()
        self._session.rollback()

    def tell(self) -> None:
        """Write down the states of all objects and what the session holds."""
        states = [f"{self._names(each)} {self._log.state_of(each)}" for each in self.objects]
        held = [self._names(list(getattr(self._session, name))) for name in ("new", "dirty", "deleted")]
        self._log(f"  {', '.join(states)}; new, dirty, deleted: {held}")

    def _make(self, kind: str, number: int, *, add: bool) -> None:
        made = getattr(self._crew, kind)(name=f"name {number}")
        self.objects.append(made)
        if add:
            self._session.add(made)

    def _pick(self, kind: str | None, number: int) -> Any:
        """Pick a usable object of a kind by number, or None."""
        usable = [
            each
            for each in self.objects
            if (kind is None or type(each).__name__ == kind)
            and self._log.state_of(each) in USABLE
            and each not in self._session.deleted
            and not self._has_lost_values(each)
        ]
        return usable[number % len(usable)] if usable else None

    def _has_lost_values(self, instance: Any) -> bool:
        """Tell whether an object was expired, and then its INSERT rolled back (see `intended.py`)."""
        found = self._lib.inspect(instance)
        return bool(found.transient and found.expired_attributes)

    def _has_row(self, instance: Any) -> bool:
        """Tell whether an object is persistent: SQLAlchemy forgets an empty collection that was read before."""
        return bool(self._log.state_of(instance) == "persistent")

    def _names(self, value: Any) -> Any:
        """Name objects by their place among all, which is the same on both libraries."""
        if isinstance(value, list):
            return sorted(self._names(each) for each in value)
        if type(value).__name__ in {"Team", "Member", "Skill"}:
            return f"{type(value).__name__}#{self.objects.index(value)}"
        return value


STEPS = tuple(
    name for name in vars(Play) if not name.startswith("_") and name not in {"fail_and_recover", "tell", "objects"}
)


def graph_program(steps: Sequence[Step]) -> Program:
    """Make a program of steps; it ends with a commit and a look at every object that is left."""

    def play_steps(lib: Any, engine: Any, log: Log) -> None:
        log.any_order("member_skills")
        with log.quiet():
            crew(lib).metadata.create_all(engine)
        with lib.orm.Session(engine) as session:
            play = Play(lib, session, log)
            for step in steps:
                log(f"{step.name} {step.first} {step.second}")
                _attempt(play, getattr(play, step.name), step.first, step.second)
                play.tell()
            log("the end")
            _attempt(play, session.commit)
            for number in range(len(play.objects)):
                _attempt(play, play.look, number, 0)
            play.tell()

    return play_steps


def _attempt(play: Play, action: Callable[..., None], *numbers: int) -> None:
    try:
        action(*numbers)
    except Exception as error:
        play.fail_and_recover(error)
