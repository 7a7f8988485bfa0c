"""From a card's plain data to objects: pydantic checks names and types, the classes check values.

The dataclasses themselves are the schema: a field added to a source, a background or the experiment is a
field of the card.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import lru_cache
from types import GenericAlias, NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy.typing as npt
import pydantic
from pydantic import ConfigDict, Discriminator, TypeAdapter, WrapValidator, create_model

from evanesce.backgrounds import BACKGROUNDS, Background, Constant
from evanesce.channels import CHANNELS, Channel
from evanesce.errors import CardError, EvanesceError
from evanesce.experiments.messages import FieldError, check_names, located, one_line, short
from evanesce.materials import Material, compound, material
from evanesce.processes import PROCESSES, Process
from evanesce.registry import Registry
from evanesce.setups import Target
from evanesce.sources import SOURCES, Source

__all__ = ["REGISTRIES", "Compound", "build"]

T = TypeVar("T")
REGISTRIES: Final[dict[Any, Registry[Any]]] = {
    Source: SOURCES,
    Background: BACKGROUNDS,
    Process: PROCESSES,
    Channel: CHANNELS,
}
_STRICT: Final = ConfigDict(strict=True, extra="forbid")
_PLAIN: Final = ConfigDict(strict=True)


def build(cls: type[T], data: Any, where: str, *, flat: type[Any] | None = None) -> T:
    """Build ``cls`` from plain ``data``; ``where`` begins the message of an error.

    With ``flat`` the data hold the fields of that class next to those of ``cls``, which takes them as arguments.

    Raises
    ------
    CardError
        One line: the dotted field, what came, what is allowed.

    """
    key: Any = cls
    other: Any = flat
    kinds = tuple(name for registry in REGISTRIES.values() for name in registry.names())
    try:
        value: T = _adapter(key, other, kinds).validate_python(_frozen(data))
    except pydantic.ValidationError as error:
        raise CardError(f"{where}: {one_line(error, data)}") from None
    return value


@lru_cache(maxsize=8)
def _adapter(cls: Any, flat: Any, kinds: tuple[str, ...]) -> TypeAdapter[Any]:  # noqa: ARG001 - kinds are the key
    return TypeAdapter(_annotation(cls) if flat is None else _entry(cls, beside=flat))


def _frozen(data: Any) -> Any:
    """Lists as tuples, the type that the classes hold."""
    if isinstance(data, Mapping):
        return {key: _frozen(value) for key, value in data.items()}
    return tuple(_frozen(item) for item in data) if isinstance(data, (list, tuple)) else data


def _annotation(annotation: Any) -> Any:
    """Translate the annotation of a dataclass field into one that pydantic validates."""
    if annotation in REGISTRIES:
        registry = REGISTRIES[annotation]
        entries = tuple(_entry(registry.get(name), kind=name) for name in registry.names())
        tagged: Any = Annotated[Union[entries], Discriminator("kind")]  # noqa: UP007 - built at run time
        return Annotated[tagged, WrapValidator(_known_kind(registry))]
    if annotation is Material:
        return Annotated[_entry(Compound, make=compound), WrapValidator(_material)]
    if is_dataclass(annotation):
        return _entry(annotation)
    if annotation == npt.ArrayLike:
        return GenericAlias(tuple, (float, ...))
    if get_origin(annotation) in (tuple, Sequence):
        return GenericAlias(tuple, (_annotation(get_args(annotation)[0]), ...))
    if Constant in get_args(annotation):
        return Annotated[_entry(Constant), WrapValidator(_number_or_component)]
    if Target in get_args(annotation):
        slab, layers = (TypeAdapter(_annotation(option)) for option in get_args(annotation))
        return Annotated[Any, WrapValidator(_one_or_list(slab, layers))]
    if get_origin(annotation) in (Union, UnionType):
        lists = [option for option in get_args(annotation) if get_origin(option) in (tuple, Sequence)]
        rest = tuple(option for option in get_args(annotation) if option not in lists)
        if len(lists) == 1 and rest != (NoneType,):
            one, several = (TypeAdapter(_annotation(o), config=_PLAIN) for o in (Union[rest], lists[0]))  # noqa: UP007
            return Annotated[Any, WrapValidator(_one_or_list(one, several))]
        return Union[tuple(_annotation(option) for option in get_args(annotation))]  # noqa: UP007 - built at run time
    return annotation


def _entry(
    cls: Any, *, make: Callable[..., Any] | None = None, kind: str | None = None, beside: Any | None = None
) -> Any:
    """Return the schema of one mapping: the init fields of ``cls``, from which ``make`` builds an object.

    The fields of ``beside`` are allowed too, in place of the channels.
    """
    own = [entry for entry in fields(cls) if entry.init and not (beside and entry.name == "channels")]
    own += [entry for entry in fields(beside) if entry.init] if beside else []
    hints = get_type_hints(cls) | (get_type_hints(beside) if beside else {})
    schema: dict[str, Any] = {entry.name: (_annotation(hints[entry.name]), _default(entry)) for entry in own}
    if kind is not None:
        schema = {"kind": (Literal[kind], ...), **schema}
    model: Any = create_model(cls.__name__, __config__=_STRICT, **schema)
    required = [name for name, (_, default) in schema.items() if default is ...]

    def validate(value: Any, handler: Callable[[Any], Any]) -> Any:
        check_names(value, tuple(schema), required)
        checked = handler(value)
        arguments = {name: getattr(checked, name) for name in checked.model_fields_set if name != "kind"}
        try:
            return (make or cls)(**arguments)
        except EvanesceError as error:
            raise located(error, value) from None

    return Annotated[model, WrapValidator(validate)]


def _number_or_component(value: Any, handler: Callable[[Any], Any]) -> Any:
    """Take a number of events, or the fields of a constant component."""
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    if isinstance(value, Mapping):
        return handler({name: item for name, item in value.items() if name != "kind" or item != "constant"})
    raise FieldError("", f" = {short(value)}: must be a number, or a mapping with expected")


def _one_or_list(one: TypeAdapter[Any], several: TypeAdapter[Any]) -> Callable[[Any, Callable[[Any], Any]], Any]:
    """Take one thing, or a list: a slab or layers, a number or several."""

    def validate(value: Any, handler: Callable[[Any], Any]) -> Any:  # noqa: ARG001 - pydantic passes it
        return (several if isinstance(value, tuple) else one).validate_python(value)

    return validate


def _known_kind(registry: Registry[Any]) -> Callable[[Any, Callable[[Any], Any]], Any]:
    """Check the kind of an entry before pydantic uses it."""

    def validate(value: Any, handler: Callable[[Any], Any]) -> Any:
        if isinstance(value, Mapping):
            if "kind" not in value:
                raise FieldError("kind", f": is missing; known are {', '.join(registry.names())}")
            try:
                registry.get(value["kind"])
            except EvanesceError as error:
                raise FieldError("kind", f": {error}") from None
        return handler(value)

    return validate


def _default(entry: Field[Any]) -> Any:
    """Whether a field may be left out; the default itself stays with the class."""
    return ... if entry.default is MISSING and entry.default_factory is MISSING else None


@dataclass(frozen=True, kw_only=True)
class Compound:
    """A material defined on the card: its formula and its density."""

    formula: str | Any
    """Chemical formula, as Lu1.8Y0.2SiO5, or mass fractions of formulas, as {Pb: 0.9, C8H8: 0.1}."""
    density: float
    """Mass density in g/cm³."""
    radiation_length: float | None = None
    """X0 in cm; computed from Tsai's formula if not given."""
    interaction_length: float | None = None
    """Nuclear interaction length in cm; never guessed."""
    name: str | None = None
    """Name; the formula if not given."""
    reference: str | None = None
    """Where density and lengths come from."""


def _material(value: Any, handler: Callable[[Any], Any]) -> Any:
    """Take the name of a material, or the arguments of a compound."""
    if isinstance(value, Mapping):
        return handler(value)
    if not isinstance(value, str):
        raise FieldError("", f" = {value!r}: must be a material's name, or a mapping with formula and density")
    try:
        return material(value)
    except EvanesceError as error:
        raise FieldError("", f": {error}") from None
