"""German words of the tutorial, by their English."""

from __future__ import annotations

TUTORIAL: dict[str, str] = {
    "The myelogram": "Das Myelogramm",
    "The leak, the grid, the scan": "Leck, Gitter, Scan",
    "The path": "Der Weg",
    "Skin and needle": "Haut und Nadel",
    "Console and pedal": "Konsole und Pedal",
    "Look closer without dose": "Genauer sehen ohne Dosis",
    "Step and shoot": "Schritt und Bild",
    "Where is the tip?": "Wo ist die Spitze?",
    "Find the slice of the tip": "Die Schicht der Spitze finden",
    "The needle's artefact": "Das Artefakt der Nadel",
    "To the end of the plan": "Bis zum Ende des Plans",
    "Loss of resistance": "Widerstandsverlust",
    "False loss of resistance": "Falscher Widerstandsverlust",
    "Test contrast": "Testkontrast",
    "Stop at the first word": "Beim ersten Wort aufhören",
    "What the patient leaves with": "Womit der Patient geht",
    "At the faint, tapered end": "Am blassen, spitzen Ende",
    "In a neighbouring slice": "In einer Nachbarschicht",
    "Air or an empty space": "Luft oder leerer Raum",
    "An artefact of the metal": "Ein Metallartefakt",
    "The loss of resistance": "Der Widerstandsverlust",
    "Contrast that is seen to spread": "Sichtbarer Kontrast",
    "No. Look again, and choose the other one.": "Nein. Noch einmal hinsehen und das andere wählen.",
    "Lay the patient prone (1), and hold the time-out (2): it checks the five points that are lit. If "
    "something speaks against the needle, the chart says so then; the menu's Stop would end it.":
        "Patienten auf den Bauch (1), Time-out halten (2): es prüft die fünf leuchtenden Punkte. Spricht "
        "etwas gegen die Nadel, steht es dann in der Akte; Halt im Menü würde es beenden.",
    "Open the myelogram (3). Contrast in the fluid is white: inside the sac, and where it has leaked.":
        "Myelogramm öffnen (3). Kontrast im Liquor ist weiß: im Sack und wo er austrat.",
    "Wheel: find white outside the round sac. The request names its level: count from the last rib or the "
    "sacrum, whichever a picture or a scout shows. Set level (− and +) and side, write it down; then grid and "
    "scan.":
        "Rad: Weiß außerhalb des runden Sacks suchen. Die Anfrage nennt die Höhe: von der letzten Rippe oder vom "
        "Kreuzbein zählen, was ein Bild oder Scout zeigt. Höhe (− und +) und Seite eintragen; dann Gitter und "
        "Scan.",
    "Wheel to a slice where the laminae leave a gap and the space behind the sac is deep. Tool P: drag "
    "from the skin to the white rim. From 600 HU on it is bone. Arrows move the end, Enter confirms.":
        "Rad: eine Schicht, in der die Laminae eine Lücke lassen und der Raum hinter dem Sack tief ist. "
        "Werkzeug P: von der Haut bis zum weißen Rand. Ab 600 HU ist es Knochen. Pfeile: das Ende; Enter "
        "bestätigt.",
    "Arm line, disinfect, local anaesthetic, then N: the needle stands on the skin under the laser.":
        "Armzugang, desinfizieren, Lokalanästhesie, dann N: die Nadel steht unter dem Laser auf der Haut.",
    "Tap Space: one rotation, three slices, amber while the beam is on. Every press is dose, and “Dose so "
    "far” counts it.":
        "Leer tippen: eine Drehung, drei Schichten, gelb solange der Strahl an ist. Jede Aufnahme ist Dosis, "
        "und „Dosis bisher“ zählt sie.",
    "The picture stays. Drag with the right button on a tile, or press 1 to 4: the grey window changes, "
    "and costs nothing.":
        "Das Bild bleibt. Mit der rechten Taste im Bild ziehen oder 1 bis 4: das Grauwertfenster ändert sich "
        "und kostet nichts.",
    "Advance twice by 5 mm (Ctrl ↓), turn the bevel (X) after each, then tap: the picture shows only what "
    "was when the beam was on, and says in amber what has moved since. Go on like this to 20 mm.":
        "Zweimal 5 mm vor (Strg ↓), danach je den Schliff drehen (X), dann tippen: das Bild zeigt nur den "
        "Moment des Strahls und sagt in Gelb, was sich seither bewegte. So bis 20 mm.",
    "A needle that leans to head or feet leaves the slice: in a picture of that its shaft ends tapered "
    "and faint. Where would the tip be?":
        "Eine zum Kopf oder Fuß geneigte Nadel verlässt die Schicht: im Bild davon endet ihr Schaft blass und "
        "spitz. Wo wäre die Spitze?",
    "Right: a true tip ends bluntly, with a dark streak straight on. A tapered end is only the shaft "
    "leaving the slice: look at the tiles beside it, and move the table with [ and ]. Press the answer "
    "again to go on.":
        "Richtig: die echte Spitze endet stumpf mit dunklem Streif. Ein spitzes Ende ist nur der Schaft, der "
        "die Schicht verlässt: Nachbarbilder ansehen, Tisch mit [ und ]. Weiter: noch einmal.",
    "For practice: move the table by a slice ([ or ]) and tap. Watch which tile shows the blunt end now; "
    "then move the table back.":
        "Zur Übung: den Tisch um eine Schicht bewegen ([ oder ]) und tippen. Welches Bild zeigt nun das "
        "stumpfe Ende? Dann den Tisch zurück.",
    "Dark and white streaks run from steel along the way of most steel. What do the black pixels just "
    "beyond the tip mean?":
        "Von Stahl gehen dunkle und helle Streifen aus, entlang der Nadel. Was bedeuten die schwarzen Pixel "
        "gleich hinter der Spitze?",
    "Right: metal takes so much of the beam that what lies behind it is computed too dark. It marks the "
    "tip, and hides what lies there. Press the answer again to go on.":
        "Richtig: Metall nimmt so viel Strahl, dass dahinter zu dunkel gerechnet wird. Das markiert die "
        "Spitze und verdeckt, was dort liegt. Weiter: noch einmal.",
    "Go on, from 12 mm before the plan's end (green in the force trace) by 1 mm, looked at every 2. Where "
    "the blunt end leaves the middle tile, move the table after it, and lean the hub (W, S) to lead it "
    "back.":
        "Weiter, ab 12 mm vor dem Ende des Plans (grün in der Kraftkurve) je 1 mm, alle 2 ein Bild. Verlässt "
        "das stumpfe Ende das mittlere Bild, den Tisch nachfahren und den Ansatz neigen (W, S).",
    "Stylet out (V), test the resistance (R). Firm, and nothing gave: ligament; stylet in, on by 1 mm, "
    "tap, again. After a give, or at the plan's end, go no further, firm or not: beside a collection it "
    "may stay firm.":
        "Stilett heraus (V), Widerstand testen (R). Fest, und nichts gab nach: Band; Stilett hinein, 1 mm "
        "vor, tippen, wieder. Nach einem Nachgeben oder am Planende nicht weiter: an einer Ansammlung bleibt "
        "er oft fest.",
    "The plunger gives way before a collection, in a cleft or a vein as well as in the epidural space, "
    "and beside a collection it may stay firm in the space itself. What proves the place?":
        "Der Kolben gibt auch vor einer Ansammlung, im Spalt oder in einer Vene nach wie im Epiduralraum, und "
        "an einer Ansammlung bleibt er im Raum selbst oft fest. Was beweist den Ort?",
    "Right: force and plunger only suggest. Aspirate (F), then give a little contrast and look. Press the "
    "answer again to go on.":
        "Richtig: Kraft und Kolben deuten nur an. Aspirieren (F), dann etwas Kontrast und hinsehen. Weiter: "
        "noch einmal.",
    "Aspirate (F); Injection (F4): test contrast (C), tap. Along the sac's outside it is epidural: draw "
    "the blood (B). In the sac, where it layers, or gone in a vein: draw back. A lump behind: on by 1 mm. "
    "Pain: no blood.":
        "Aspirieren (F); Injektion (F4): Testkontrast (C), tippen. Außen am Sack ist er epidural: Blut ziehen "
        "(B). Im Sack, wo er sich schichtet, oder in einer Vene weg: zurück. Klumpen dahinter: 1 mm vor. "
        "Schmerz: kein Blut.",
    "Mix contrast into the blood (M), hold I. Let go at the first word of pressure or pain: that is the "
    "end, not a volume. A word before 3 mL are in: wait a minute, ask, and go on slowly.":
        "Kontrast ins Blut mischen (M), I halten. Beim ersten Wort von Druck oder Schmerz loslassen: dieses "
        "Wort ist das Ende, kein Volumen. Ein Wort vor 3 mL: eine Minute warten, fragen, langsam weiter.",
    "Scans (F2): take the needle out, then a control scan. It shows what the blood covers, and costs dose "
    "too.":
        "Scans (F2): Nadel heraus, dann ein Kontrollscan. Er zeigt, was das Blut bedeckt, und kostet auch "
        "Dosis.",
    "Ask for legs and bladder, order the aftercare, finish. The debrief shows what was hidden, and why "
    "the score is what it is.":
        "Nach Beinen und Blase fragen, Nachsorge anordnen, beenden. Die Nachbesprechung zeigt das Verborgene "
        "und warum die Punkte so sind.",
}  # fmt: skip
