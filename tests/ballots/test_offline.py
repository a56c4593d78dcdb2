"""One script from modules and one style sheet without addresses."""

from __future__ import annotations

import pytest

from ballots.offline import script_of, source_of, style_of

MODULES = {
    "a/main.js": 'import { one, two as second } from "../b/other.js";\nimport {\n    three,\n} from "./third.js";\n\nshow(one(), second, three);\n',
    "b/other.js": 'import { three } from "../a/third.js";\n\nexport function one() {\n    return three;\n}\nexport const two = 2;\n',
    "a/third.js": "export const three = 3;\nconst hidden = 4;\nexport class Four extends Error {}\nexport async function five() {}\n",
}


def test_modules_come_once_and_before_whoever_needs_them() -> None:
    script = script_of("a/main.js", MODULES.__getitem__)
    places = [script.index(f'modules["{path}"] = ') for path in ("a/third.js", "b/other.js", "a/main.js")]
    assert places == sorted(places)
    assert script.count('modules["a/third.js"] = ') == 1
    assert 'const { one, two: second } = modules["b/other.js"];' in script
    assert "return { three, Four, five };" in script
    assert "import" not in script.replace("imported", "")
    assert "export" not in script


@pytest.mark.parametrize(
    "text",
    [
        'import * as all from "./third.js";\n',
        'import "./third.js";\n',
        "export default 3;\n",
        "const a = 1;\nexport { a };\n",
        "const here = import.meta.url;\n",
        'const later = await import("./third.js");\n',
        'const tag = "</script>";\n',
        'const mark = "<!--";\n',
    ],
)
def test_a_module_in_another_form_is_an_error_and_not_a_broken_file(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be joined"):
        script_of("a/x.js", (MODULES | {"a/x.js": text}).__getitem__)


def test_modules_in_a_circle_are_an_error() -> None:
    circle = {
        "a.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
        "b.js": 'import { a } from "./a.js";\nexport const b = 1;\n',
    }
    with pytest.raises(ValueError, match="circle"):
        script_of("a.js", circle.__getitem__)


def test_style_sheets_take_their_pictures_in_and_leave_fonts_out() -> None:
    sheets = {
        "x/one.css": '@charset "utf-8";\n@font-face {\n  src: url("f.woff2");\n}\n.a { background: url("../img/i.svg"); }\n',
        "two.css": ".b { color: red; }\n",
        "img/i.svg": '<svg xmlns="s"/>',
    }
    style = style_of(["x/one.css", "two.css"], sheets.__getitem__)
    assert style.split() == [
        ".a",
        "{",
        "background:",
        'url("data:image/svg+xml,%3Csvg%20xmlns%3D%22s%22/%3E");',
        "}",
        ".b",
        "{",
        "color:",
        "red;",
        "}",
    ]


def test_an_inline_source_is_named_by_its_hash() -> None:
    assert source_of("abc") == "'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='"
