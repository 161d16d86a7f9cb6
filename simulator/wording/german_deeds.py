"""German words of advice that follows from what was done; braces hold what the procedure fills in."""

from __future__ import annotations

from simulator.vocabulary.anatomy import Laterality
from simulator.vocabulary.deeds import Deed, Hindrance

DEEDS: dict[Deed, str] = {
    Deed.WROTE_LEVEL: "Sie schrieben {written}; es war {true}.",
    Deed.WROTE_NOT_ALL: "Sie schrieben {written}; ein Leck ist auch bei {true}.",
    Deed.WROTE_SIDE: "Sie schrieben {level} {written}; es war {true}.",
    Deed.WROTE_LATE: "Sie schrieben {level} erst auf, als die Haut durchstochen war.",
    Deed.REFUSED_BLOOD: "„{command}“ wurde {times} abgelehnt, gegeben wurde {given}: {reason}.",
    Deed.BLOOD_IN_TISSUE: "{lost} von {total} mL liefen ins Weichteil, die Spitze {short} mm vor der Dura: der Schliff "
    "war nicht im Raum. Blut nur geben, wo der Kolben nachgibt und Kontrast am Sack liegt.",
    Deed.COVERED_LITTLE: "{given} mL Blut deckten {cover} der Leckzone: {why}. {fix}",
    Deed.COVER_STOPPED_EARLY: "Sie hörten bei {given} mL ohne ein Wort von Druck auf, {cover} der Leckzone gedeckt; "
    "verordnet waren {prescribed} mL.",
    Deed.STOPPED_EARLY: "Sie hörten bei {given} mL ohne ein Wort von Druck auf; verordnet waren {prescribed} mL.",
    Deed.OTHER_LEVEL: "Sie gaben das Blut bei {written}; das Leck ist bei {true}, gedeckt ist es zu {cover}. Höhen auf "
    "dem Planungsscan zählen und die Haut in der Höhe des Lecks markieren.",
    Deed.PUSHED_BLIND: "Sie schoben nach dem letzten Blick {pushed} mm vor und kamen bis {margin}. Die letzten "
    "Millimeter einzeln, mit einem Bild dazwischen.",
    Deed.PUSHED_UNSEEN: "Sie schoben {pushed} mm vor, ehe es ein Bild der Nadel gab, und kamen bis {margin}. Die "
    "letzten Millimeter einzeln, mit einem Bild dazwischen.",
    Deed.STEPS_SKIPPED: "Sie durchstachen die Haut ohne {items}.",
    Deed.PRESSED_IDLE: "{idle} Ihrer {images} Bilder zeigten eine Nadel, die sich nicht bewegt hatte, und nichts war "
    "seit dem vorigen gegeben. Erst nehmen, wenn sich etwas geändert hat.",
    Deed.TIME_OUT_LACKS: "Ihr Team-Time-out ließ aus: {items}.",
    Deed.AFTERCARE_LACKS: "Nach dem Blut ließen Sie aus: {items}.",
    Deed.BEVEL_ELSEWHERE: "{share} des Blutes verließen den Schliff hier: {place}; verlangt war {wanted}. Die Spitze "
    "dort, in ihrer eigenen Schicht, vor dem Blut ansehen.",
}

HINDRANCES: dict[Hindrance, str] = {
    Hindrance.COMPARTMENT: "{volume} mL gingen in {place}",
    Hindrance.ALONG_ROOTS: "{volume} mL verließen den Kanal entlang der Wurzeln",
    Hindrance.LEVEL: "seine Mitte liegt bei {level}, {distance} mm vom Loch Richtung {end}",
    Hindrance.SIDE: "{share} davon liegen {side}, das Loch {other}",
    Hindrance.FRONT: "{share} davon liegen hinter der Mitte des Sacks, das Loch davor",
    Hindrance.BACK: "{share} davon liegen vor der Mitte des Sacks, das Loch dahinter",
    Hindrance.VOLUME: "es war zu wenig, um weiter zu reichen",
    Hindrance.CUE: "der Patient spürte Druck, ehe es weiter reichte",
}

REMEDIES: dict[Hindrance, str] = {
    Hindrance.COMPARTMENT: "Vor dem Blut sehen, wie sich Testkontrast im Epiduralraum ausbreitet.",
    Hindrance.ALONG_ROOTS: "Nach den ersten Millilitern hinsehen; laufen sie an einer Wurzel hinaus, den Schliff "
    "versetzen.",
    Hindrance.LEVEL: "Den Schliff in die Höhe des Lochs selbst bringen.",
    Hindrance.SIDE: "Den Schliff auf die Seite des Lochs bringen.",
    Hindrance.FRONT: "Ein Schliff im seitlichen Raum oder im Foramen ist einem Loch vorn näher.",
    Hindrance.BACK: "Ein Schliff im hinteren Raum ist einem Loch hinten näher.",
    Hindrance.VOLUME: "Weitergeben, bis der Patient Druck spürt, oder bis zum verordneten Volumen.",
    Hindrance.CUE: "Dort aufzuhören war richtig; von einem Ort näher am Loch deckt dasselbe Blut mehr.",
}

SIDES: dict[Laterality, str] = {
    Laterality.LEFT: "links",
    Laterality.RIGHT: "rechts",
    Laterality.BOTH: "beidseits",
}
AFTERCARE = ("Beine und Blase erfragen", "Stunden flach", "Rat", "Anruf am nächsten Tag")
"""What a patient leaves with, in the order in which it is checked."""
