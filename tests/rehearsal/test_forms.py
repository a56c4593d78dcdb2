"""A form read from a page sends what a browser would send."""

from rehearsal.forms import fields_of_form

PAGE = """
<form action="/search"><input name="q" value="다른 서식"></form>
<form action="/here" method="post">
<input type="hidden" name="_csrf_token" value="secret"><input type="hidden" name="seen" value="a&amp;b">
<input name="target" value="12.5"><input type="checkbox" name="main" value="yes" checked><input type="checkbox" name="whole" value="yes">
<input type="radio" name="direction" value="up"><input type="radio" name="direction" value="down" checked>
<textarea name="definition">
무엇을 &lt;재는지&gt;</textarea>
<select name="unit"><option value="a">가</option><option value="b" selected>나</option></select>
<button type="submit" name="next" value="on">저장</button>
</form>
"""


def test_what_stands_in_a_form_is_what_is_sent() -> None:
    assert fields_of_form(PAGE, "/here") == {
        "seen": "a&b",
        "target": "12.5",
        "main": "yes",
        "direction": "down",
        "definition": "무엇을 <재는지>",
        "unit": "b",
    }
    assert fields_of_form(PAGE, "/elsewhere") == {}
