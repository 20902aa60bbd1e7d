"""Links of hand-written articles, with the shipped register, word lists and weights."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.ledger import Reason
from monitor.linking.types import LinkInput, LinkResult, Mention
from monitor.linking.weights import item_key

MINSK_ROSTOV = {"Минск": "by-city-minsk", "Ростова-на-Дону": "ru-city-rostov-on-don"}


def families(result: LinkResult) -> list[str]:
    return sorted(str(link.family) for link in result.links)


def test_a_forum_report_covers_the_agreements_whose_parties_it_names_and_no_other(linker, article):
    result = linker.link(
        article(
            "Подведены итоги форума регионов в Могилеве",
            "Областные депутаты Могилевщины и Законодательное Собрание Калужской области подписали "
            "соглашение о сотрудничестве. Могилевский облисполком и Правительство Новосибирской области "
            "также скрепили подписями соглашение. Всего на форуме подписано пять документов.",
            {
                "Областные депутаты Могилевщины": "org-by-mogilev-regional-council-of-deputies",
                "Законодательное Собрание Калужской области": "org-ru-legislative-assembly-of-kaluga-region",
                "Могилевский облисполком": "org-by-mogilev-regional-executive-committee",
                "Правительство Новосибирской области": "org-ru-government-of-novosibirsk-region",
                "Могилеве": "by-city-mogilev",
            },
            topics={"regional_ties": 0.95, "trade": 0.6, "industry": 0.5, "law_border": 0.3},
            embedded=True,
        )
    )
    assert families(result) == ["AGR-0028", "AGR-0030"]


def test_twin_cities_are_linked_and_their_regions_are_not(linker, article):
    result = linker.link(
        article(
            "Витебск и Ванадзор отметили юбилей побратимства",
            "Соглашение о побратимских связях подписали в 2012 году. Гости из Ванадзора приехали в Витебск.",
            {"Витебск": "by-city-vitebsk", "Ванадзор": "am-city-vanadzor"},
        )
    )
    assert families(result) == ["AGR-0123"]


def test_regions_are_linked_and_their_capitals_are_not(linker, article):
    result = linker.link(
        article(
            "Витебская область и Лорийская область расширят сотрудничество",
            "Соглашение Витебской области и Лорийской области Армении о побратимстве действует десять лет.",
            {
                "Витебская область": "by-vitebsk-region",
                "Витебской области": "by-vitebsk-region",
                "Лорийская область": "am-lori-region",
                "Лорийской области": "am-lori-region",
                "Армении": "country-am",
            },
        )
    )
    assert families(result) == ["AGR-0124"]


def test_a_namesake_does_not_make_the_two_brests_partners(linker, article):
    result = linker.link(
        article(
            "Брест обсудил сотрудничество с Гиляном",
            "Делегация иранской провинции посетила Брест. Стороны намерены подписать соглашение.",
            {
                "Брест": "by-city-brest or fr-city-brest",
                "Гиляном": "ir-gilan-province",
                "иранской": "country-ir",
            },
        )
    )
    assert families(result) == []


def test_two_places_of_one_name_are_linked_only_where_their_document_is_spoken_of(linker, article):
    names = {"Брест ": "by-city-brest", "Брестом": "fr-city-brest", "Франции": "country-fr"}
    title = "Брест принял гостей из Франции"
    twins = article(title, "Побратимство с французским Брестом отметили концертом.", names, like="AGR-0349")
    guests = article(title, "Гости сравнили город с французским Брестом.", names, like="AGR-0349")
    assert (families(linker.link(twins)), families(linker.link(guests))) == (["AGR-0349"], [])


def test_an_article_like_a_title_is_linked_more_surely(linker, article):
    names = {"Гродно": "by-city-grodno", "Хайкоу": "cn-city-haikou"}
    title, text = "Гродно и Хайкоу готовят соглашение", "Проект соглашения Гродно и Хайкоу обсудили."
    plain, alike = (linker.link(article(title, text, names, like=like)) for like in ("", "AGR-0251"))
    assert alike.links[0].p > (plain.links[0].p if plain.links else linker.model.link_at)


def test_a_union_row_is_linked_by_its_document_and_not_by_the_union_alone(linker, article):
    names = {"ЕАЭС": "union-eaeu", "Беларусь": "country-by"}
    document = article(
        "Утверждена карта развития агропромышленного комплекса ЕАЭС",
        "Карта развития агропромышленного комплекса включает сто проектов. Беларусь предложила двадцать.",
        names,
        topics={"agriculture": 0.9, "integration": 0.9, "food": 0.7, "industry": 0.8},
        like="AGR-0450",
    )
    talk = article(
        "Эксперты рассказали о погоде в странах ЕАЭС",
        "Лето ожидается тёплым. Беларусь ждёт дождей.",
        names,
        topics={},
    )
    assert families(linker.link(document)) == ["AGR-0450"]
    assert families(linker.link(talk)) == []


def test_what_is_nearly_linked_is_kept_as_related_with_the_reason(linker, article):
    title = "Мэр Ростова-на-Дону побывал в Минске"
    text = "Глава администрации Ростова-на-Дону осмотрел Минск. Города дружат давно."
    assert linker.link(article(title, text, MINSK_ROSTOV)) == LinkResult(
        (), ("AGR-0023",), Reason.SIBLING_ONLY
    )


def test_a_planned_agreement_is_linked_too(linker, article):
    result = linker.link(
        article(
            "Гродно и Хайкоу готовят побратимское соглашение",
            "Проект соглашения о побратимстве Гродно и Хайкоу обсудили в горисполкоме.",
            {"Гродно": "by-city-grodno", "Хайкоу": "cn-city-haikou"},
        )
    )
    assert (families(result), result.links[0].stage) == (["AGR-0251"], "announcement")


def test_before_the_signing_only_an_announcement_is_linked(linker, article):
    before = date(2018, 3, 1)  # signed in June 2018
    plans = article(
        "Минск и власти Ростова-на-Дону планируют соглашение",
        "Города готовят соглашение о побратимстве Минска и Ростова-на-Дону, его подпишут летом.",
        MINSK_ROSTOV,
        on=before,
        like="AGR-0023",
    )
    match = article(
        "Минск принял команду из Ростова-на-Дону",
        "Соглашение городов об обмене командами выполняется. Минск обыграл гостей из Ростова-на-Дону.",
        MINSK_ROSTOV,
        on=before,
    )
    assert [(str(k.family), k.stage) for k in linker.link(plans).links] == [("AGR-0023", "announcement")]
    assert families(linker.link(match)) == []


def test_the_member_is_named_only_where_a_word_tells_it(linker, article):
    names = {"Беларуси": "country-by", "Томской области": "ru-tomsk-region"}
    economy = {"regional_ties": 0.9, "trade": 0.8, "science": 0.6, "culture": 0.4}
    telling = article(
        "Заседание рабочей группы Беларуси и Томской области",
        "Первое заседание рабочей группы по сотрудничеству Беларуси и Томской области прошло в 2020 году.",
        names,
        topics=economy,
        like="AGR-0017",
    )
    silent = article(
        "Сотрудничество Беларуси и Томской области развивается",
        "О сотрудничестве Беларуси и Томской области по соглашению говорили вчера.",
        names,
        topics=economy,
        like="AGR-0017",
    )
    assert [(str(k.family), k.member) for k in linker.link(silent).links] == [("AGR-0017", None)]
    assert [(str(k.family), k.member) for k in linker.link(telling).links] == [("AGR-0017", "AGR-0032")]


def test_title_and_first_sentence_tell_the_member_more_than_what_follows(linker, article):
    given = article(
        "Беларусь и Алжир: ветеринарно-санитарное соглашение подписано",
        "Соглашение о ветеринарно-санитарной сфере и сельском хозяйстве подписали Беларусь и Алжир. "
        "Ранее стороны приняли конвенцию об избежании двойного налогообложения.",
        {"Беларусь": "country-by", "Алжир": "country-dz"},
        topics={"agriculture": 0.9, "law_border": 0.6, "finance": 0.6, "trade": 0.5},
        like="AGR-0298",
    )
    assert [(str(k.family), k.member) for k in linker.link(given).links] == [("AGR-0292", "AGR-0298")]


def test_evidence_holds_the_very_words_of_each_party(linker, article):
    given = article(
        "Могилёв и Сумгаит наметили план обменов",
        "Города связывает соглашение о партнёрстве: Могилёв и Сумгаит дружат давно.",
        {"Могилёв": "by-city-mogilev", "Сумгаит": "az-city-sumgait"},
    )
    link = linker.link(given).links[0]
    shown = [(e.place, e.field, getattr(given, e.field)[e.start : e.end]) for e in link.evidence]
    assert shown == [("by-city-mogilev", "title", "Могилёв"), ("az-city-sumgait", "title", "Сумгаит")]
    assert (link.member, link.depth, link.stage) == ("AGR-0157", "title", "announcement")


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ({"Минск": "by-city-minsk"}, Reason.NO_PARTY_PAIR),
        ({"Минск": "by-city-minsk", "Осло": "no-city-oslo"}, Reason.NO_PARTY_PAIR),
    ],
)
def test_without_a_pair_of_the_register_the_reason_says_so(linker, register, article, names, reason):
    names = {words: place for words, place in names.items() if place in register.places}
    assert linker.link(article("Минск и Осло", "Погода.", names)) == LinkResult((), (), reason)


def test_a_pair_that_is_not_linked_leaves_a_reason_and_never_a_link(linker, article):
    result = linker.link(
        article(
            "Жара пришла в Беларусь из Армении",
            "Синоптики обещают тёплые выходные.",
            {"Беларусь": "country-by", "Армении": "country-am"},
            topics={},
        )
    )
    assert (result.links, result.reason in (Reason.SIBLING_ONLY, Reason.NO_AGREEMENT)) == ((), True)


def test_an_item_of_the_corpus_is_judged_by_the_fold_that_has_not_seen_it(linker):
    model = linker.model
    title = "Редакторы «районок» встретились в Кокшетау"
    fold = model.fold_of[item_key(title)]
    assert model.weights(title) is model.folds[fold]
    assert model.weights("Заголовок, которого в корпусе нет") is model.final
    assert model.weights(title, fold=0) is model.folds[0]


@settings(max_examples=40, deadline=None)
@given(title=st.text(max_size=40), text=st.text(max_size=200), data=st.data())
def test_any_text_with_any_mentions_gets_an_answer(linker, register, title, text, data):
    places = data.draw(st.lists(st.sampled_from(sorted(register.places)), max_size=6))
    mentions = tuple(Mention(place, "text", 0, len(text), text, "name") for place in places)
    result = linker.link(LinkInput(title, text, "ru", None, None, mentions, {}))
    assert bool(result.links) == (result.reason is None)
