"""What a file really is: real files made here, and what is hidden in some of them."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import openpyxl
import pytest
import typst
from PIL import Image

from contracts.evidence import inside_pdf, pictures, zipped
from contracts.evidence import kinds as evidence_types
from contracts.evidence.kinds import clean_name, recognise
from office.charts import FONTS
from office.errors import Refused

HWPX_PARTS = {
    "mimetype": b"application/hwp+zip",
    "version.xml": b"<version/>",
    "Contents/content.hpf": b"<package/>",
    "Contents/section0.xml": "<p>버스 평균 대기시간 조사 결과</p>".encode(),
    "META-INF/manifest.xml": b"<manifest/>",
}


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["정류소", "기다린 시간(분)"])
    book.active.append(["도청 앞", 9.6])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zip_of(parts: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def hwpx(**more: bytes) -> bytes:
    return zip_of({**HWPX_PARTS, **more})


def picture(form: str, *, size: tuple[int, int] = (40, 30), turned: int | None = None) -> bytes:
    """A picture with a place (GPS), a name and a comment in it."""
    drawn = Image.linear_gradient("L").resize(size).convert("RGB")
    exif = Image.Exif()
    exif[0x013B] = "Hong Gildong"
    exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 39.0, 32.0), 3: "E", 4: (126.0, 40.0, 22.0)})
    if turned:
        exif[0x0112] = turned
    out = io.BytesIO()
    drawn.save(out, form, exif=exif, **({"comment": b"taken at home"} if form == "JPEG" else {}))
    return out.getvalue()


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    template = tmp_path_factory.mktemp("typst") / "paper.typ"
    template.write_text(
        '#set document(title: "증빙자료")\n#set text(lang: "ko", font: "Pretendard GOV")\n= 버스 평균 대기시간\n9.6분',
        encoding="utf-8",
    )
    made = typst.compile(str(template), font_paths=typst.Fonts(font_paths=[FONTS]), pdf_standards=["ua-1"])
    assert isinstance(made, bytes)
    return made


def pdf(*objects: bytes, trailer: bytes = b"<</Root 1 0 R>>") -> bytes:
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, one) for n, one in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + body + b"trailer " + trailer + b"\nstartxref\n0\n%%EOF\n"


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[]/Count 0>>"


def packed(content: bytes, extra: bytes = b"/Type/ObjStm/N 1/First 4") -> bytes:
    data = zlib.compress(content)
    return b"<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (extra, len(data), data)


def test_an_ordinary_paper_is_kept_as_it_is(paper: bytes) -> None:
    assert recognise(paper) == evidence_types.Kept("application/pdf", paper)


def test_a_page_to_begin_with_and_a_link_are_no_danger() -> None:
    opening = b"<</Type/Catalog/Pages 2 0 R/OpenAction[3 0 R/XYZ null null 0]>>"
    link = b"<</Type/Annot/Subtype/Link/A<</S/URI/URI(https://example.org)>>>>"
    assert recognise(pdf(opening, PAGES, link)).media_type == "application/pdf"


@pytest.mark.parametrize(
    "active",
    [
        pytest.param(pdf(CATALOG, PAGES, b"<</S/JavaScript/JS(app.alert(1))>>"), id="javascript"),
        pytest.param(pdf(CATALOG, PAGES, b"<</S/J#61va#53cript/JS(app.alert(1))>>"), id="escaped name"),
        pytest.param(pdf(CATALOG, PAGES, b"<</S/Launch/F(cmd.exe)>>"), id="launch"),
        pytest.param(
            pdf(CATALOG, PAGES, b"<</Type/EmbeddedFile/Length 1>>\nstream\nx\nendstream"), id="embedded"
        ),
        pytest.param(pdf(CATALOG, PAGES, b"<</S/SubmitForm/F(http://example.org)>>"), id="submit"),
        pytest.param(pdf(CATALOG, PAGES, packed(b"3 0 <</S/JavaScript/JS(1)>>")), id="object stream"),
        pytest.param(
            pdf(CATALOG, PAGES, packed(b"3 0 <</S/J#61vaScript/JS(1)>>")), id="escaped in object stream"
        ),
        pytest.param(
            pdf(CATALOG, PAGES, packed(b"x" * (inside_pdf._PIECE - 3) + b"/JavaScript ")), id="across pieces"
        ),
        pytest.param(
            pdf(CATALOG, PAGES, packed(b"3 0 <<>>", b"/Type/ObjStm/DecodeParms<</Predictor 12>>")),
            id="predicted object stream",
        ),
        pytest.param(
            pdf(CATALOG, PAGES, b"<</Type/ObjStm/Filter[/ASCIIHexDecode]>>\nstream\n41>\nendstream"),
            id="object stream in hexadecimal",
        ),
    ],
)
def test_a_pdf_that_does_something_is_refused(active: bytes) -> None:
    with pytest.raises(Refused, match="실행되는 내용"):
        recognise(active)


def test_an_encrypted_or_cut_off_pdf_is_refused(paper: bytes) -> None:
    with pytest.raises(Refused, match="암호"):
        recognise(pdf(CATALOG, PAGES, trailer=b"<</Root 1 0 R/Encrypt 3 0 R>>"))
    with pytest.raises(Refused, match="깨져"):
        recognise(paper[: len(paper) // 2])


def test_a_pdf_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside_pdf, "MAXIMUM_INFLATED", 10 * 1024 * 1024)
    with pytest.raises(Refused, match="지나치게 커지는"):
        recognise(pdf(CATALOG, PAGES, packed(b"\0" * (11 * 1024 * 1024), b"/Type/XObject")))


def test_spreadsheets_and_hangul_documents_are_told_by_their_parts() -> None:
    assert recognise(xlsx()).media_type == zipped.XLSX
    assert recognise(hwpx()).media_type == zipped.HWPX
    script = "var Documents = XHwpDocuments;\r\nfunction OnDocument_New()\r\n{\r\n\t//todo : \r\n}\r\n"
    assert recognise(hwpx(**{"Scripts/sourceScripts": script.encode("utf-16-le")})).media_type == zipped.HWPX


def test_any_other_zip_is_refused() -> None:
    with pytest.raises(Refused, match="아닌 압축 파일"):
        recognise(zip_of({"a.txt": b"hello"}))
    with pytest.raises(Refused, match="아닌 압축 파일"):
        recognise(
            zip_of({"mimetype": b"application/epub+zip", "version.xml": b"", "Contents/content.hpf": b""})
        )


def _with(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "carrying",
    [
        pytest.param(lambda: _with(xlsx(), "xl/vbaProject.bin", b"macro"), id="macro"),
        pytest.param(lambda: _with(xlsx(), "xl/macrosheets/sheet1.xml", b"<x/>"), id="macro sheet"),
        pytest.param(lambda: _with(xlsx(), "xl/embeddings/oleObject1.bin", b"x"), id="embedded"),
        pytest.param(lambda: hwpx(**{"BinData/tool.exe": b"MZ"}), id="program"),
        pytest.param(lambda: hwpx(**{"Scripts/sourceScripts": b"var a = 1; run(a);"}), id="script"),
    ],
)
def test_documents_that_carry_macros_or_files_are_refused(carrying: Callable[[], bytes]) -> None:
    with pytest.raises(Refused, match="매크로나 다른 파일"):
        recognise(carrying())


def test_macros_by_content_type_are_refused() -> None:
    parts = {
        "[Content_Types].xml": b'<Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>',
        "xl/workbook.xml": b"<workbook/>",
    }
    with pytest.raises(Refused, match="매크로나 다른 파일"):
        recognise(zip_of(parts))


def test_zip_bombs_are_refused_before_they_are_unpacked() -> None:
    with pytest.raises(Refused, match="지나치게 커지는"):
        recognise(hwpx(bomb=b"\0" * (zipped.MAXIMUM_RATIO * 20_000)))
    many = {f"part{n}": b"" for n in range(zipped.MAXIMUM_MEMBERS)}
    with pytest.raises(Refused, match="지나치게 커지는"):
        recognise(hwpx(**many))


def test_a_zip_that_lies_about_its_sizes_is_refused() -> None:
    data = hwpx(**{"Contents/section1.xml": b"\0" * 3_000_000})
    place = data.rindex(struct.pack("<I", 3_000_000))
    with pytest.raises(Refused, match="깨져"):
        recognise(data[:place] + struct.pack("<I", 100) + data[place + 4 :])


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\x", "a/../../b"])
def test_names_inside_a_zip_that_stray_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="이름이 잘못"):
        recognise(hwpx(**{name: b"x"}))


def test_an_encrypted_zip_and_an_old_format_are_refused() -> None:
    locked = bytearray(hwpx())
    directory = locked.index(b"PK\x01\x02")
    locked[directory + 8] |= 1
    with pytest.raises(Refused, match="암호"):
        recognise(bytes(locked))
    with pytest.raises(Refused, match="예전 형식"):
        recognise(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_pictures_keep_their_dots_and_lose_where_they_were_taken(form: str) -> None:
    taken = picture(form)
    assert b"Hong Gildong" in taken
    kept = recognise(taken + b"<script>behind the end</script>")
    assert kept.media_type == f"image/{form.lower()}"
    for hidden in (b"Hong Gildong", b"taken at home", b"<script>", b"Exif"):
        assert hidden not in kept.data
    with Image.open(io.BytesIO(taken)) as before, Image.open(io.BytesIO(kept.data)) as after:
        assert not after.getexif()
        assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()


def test_a_photograph_taken_sideways_stays_turned() -> None:
    kept = recognise(picture("JPEG", turned=6)).data
    with Image.open(io.BytesIO(kept)) as after:
        assert dict(after.getexif()) == {0x0112: 6}


def test_progressive_photographs_are_kept_whole() -> None:
    out = io.BytesIO()
    Image.effect_noise((300, 200), 80).save(out, "JPEG", progressive=True, quality=90)
    with Image.open(io.BytesIO(recognise(out.getvalue()).data)) as after, Image.open(out) as before:
        assert before.tobytes() == after.tobytes()


def test_pictures_of_too_many_dots_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAXIMUM_PIXELS", 1000)
    with pytest.raises(Refused, match="너무 큽니다"):
        recognise(picture("PNG"))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_broken_pictures_are_refused(form: str) -> None:
    whole = picture(form)
    for length in (len(whole) // 2, 20):
        with pytest.raises(Refused, match="깨져"):
            recognise(whole[:length])


@pytest.mark.parametrize("data", [b"", b"MZ\x90\0", b"<html><script>", b"<svg onload=alert(1)>", b"GIF89a"])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="파일만 올릴 수 있습니다"):
        recognise(data)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("버스 대기시간.pdf", "버스 대기시간.pdf"),
        ("..\\..\\버스.PDF", "버스.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("a\x00b\u202egnp.pdf", "abgnp.pdf"),
        ('<img src=x onerror="1">.pdf', "img src=x onerror=_1.pdf"),
        ("", "증빙자료.pdf"),
        ("....", "증빙자료.pdf"),
        (".pdf", "증빙자료.pdf"),
        ("결과.pdf.exe", "결과.pdf.exe.pdf"),
        ("가" * 300, "가" * 95 + ".pdf"),
        ("버스", "버스.pdf"),
    ],
)
def test_names_are_cleaned_and_end_as_what_they_are(name: str, clean: str) -> None:
    assert clean_name(name, "application/pdf") == clean
