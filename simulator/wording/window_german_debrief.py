"""German words of the debrief: verdict, near misses, what is compared, and what is given with a command."""

from __future__ import annotations

DEBRIEF: dict[str, str] = {
    # The sign and the headline.
    "Treated.": "Behandelt.", "Treated in part.": "Zum Teil behandelt.", "Not treated.": "Nicht behandelt.",
    "Rightly not treated.": "Zu Recht nicht behandelt.",
    "Limited by: {}.": "Begrenzt durch: {}.",
    "Stopped before the needle, which is right: a fact of the chart forbids the procedure.":
        "Vor der Nadel aufgehört, zu Recht: eine Tatsache der Akte verbietet den Eingriff.",
    "Stopped, which is right: the patient had a severe reaction.":
        "Aufgehört, zu Recht: der Patient hatte eine schwere Reaktion.",
    "Stopped after a dural puncture, without blood.": "Nach einer Durapunktion aufgehört, ohne Blut.",
    "Stopped before the needle, which is right: fluid runs into a vein, and no blood closes that.":
        "Vor der Nadel aufgehört, zu Recht: Liquor läuft in eine Vene, und kein Blut schließt das.",
    "Abandoned, which is right here: the leak offers no safe target at its level.":
        "Abgebrochen, hier zu Recht: das Leck bietet in seiner Höhe kein sicheres Ziel.",
    "Not treated: no blood was injected.": "Nicht behandelt: kein Blut gegeben.",
    "Intrathecal: the blood went inside the dura at {}, not into the epidural space.":
        "Intrathekal: das Blut ging bei {} in die Dura, nicht in den Epiduralraum.",
    "Subdural: the blood went under the dura at {}, not into the epidural space.":
        "Subdural: das Blut ging bei {} unter die Dura, nicht in den Epiduralraum.",
    "Outside the epidural space: the blood went into {} at {}.":
        "Außerhalb des Epiduralraums: das Blut ging bei {1} in {0}.",
    "Epidural, {}, {}, at {}. The dura was {}.": "Epidural, {}, {}, bei {}. Die Dura wurde {}.",
    "Epidural, {}, at {}. The dura was {}.": "Epidural, {}, bei {}. Die Dura wurde {}.",
    "In the foramen, {}, at {}. The dura was {}.": "Im Foramen, {}, bei {}. Die Dura wurde {}.",
    "punctured": "durchstochen", "touched, not punctured": "berührt, nicht durchstochen",
    "not touched": "nicht berührt",
    "{} mm left of the midline": "{} mm links der Mitte", "{} mm right of the midline": "{} mm rechts der Mitte",
    "dorsal": "dorsal", "lateral": "lateral", "ventral": "ventral", "foraminal": "foraminal",
    # The verdict, one by one.
    "The skin was never punctured.": "Die Haut wurde nie durchstochen.",
    "The bevel reached an accepted target zone.": "Der Schliff erreichte eine zulässige Zielzone.",
    "The bevel never stood in an accepted target zone.": "Der Schliff stand nie in einer zulässigen Zielzone.",
    "At the first millilitre of blood the bevel opened in an accepted target zone ({} at {}), with the tip {} mm "
    "outside the dura.":
        "Beim ersten Milliliter Blut öffnete der Schliff in eine zulässige Zielzone ({} bei {}), die Spitze {} mm "
        "außerhalb der Dura.",
    "At the first millilitre of blood the bevel opened in an accepted target zone ({} at {}), with the tip pressed {} "
    "mm into the dura, which tents.":
        "Beim ersten Milliliter Blut öffnete der Schliff in eine zulässige Zielzone ({} bei {}), die Spitze {} mm in "
        "die Dura gedrückt, die sich wölbt.",
    "At the first millilitre of blood the bevel opened in an accepted target zone ({} at {}), with the tip {} mm "
    "inside the dura.":
        "Beim ersten Milliliter Blut öffnete der Schliff in eine zulässige Zielzone ({} bei {}), die Spitze {} mm "
        "innerhalb der Dura.",
    "At the first millilitre of blood the bevel did not open in an accepted target zone ({} at {}), with the tip {} mm "
    "outside the dura.":
        "Beim ersten Milliliter Blut öffnete der Schliff nicht in eine zulässige Zielzone ({} bei {}), die Spitze {} "
        "mm außerhalb der Dura.",
    "At the first millilitre of blood the bevel did not open in an accepted target zone ({} at {}), with the tip "
    "pressed {} mm into the dura, which tents.":
        "Beim ersten Milliliter Blut öffnete der Schliff nicht in eine zulässige Zielzone ({} bei {}), die Spitze {} "
        "mm in die Dura gedrückt, die sich wölbt.",
    "At the first millilitre of blood the bevel did not open in an accepted target zone ({} at {}), with the tip {} mm "
    "inside the dura.":
        "Beim ersten Milliliter Blut öffnete der Schliff nicht in eine zulässige Zielzone ({} bei {}), die Spitze {} "
        "mm innerhalb der Dura.",
    "The dura was punctured.": "Die Dura wurde durchstochen.",
    "The dura was punctured {} times.": "Die Dura wurde {}-mal durchstochen.",
    "The spinal cord was touched.": "Das Rückenmark wurde berührt.",
    "The spinal cord was touched {} times.": "Das Rückenmark wurde {}-mal berührt.",
    "A nerve root was touched.": "Eine Nervenwurzel wurde berührt.",
    "A nerve root was touched {} times.": "Eine Nervenwurzel wurde {}-mal berührt.",
    "A vessel was punctured.": "Ein Gefäß wurde durchstochen.",
    "A vessel was punctured {} times.": "Ein Gefäß wurde {}-mal durchstochen.",
    "The tip met and tented the dura once.": "Die Spitze traf und wölbte die Dura einmal.",
    "The tip met and tented the dura {} times.": "Die Spitze traf und wölbte die Dura {}-mal.",
    "Bone was met once.": "Knochen wurde einmal getroffen.",
    "Bone was met {} times.": "Knochen wurde {}-mal getroffen.",
    "No critical structure and no bone was touched.": "Keine kritische Struktur und kein Knochen wurde berührt.",
    "The tip never came closer to the dura than {} mm.": "Die Spitze kam der Dura nie näher als {} mm.",
    "The patient reported neither pressure nor pain.": "Der Patient sprach weder von Druck noch von Schmerz.",
    "The patient said:": "Der Patient sagte:",
    "The injection stopped at the first word of pressure.": "Die Injektion endete beim ersten Wort von Druck.",
    "{} mL of blood went in after the first word of pressure.":
        "{} mL Blut folgten nach dem ersten Wort von Druck.",
    "{} mL of blood mixture were injected and reached {} of the leak zone.":
        "{} mL Blutgemisch wurden gegeben und erreichten {} der Leckzone.",
    "{} mL went into {}, where it sinks among the roots, seals nothing and can inflame them.":
        "{} mL gingen in {}, wo es zwischen die Wurzeln sinkt, nichts dichtet und sie entzünden kann.",
    "{} mL went into {}, where it lies under the dura and seals nothing.":
        "{} mL gingen in {}, wo es unter der Dura liegt und nichts dichtet.",
    "{} mL went into {}, whose stream carries it away from the leak.":
        "{} mL gingen in {}, dessen Strom es vom Leck fortträgt.",
    "{} mL went into {}, where it aches for days and seals nothing.":
        "{} mL gingen in {}, wo es tagelang schmerzt und nichts dichtet.",
    "{} mL left the canal along the roots, where it seals nothing in the canal.":
        "{} mL verließen den Kanal entlang der Wurzeln, wo es im Kanal nichts dichtet.",
    "No image guided the needle, and no radiation was used.": "Kein Bild führte die Nadel, und es gab keine Strahlung.",
    "No radiation was used.": "Es gab keine Strahlung.", "No image guided the needle.": "Kein Bild führte die Nadel.",
    "Guidance cost {} mGy·cm in {}.": "Die Führung kostete {} mGy·cm in {}.",
    "Guidance cost {} mGy·cm in {} (published median with spot CT fluoroscopy: {} mGy·cm, {} images; {}).":
        "Die Führung kostete {} mGy·cm in {} (publizierter Median mit einzelnen CTF-Bildern: {} mGy·cm, {} Bilder; "
        "{}).",
    "Planning cost {} mGy·cm.": "Die Planung kostete {} mGy·cm.",
    "Planning cost {} mGy·cm ({}: {}).": "Die Planung kostete {} mGy·cm ({}: {}).",
    "our estimate for {} mAs, {} cm": "unsere Schätzung für {} mAs, {} cm",
    "{}: our estimate for {} mAs, {} cm": "{}: unsere Schätzung für {} mAs, {} cm",
    "Confirmation cost {} mGy·cm.": "Die Kontrolle kostete {} mGy·cm.",
    "Confirmation cost {} mGy·cm with {}.": "Die Kontrolle kostete {} mGy·cm mit {}.",
    "{} images": "{} Bildern", "{} image": "{} Bild",
    "{} images and {} planning scan": "{} Bildern und {} Planungsscan",
    "{} images and {} planning scans": "{} Bildern und {} Planungsscans",
    "{} image and {} planning scan": "{} Bild und {} Planungsscan",
    "{} image and {} planning scans": "{} Bild und {} Planungsscans",
    "Together {} mSv with k = {} mSv per mGy·cm.": "Zusammen {} mSv mit k = {} mSv je mGy·cm.",
    "The procedure was broken off and not finished.": "Der Eingriff wurde abgebrochen und nicht beendet.",
    "The chance of a lasting cure is {}.": "Die Aussicht auf dauerhafte Heilung ist {}.",
    "In this run the headache is not relieved.": "In diesem Lauf bessert sich der Kopfschmerz nicht.",
    "In this run the headache is relieved within a day.":
        "In diesem Lauf bessert sich der Kopfschmerz binnen eines Tages.",
    "In this run the headache is relieved within a day and comes back on day {}.":
        "In diesem Lauf bessert sich der Kopfschmerz binnen eines Tages und kommt am Tag {} wieder.",
    # Near misses.
    "Closest to a vessel ({}): {} mm to its middle": "Am nächsten an einem Gefäß ({}): {} mm zu seiner Mitte",
    "epidural vein": "epidurale Vene", "vessel": "Gefäß",
    "{} mL of blood went in after the patient's word": "{} mL Blut folgten nach dem Wort des Patienten",
    "The tip touched the dura": "Die Spitze berührte die Dura", "Bone stopped the needle": "Knochen hielt die Nadel an",
    "Bone stopped the needle {} times, the last at {}": "Knochen hielt die Nadel {}-mal an, zuletzt um {}",
    "Deepest inside the dura: {} mm": "Am tiefsten in der Dura: {} mm",
    "Pressed into the dura, which tents: {} mm": "In die Dura gedrückt, die sich wölbt: {} mm",
    "Closest to the dura: {} mm outside": "Am nächsten an der Dura: {} mm außerhalb",
    "half the epidural depth here is {} mm": "die halbe epidurale Tiefe ist hier {} mm",
    "Closest to a nerve root or the cord: {} mm": "Am nächsten an Wurzel oder Rückenmark: {} mm",
    "{} mm of push before any image of the needle": "{} mm Vorschub vor jedem Bild der Nadel",
    "{} mm of push since the last image, {} s before": "{} mm Vorschub seit dem letzten Bild, {} s davor",
    "recognised": "erkannt", "not recognised": "nicht erkannt",
    # What is filled into advice.
    "once": "einmal", "{} times": "{}-mal", "no blood": "kein Blut",
    "{} mm from the dura": "{} mm vor die Dura", "{} mm beyond the dura's place": "{} mm hinter den Ort der Dura",
    "a time-out": "Team-Time-out", "the whole time-out": "das ganze Team-Time-out",
    "disinfecting and draping": "Desinfizieren und Abdecken",
    "identity": "Identität", "consent": "Einwilligung", "coagulation": "Gerinnung", "allergy": "Allergie",
    "level and side": "Höhe und Seite", "level": "Höhe", "side": "Seite",
    "disinfecting": "Desinfizieren", "draping": "Abdecken",
    "the {} space at {}": "Epiduralraum {} bei {}",
    "the epidural space at {}": "der Epiduralraum bei {}", "the thecal sac at {}": "der Duralsack bei {}",
    "the space under the dura at {}": "der Raum unter der Dura bei {}", "a vessel at {}": "ein Gefäß bei {}",
    "bone at {}": "Knochen bei {}", "the foramen at {}": "das Foramen bei {}",
    "soft tissue outside the canal at {}": "Weichteile außerhalb des Kanals bei {}",
    "head": "Kopf", "feet": "Füße",
    "Cut short, no image": "Abgebrochen, kein Bild", "Cut short": "Abgebrochen",
    # What the script made happen, and answers to a case's questions.
    "{}: it never came": "{}: kam nicht", "{} at {} min: not answered; right was to {}":
        "{} nach {} min: nicht beantwortet; richtig war: {}",
    "{} at {} min: answered ({}) after {} s, in time": "{} nach {} min: beantwortet ({}) nach {} s, rechtzeitig",
    "{} at {} min: answered ({}) after {} s, too late": "{} nach {} min: beantwortet ({}) nach {} s, zu spät",
    "vasovagal": "vasovagale Reaktion", "contrast reaction": "Kontrastmittelreaktion",
    "severe contrast reaction": "schwere Kontrastmittelreaktion", "jerk": "Zucken",
    "arm line fails": "Armzugang versagt", "arm line clots": "Armzugang gerinnt", "look again": "noch einmal hinsehen",
    "ask the patient": "den Patienten fragen", "draw back": "zurückziehen", "stop injecting": "Injektion beenden",
    "end the procedure": "den Eingriff beenden", "{} (within {})": "{} (auf {} genau)",
    # What is told of the record and its files.
    "{} cannot be written ({}); the session goes on in memory and is saved when it can be.":
        "{} kann nicht geschrieben werden ({}); die Sitzung läuft im Speicher weiter und wird gesichert, sobald es "
        "geht.",
    "{} is saved again, nothing is missing.": "{} ist wieder gesichert, nichts fehlt.",
    "{} cannot be written ({}); {} makes it from the record.":
        "{} kann nicht geschrieben werden ({}); {} macht es aus der Aufzeichnung.",
    "{} takes no pictures ({}); they are tried again at the end.":
        "{} nimmt keine Bilder ({}); sie werden am Ende noch einmal versucht.",
    "{}; the debrief goes without it.": "{}; die Nachbesprechung kommt ohne das aus.",
    "The record could not be saved in {}; it is {}.": "Die Aufzeichnung ließ sich nicht in {} sichern; sie ist {}.",
    "The record could not be saved anywhere; what came after its first {} bytes is lost.":
        "Die Aufzeichnung ließ sich nirgends sichern; was nach ihren ersten {} Bytes kam, ist verloren.",
    "debrief": "Nachbesprechung", "Waits its turn: {}": "Wartet, bis es dran ist: {}",
    "{} and {} mm": "{} und {} mm", "Entry: on the midline": "Eintritt: in der Mitte",
    # What is compared.
    "score": "Punkte", "{} of 100": "{} von 100", "chance of a lasting cure": "Aussicht auf dauerhafte Heilung",
    "images of CT fluoroscopy": "Bilder der CT-Fluoroskopie", "effective dose": "effektive Dosis",
    "not applicable": "entfällt", "yes": "ja", "no": "nein", "Costliest: {}": "Am teuersten: {}",
    "at the first mL of blood": "beim ersten mL Blut", "at the last press": "bei der letzten Aufnahme",
    "z {} mm, at the first mL of blood": "z {} mm, beim ersten mL Blut",
    "z {} mm, at the last press": "z {} mm, bei der letzten Aufnahme",
}  # fmt: skip

