"""Damage done to translations, by kind: what a check must find. Each function takes a unit and a random generator and
gives the damaged translation, or None where that damage cannot exist in the unit."""
import re

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
UNITS = ["cGy", "mGy", "Gy", "mSv", "Sv", "MBq", "MeV", "keV", "kVp", "kV", "mAs", "mA", "mm³", "mm²", "mm", "cm³", "cm²", "cm", "µm",
         "nm", "kg", "mg", "µg", "μg", "ng", "mL", "ml", "dL", "mmHg", "mmol", "µM", "nM", "HU", "MHz", "Hz", "°C", "%",
         "мГр", "сГр", "Гр", "мм", "см", "мг", "мкг", "мл", "кВ", "毫米", "厘米", "毫克", "微克"]
OTHER = {"cGy": "Gy", "Gy": "cGy", "mGy": "Gy", "mSv": "Sv", "Sv": "mSv", "MBq": "GBq", "MeV": "keV", "keV": "MeV", "kVp": "MV",
         "kV": "MV", "mAs": "kVp", "mA": "mAs", "mm": "cm", "cm": "mm", "µm": "mm", "nm": "µm", "kg": "g", "mg": "µg", "µg": "mg",
         "μg": "mg", "ng": "mg", "mL": "L", "ml": "L", "dL": "mL", "mmHg": "kPa", "mmol": "µmol", "µM": "mM", "nM": "µM", "HU": "mm",
         "MHz": "Hz", "Hz": "kHz", "°C": "K", "%": "‰", "mm³": "cm³", "mm²": "cm²", "cm³": "mm³", "cm²": "mm²",
         "Гр": "сГр", "сГр": "Гр", "мГр": "Гр", "мм": "см", "см": "мм", "мг": "мкг", "мкг": "мг", "мл": "л", "кВ": "МВ",
         "毫米": "厘米", "厘米": "毫米", "毫克": "微克", "微克": "毫克"}
QUANTITY = re.compile(r"(\d+(?:[.,]\d+)*)([ \u00a0-]?)(%s)(?![\w²³])" % "|".join(map(re.escape, UNITS)))
REFERENCE = re.compile(r"\b(figures?|figs?\.?|tables?|abbildungen|abbildung|abb\.|figuras?|tablas?|tabelas?|tableau|tabelle|рис\.|рисунок|"
                       r"таблица|табл\.)\s?(\d+)", re.I)
CITATION = re.compile(r"\s?\[\d[\d,\s–-]*\]")
LABEL = re.compile(r"\(([A-Ha-h])\)")


class Unit:
    """source and target: lists of sentences, bead by bead, so that one can be taken out or left as it was."""

    def __init__(self, name, language, target_language, beads, join=" "):
        self.name, self.language, self.target_language = name, language, target_language
        self.beads, self.join = beads, join

    @staticmethod
    def text(sentences, language):
        return ("" if language in ("zh", "ja") else " ").join(sentences)

    @property
    def source(self):
        return self.text([s for source, _ in self.beads for s in source], self.language)

    @property
    def target(self):
        return self.text([t for _, target in self.beads for t in target], self.target_language)


def changed_digits(number, random):
    """Another number of the same form."""
    at = random.choice([i for i, c in enumerate(number) if c.isdigit()])
    if re.fullmatch(r"\d+[.,]\d*?0*", number) or number[at:].strip("0.,") == "":
        at = 0  # a last zero may be no change of value
    digit = str((int(number[at]) + random.randint(1, 8)) % 9 + 1)
    while digit == number[at]:
        digit = str((int(digit) % 9) + 1)
    return number[:at] + digit + number[at + 1:]


def number_changed(unit, random, foreign):
    found = list(NUMBER.finditer(unit.target))
    if not found:
        return None
    m = random.choice(found)
    return unit.target[:m.start()] + changed_digits(m.group(), random) + unit.target[m.end():]


