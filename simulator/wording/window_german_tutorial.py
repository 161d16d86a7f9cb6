"""German words of the tutorial, by their English."""

from __future__ import annotations

TUTORIAL: dict[str, str] = {
    "The myelogram": "Das Myelogramm", "The leak, the grid, the scan": "Leck, Gitter, Scan", "The path": "Der Weg",
    "Skin and needle": "Haut und Nadel", "Console and pedal": "Konsole und Pedal",
    "Look closer without dose": "Genauer sehen ohne Dosis", "Step and shoot": "Schritt und Bild",
    "Where is the tip?": "Wo ist die Spitze?", "Find the slice of the tip": "Die Schicht der Spitze finden",
    "The needle's artefact": "Das Artefakt der Nadel", "To the end of the plan": "Bis zum Ende des Plans",
    "False loss of resistance": "Falscher Widerstandsverlust", "Test contrast": "Testkontrast",
    "Stop at the first word": "Beim ersten Wort aufhören", "What the patient leaves with": "Womit der Patient geht",
    "At the faint, tapered end": "Am blassen, spitzen Ende", "In a neighbouring slice": "In einer Nachbarschicht",
    "Air or an empty space": "Luft oder leerer Raum", "An artefact of the metal": "Ein Metallartefakt",
    "The loss of resistance": "Der Widerstandsverlust", "Contrast that is seen to spread": "Sichtbarer Kontrast",
    "No. Look again, and choose the other one.": "Nein. Noch einmal hinsehen und das andere wählen.",
    "Lay the patient prone (1), hold the time-out (2) and read in the chart what it finds. What speaks against the "
    "needle stops the procedure: menu, Stop.":
        "Patienten auf den Bauch (1), Time-out (2), und in der Akte lesen, was es findet. Was gegen die Nadel "
        "spricht, bricht den Eingriff ab: Menü.",
    "Open the myelogram (3). Contrast in the fluid is white: inside the sac, and where it has leaked. The wheel "
    "goes through the slices.":
        "Myelogramm öffnen (3). Kontrast im Liquor ist weiß: im Sack und wo er austrat. Das Rad geht durch die "
        "Schichten.",
    "Find white outside the round sac. Set its level and side, write the leak down, stick the skin grid on, and "
    "take the planning scan (Space). What it costs stands beside it.":
        "Weiß außerhalb des runden Sacks suchen. Höhe und Seite einstellen, eintragen, Hautgitter aufkleben, "
        "Planungsscan (Leer). Daneben steht, was er kostet.",
    "Tool P: drag from the skin to the space behind the sac, between the laminae: no bone on the way (highest HU). "
    "Arrows move its end. Enter confirms it.":
        "Werkzeug P: von der Haut in den Raum hinter dem Sack ziehen, zwischen den Laminae, ohne Knochen (höchste "
        "HU). Pfeile versetzen das Ende. Enter bestätigt.",
    "Arm line, disinfect, local anaesthetic, then N: the needle stands on the skin under the laser.":
        "Armzugang, desinfizieren, Lokalanästhesie, dann N: die Nadel steht unter dem Laser auf der Haut.",
    "Tap Space: one rotation, three slices, amber while the beam is on. Every press is dose: read in “Dose so far” "
    "what it cost.":
        "Leer tippen: eine Drehung, drei Schichten, gelb solange der Strahl an ist. Jede Aufnahme ist Dosis: unter "
        "„Dosis bisher“ lesen.",
    "The picture stays. Drag with the right button on a tile, or press 1 to 4: the grey window changes, and costs "
    "nothing.":
        "Das Bild bleibt. Mit der rechten Taste im Bild ziehen oder 1 bis 4: das Grauwertfenster ändert sich und "
        "kostet nichts.",
    "Advance (↓, Ctrl ↓ for 5 mm), then tap: the picture shows only what was when the beam was on, and says in "
    "amber what has moved since. Go on like this to 15 mm.":
        "Vorschieben (↓, Strg ↓ für 5 mm), dann tippen: das Bild zeigt nur den Moment des Strahls und sagt in "
        "Gelb, was sich seither bewegte. So weiter bis 15 mm.",
    "A needle that leans to head or feet leaves the slice. Its shaft then ends in this picture with a tapered, "
    "faint end. Where is the tip?":
        "Eine zum Kopf oder Fuß geneigte Nadel verlässt die Schicht. Ihr Schaft endet dann im Bild blass und spitz. "
        "Wo ist die Spitze?",
    "Right: a true tip ends bluntly, with a dark streak straight on. A tapered end is only the shaft leaving the "
    "slice: look at the tiles beside it, and move the table with [ and ]. Press the answer again to go on.":
        "Richtig: die echte Spitze endet stumpf mit dunklem Streif. Ein spitzes Ende ist nur der Schaft, der die "
        "Schicht verlässt: Nachbarbilder ansehen, Tisch mit [ und ]. Weiter: noch einmal.",
    "Move the table by a slice ([ or ]) and tap. Watch which tile shows the blunt end now.":
        "Den Tisch um eine Schicht bewegen ([ oder ]) und tippen. Welches Bild zeigt nun das stumpfe Ende?",
    "Dark and white streaks run from steel along the way of most steel. What do the black pixels just beyond the "
    "tip mean?":
        "Von Stahl gehen dunkle und helle Streifen aus, entlang der Nadel. Was bedeuten die schwarzen Pixel "
        "gleich hinter der Spitze?",
    "Right: metal takes so much of the beam that what lies behind it is computed too dark. It marks the tip, and "
    "hides what lies there. Press the answer again to go on.":
        "Richtig: Metall nimmt so viel Strahl, dass dahinter zu dunkel gerechnet wird. Das markiert die Spitze und "
        "verdeckt, was dort liegt. Weiter: noch einmal.",
    "Go on in steps, the last ones of 1 mm, each looked at, until the plan's end is near. A give in the force trace "
    "is a layer that was passed; it does not say which.":
        "In Schritten weiter, zuletzt 1 mm, jeder mit Bild, bis zum Ende des Plans. Gibt die Kraft nach, "
        "ist ein Gewebe durchstochen; welches, sagt sie nicht.",
    "Stylet out (V), then test the resistance (R). The plunger gives way in front of a collection, in a cleft or a "
    "vein as well as in the epidural space. What proves the place?":
        "Stilett heraus (V), Widerstand testen (R). Der Kolben gibt auch vor einer Ansammlung, im Spalt oder in "
        "einer Vene nach. Was beweist den Ort?",
    "Right: force and plunger only suggest. Aspirate (F), then give a little contrast and look. Press the answer "
    "again to go on.":
        "Richtig: Kraft und Kolben deuten nur an. Aspirieren (F), dann etwas Kontrast und hinsehen. Weiter: noch "
        "einmal.",
    "Injection (F4): aspirate, test contrast (C), then tap. D shows the difference to the picture before. Epidural "
    "contrast lies along the sac; inside it a level forms; in a vein it is gone.":
        "Injektion (F4): aspirieren, Testkontrast (C), tippen. D zeigt die Differenz. Epidural liegt er am Sack; "
        "darin bildet sich ein Spiegel; in der Vene ist er weg.",
    "Draw blood (B), mix contrast (M), hold I. Let go at the first word of pressure or pain: that is the end, not a "
    "volume.":
        "Blut ziehen (B), Kontrast mischen (M), I halten. Beim ersten Wort von Druck oder Schmerz loslassen: nicht "
        "ein Volumen ist das Ende, sondern dieses Wort.",
    "Scans (F2): take the needle out. A control scan shows what the blood covers; it costs dose too.":
        "Scans (F2): Nadel heraus. Ein Kontrollscan zeigt, was das Blut bedeckt; er kostet auch Dosis.",
    "Ask for legs and bladder, order the aftercare, finish. The debrief shows what was hidden, and why the score is "
    "what it is.":
        "Nach Beinen und Blase fragen, Nachsorge anordnen, beenden. Die Nachbesprechung zeigt das Verborgene und "
        "warum die Punkte so sind.",
}  # fmt: skip