GIVEN: dict[str, str] = {
    "arms {}": "Arme {}", "above the head": "über dem Kopf", "beside the body": "neben dem Körper",
    "no prone": "nicht in Bauchlage", "no pillow": "ohne Kissen", "breath hold": "Atem angehalten",
    "no breath hold": "Atem frei", "neck flexion {}°": "Hals gebeugt {}°",
    "prone": "Bauchlage", "pillow": "Kissen",
    "no identity": "ohne Identität", "no consent": "ohne Einwilligung", "no coagulation": "ohne Gerinnung",
    "no allergy": "ohne Allergie", "no level and side": "ohne Höhe und Seite",
    "tube voltage {} kV": "Spannung {} kV", "tube current {} mA": "Strom {} mA", "rotation {} s": "Rotation {} s",
    "scan arc {}°": "Bogen {}°", "hand protection": "Handschutz", "no hand protection": "ohne Handschutz",
    "metal artefact reduction": "Metallartefaktreduktion",
    "no metal artefact reduction": "ohne Metallartefaktreduktion",
    "orientation {}": "Richtung {}", "from {} mm": "von {} mm", "to {} mm": "bis {} mm", "by {} mm": "um {} mm",
    "right decubitus": "Rechtsseitenlage", "left decubitus": "Linksseitenlage", "supine": "Rückenlage",
    "position {}": "Lage {}", "level {}": "Höhe {}", "side {}": "Seite {}", "levels {}": "Höhen {}",
    "slice thickness {} mm": "Schichtdicke {} mm", "mode {}": "Modus {}", "between {} mm": "zwischen {} mm",
    "done fraction {}": "davon getan {}", "approach {}": "Weg {}", "entry {} mm": "Eintritt {} mm",
    "target {} mm": "Ziel {} mm", "volume {} mL": "Volumen {} mL", "needle {}G {}": "Nadel {}G {}",
    "entry from midline {} mm": "Eintritt {} mm von der Mitte", "entry x {} mm": "Eintritt x {} mm",
    "table {} mm": "Tisch {} mm", "angle {}°": "Winkel {}°", "craniocaudal {}°": "kraniokaudal {}°",
    "distance {} mm": "Weg {} mm", "all the way": "ganz heraus", "angle change {}°": "Winkel um {}°",
    "craniocaudal change {}°": "kraniokaudal um {}°", "medium {}": "Medium {}", "saline": "Kochsalz", "air": "Luft",
    "held by {}": "gehalten von {}", "hand": "Hand", "holder": "Halter", "released": "losgelassen",
    "place {}": "Standort {}", "table": "Tisch", "shield": "Schild", "control room": "Schaltraum",
    "tilt {}°": "Neigung {}°", "hold": "gehalten", "number {}": "Nummer {}", "slices {}": "Schichten {}",
    "rate {} mL/s": "Rate {} mL/s", "until cue": "bis zum Wort des Patienten", "no until cue": "ohne Halt beim Wort",
    "about {}": "zu {}", "feeling": "Befinden", "legs and bladder": "Beine und Blase",
    "of dural puncture": "über eine Durapunktion", "of cord contact": "über eine Berührung des Rückenmarks",
    "of root contact": "über eine Berührung einer Wurzel", "of vessel puncture": "über eine Gefäßpunktion",
    "of intrathecal injection": "über eine intrathekale Injektion",
    "of subdural injection": "über eine subdurale Injektion",
    "of intravascular injection": "über eine intravasale Injektion", "measure {}": "Maßnahme {}",
    "raise the legs": "Beine hoch", "antihistamine": "Antihistaminikum", "adrenaline": "Adrenalin",
    "flush the arm line": "Armzugang spülen", "new arm line": "neuer Armzugang", "length {} mm": "Länge {} mm",
    "flat {} h": "flach {} h", "head down": "Kopf tief", "advice": "Rat", "no advice": "ohne Rat",
    "next day call": "Anruf am nächsten Tag", "no next day call": "ohne Anruf am nächsten Tag",
    "question {}": "Frage {}", "answer {}": "Antwort {}", "item {}": "Punkt {}", "done": "getan",
    "no done": "nicht getan",
    "duration {} s": "Dauer {} s", "stopped for {}": "aufgehört wegen: {}",
    "fact in the time-out": "Tatsache im Team-Time-out",
    "reaction of the patient": "Reaktion des Patienten", "no safe way": "kein sicherer Weg",
    "fistula into a vein": "Fistel in eine Vene",
}  # fmt: skip
"""What is given with a command, by its name."""
