"""What the models of the configuration share: their base, common kinds of value, and defaults as written."""

from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict, JsonValue

from netmon.clock import DAY, MINUTE, Millis
from netmon.config import kinds, places
from netmon.expression import WORDS
from netmon.settings import Secret


class Entry(BaseModel):
    """A mapping of the configuration: only the keys it names, never changed after reading, input never shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True)


def setting(default: object, description: str, *, written: JsonValue = None) -> Any:
    """A key with its default; ``written`` is the default as configuration writes it, where that differs."""
    extra: JsonDict | None = None if written is None else {"default": written}
    return Field(default, description=description, json_schema_extra=extra)


ID_PATTERN = "[a-z0-9][a-z0-9_.-]{0,99}"
_ID_WORDS = "an id (lower-case letters, digits, '.', '_' and '-', starting with a letter or digit)"

Id: TypeAlias = Annotated[str, kinds.matching(_ID_WORDS, ID_PATTERN, WORDS)]
Text: TypeAlias = Annotated[str, kinds.text()]
Flag: TypeAlias = Annotated[bool, kinds.flag()]
Interval: TypeAlias = Annotated[Millis, kinds.duration(100, DAY)]
Timeout: TypeAlias = Annotated[Millis, kinds.duration(10, 10 * MINUTE)]
Count: TypeAlias = Annotated[int, kinds.whole(1, 100)]
Port: TypeAlias = Annotated[int, kinds.whole(1, 65535)]
HostPort: TypeAlias = Annotated[tuple[str, int], places.host_port()]
Moment: TypeAlias = Annotated[Millis, places.moment()]
PathText: TypeAlias = Annotated[Path, places.path()]
CaFile: TypeAlias = Annotated[str, places.certificates()]
SecretText: TypeAlias = Annotated[Secret, places.secret()]
Password: TypeAlias = Annotated[Secret, places.secret(minimum=8)]

CommuneName: TypeAlias = Annotated[str, kinds.reference("commune")]
SiteId: TypeAlias = Annotated[str, kinds.reference("site")]
CheckName: TypeAlias = Annotated[str, kinds.reference("check")]
ServiceName: TypeAlias = Annotated[str, kinds.reference("service")]
NodeId: TypeAlias = Annotated[str, kinds.reference("node")]
CredentialName: TypeAlias = Annotated[str, kinds.reference("credential", show=False)]
ObjectId: TypeAlias = Annotated[str, kinds.reference("object")]
EVERY: tuple[str, ...] = ("*",)
Communes: TypeAlias = Annotated[
    tuple[CommuneName, ...], Field(min_length=1), kinds.Or("*", EVERY, "a list", {"const": "*"})
]
