"""German words of the scout's screen, by the English in which it is written."""

from __future__ import annotations

SCOUT: dict[str, str] = {
    "Scout": "Topogramm", "SCOUT": "TOPOGRAMM", "scout": "Topogramm", "PA": "PA", "AP": "AP", "Side": "Seite",
    "lateral": "seitlich", "{}, {}": "{}, {}", "Take the scout": "Aufnehmen",
    "The table moves the whole patient through the beam once; no level is named in the picture":
        "Der Tisch fährt den Patienten einmal durch den Strahl; das Bild benennt keine Höhe",
    "Takes a scout; levels are counted and labelled there, and the range of the scan is drawn":
        "Nimmt ein Topogramm auf; dort werden Höhen gezählt, benannt und der Bereich gezeichnet",
    "From which side the next scout is taken; shows the last one of this side":
        "Von welcher Seite das nächste aufgenommen wird; zeigt das letzte von dieser Seite",
    "Drag a range": "Bereich ziehen", "Drag over the heights of the next scan": "Über die Höhen der Planung ziehen",
    "Upper edge": "Oberrand", "Lower edge": "Unterrand",
    "The range ends at the dashed line, which the arrows move":
        "Der Bereich endet an der gestrichelten Linie; die Pfeile bewegen sie",
    "Clear": "Löschen", "No range has been drawn": "Es ist kein Bereich gezeichnet",
    "The next planning scan goes by levels again": "Die nächste Planung geht wieder nach Höhen",
    "Scans": "Scans",
    "The planning scan there is taken over the range that was drawn here":
        "Die Planung dort nimmt den hier gezeichneten Bereich",
    "Label levels": "Höhen benennen", "A click names the vertebra under it": "Ein Klick benennt den Wirbel darunter",
    "The next label a level further to the head": "Nächste Marke eine Höhe weiter kopfwärts",
    "The next label a level further to the feet": "Nächste Marke eine Höhe weiter fußwärts",
    "Label": "Marke", "Names the vertebra at the dashed line, which the arrows move":
        "Benennt den Wirbel an der gestrichelten Linie; die Pfeile bewegen sie",
    "Undo": "Zurück", "No level has been labelled": "Es ist keine Höhe benannt",
    "Takes the last label away": "Nimmt die letzte Marke weg", "Move the line {} mm": "Die Linie {} mm bewegen",
    "Take a scout, or open a scan first": "Erst ein Topogramm aufnehmen oder einen Scan öffnen",
    "No scout has been taken": "Noch kein Topogramm", "Levels": "Höhen", "Range": "Bereich", "none": "keiner",
    "Next label": "Nächste Marke", "as you draw it": "wie gezeichnet",
    "Tube": "Röhre", "A needle stands on the patient: withdraw it first":
        "Eine Nadel steht am Patienten: erst zurückziehen",
    "A scout from this side was taken at {}. Another one costs {} mGy·cm more. Take it?":
        "Von dieser Seite gibt es ein Topogramm von {}. Ein weiteres kostet {} mGy·cm mehr. Aufnehmen?",
    "Two labels cannot both be right: {}": "Zwei Marken können nicht beide stimmen: {}",
    "{} lies below {}": "{} liegt unter {}",
    "Drag over the heights of the scan: that was shorter than {} mm":
        "Über die Höhen des Scans ziehen: das war kürzer als {} mm",
    "moves both pictures along the patient": "bewegt beide Bilder entlang des Patienten",
    "labels a vertebra, or drags a range": "benennt einen Wirbel oder zieht einen Bereich",
    "acquire scout": "Topogramm",
}  # fmt: skip
"""Of words that another page of the catalogue holds, that page's are taken."""
