"""German words of the steps that come next, by their English."""

from __future__ import annotations

STEPS: dict[str, str] = {
    "Lay the patient prone over a pillow": "Bauchlage mit Kissen",
    "The pillow opens the spaces between the laminae": "Das Kissen öffnet die Räume zwischen den Laminae",
    "Hold the time-out": "Team-Time-out halten",
    "It may bring to light what speaks against the needle today":
        "Es zeigt vielleicht, was heute gegen die Nadel spricht",
    "It shows where fluid leaves the sac": "Es zeigt, wo Liquor den Sack verlässt",
    "Count the level, and write the leak down": "Höhe zählen und das Leck eintragen",
    "All that follows aims at it": "Alles Weitere zielt darauf",
    "Stick the skin grid on": "Hautgitter aufkleben",
    "Its wires show in the scan and on the skin alike": "Seine Drähte stehen im Scan und auf der Haut",
    "Take the planning scan": "Planungsscan machen",
    "A path is drawn on it; keep its range short": "Darauf wird der Weg gezeichnet; kurz halten",
    "Draw the path with P and confirm it": "Weg mit P zeichnen und bestätigen",
    "Skin to target, between the laminae": "Von der Haut zum Ziel, zwischen den Laminae",
    "Lay the arm line": "Armzugang legen",
    "The blood comes from it, and clots within minutes": "Daraus kommt das Blut; es gerinnt in Minuten",
    "Disinfect and drape": "Desinfizieren und abdecken",
    "Blood is a good broth for germs": "Blut ist ein guter Nährboden",
    "Give local anaesthetic": "Lokalanästhesie geben",
    "A patient in pain moves, and the plan with them": "Wer Schmerz hat, bewegt sich, und der Plan mit",
    "Place the needle on the skin": "Nadel auf die Haut setzen",
    "The laser stands on the slice of the path": "Der Laser steht auf der Schicht",
    "Advance by 5 mm": "5 mm vor",
    "There is room until the canal is near": "Bis zum Kanal ist noch Raum",
    "Advance by 1 mm": "1 mm vor",
    "The last millimetres are taken singly, every second one looked at":
        "Die letzten Millimeter einzeln, jeder zweite mit Bild",
    "Tap the pedal": "Pedal tippen",
    "What has moved since the last picture is not in it": "Was sich seither bewegte, ist nicht im Bild",
    "Take the stylet out": "Stilett herausnehmen",
    "The hub tells of fluid and of blood": "Der Ansatz zeigt Liquor und Blut",
    "No further: draw back by 10 mm, and lean to where the space is deeper":
        "Nicht weiter: 10 mm zurück, und dorthin neigen, wo der Raum tiefer ist",
    "Turn the bevel half round": "Den Schliff halb herum drehen",
    "A needle bends away from its opening; turned between pushes it goes straight":
        "Eine Nadel biegt sich von ihrer Öffnung weg; zwischen den Schüben gedreht läuft sie gerade",
    "Tap, and find the blunt end": "Tippen und das stumpfe Ende suchen",
    "Where it has left the middle tile, the table goes after it; a turn of the hub leads it back":
        "Hat es das mittlere Bild verlassen, fährt der Tisch nach; eine Neigung am Ansatz führt es zurück",
    "Put the stylet in": "Stilett hinein",
    "A needle that is pushed with an open bore fills with tissue, and then nothing passes":
        "Eine offen vorgeschobene Nadel füllt sich mit Gewebe, und dann geht nichts hindurch",
    "Test the resistance": "Widerstand testen",
    "In ligament the plunger is firm, in a space it gives": "Im Band ist der Kolben fest, in einem Raum gibt er nach",
    "Stylet in, then on by 1 mm": "Stilett hinein, dann 1 mm weiter",
    "Blood is a vein; clear fluid is the sac, or a collection": "Blut heißt Vene; klar heißt Sack oder Ansammlung",
    "Draw back by 1 mm": "1 mm zurück",
    "Blood came: the bevel stands in a vein": "Es kam Blut: der Schliff steht in einer Vene",
    "Clear fluid came: contrast tells whether it is of a collection or of the sac":
        "Es kam klare Flüssigkeit: Kontrast sagt, ob aus einer Ansammlung oder aus dem Sack",
    "No blood here: stylet in, then on by 1 mm": "Hier kein Blut: Stilett hinein, dann 1 mm weiter",
    "So little hurts nobody in the epidural space: it was forced into tissue":
        "So wenig schmerzt epidural niemanden: es wurde ins Gewebe gepresst",
    "Let go, and look": "Loslassen und hinsehen",
    "The plunger is hard with so little in: the blood may run into tissue":
        "Der Kolben ist hart bei so wenig: das Blut läuft vielleicht ins Gewebe",
    "Let go, wait a minute, and ask": "Loslassen, eine Minute warten, fragen",
    "A word before 3 mL: pressure passes; pain that stays ends the blood":
        "Ein Wort vor 3 mL: Druck vergeht; Schmerz, der bleibt, beendet die Gabe",
    "Give test contrast": "Testkontrast geben",
    "Where it goes shows where the bevel lies; force does not": "Sein Weg zeigt, wo der Schliff liegt; Kraft nicht",
    "See where it went before more goes in": "Erst sehen, wohin es lief",
    "Draw the blood, if the contrast lies along the sac": "Blut ziehen, wenn der Kontrast am Sack liegt",
    "In the sac or a vein: draw back. Behind the space: stylet in, on by 1 mm. Then test again":
        "Im Sack oder in einer Vene: zurück. Hinter dem Raum: Stilett hinein, 1 mm weiter. Dann neu testen",
    "Mix contrast into it": "Kontrastmittel zumischen",
    "Blood alone is not seen to spread": "Blut allein sieht man nicht",
    "Hold to inject, slowly": "Halten und langsam geben",
    "Let go at the first word of pressure or pain": "Beim ersten Wort von Druck oder Schmerz loslassen",
    "Take the needle out": "Nadel herausziehen",
    "Enough is in when the patient feels pressure": "Genug ist es, wenn Druck gespürt wird",
    "Take the control scan": "Kontrollscan machen",
    "It shows what the blood covers": "Er zeigt, was das Blut bedeckt",
    "Ask for legs and bladder": "Nach Beinen und Blase fragen",
    "Blood can press on nerves": "Blut kann auf Nerven drücken",
    "Order the aftercare": "Nachsorge anordnen",
    "Lying flat, what to avoid, when to come back": "Flach liegen, was meiden, wann wiederkommen",
    "The debrief shows what was hidden until now": "Die Nachbesprechung zeigt das Verborgene",
    "Beyond the plan's end, and still no space: this way does not lead there":
        "Jenseits des Planendes, und noch kein Raum: dieser Weg führt nicht dorthin",
    "No further: aspirate, and let contrast decide": "Nicht weiter: aspirieren, und Kontrast entscheiden lassen",
    "Beside a collection the plunger may stay firm though the bevel is in the space":
        "An einer Ansammlung bleibt der Kolben oft fest, obwohl der Schliff im Raum ist",
    "The plunger is firm, nothing gave, and the plan's end is ahead: ligament still":
        "Der Kolben ist fest, nichts gab nach, und das Planende liegt voraus: noch Band",
}  # fmt: skip