def number_lost(unit, random, foreign):
    found = [m for m in NUMBER.finditer(unit.target) if len(NUMBER.findall(unit.target)) == 1 or unit.target.count(m.group()) == 1]
    found = [m for m in found if m.group() in unit.source or m.group().replace(".", ",") in unit.source]
    if not found:
        return None
    m = random.choice(found)
    return unit.target[:m.start()] + unit.target[m.end():]


def quantities(unit):
    """Those whose unit the source has in the same words, behind the same number."""
    def value(number):
        return number.replace(",", ".")
    there = {(value(m.group(1)), m.group(3)) for m in QUANTITY.finditer(unit.source)}
    found = [m for m in QUANTITY.finditer(unit.target)
             if unit.language not in ("en", "pt", "es", "fr", "de") or (value(m.group(1)), m.group(3)) in there]
    return found


def unit_dropped(unit, random, foreign):
    # In "94% or 95%" the first may go: a unit is shared by the numbers in front of it.
    found = [m for m in quantities(unit) if not re.match(r"[^\w()]*(?:[a-z]{1,3}[^\w()]*)?\d", unit.target[m.end():])]
    if not found:
        return None
    m = random.choice(found)
    return unit.target[:m.end(1)] + unit.target[m.end():]


def unit_changed(unit, random, foreign):
    found = [m for m in quantities(unit) if m.group(3) in OTHER]
    if not found:
        return None
    m = random.choice(found)
    return unit.target[:m.start(3)] + OTHER[m.group(3)] + unit.target[m.end():]


def decimals(unit):
    mark = "." if unit.target_language in ("en", "zh", "ja", "ko") else ","
    comma = unit.language not in ("en", "zh", "ja", "ko")
    return [m for m in re.finditer(r"(?<![\d.,])\d+%s\d+(?![\d.,]*\d)" % re.escape(mark), unit.target)
            if m.group().replace(mark, "," if comma else ".") in unit.source]


def decimal_gone(unit, random, foreign):
    found = [m for m in decimals(unit) if not m.group().startswith("0")] or decimals(unit)
    if not found:
        return None
    m = random.choice(found)
    return unit.target[:m.start()] + re.sub(r"[.,]", "", m.group()) + unit.target[m.end():]


def decimal_kept(unit, random, foreign):
    """The mark of the other convention; both are good in Spanish."""
    found = decimals(unit) if unit.target_language != "es" else []
    if not found:
        return None
    m = random.choice(found)
    return unit.target[:m.start()] + m.group().translate(str.maketrans(".,", ",.")) + unit.target[m.end():]


def sentence_dropped(unit, random, foreign):
    if len(unit.beads) < 2:
        return None
    at = random.randrange(len(unit.beads))
    return Unit.text([t for i, (_, target) in enumerate(unit.beads) if i != at for t in target], unit.target_language)


def label_lost(unit, random, foreign):
    found = [m for m in LABEL.finditer(unit.target) if m.group() in unit.source or m.group().upper() in unit.source]
    if not found:
        return None
    m = random.choice(found)
    return unit.target[:m.start()] + unit.target[m.end():].lstrip()


def label_changed(unit, random, foreign):
    found = [m for m in LABEL.finditer(unit.target) if m.group() in unit.source]
    if not found:
        return None
    m = random.choice(found)
    return unit.target[:m.start(1)] + chr(ord(m.group(1)) + 9) + unit.target[m.end(1):]


def reference_lost(unit, random, foreign):
    found = list(REFERENCE.finditer(unit.target)) + list(CITATION.finditer(unit.target))
    found = [m for m in found if re.search(r"\d+", m.group()).group() in re.findall(r"\d+", unit.source)]
    # Said twice and lost once is not lost.
    found = [m for m in found if len(re.findall(r"\b%s\b" % re.search(r"\d+", m.group()).group(), unit.target)) == 1]
    if not found:
        return None
    m = random.choice(found)
    return unit.target[:m.start()] + unit.target[m.end():]


def untranslated_all(unit, random, foreign):
    return unit.source


