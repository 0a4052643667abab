"""What are invented places called? Chinese names put together from usual parts, none of them used twice."""

from collections.abc import Iterator
from random import Random

_FIRST = (
    "青双玉龙凤金银锦桃梨桂荷莲松柏杉梧云星朝晚春夏秋长永安康宁福"
    "瑞祥和顺泰华文昌明崇新东南西北高平清碧蓝翠红紫白石沙万三五八九百天"
)
_SECOND = (
    "林桥水泉溪江湖塘堰湾河滩坪坝岭岗坡山原台城门街巷里坊楼阁亭寺庙宫堂园苑庄家店铺场井田洲岛浦柳竹梅兰菊杏棠枫榆槐"
)
_STREETS = ["望江台", "槐荫里", "金堰", "双柏树", "文庙坊", "东渡口", "桃蹊湾", "白鹤沱", "万年里", "圣泉", "石马坎"]
_TOWNS = ["河口镇", "回澜场镇", "石堰坝镇"]
_COMMUNITY_END = ["", "", "", "路", "桥", "新村", "苑", "里", "巷", "坊"]
_ESTATE_END = [
    "苑",
    "花园",
    "小区",
    "家园",
    "雅居",
    "新城",
    "华府",
    "名邸",
    "公寓",
    "庭院",
    "嘉园",
    "佳苑",
    "半岛",
    "里",
]
_ROAD_END = {
    "secondary": ["路", "大道"],
    "tertiary": ["路", "街", "路"],
    "residential": ["街", "巷", "横街", "路"],
    "footway": ["里", "巷", "小路"],
}
_NUMERALS = "零一二三四五六七八九"


class RoadNames:
    """Names for streets, in a fixed order for a seed."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._stems = stems(rng)

    def next(self, category: str) -> str:
        ends = _ROAD_END.get(category, ["路"])
        return next(self._stems) + ends[self._rng.randrange(len(ends))]


def stems(rng: Random) -> Iterator[str]:
    """Two-character stems in random order; when they run out, three-character ones."""
    pairs = [a + b for a in _FIRST for b in _SECOND if a != b]
    rng.shuffle(pairs)
    yield from pairs
    for a in _FIRST:
        yield from (a + pair for pair in pairs)


def street_names(rng: Random) -> Iterator[str]:
    return iter(rng.sample([name + "街道" for name in _STREETS], len(_STREETS)))


def town_names() -> Iterator[str]:
    return iter(_TOWNS)


def community_names(rng: Random) -> Iterator[str]:
    """Stems for communities; 社区 or 村 is put behind by the caller."""
    return (stem + _COMMUNITY_END[rng.randrange(len(_COMMUNITY_END))] for stem in stems(rng))


def estate_names(rng: Random) -> Iterator[str]:
    """Names of housing estates."""
    return (stem + _ESTATE_END[rng.randrange(len(_ESTATE_END))] for stem in stems(rng))


def numeral(n: int) -> str:
    """1-99 in Chinese characters."""
    tens, ones = divmod(n, 10)
    if tens == 0:
        return _NUMERALS[ones]
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + (_NUMERALS[ones] if ones else "")
