"""The page as people read it: valid, safe, small, in two languages, readable by everybody."""

import re
from html.parser import HTMLParser

import pytest

from chalicelib.outages.model.components import SEVERITY
from chalicelib.outages.model.snapshot import Snapshot
from chalicelib.outages.model.uptime import records
from chalicelib.outages.model.words import Language, Words
from chalicelib.outages.templates import page, phrases, shell
from chalicelib.outages.templates.shell import MOST_BYTES
from chalicelib.outages.templates.statuspage import Site
from chalicelib.outages.templates.style import CSS, SCRIPT
from chalicelib.outages.templates.writer import Writer, place
from tests.unit.outages.world import NOW, component, incident, minutes, shown, update

VOID = {"meta", "path", "circle", "rect", "use", "br", "link"}


class Reader(HTMLParser):
    """Reads strictly: what is opened is closed, in order."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.scripts: list[str] = []
        self.feed(document)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" in self.stack:
            self.scripts.append(data)
        elif "style" not in self.stack:
            self.text += data


def written(told: Snapshot, language: Language = "zh-CN", name: str = "灯塔") -> str:
    site = Site(name, "https://status.example.cn", language)
    writer = Writer(told, site, place("index.html", language))
    return shell.stamped(page.now(writer, records(told, []), 14), writer, told.now)


def read(told: Snapshot, language: Language = "zh-CN", name: str = "灯塔") -> Reader:
    return Reader(written(told, language, name))


def outage(body: Words, **more: object) -> Snapshot:
    told = update("u1", "identified", {"a": "partial_outage"}, body=body)
    return shown([component("a"), component("b")], [incident("i1", told, **more)])


def test_both_languages_say_it_in_their_own_words() -> None:
    told = outage(Words("线路拥塞", "A line is congested"))
    chinese, english = read(told), read(told, "en")
    for text in ("个别服务出现故障", "线路拥塞", "部分中断", "已找到原因", "北京时间（UTC+8）"):
        assert text in chinese.text
    for text in ("Minor Service Outage", "A line is congested", "Partial outage", "Identified"):
        assert text in english.text
    assert chinese.tags[0] == ("html", {"lang": "zh-CN"})
    assert english.tags[0] == ("html", {"lang": "en"})


def test_a_missing_language_is_marked_for_eyes_and_for_screen_readers() -> None:
    told = outage(Words(zh="线路拥塞"))
    english = read(told, "en")
    assert ("span", {"lang": "zh-CN"}) in english.tags
    assert "Not translated yet" in english.text
    assert "暂无中文" not in read(told).text


@pytest.mark.parametrize("place", ["body", "incident", "component", "chain"])
def test_what_people_write_stays_text(place: str) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(2)>&amp;'
    words = {name: Words(evil) if name == place else Words("好") for name in
             ("body", "incident", "component")}  # fmt: skip
    told = shown(
        [component("a", "degraded_performance", name=words["component"])],
        [incident("i1", update("u1", body=words["body"]), name=words["incident"])],
    )
    reader = read(told, name=evil if place == "chain" else "灯塔")
    assert evil in reader.text
    assert "img" not in {tag for tag, _ in reader.tags}
    assert reader.scripts == [SCRIPT]


def test_no_status_is_told_by_colour_alone() -> None:
    for language in ("zh-CN", "en"):
        for status in SEVERITY:
            reader = read(shown([component("a", status)]), language)
            assert phrases.PHRASES[language].statuses[status] in reader.text
            assert ("use", {"href": f"#i-{status}"}) in reader.tags


def test_promises_are_shown_and_an_overdue_one_is_called_so() -> None:
    told = outage(Words("好"), eta_at=NOW + minutes(30), next_update_due_at=NOW + minutes(10))
    assert "预计恢复11月22日 16:30下次更新11月22日 16:10" in read(told).text
    late = outage(Words("好"), next_update_due_at=NOW - minutes(1))
    assert "已过约定时间" in read(late).text


def test_the_year_is_told_where_it_is_another_one() -> None:
    told = outage(Words("好"), eta_at=NOW + minutes(60 * 24 * 60))
    assert "2027年1月21日 16:00" in read(told).text
    assert "21 Jan 2027, 16:00" in read(told, "en").text


def test_the_tag_of_the_page_does_not_hang_on_when_it_was_made() -> None:
    told = outage(Words("好"))
    later = Snapshot(told.page, told.incidents, told.maintenances, NOW + minutes(2))
    where = place("index.html", "en")
    early, late = (Writer(each, Site("灯塔", "", "en"), where) for each in (told, later))
    bare = page.now(early, {}, 14)
    assert bare == page.now(late, {}, 14)
    assert shell.stamped(bare, early, told.now) != shell.stamped(bare, late, later.now)


def test_parts_that_show_only_when_degraded_are_left_out_while_they_are_well() -> None:
    quiet = component("a", only_show_if_degraded=True, name=Words("悄悄"))
    loud = component("b", "major_outage", only_show_if_degraded=True, name=Words("出声"))
    text = read(shown([quiet, loud])).text
    assert "悄悄" not in text
    assert "出声" in text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("opened", [True, False])
def test_the_worst_day_stays_below_sixty_kilobytes(language: Language, *, opened: bool) -> None:
    long = Words(zh="慢" * 2000)
    parts = [
        component(f"c{n}", "major_outage", name=Words("&" * 60), description=Words("慢" * 160))
        for n in range(100)
    ]
    last = update("u9", "investigating" if opened else "resolved", body=long)
    many = [
        incident(
            f"i{n:02d}", *(update(f"u{m}", body=long) for m in range(9)), last, name=Words("<" * 60)
        )
        for n in range(30)
    ]
    told = shown(parts, many)
    document = written(told, language, "灯" * 20)
    Reader(document)
    assert len(document.encode()) < MOST_BYTES
    assert document.count("<article") >= 1
    assert ("另有" if language == "zh-CN" else "more are not shown") in document


def test_when_nothing_is_known_the_page_says_so() -> None:
    text = Reader(page.unknown(Site("灯塔", ""), place("index.html", "zh-CN"))).text
    assert "这不表示一切正常" in text
    assert "所有服务运行正常" not in text


def test_nothing_comes_from_elsewhere() -> None:
    told = outage(Words("好"))
    for tag, attributes in read(told).tags:
        assert tag not in {"img", "iframe"}
        assert "src" not in attributes
        assert not str(attributes.get("href", "")).startswith(("http", "//"))
    assert "url(" not in CSS
    assert "@import" not in CSS


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(each * 2 for each in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_text_colour_stands_out_from_both_grounds_in_light_and_dark() -> None:
    light, dark = re.findall(r":root\{([^}]*)\}", CSS)
    for palette in (light, dark):
        colours = dict(re.findall(r"--([a-z_]+):(#[0-9a-f]+)", palette))
        for ground in ("bg", "card"):
            for name in {"ink", "soft", "link", *SEVERITY}:
                pair = sorted([luminance(colours[name]), luminance(colours[ground])])
                assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, (name, ground)
