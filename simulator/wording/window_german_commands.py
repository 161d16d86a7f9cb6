"""German words of the commands, as the window lists them, and of practice from any of them."""

from __future__ import annotations

COMMANDS: dict[str, str] = {
    "position patient": "Patient lagern", "time out": "Team-Time-out", "choose technique": "Technik wählen",
    "acquire scout": "Topogramm aufnehmen", "acquire myelogram": "Myelogramm öffnen", "mark leak": "Leck eintragen",
    "place skin grid": "Hautgitter aufkleben", "acquire planning scan": "Planungsscan aufnehmen",
    "plan path": "Weg festlegen", "move table": "Tisch fahren", "prepare skin": "Haut desinfizieren",
    "inject local anaesthetic": "Lokalanästhesie geben", "choose needle": "Nadel wählen",
    "place needle": "Nadel aufsetzen", "advance": "vorschieben", "withdraw": "zurückziehen", "redirect": "neigen",
    "rotate bevel": "Schliff drehen", "remove stylet": "Stilett herausnehmen", "replace stylet": "Stilett einsetzen",
    "aspirate": "aspirieren", "test resistance": "Widerstand prüfen", "hold needle": "Nadel halten",
    "stand at": "Standort wechseln", "tilt gantry": "Gantry kippen", "press pedal": "Pedal treten",
    "release pedal": "Pedal loslassen", "look at": "ansehen", "lay arm line": "Armzugang legen",
    "draw blood": "Blut abnehmen", "mix contrast": "Kontrastmittel mischen",
    "inject contrast": "Kontrastmittel geben", "inject blood": "Blut geben", "stop injection": "Injektion beenden",
    "ask patient": "Patienten fragen", "tell patient": "Patienten aufklären", "give aid": "helfen",
    "acquire control scan": "Kontrollscan aufnehmen", "order aftercare": "Nachsorge anordnen",
    "answer question": "Frage beantworten", "tick checklist": "Checkliste abhaken", "wait": "warten",
    "finish": "beenden",
    "Practise from any command": "Üben ab jedem Befehl", "Practise from here": "Ab hier üben",
    "before the first command": "vor dem ersten Befehl",
    "The command before": "Der Befehl davor", "The command after": "Der Befehl danach",
    "Ten commands back": "Zehn Befehle zurück", "Ten commands on": "Zehn Befehle weiter",
    "Wheel, or a click": "Rad oder Klick", "chooses another command": "wählt einen anderen Befehl",
    "Nothing has been done yet that could be gone back to": "Noch ist nichts getan, wohin es zurückginge",
    "Everything that was done so far; a session of its own goes on from the one that is chosen":
        "Alles, was bisher getan wurde; eine eigene Sitzung geht vom gewählten aus weiter",
    "A session of its own goes on after the one that is chosen. It is marked as assisted and counts as no attempt.":
        "Eine eigene Sitzung geht nach dem gewählten weiter. Sie gilt als unterstützt und zählt nicht als Versuch.",
    "The rig has gone: its pedal is let go; keys and mouse go on.":
        "Das Gerät ist weg: sein Pedal ist losgelassen; Tasten und Maus gehen weiter.",
    "The rig sent what is no line of its protocol: {}; such lines are left out.":
        "Das Gerät sandte, was keine Zeile seines Protokolls ist: {}; solche Zeilen bleiben weg.",
    "Grey window {}": "Grauwertfenster {}",
    "Tab, Enter": "Tab, Enter", "Arrows": "Pfeile",
    "go to the next button, with Shift to the one before; press it. Any other key leaves it":
        "gehen zur nächsten Taste, mit ⇧ zur vorigen, und drücken sie; jede andere Taste verlässt sie",
    "move the cross-hair 1 mm, with Shift 10 mm; with P begin a path above it, then move its target":
        "bewegen das Fadenkreuz 1 mm, mit ⇧ 10 mm; mit P beginnen sie darüber einen Weg, dann dessen Ziel",
    "Remove the last measurement, or with P the path": "Letzte Messung löschen, mit P den Weg",
    "A click on an entry does it; F1, Esc or a click elsewhere: back":
        "Ein Klick auf einen Eintrag führt ihn aus; F1, Esc oder ein Klick daneben: zurück",
}  # fmt: skip
