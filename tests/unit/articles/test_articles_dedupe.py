"""What counts as a copy, and whether the look-up meets it."""

import itertools
import json
from pathlib import Path

import pytest

from monitor.articles.dedupe import closeness, compare, has_mark, read, sketch
from tests.make_copies import BODY, LEAD, MARKS, OTHER, WHOLE, cut

CORPUS = Path(__file__).parents[3] / "classifiers" / "corpus" / "corpus.jsonl"
KNOWN = (-7958390484479608357, -6857758366091221898)  # of BODY


@pytest.mark.parametrize(
    ("reprint", "expected"),
    [
        (WHOLE, True),
        (LEAD + "\n" + BODY + "\nФото с сайта.", True),
        (cut(WHOLE, 0.5), True),
        ("Соседи договорились дружить районами, об этом стало известно вчера вечером. " + BODY, True),
        (WHOLE.replace("ё", "е").upper(), True),
        (OTHER, False),
        (LEAD + " " + OTHER, False),
    ],
    ids=["whole", "with a credit", "cut to half", "new lead", "other letters", "same event", "same lead"],
)
def test_a_reprint_is_a_copy_and_another_report_of_the_event_is_not(reprint: str, expected: bool) -> None:
    original = read("Подписан план", WHOLE)
    assert (compare(original, read("Подписан план", reprint)) is not None) is expected


def test_speech_is_told_from_the_rest_and_a_name_from_a_word_that_opens_it() -> None:
    found = read(
        "",
        "Глава района сказал: «Мы довольны итогами встречи, и Иван приедет снова». «Новь» пишет, что гости "
        "уехали в Брест – Минск их ждал 3 мая.",
    )
    quoted = [word for word, held in zip(found.words, found.is_quoted, strict=True) if held]
    assert quoted == ["мы", "довол", "итога", "встре", "и", "иван", "приед", "снова"]  # a title alone is none
    facts = [word for word, held in zip(found.words, found.is_fact, strict=True) if held]
    assert facts == ["иван", "брест", "3"]  # Мы, Новь, Минск: what opens speech or a title, or follows a dash


def is_copy(one: str, other: str, *, marked: bool = False, same_outlet: bool = False) -> bool:
    found = compare(read("", one), read("", other), marked=marked, same_outlet=same_outlet)
    return found is not None


def test_a_credit_line_lowers_the_bar_but_makes_no_copy_by_itself() -> None:
    retold = (
        "В Могилёв на этой неделе приезжали соседи, им показали город и ферму у дороги на Минск. "
        "Глава района осмотрел новый молочный комплекс и предложил поставлять корма из соседней области. "
        "Первая поездка учителей намечена на весну, но день ещё не назвали. "
        "Уехали гости только поздно вечером, с подарками и хорошим настроением, обещали вернуться к Пасхе."
    )
    assert has_mark("Об этом СООБЩАЕТ  агентство «Днепр»", MARKS)
    assert not is_copy(WHOLE, retold)
    assert is_copy(WHOLE, retold, marked=True)
    assert not is_copy(WHOLE, OTHER + " Сообщает агентство «Днепр».", marked=True)


RATES = (
    "Национальный банк установил официальные курсы валют на 3 марта. Доллар США стоит 2,9145 рубля, по "
    "сравнению с прошлым днём он подорожал на 0,0031. Евро подешевел до 3,3870 рубля. За сто российских "
    "рублей дают 3,6212. Курсы действуют до следующего рабочего дня и применяются всеми банками страны."
)
BACKGROUND = (
    "Соглашение о сотрудничестве Кобрин и Коломна подписали в 2009 году. За это время города обменялись "
    "более чем сорока делегациями, провели девять выставок и четыре спортивных турнира."
)

QUOTATION = "«Мы три года обменивались концертами, а теперь дети увидят, как живут их соседи за рекой»,"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            RATES,
            RATES.replace("3 марта", "7 мая")
            .replace("2,9145", "2,8711")
            .replace("0,0031", "0,0520")
            .replace("3,3870", "3,2901"),
        ),
        (
            "Делегация приедет на день города 14 июня, в программе выставка пастилы и матч ветеранов. "
            + BACKGROUND,
            "Маслозавод получил золотую медаль, жюри пробовало вслепую образцы сорока производителей. "
            + BACKGROUND,
        ),
        (
            "Встреча прошла в понедельник. " + QUOTATION + " — сказала глава. Лагерь откроют у самого озера.",
            "О лагере говорили давно. " + QUOTATION + " — напомнила гостья. Заявки берёт районный колледж.",
        ),
    ],
    ids=["a form filled in twice", "other news over one background", "one quotation"],
)
def test_texts_that_share_a_frame_a_background_or_a_quotation_are_two_stories(one: str, other: str) -> None:
    assert not is_copy(one, other)


