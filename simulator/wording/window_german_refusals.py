"""German words of what the simulator refuses, and why."""

from __future__ import annotations

REFUSALS: dict[str, str] = {
    # Room, table, beam.
    "the procedure is finished": "der Eingriff ist beendet",
    "the room is needed again: withdraw the needle, order aftercare, finish":
        "der Raum wird gebraucht: Nadel herausziehen, Nachsorge anordnen, beenden",
    "release the pedal first": "erst das Pedal loslassen", "the pedal is already down": "das Pedal ist schon unten",
    "the pedal is up": "das Pedal ist oben",
    "metal artefact reduction is too slow for a held pedal: press once, or switch it off":
        "Metallartefaktreduktion ist zu langsam für ein gehaltenes Pedal: einzeln treten, oder ausschalten",
    "the technique is locked while the beam is on": "die Technik ist gesperrt, solange der Strahl an ist",
    "the gantry cannot lean by {} degrees about this patient: it reaches {} to {} degrees":
        "die Gantry kann bei diesem Patienten nicht um {} Grad kippen: sie reicht von {} bis {} Grad",
    "the gantry leans by {} degrees and scans are taken upright: set it to 0 first":
        "die Gantry ist um {} Grad gekippt, für Scans muss sie gerade stehen: erst auf 0 stellen",
    "the console offers {} kV": "die Konsole bietet {} kV", "the console offers {} to {} mA":
        "die Konsole bietet {} bis {} mA",
    "this scanner turns in {} to {} s": "dieser Scanner dreht in {} bis {} s",
    "the console offers a scan over {} degrees": "die Konsole bietet einen Scan über {} Grad",
    "the console offers no hand protection": "die Konsole bietet keinen Handschutz",
    "the console offers no metal artefact reduction": "die Konsole bietet keine Metallartefaktreduktion",
    "the table reaches {} to {} mm with this patient, not {}":
        "der Tisch reicht mit diesem Patienten von {} bis {} mm, nicht bis {}",
    "there is no level {} here; levels: {}": "hier gibt es keine Höhe {}; Höhen: {}",
    "there is no level {} in this patient; there are: {}": "dieser Patient hat keine Höhe {}; es gibt: {}",
    "give exactly one of to_mm, by_mm and level": "genau eines von to_mm, by_mm und level angeben",
    # Scans.
    "the scan lies outside the patient ({} to {} mm)": "der Scan liegt außerhalb des Patienten ({} bis {} mm)",
    "say the range once: by two levels, or by two table positions in between_mm":
        "den Bereich einmal angeben: durch zwei Höhen, oder durch zwei Tischpositionen in between_mm",
    "a scan from {} to {} mm is shorter than one slice": "ein Scan von {} bis {} mm ist kürzer als eine Schicht",
    "a scan from {} to {} mm goes beyond the patient: the table reaches {} to {} mm":
        "ein Scan von {} bis {} mm geht über den Patienten hinaus: der Tisch reicht von {} bis {} mm",
    "this scenario has no myelogram": "dieser Fall hat kein Myelogramm",
    "the myelogram is taken before the needle goes in": "das Myelogramm wird gemacht, ehe die Nadel hineingeht",
    "there is no position {}; choose {}": "es gibt keine Lage {}; zur Wahl: {}",
    "there is no scan mode {}; choose {}": "es gibt keinen Scanmodus {}; zur Wahl: {}",
    "there is no acquisition {} to look at: {}": "es gibt keine Aufnahme {} anzusehen: {}",
    "there are {} to {}": "es gibt {} bis {}", "nothing was acquired yet": "noch wurde nichts aufgenommen",
    "acquisition {} has the slices 0 to {}": "Aufnahme {} hat die Schichten 0 bis {}",
    "this scanner takes no scout yet; name the levels in AcquirePlanningScan":
        "dieser Scanner macht noch kein Topogramm; die Höhen in AcquirePlanningScan nennen",
    "the table would draw the needle through the gantry: take it out before a scout":
        "der Tisch zöge die Nadel durch die Gantry: vor einem Topogramm herausnehmen",
    "a scout from {} to {} mm goes beyond the patient: the table reaches {} to {} mm":
        "ein Topogramm von {} bis {} mm geht über den Patienten hinaus: der Tisch reicht von {} bis {} mm",
    "a scout of {} mm shows too little to count in: take {} mm":
        "ein Topogramm von {} mm zeigt zu wenig zum Zählen: {} mm nehmen",
    # Needle.
    "no needle has been placed: PlaceNeedle first": "noch ist keine Nadel aufgesetzt: erst aufsetzen",
    "a needle is in the patient: withdraw it before placing it anew":
        "eine Nadel ist im Patienten: erst herausziehen, dann neu aufsetzen",
    "give either entry_from_midline_mm with a side, or entry_x_mm":
        "entweder entry_from_midline_mm mit Seite oder entry_x_mm angeben",
    "give either level or table_mm, not both": "entweder level oder table_mm angeben, nicht beides",
    "there is no skin at x = {} mm": "bei x = {} mm ist keine Haut",
    "the needle would lean more than 60 degrees: withdraw and enter elsewhere":
        "die Nadel stünde um mehr als 60 Grad geneigt: herausziehen und anderswo eingehen",
    "the needle only stands on the skin: advance it first": "die Nadel steht erst auf der Haut: erst vorschieben",
    "the stylet is out already": "das Stilett ist schon draußen",
    "the stylet is in already": "das Stilett ist schon drin",
    "the stylet is in: take it out first": "das Stilett ist drin: erst herausnehmen",
    "there is no needle {}; the tray holds: {}": "es gibt keine Nadel {}; auf dem Tablett: {}",
    "a needle is in place: withdraw it first": "eine Nadel steht: erst herausziehen",
    "the needle is still in the patient: withdraw it first": "die Nadel ist noch im Patienten: erst herausziehen",
    "there is no needle in the patient": "im Patienten ist keine Nadel",
    # Injection.
    "there is no blood in the syringe: DrawBlood first": "in der Spritze ist kein Blut: erst abnehmen",
    "the plunger does not move: tissue blocks the bore; clear it with the stylet":
        "der Kolben bewegt sich nicht: Gewebe verlegt die Nadel; mit dem Stilett frei machen",
    "the plunger does not move: the bevel stands against bone; withdraw a little":
        "der Kolben bewegt sich nicht: der Schliff steht am Knochen; etwas zurückziehen",
    "no hand presses blood through a {}G needle at {} mL/s: {} mL/s at most":
        "keine Hand drückt Blut mit {1} mL/s durch eine {0}G-Nadel: höchstens {2} mL/s",
    "no hand presses blood, {} minutes old, through a {}G needle at {} mL/s: {} mL/s at most":
        "keine Hand drückt {0} Minuten altes Blut mit {2} mL/s durch eine {1}G-Nadel: höchstens {3} mL/s",
    "the syringe holds {} mL, not {} mL": "in der Spritze sind {} mL, nicht {} mL",
    "the blood has clotted in the syringe: draw fresh blood": "das Blut ist in der Spritze geronnen: frisches abnehmen",
    # Patient and preparation.
    "the needle is in the patient: withdraw it before you move them":
        "die Nadel ist im Patienten: erst herausziehen, dann umlagern",
    "this patient's phantom lies prone; only the prone position is modelled":
        "dieser Patient liegt auf dem Bauch; nur die Bauchlage ist modelliert",
    "a time-out that checks nothing is none": "ein Team-Time-out, das nichts prüft, ist keins",
    "this case has {} questions": "dieser Fall hat {} Fragen",
    "an answer has 1 to {} characters": "eine Antwort hat 1 bis {} Zeichen",
    "the checklist of this case has {} lines": "die Checkliste dieses Falls hat {} Zeilen",
    "there is no image to plan on: take a planning scan or press the pedal":
        "es gibt kein Bild zum Planen: einen Planungsscan machen oder das Pedal treten",
}  # fmt: skip
