"""German sentences of the window: hints, reasons, questions, the next step and the tutorial, by their English."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "Locked while the beam is on": "Gesperrt, solange der Strahl an ist",
    "The console does not offer it": "Die Konsole bietet das nicht",
    "The console offers no more": "Die Konsole bietet nicht mehr",
    "{}: the next value that the console offers": "{}: der nächste Wert der Konsole",
    "{} window, {}": "Fenster {}, {}",
    "Beam on for a whole turn, or for 240 degrees": "Strahl über eine ganze Drehung oder über 240 Grad",
    "Whole or partial scan": "Ganze oder Teildrehung", "Hand protection on or off": "Handschutz an oder aus",
    "Beam off while the tube is over the back": "Strahl aus, solange die Röhre über dem Rücken steht",
    "Choose tube voltage": "Röhrenspannung wählen", "Choose tube current": "Röhrenstrom wählen",
    "Choose rotation time": "Rotationszeit wählen", "Lower it": "Senken", "Raise it": "Erhöhen",
    "The pedal: tap for one rotation, hold for one after another":
        "Pedal: tippen für eine Drehung, halten für mehrere",
    "No needle stands on the skin: plan a path and place it": "Keine Nadel auf der Haut: Weg planen und aufsetzen",
    "The needle only stands on the skin: advance it": "Die Nadel steht nur auf der Haut: vorschieben",
    "The stylet is in: take it out first": "Das Stilett ist drin: erst herausnehmen",
    "The needle is in the skin: withdraw it first": "Die Nadel ist in der Haut: erst zurückziehen",
    "Advance the needle {} mm": "Die Nadel {} mm vorschieben",
    "Withdraw the needle {} mm": "Die Nadel {} mm zurückziehen",
    "Lean the hub {}° to the {}: the tip goes the other way":
        "Den Ansatz {}° neigen ({}): die Spitze geht zur anderen Seite",
    "Skin point {} mm to the {}": "Hautpunkt {} mm nach {}",
    "Turn the bevel {}; a needle bends away from its opening":
        "Schliff drehen {}; die Nadel weicht von der Öffnung weg",
    "What shows at the hub when it is out; a needle is pushed with the stylet in":
        "Was am Ansatz kommt, wenn es draußen ist; vorgeschoben wird mit Stilett",
    "Pull on a syringe at the hub: nothing, clear fluid or blood": "An einer Spritze ziehen: nichts, klar oder Blut",
    "Loss of resistance with saline; in a collection it proves little":
        "Widerstandsverlust mit Kochsalz; in einer Ansammlung beweist er wenig",
    "A hand in the beam is dosed": "Eine Hand im Strahl bekommt Dosis",
    "The needle held by a hand, a holder, or let go": "Nadel in der Hand, im Halter oder losgelassen",
    "While the patient or the arm needs something, it is that instead":
        "Braucht der Patient oder der Arm etwas, steht hier das",
    "The simulated clock moves with what is done; waiting takes time too":
        "Die simulierte Uhr läuft mit dem, was getan wird; auch Warten kostet Zeit",
    "Stand at the table, behind the shield, or in the control room": "Am Tisch, hinter dem Schild oder im Schaltraum",
    "One slice ({} mm) towards the {}": "Eine Schicht ({} mm) Richtung {}",
    "There is no further press": "Es gibt keine weitere Aufnahme",
    "All presses of this session can be looked at again": "Alle Bilder dieser Sitzung können wieder angesehen werden",
    "Measure a length": "Länge messen",
    "Drag on a tile from end to end; L again ends it": "Im Bild ziehen; L beendet",
    "Black for white": "Schwarz statt weiß", "The grey window turned over": "Das Grauwertfenster umgekehrt",
    "Plan on the tiles": "Plan in den Bildern", "No path has been written down": "Kein Weg ist eingetragen",
    "The path as it was drawn, on the tile that shows its slice": "Der gezeichnete Weg, im Bild seiner Schicht",
    "Tick at least one item of the time-out": "Mindestens einen Punkt des Time-outs ankreuzen",
    "Whether the time-out checks it": "Ob das Time-out es prüft",
    "Prone, a pillow under the belly, the breath held in each picture":
        "Bauchlage, Kissen unter dem Bauch, Atem anhalten bei jedem Bild",
    "Checks together what is ticked below; what it finds stands in the chart":
        "Prüft gemeinsam, was unten angekreuzt ist; der Fund steht in der Akte",
    "The CT myelogram that came with the request; it costs no dose here":
        "Das mitgebrachte CT-Myelogramm; es kostet hier keine Dosis",
    "A myelogram in this position: contrast lies on the side that is down; it costs no dose here":
        "Ein Myelogramm in dieser Lage: Kontrastmittel liegt auf der unteren Seite; es kostet hier keine Dosis",
    "The needle in hand; a press takes the next one of the tray":
        "Die Nadel in der Hand; ein Klick nimmt die nächste",
    "A needle is in place: withdraw it first": "Eine Nadel steht schon: erst zurückziehen",
    "Wires that show in the scan, about the level that is set at the left":
        "Drähte, die im Scan erscheinen, um die eingestellte Höhe",
    "Count the level on the pictures, and set it with − and + beside the scans":
        "Die Höhe in den Bildern zählen und mit − und + einstellen",
    "A cannula in an arm vein, for the blood": "Eine Kanüle in einer Armvene, für das Blut",
    "Before anything goes through the skin": "Bevor etwas durch die Haut geht",
    "{} mL in the skin and the way in": "{} mL in Haut und Stichweg",
    "All the way out of the skin": "Ganz aus der Haut", "No needle is in the patient": "Keine Nadel im Patienten",
    "Whether they are as before": "Ob sie wie zuvor sind",
    "Lying flat, no lifting or straining, when to come back, and a call on the next day":
        "Flach liegen, nicht heben oder pressen, wann wiederkommen, Anruf am nächsten Tag",
    "Take the needle out first": "Erst die Nadel herausziehen",
    "Ends the procedure; the debrief follows": "Beendet den Eingriff; die Nachbesprechung folgt",
    "No blood was given; to abandon, use the menu": "Kein Blut gegeben; Abbruch im Menü",
    "Entry and target are written into the record": "Eintritt und Ziel werden aufgezeichnet",
    "Draw a path first: tool P, from the skin to the target":
        "Erst einen Weg zeichnen: Werkzeug P, von der Haut zum Ziel",
    "A needle is in the patient": "Eine Nadel ist im Patienten", "Confirm the path first": "Erst den Weg bestätigen",
    "Draw a path and confirm it, or stick the skin grid on to place it by feel":
        "Weg zeichnen und bestätigen, oder für das Gefühl das Hautgitter aufkleben",
    "The tip stands on the skin under the laser: where the path begins, or at the level by feel":
        "Die Spitze steht unter dem Laser auf der Haut: am Beginn des Weges oder nach Gefühl",
    "Move the {} 1 mm": "1 mm versetzen: {}",
    "Drag from the skin to the target: that was shorter than {} mm":
        "Von der Haut zum Ziel ziehen: das war kürzer als {} mm",
    "The three planes cross where you press": "Die drei Ebenen kreuzen sich am Druckpunkt",
    "Two points, or a drag; the distance in mm": "Zwei Punkte oder ein Zug; der Abstand in mm",
    "Three points, the second one is the corner": "Drei Punkte, der zweite ist die Ecke",
    "HU under the cross-hair": "HU unter dem Fadenkreuz",
    "A ring where you see the fluid leave": "Ein Ring am Austritt",
    "Drag from the skin to the target": "Von der Haut zum Ziel ziehen",
    "Tool P: drag from skin to target on the axial picture. Arrows move the target, with Shift the entry.":
        "Werkzeug P: im axialen Bild von der Haut zum Ziel. Pfeile versetzen das Ziel, mit ⇧ den Eintritt.",
    "A level towards the head": "Eine Höhe zum Kopf", "A level towards the feet": "Eine Höhe zu den Füßen",
    "The side on which the fluid leaves, as you see it": "Die Seite des Austritts, wie Sie sie sehen",
    "Level and side as you read them; part of the record": "Höhe und Seite nach Ihrem Befund; Teil der Aufzeichnung",
    "{} of the next scan": "{} des nächsten Scans",
    "The beam is on for the whole range": "Der Strahl ist über die ganze Länge an",
    "This scan has not been taken": "Dieser Scan wurde nicht gemacht", "Shows the {} scan": "Zeigt: {}",
    "All its slices are there": "Alle Schichten sind da", "Make no more slices": "Keine weiteren Schichten rechnen",
    "Stopped: the other slices are made when they are looked at; the dose was given.":
        "Gestoppt: übrige Schichten entstehen beim Ansehen; die Dosis ist gegeben.",
    "Slice to the head": "Schicht zum Kopf", "Slice to the feet": "Schicht zu den Füßen", "Closer": "Näher",
    "Further away": "Weiter weg",
    "Transforaminal or interlaminar": "Transforaminal oder interlaminär", "Draw blood first": "Erst Blut ziehen",
    "There is no blood in the syringe": "Kein Blut in der Spritze",
    "From the arm cannula; from now on it clots": "Aus der Armkanüle; ab jetzt gerinnt es",
    "Contrast into the blood, 250 mg iodine per mL": "Kontrastmittel ins Blut, 250 mg Jod je mL",
    "Contrast alone, then press and look where it went": "Nur Kontrastmittel, dann ein Bild: wohin lief es",
    "Releasing the key or the button stops too": "Loslassen stoppt auch",
    "Ends the injection and takes the syringe off": "Beendet die Injektion, Spritze ab",
    "Goes to the scans: needle out, control scan, aftercare": "Zu den Scans: Nadel heraus, Kontrolle, Nachsorge",
    "No blood has been injected": "Kein Blut injiziert",
    "There is no press before this one": "Davor gibt es kein Bild",
    "At the right what the later press has gained; mid-grey is nothing": "Rechts der Zuwachs; mittelgrau ist keiner",
    "Which of the three slices both pictures show": "Welche der drei Schichten beide Bilder zeigen",
    "The report is being written": "Der Bericht wird geschrieben", "Opens the HTML report": "Öffnet den HTML-Bericht",
    "What the patient really is, over the press that decided; PgUp and PgDn show the others as seen":
        "Wie der Patient wirklich ist, über dem entscheidenden Bild; Bild↑ und Bild↓ zeigen die anderen",
    "Again, the next case, all cases, or leave": "Noch einmal, nächster Fall, alle Fälle oder verlassen",
    "This session was not begun on the first screen": "Diese Sitzung begann nicht auf der ersten Seite",
    "The same case once more": "Derselbe Fall noch einmal", "The next one of the list": "Der nächste der Liste",
    "The next step of the usual order, with one line why": "Der nächste übliche Schritt, mit einer Zeile warum",
    "The procedure is finished": "Der Eingriff ist beendet",
    "A resumed session says nothing of a next case": "Eine fortgesetzte Sitzung kennt keinen nächsten Fall",
    "Whether the next step of the usual order is marked": "Ob der nächste übliche Schritt markiert wird",
    "Another learner; pseudonyms are drawn, names stay with `learners`": "Andere Person; Pseudonyme werden gezogen",
    "Ten minutes on a patient with room behind the sac, step by step; it notices what was done":
        "Zehn Minuten an einem Patienten mit Raum hinter dem Sack, Schritt für Schritt; sie merkt, was getan ist",
    "No session of this learner and case was left open": "Keine offene Sitzung zu Person und Fall",
    "Gives this up": "Bricht das ab",
    "The needle is in the patient: take it out first": "Die Nadel ist im Patienten: erst herausziehen",
    "The reason goes into the record; the needle comes out first, and the debrief follows.":
        "Der Grund wird aufgezeichnet; erst kommt die Nadel heraus, dann folgt die Nachbesprechung.",
    "Tell the patient": "Aufklären", "Tell the patient of a complication": "Über eine Komplikation aufklären",
    "What has happened, what it means and what follows. It takes half a minute.":
        "Was geschah, was es bedeutet und was folgt. Das dauert eine halbe Minute.",
    "The simulated clock stands still meanwhile.": "Die simulierte Uhr steht so lange.",
    "To the next step of the tutorial, whatever was done of this one": "Zum nächsten Schritt, was auch getan ist",
    "The answer to the question of this step": "Die Antwort auf die Frage dieses Schritts",
    "English or German; records, scorecard and report stay English":
        "Englisch oder Deutsch; Aufzeichnung, Punkte und Bericht bleiben englisch",
    "Not done: {}; {}. Try again when it is there.": "Nicht ausgeführt: {}; {}. Danach noch einmal.",
    "the picture is being computed": "das Bild wird berechnet",
    "the last command is being carried out": "der letzte Befehl läuft noch",
    "Closing: the record is kept{}": "Wird geschlossen: die Aufzeichnung bleibt{}",
    "Waiting for: {}": "Gewartet wird auf: {}", "the patient is being built": "der Patient wird aufgebaut",
    "A {} scan was taken at {}. Another one costs {} mGy·cm more, booked as guidance. Take it?":
        "Um {1} gab es schon: {0}. Ein weiterer kostet {2} mGy·cm mehr, gebucht als Führung. Machen?",
    "There are {} mL in the syringe. Draw more?": "In der Spritze sind {} mL. Mehr ziehen?",
    "Before the needle: {}. Place it all the same?": "Vor der Nadel: {}. Trotzdem aufsetzen?",
    "Before the end: {}. Finish all the same?": "Vor dem Ende: {}. Trotzdem beenden?",
    "no complete time-out was held": "kein vollständiges Team-Time-out",
    "the skin is not disinfected": "die Haut ist nicht desinfiziert",
    "no local anaesthetic was given": "keine Lokalanästhesie", "the needle is in the patient": "die Nadel steckt noch",
    "nobody asked for legs and bladder": "nach Beinen und Blase fragte niemand",
    "no aftercare was ordered": "keine Nachsorge ist angeordnet",
    "The gamepad has gone: what it held is let go; keys and mouse go on.":
        "Das Gamepad ist weg: was es hielt, ist losgelassen; Tasten und Maus gehen weiter.",
    "This screen has {} x {} pixels and the window needs {} x {}: what lies beyond the edge is not seen; set a finer "
    "resolution.":
        "Dieser Bildschirm hat {} x {} Pixel, das Fenster braucht {} x {}: was darüber hinausgeht, ist nicht zu "
        "sehen; eine feinere Auflösung hilft.",
    "The report is {}": "Der Bericht ist {}",
    "No browser could be started; the report is {}": "Kein Browser ließ sich starten; der Bericht ist {}",
    "Move the table": "Tisch fahren", "on the midline": "in der Mitte", "{} mm right": "{} mm rechts",
    "{} mm left": "{} mm links", "Press": "Pedal",
    "The skin is not disinfected yet. Inject through it?":
        "Die Haut ist noch nicht desinfiziert. Trotzdem injizieren?",
    "The skin is disinfected already, and the grid is not sterile. Stick it on?":
        "Die Haut ist schon desinfiziert, das Gitter nicht steril. Aufkleben?",
    "No skin grid is on the back: its wires will not show in the scan. Take it without?":
        "Kein Hautgitter auf dem Rücken: seine Drähte fehlen im Scan. Ohne machen?",
    "No needle is in the patient yet, and blood clots from when it is drawn. Draw it now?":
        "Noch keine Nadel im Patienten, und Blut gerinnt ab der Entnahme. Jetzt ziehen?",
    "The needle is in the patient. Finish all the same?": "Die Nadel ist im Patienten. Trotzdem beenden?",
    "No blood was given, and no reason is written down: Stop, with a reason, does that. Finish?":
        "Kein Blut gegeben und kein Grund genannt: das tut der Abbruch mit Begründung. Beenden?",
    "This procedure is not finished. Its record is kept and can be resumed. Leave this patient?":
        "Dieser Eingriff ist nicht beendet. Die Aufzeichnung bleibt. Diesen Patienten verlassen?",
    "until the patient feels pressure; without a word no more than {} mL":
        "bis der Patient Druck spürt; ohne ein Wort höchstens {} mL",
    "A dural leak lets spinal fluid escape. You place a 20G needle into the epidural space beside it, seeing only "
    "what the CT-fluoroscopy console shows when the pedal is pressed, and inject the patient's blood with contrast "
    "until they feel pressure. Contrast from the myelogram marks the fluid: inside the dura, and where it has "
    "leaked.":
        "Durch ein Leck der Dura tritt Liquor aus. Sie führen eine 20G-Nadel in den Epiduralraum daneben und sehen "
        "nur, was die CT-Fluoroskopie beim Druck auf das Pedal zeigt; dann geben Sie Eigenblut mit Kontrastmittel, "
        "bis Druck gespürt wird. Kontrastmittel des Myelogramms markiert den Liquor: in der Dura, und wo er "
        "ausgetreten ist.",
    "Placement, safety, dose, economy and the patch are scored; every press counts. A punctured dura limits the "
    "score; blood inside the dura ends it. The weights are ours and unvalidated, the anchors are published.":
        "Bewertet werden Lage, Sicherheit, Dosis, Sparsamkeit und Patch; jede Aufnahme zählt. Eine Durapunktion "
        "begrenzt die Punkte; Blut in der Dura beendet sie. Die Gewichte sind unsere und nicht validiert, die Anker "
        "publiziert.",
    "Stylet out: nothing drips.": "Ohne Stilett: nichts tropft.",
    "Stylet out: clear, drop by drop.": "Ohne Stilett: klar, tropfend.",
    "Stylet out: blood drips.": "Ohne Stilett: Blut tropft.", "Aspirated: nothing comes.": "Aspiriert: nichts kommt.",
    "Aspirated: clear fluid comes.": "Aspiriert: klare Flüssigkeit.",
    "Aspirated: blood comes.": "Aspiriert: Blut kommt.", "The plunger gives way.": "Der Kolben gibt nach.",
    "The plunger is firm.": "Der Kolben ist fest.", "Stylet in.": "Stilett drin.", "Wheel over a tile": "Rad im Bild",
    "zoom": "vergrößern", "Left drag": "Links ziehen",
    "moves the pictures; with the tool L it measures": "verschiebt die Bilder; mit Werkzeug L misst es",
    "Right drag": "Rechts ziehen", "window width and level": "Fensterbreite und -lage", "Middle drag": "Mitte ziehen",
    "moves the pictures": "verschiebt die Bilder", "moves the picture": "verschiebt das Bild",
    "Click on the table strip": "Klick auf die Tischleiste",
    "brings that slice under the laser": "bringt die Schicht unter den Laser",
    "Click or hold the lamp": "Lampe klicken oder halten", "the pedal": "das Pedal", "Wheel": "Rad",
    "Ctrl wheel": "Strg Rad",
    "slice of the axial picture; over the others their plane": "Schicht des axialen Bilds; sonst deren Ebene",
    "Left button": "Linke Taste", "what the chosen tool does": "was das Werkzeug tut",
    "Wheel over the image": "Rad im Bild", "Wheel over near misses": "Rad über Beinahe-Fehlern",
    "further ones; a click shows the press": "weitere; ein Klick zeigt das Bild",
    "Wheel over the ledger": "Rad über dem Dosisbuch", "further exposures": "weitere Aufnahmen",
    "Scoring, and making the images that nobody looked at": "Bewertung; Bilder, die niemand ansah, entstehen",
    "Bar length is the weight. Weights are ours and unvalidated; anchors are published and in the report.":
        "Die Länge ist das Gewicht. Gewichte sind unsere und nicht validiert; Anker sind publiziert, im Bericht.",
    "PLAN": "PLAN",
    "pushed {} of {} mm": "{} von {} mm vorgeschoben",
    "The scan of the path has not come yet": "Der Scan des Wegs ist noch nicht da",
    "Plan beside the tiles": "Plan neben den Bildern",
    "Mark the tip": "Spitze markieren",
    "There is no press to mark it on": "Es gibt keine Aufnahme, auf der sie zu markieren wäre",
    "The path on the scan that it was drawn on, in three planes, in place of the first slice": (
        "Der Weg auf dem Scan, auf dem er gezeichnet wurde, in drei Ebenen, an Stelle der ersten Schicht"
    ),
    "Click where the tip is seen; the marks of all presses stand on the plan": (
        "Klicken, wo die Spitze zu sehen ist; die Marken aller Aufnahmen stehen auf dem Plan"
    ),
    "The expert's way": "Der Weg des Experten",
    "the expert": "der Experte",
    "as it was": "wie es war",
    "Give up": "Abbrechen",
    "From here": "Von hier",
    "the expert goes on": "der Experte macht weiter",
    "other end": "anderes Ende",
    "The expert treats the same patient from there on, with the same chance": (
        "Der Experte behandelt denselben Patienten von dort an, mit demselben Zufall"
    ),
    "The expert goes on from the costliest decision, or from the advice or press that was chosen last": (
        "Der Experte macht weiter: ab der teuersten Entscheidung oder ab dem zuletzt gewählten Rat oder der Aufnahme"
    ),
    "The debrief is being made": "Die Nachbesprechung wird gemacht",
    "No decision cost anything, and there was no press": "Keine Entscheidung kostete etwas, und es gab keine Aufnahme",
    "The same patient once more, as it was after the press that is shown; practice counts as no attempt": (
        "Derselbe Patient noch einmal, wie er nach der gezeigten Aufnahme war; Üben zählt nicht als Versuch"
    ),
    "There is no practice here": "Üben ist hier nicht möglich",
    "see press {}": "siehe Aufnahme {}", "{}, then {}": "{}, dann: {}",
    "Bone lies on this way (up to {} HU). Confirm it all the same?":
        "Auf diesem Weg liegt Knochen (bis {} HU). Trotzdem bestätigen?",
    "{}: bone": "{}: Knochen",
    "The card says what comes next": "Die Karte sagt, was nun kommt",
    "There is no earlier press to go back to": "Es gibt keine frühere Aufnahme",
    "A session of its own from the press that is shown, or the one before the last; marked as assisted":
        "Eine eigene Sitzung ab der gezeigten oder vorletzten Aufnahme; als geholfen vermerkt",
    "Place, zoom and window of the pictures as at first": "Ort, Größe und Fenster der Bilder wie zu Beginn",
    "Place, zoom and window of the planes as at first": "Ort, Größe und Fenster der Ebenen wie zu Beginn",
    "Fit": "Einpassen",
}  # fmt: skip
