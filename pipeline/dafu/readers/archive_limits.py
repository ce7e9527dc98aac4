"""Zip containers (DOCX, OFD) and their XML, read within fixed bounds whatever a file claims about itself."""

from __future__ import annotations

import io
import posixpath
import stat
import zipfile
import zlib
from functools import lru_cache
from typing import Any, Final

from lxml import etree

from dafu.errors import InputError

#: An XML element. lxml ships no types of its own.
Element = Any

#: A letter's container has some twenty members, one with a picture on every page some hundreds.
MAX_MEMBERS: Final = 10_000
#: One part, inflated. The text of a letter of 100,000 characters takes about 5 MB of WordprocessingML.
MAX_PART_BYTES: Final = 20 * 2**20
#: All parts that are read from one container, inflated. Pictures and fonts are never inflated.
MAX_TOTAL_BYTES: Final = 40 * 2**20
#: Inflated to deflated size of a part beyond the first MB; XML of real documents stays under 100.
MAX_RATIO: Final = 250
_FREE_BYTES: Final = 2**20
_CHUNK: Final = 64 * 1024

_REPACK = "请用 WPS 或 Word 打开后另存一份再试。"


class Archive:
    """A zip container in memory. Members are inflated one at a time, on request, and never written anywhere.

    Raises:
        InputError: the bytes are no zip file, or it has too many members, a member with a path that leads
            outside, or a symbolic link.
    """

    def __init__(self, data: bytes, source: str) -> None:
        self.source = source
        self._left = MAX_TOTAL_BYTES
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
            raise InputError(
                source, "文件已损坏或不完整(压缩结构无法读取)。", "请重新下载或重新导出该文件。"
            ) from error
        if len(members) > MAX_MEMBERS:
            raise InputError(
                source,
                f"压缩包内有 {len(members)} 个文件,超过上限 {MAX_MEMBERS}。",
                "请确认这是一份普通公文。",
            )
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            name = member.filename.replace("\\", "/")
            if name.startswith("/") or ":" in name or ".." in name.split("/"):
                raise InputError(source, "压缩包内有指向外部的路径,不予读取。", _REPACK)
            if stat.S_ISLNK(member.external_attr >> 16):
                raise InputError(source, "压缩包内有符号链接,不予读取。", _REPACK)
            self._members.setdefault(name, member)
        self._folded = {name.casefold(): name for name in self._members}

    def __contains__(self, name: str) -> bool:
        return self._real(name) is not None

    @property
    def names(self) -> tuple[str, ...]:
        """Member names in the container's order."""
        return tuple(self._members)

    def _real(self, name: str) -> str | None:
        plain = posixpath.normpath(name.replace("\\", "/")).lstrip("/")
        return plain if plain in self._members else self._folded.get(plain.casefold())

    def read(self, name: str) -> bytes | None:
        """The bytes of a member, ``None`` where there is none of that name.

        Raises:
            InputError: the member is damaged, encrypted, or inflates beyond the limits.
        """
        real = self._real(name)
        if real is None:
            return None
        member = self._members[real]
        if member.flag_bits & 0x1:
            raise InputError(self.source, "压缩包设有密码。", "请解除密码后再试。")
        limit = min(MAX_PART_BYTES, self._left)
        ratio_limit = _FREE_BYTES + MAX_RATIO * max(member.compress_size, 1)
        chunks: list[bytes] = []
        size = 0
        try:
            with self._zip.open(member) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > limit or size > ratio_limit:
                        raise InputError(
                            self.source,
                            f"内容解压后过大(“{real}”超过上限),疑似压缩炸弹。",
                            f"单个部分最多 {MAX_PART_BYTES // 2**20} MB,请确认这是一份普通公文。",
                        )
                    chunks.append(chunk)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
            MemoryError,
        ) as error:
            raise InputError(
                self.source, f"文件已损坏(“{real}”无法解压)。", "请重新下载或重新导出该文件。"
            ) from error
        self._left -= size
        return b"".join(chunks)

    def xml(self, name: str) -> Element | None:
        """The root element of an XML member, ``None`` where there is none of that name."""
        data = self.read(name)
        return None if data is None else parse_xml(data, self.source, name)


def parse_xml(data: bytes, source: str, name: str) -> Element:
    """The root element. Document types are refused, so no entity is ever expanded and nothing is fetched.

    Raises:
        InputError: no well-formed XML, a document type, or nesting beyond libxml2's limits.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise InputError(
            source, f"文件已损坏(“{name}”不是完整的 XML)。", "请重新下载或重新导出该文件。"
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError(source, f"“{name}”含有文档类型声明(DTD),不予读取。", _REPACK)
    return root


def local(element: Element) -> str:
    """The name of an element without its namespace.

    >>> local(parse_xml(b'<w:p xmlns:w="urn:x"/>', "", ""))
    'p'
    """
    return _split(element.tag)[1]


@lru_cache(maxsize=4096)
def _split(tag: object) -> tuple[str, str]:
    """Namespace, in braces, and local name of a tag."""
    if not isinstance(tag, str):
        return "", ""
    namespace, brace, name = tag.rpartition("}")
    return namespace + brace, name


def attribute(element: Element, name: str) -> str | None:
    """The value of the attribute of this local name, in whatever namespace; ``None`` without one."""
    value = element.get(_split(element.tag)[0] + name)  # the usual place: the element's own namespace
    if value is None:
        value = element.get(name)
    if value is None:
        value = next((v for k, v in element.attrib.items() if k.rsplit("}", 1)[-1] == name), None)
    return value if value is None else str(value)