def test_a_text_that_ends_with_the_others_news_is_a_copy_though_its_front_is_new() -> None:
    news = (
        "Маслозавод получил золотую медаль, жюри пробовало вслепую образцы сорока производителей. "
        + BACKGROUND
    )
    of_background = (
        BACKGROUND + " Первая поездка учителей намечена на весну, но день ещё не назвали, а деньги ищут."
    )
    assert is_copy(news, of_background)
    assert is_copy(of_background, news)


def test_a_paper_that_repeats_half_of_its_own_text_has_written_another_story() -> None:
    half = cut(WHOLE, 0.5) + " " + OTHER
    assert is_copy(WHOLE, half)
    assert not is_copy(WHOLE, half, same_outlet=True)
    assert is_copy(WHOLE, WHOLE, same_outlet=True)


def test_spelling_case_endings_and_look_alike_letters_do_not_hide_a_copy() -> None:
    one = read("", "Дзяржаўны сход ва ўсёй Ашмяншчыне з'ехаў, підпісалі дамову Іўе і Ліды сёння ўвечары")
    two = read("", "ДЗЯРЖАЎНЫ сход ва усёй Ашмянщчыне з’ехаў, пiдпiсалi дамову Iўе i Лiды сёння увечары")
    assert one.words == two.words


def test_a_note_of_a_few_words_is_a_copy_only_when_nothing_differs() -> None:
    note = "Завтра в райисполкоме приём граждан."
    assert is_copy(note, "Завтра в райисполкоме — приём граждан")
    assert not is_copy(note, "Завтра в райисполкоме приём граждан переносится.")
    assert not is_copy("", "")


def test_no_two_stories_of_the_corpus_are_taken_for_copies() -> None:
    with CORPUS.open(encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    readings = [read(item["title"], item["text"]) for item in items]
    holders: dict[str, list[int]] = {}
    for i, own in enumerate(readings):
        for run in set(own.runs):
            holders.setdefault(run, []).append(i)
    pairs = {pair for found in holders.values() for pair in itertools.combinations(found, 2)}
    copies = [
        (items[a]["id"], items[b]["id"])
        for a, b in sorted(pairs)
        if compare(readings[a], readings[b], marked=True) is not None
    ]
    assert len(pairs) > 100
    assert copies == []


def is_met(one: str, other: str) -> bool:
    mine, theirs = read("", one), read("", other)
    n_shared = len(set(sketch(mine)) & set(sketch(theirs)))
    return closeness(n_shared, len(mine.runs), len(other)) > 0


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_the_look_up_meets_reprints_that_keep_a_part_of_the_text(share: float) -> None:
    with CORPUS.open(encoding="utf-8") as lines:
        items = [json.loads(line) for line, _ in zip(lines, range(300), strict=False)]
    texts = [item["text"] for item in items if len(item["text"].split()) > 40]
    missed = [text for text in texts if not is_met(text, cut(text, share))]
    assert missed == []


def test_a_short_copy_meets_an_original_that_is_ten_times_as_long() -> None:
    with CORPUS.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line, _ in zip(lines, range(12), strict=False)]
    whole = " ".join(texts)
    assert [(is_met(whole, text), is_met(text, whole)) for text in texts] == [(True, True)] * 12


def test_a_credit_line_in_common_makes_no_candidates() -> None:
    credit = (
        " Об этом сообщили в пресс-службе областного исполнительного комитета. Подписывайтесь на наш "
        "канал и читайте новости первыми."
    )
    with CORPUS.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line, _ in zip(lines, range(120), strict=False)]
    own = [text + credit for text in texts if len(text.split()) > 80]
    met = [(one, other) for one, other in itertools.pairwise(own) if is_met(one, other)]
    assert len(own) > 50
    assert len(met) <= len(own) * 0.1


def test_a_sketch_is_the_same_on_every_machine_and_fits_a_database() -> None:
    keys = sketch(read("", BODY))
    assert keys[:2] == KNOWN
    assert len(keys) == len(set(read("", BODY).runs))
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert sketch(read("", "")) == ()