def untranslated_sentence(unit, random, foreign):
    if len(unit.beads) < 2:
        return None
    at = random.randrange(len(unit.beads))
    return Unit.text([s for i, (source, target) in enumerate(unit.beads) for s in (source if i == at else target)],
                     unit.target_language)


def wrong_language(unit, random, foreign):
    """Another language's text of about that length, with the numbers and labels of this one, so that these do not tell."""
    language, text = foreign(unit, random)
    numbers = NUMBER.findall(unit.target)
    text = NUMBER.sub("", text)
    return text + "".join(" %s" % n for n in numbers)


def repeated_sentence(unit, random, foreign):
    texts = [Unit.text(target, unit.target_language) for _, target in unit.beads]
    at = random.randrange(len(texts))
    return Unit.text(texts[:at + 1] + texts[at:], unit.target_language)


def repeated_words(unit, random, foreign):
    if unit.target_language in ("zh", "ja"):
        return unit.target + unit.target[-6:-1] * 5
    words = [w for w in unit.target.split(" ") if not NUMBER.search(w)]
    n = random.randint(1, 4)
    at = random.randrange(max(1, len(words) - n))
    return unit.target + " " + " ".join(words[at:at + n] * 6)


REFUSALS = ["I'm sorry, but I can't help with that.", "I cannot translate this text.",
            "As an AI language model, I am not able to translate this.", "Lo siento, no puedo traducir este texto.",
            "Sinto muito, não posso traduzir este texto.", "Je suis désolé, je ne peux pas traduire ce texte.",
            "Es tut mir leid, ich kann diesen Text nicht übersetzen.", "Извините, я не могу перевести этот текст.",
            "抱歉，我无法翻译这段文字。", "申し訳ありませんが、翻訳できません。", "죄송하지만 번역할 수 없습니다.",
            "Please provide the text that you would like me to translate."]
BEFORE = ["Here is the translation: ", "Sure! Here's the translation:\n\n", "Translation: ", "The translation of the caption is: ",
          "Aquí está la traducción: ", "Aqui está a tradução: ", "Voici la traduction : ", "Hier ist die Übersetzung: ",
          "Вот перевод: ", "以下是翻译：", "以下は翻訳です："]
AFTER = [" Note: the translation keeps the original numbers.", " Let me know if you need anything else!", " I hope this helps.",
         " (Translation by the model)"]
MARKUP = ["<b>%s</b>", "%s<br/>", "**%s**", "```%s```", "%s<|im_end|>", "%s</s>", "[INST] %s [/INST]", "%s &amp; ", "&#x3b1; %s",
          "{\"text\": \"%s\"}", "%s\\n", "%s ⟦1⟧", "<p>%s", "__%s__", "{{%s}}"]


def refusal(unit, random, foreign):
    return random.choice(REFUSALS)


def chatter(unit, random, foreign):
    if random.random() < 0.7:
        return random.choice(BEFORE) + unit.target
    return unit.target + random.choice(AFTER)


def markup(unit, random, foreign):
    return random.choice(MARKUP) % unit.target


# Kind -> how, and the checks of which one must speak (None: any).
KINDS = {
    "number changed": (number_changed, None),
    "number lost": (number_lost, None),
    "unit dropped": (unit_dropped, None),
    "unit changed": (unit_changed, None),
    "decimal mark gone": (decimal_gone, None),
    "decimal mark kept": (decimal_kept, None),
    "sentence dropped": (sentence_dropped, None),
    "label lost": (label_lost, None),
    "label changed": (label_changed, None),
    "reference lost": (reference_lost, None),
    "untranslated": (untranslated_all, None),
    "one sentence untranslated": (untranslated_sentence, None),
    "wrong language": (wrong_language, ("language", "untranslated", "copy")),
    "sentence repeated": (repeated_sentence, None),
    "words repeated": (repeated_words, None),
    "refusal": (refusal, None),
    "chatter": (chatter, ("refusal", "markup", "language", "repetition")),
    "markup": (markup, ("markup",)),
}
