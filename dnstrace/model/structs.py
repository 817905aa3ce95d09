"""What every value is made of: a class whose instances are frozen, slotted, compared, hashed and pickled.

    class Address(Struct):
        text: str
        source: Source = Source.HINT

It is to its users what `@dataclass(frozen=True, slots=True)` makes of a class, for type checkers and for the
functions of `dataclasses` too. That decorator compiles six methods of every class when it is defined, and its
module imports `inspect`: together a fifth of the time in which a trace starts. Here all classes share their
methods but `__init__`, which is compiled when the first instance is made, and what copies it for `replace`.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, dataclass_transform


class _Field:
    """What there is to say of a field; `...` is said of what is not given."""

    __slots__ = ("compare", "default", "default_factory")

    def __init__(self, *, default: Any = ..., default_factory: Any = ..., compare: bool = True) -> None:
        self.default, self.default_factory, self.compare = default, default_factory, compare

    def of_dataclasses(self) -> Any:
        """The same as `dataclasses` says it."""
        from dataclasses import field

        if self.default_factory is not ...:
            return field(default_factory=self.default_factory, compare=self.compare)
        if self.default is not ...:
            return field(default=self.default, compare=self.compare)
        return field(compare=self.compare)


if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import Field, field, replace
    from inspect import Signature
    from typing import ClassVar
else:
    field = _Field

    def replace(value, /, **changes):
        """A copy of a struct with other fields, as `dataclasses.replace` makes it."""
        kind = value.__class__
        return (_COPIERS.get(kind) or _copier(kind))(value, **changes)


__all__ = ["Struct", "field", "replace"]


class _Fields:
    """`__dataclass_fields__`, by which `dataclasses` knows a class: made when it is asked for."""

    def __get__(self, _: object, owner: type[Struct]) -> dict[str, Field[Any]]:
        import dataclasses

        fields = [
            (name, owner.__annotations__[name], each.of_dataclasses()) for name, each in owner._fields.items()
        ]
        found: dict[str, Field[Any]] = vars(dataclasses.make_dataclass("_", fields))["__dataclass_fields__"]
        type.__setattr__(owner, "__dataclass_fields__", found)
        return found


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class _StructType(type):
    """The class of those classes. With `frozen=False`, instances can be changed, and have no hash."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, object], frozen: bool = True
    ) -> _StructType:
        annotated = namespace.get("__annotations__")
        given = {each: namespace.pop(each, ...) for each in annotated} if isinstance(annotated, dict) else {}
        fields = {
            each: what if isinstance(what, _Field) else _Field(default=what) for each, what in given.items()
        }
        namespace["_fields"] = fields
        namespace["__slots__"] = namespace["__match_args__"] = tuple(fields)
        namespace["_compared"] = _getter(*(each for each, what in fields.items() if what.compare))
        if not frozen:
            namespace |= {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
            namespace["__hash__"] = None
        return super().__new__(cls, name, bases, namespace)

    @property
    def __signature__(cls) -> Signature:
        import inspect

        of_init = inspect.signature(_compiled(cls))  # type: ignore[arg-type]
        return of_init.replace(parameters=[*of_init.parameters.values()][1:])


def _getter(*names: str) -> Any:
    """A function from an instance to some of its fields, always as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return staticmethod(lambda each: tuple(getattr(each, name) for name in names))


class Struct(metaclass=_StructType):
    """The base of all values. A subclass has the fields that it annotates, and is not derived from further.

    After a field with a default come only such; `field` says what else there is to say of one.
    `__post_init__`, if there is one, is called with every new instance, but not when one is unpickled.
    """

    __slots__ = ()
    if TYPE_CHECKING:
        _fields: ClassVar[dict[str, _Field]]
        _compared: ClassVar[attrgetter[tuple[Any, ...]]]
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    else:
        __dataclass_fields__ = _Fields()

        def __init__(self, *args, **named):
            made = self.__class__.__init__ = _compiled(self.__class__)
            made(self, *args, **named)

    def __setattr__(self, name: str, _: object) -> NoReturn:
        _refuse(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        _refuse(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        if other is self:
            return True
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self._compared(self) == self._compared(other)

    def __hash__(self) -> int:
        return hash(self._compared(self))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"{self.__class__.__qualname__}({shown})"

    def __getstate__(self) -> list[Any]:
        return [getattr(self, name) for name in self._fields]

    def __setstate__(self, state: list[Any]) -> None:
        for name, value in zip(self._fields, state, strict=True):
            object.__setattr__(self, name, value)

    def __replace__(self, **changes: Any) -> Any:  # `copy.replace`, of Python 3.13
        return replace(self, **changes)


def _refuse(why: str) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(why)


_MANY = 5  # fields that are set in less time in an instance that is changeable for that long
_become = object.__dict__["__class__"].__set__


def _changeable(kind: type[Struct]) -> type[Any]:
    """A class with the same slots, of which an instance of the other can be for a while."""
    namespace: dict[str, object] = {"__slots__": tuple(kind._fields)}
    namespace |= {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    return type.__new__(_StructType, kind.__name__, (Struct,), namespace)


def _compiled(kind: type[Struct]) -> Callable[..., None]:
    """The `__init__` of a class. `__setattr__` refuses to set fields: it sets a few by their slots.

    While it sets many, the instance is of a class that lets it.
    """
    parameters, lines, names = [], [], dict[str, object]()
    many = len(kind._fields) >= _MANY
    if many:
        names |= {"_become": _become, "_Changeable": _changeable(kind), "_Kind": kind}
        lines.append(" _become(self, _Changeable)\n")
    for name, each in kind._fields.items():
        parameter = value = name
        if not many:
            names[f"set_{name}"] = kind.__dict__[name].__set__
        if each.default_factory is not ...:
            names[f"make_{name}"] = each.default_factory
            parameter, value = f"{name}=...", f"make_{name}() if {name} is ... else {name}"
        elif each.default is not ...:
            names[f"default_{name}"] = each.default
            parameter = f"{name}=default_{name}"
        parameters.append(parameter)
        lines.append(f" self.{name} = {value}\n" if many else f" set_{name}(self, {value})\n")
    if many:
        lines.append(" self.__class__ = _Kind\n")
    if hasattr(kind, "__post_init__"):
        lines.append(" self.__post_init__()\n")
    defined: dict[str, Callable[..., None]] = {}
    exec(f"def __init__(self, {', '.join(parameters)}):\n{''.join(lines)} return", names, defined)
    made = defined["__init__"]
    made.__qualname__, made.__module__ = f"{kind.__qualname__}.__init__", kind.__module__
    return made


_OFTEN = 64  # copies of instances of a class, after which it is worth compiling what makes them
_COPIERS: dict[type, Callable[..., Any]] = {}
_copies: dict[type, int] = {}


def _copied(value: Any, /, **changes: Any) -> Any:
    for name in value.__match_args__:
        if name not in changes:
            changes[name] = getattr(value, name)
    return value.__class__(**changes)


def _copier(kind: type[Any]) -> Callable[..., Any]:
    """What copies an instance with other fields: for many copies, what takes half the time of a loop."""
    _copies[kind] = _copies.get(kind, 0) + 1
    if _copies[kind] < _OFTEN:
        return _copied
    parameters = "".join(f", {name}=..." for name in kind.__match_args__)
    values = ", ".join(f"_it.{name} if {name} is ... else {name}" for name in kind.__match_args__)
    names = {"_Kind": kind}
    exec(f"def copied(_it, /{parameters}):\n return _Kind({values})", names)
    made: Callable[..., Any] = names["copied"]
    _COPIERS[kind] = made
    return made
