"""German words of the window: lessons, questions, the checklist, examinations, drill and sound, by their English."""

from __future__ import annotations

LESSONS: dict[str, str] = {
    "Goals": "Ziele", "Picture": "Bild", "Before we begin": "Bevor wir beginnen", "Checklist": "Checkliste",
    "Answers": "Antworten", "Advice of the case": "Rat des Falls", "To take home": "Zum Mitnehmen",
    "Reactions": "Reaktionen", "Analysis": "Analyse", "Summary": "Zusammenfassung", "Advice": "Rat",
    "What happened by script": "Was das Drehbuch geschehen ließ", "page {} of {}": "Seite {} von {}",
    "To be talked over before the case": "Vor dem Fall zu besprechen", "Afterwards you can": "Danach können Sie",
    "This lesson": "Diese Lektion", "Difficulty: {}": "Schwierigkeit: {}",
    "Time: about {} min, debriefing included": "Zeit: etwa {} min mit Nachbesprechung",
    "This is an examination": "Dies ist eine Prüfung",
    "No step is marked, there is no tutorial and no practice.":
        "Kein Schritt ist markiert, es gibt weder Einführung noch Übung.",
    "Score and truth are not shown at the end: the teacher releases them.":
        "Punkte und Wahrheit stehen nicht am Ende: Die Lehrperson gibt sie frei.",
    "Attempts: {}": "Versuche: {}", "Time for all of it: {} min": "Zeit für alles: {} min",
    "{} min left": "noch {} min", "{} s left": "noch {} s",
    "The time of the examination is over: it ends as it stands.": "Die Prüfungszeit ist um: Es endet, wie es steht.",
    "The time runs from the first page on, also while the window is closed; when it is over, the examination ends.":
        "Die Zeit läuft von der ersten Seite an, auch bei geschlossenem Fenster; ist sie um, endet die Prüfung.",
    "No answer": "Keine Antwort", "✓  Your answer: {}": "✓  Ihre Antwort: {}",
    "✗  Your answer: {}": "✗  Ihre Antwort: {}",
    "Right: {}": "Richtig: {}", "not ticked: {}": "nicht abgehakt: {}",
    "–  not ticked: {}": "–  nicht abgehakt: {}", "–  ✓  {}": "–  ✓  {}", "–  {}": "–  {}",
    "Page back": "Seite zurück", "Next page": "Nächste Seite",
    "This is the first page": "Das ist die erste Seite", "This is the last page": "Das ist die letzte Seite",
    "Go on to the patient": "Weiter zum Patienten", "Finish the procedure": "Eingriff beenden",
    "{} of the questions have no answer. Go on without?": "{} der Fragen sind ohne Antwort. Trotzdem weiter?",
    "Answer {}": "Antwort {}", "The level above": "Die Höhe darüber", "The level below": "Die Höhe darunter",
    "Another side": "Andere Seite", "Erase": "Löschen", "The last sign": "Das letzte Zeichen", "Back": "Zurück",
    "Write it down": "Eintragen", "No number is typed yet": "Noch keine Zahl eingegeben", "Type {}": "{} eingeben",
    "This case tells and asks nothing here.": "Dieser Fall sagt und fragt hier nichts.",
    "wheel: more": "Rad: mehr", "No answer yet": "Noch keine Antwort", "Written down: {}": "Eingetragen: {}",
    "option {}": "Antwort {}", "Wheel": "Rad", "further lines of a long text": "weitere Zeilen eines langen Textes",
    "further lines": "weitere Zeilen", "both": "beide", "Lesson": "Lektion",
    "The picture cannot be read; its file may have been moved.":
        "Das Bild ist nicht lesbar; vielleicht wurde die Datei verschoben.",
    "Ticks the line, or takes the tick back": "Hakt die Zeile ab oder nimmt den Haken weg",
    "{} of {} ticked": "{} von {} abgehakt", "this case has none": "dieser Fall hat keine",
    "{} more below: wheel": "{} weitere darunter: Rad",
    "What the case tells and asks": "Was der Fall sagt und fragt",
    "difficulty: {}": "Schwierigkeit: {}", "about {} min": "etwa {} min",
    "an examination: the teacher releases score and truth":
        "eine Prüfung: die Lehrperson gibt Punkte und Wahrheit frei",
    "first": "erster Fall", "usual": "üblich", "difficult": "schwierig", "very difficult": "sehr schwierig",
    "examination": "Prüfung",
    "An examination has neither help nor practice": "Eine Prüfung hat weder Hilfe noch Übung",
    "the teacher releases the score": "die Lehrperson gibt die Punkte frei", "finished": "beendet",
    "The examination is finished and recorded.": "Die Prüfung ist beendet und aufgezeichnet.",
    "The teacher releases score and truth.": "Die Lehrperson gibt Punkte und Wahrheit frei.",
    "Talk it over": "Besprechen",
    "Reactions, analysis and summary; then answers, advice and teaching points of the case":
        "Reaktionen, Analyse und Zusammenfassung; dann Antworten, Rat und Lehrpunkte des Falls",
    "The scan runs; Del stops it": "Der Scan läuft; Entf hält ihn an", "Stop the scan": "Scan anhalten",
    "Scan stopped: the dose of the part that was done is booked, and its slices are made.":
        "Scan angehalten: die Dosis des gefahrenen Teils ist gebucht, und seine Schichten entstehen.",
    "a scan runs": "ein Scan läuft",
    "The beam is on for the whole range; Del stops it": "Der Strahl ist über den ganzen Bereich an; Entf hält ihn an",
    "Replay": "Abspielen", "Pause": "Anhalten", "There was no press": "Es gab keine Aufnahme",
    "Shows one press after another; drag on the line below the image to scrub":
        "Zeigt eine Aufnahme nach der anderen; auf der Linie unter dem Bild ziehen, um zu springen",
    "What to do otherwise in place of the near misses; a click, or its number, shows its press":
        "Was anders zu tun ist statt der Beinahe-Fehler; ein Klick oder die Nummer zeigt die Aufnahme dazu",
    "The press of entry {}": "Die Aufnahme zu Eintrag {}", "{} to {} of {}, wheel: more": "{} bis {} von {}, Rad: mehr",
    "Wheel over the components": "Rad über den Teilen", "further ones": "weitere",
    "Drag on the line below the image": "Ziehen auf der Linie unter dem Bild",
    "scrubs through the presses": "springt durch die Aufnahmen",
    "Tip drill": "Spitze üben", "Reading the tip": "Die Spitze lesen", "This round": "Diese Runde",
    "Two minutes of pictures: where is the tip? Each error is told at once":
        "Zwei Minuten Bilder: Wo ist die Spitze? Jeder Fehler wird sofort gesagt",
    "two minutes of reading": "zwei Minuten Lesen", "{} answers, {} of the wrong kind": "{} Antworten, {} falscher Art",
    "1 answer, {} of the wrong kind": "1 Antwort, {} falscher Art",
    "median error {} mm": "Median des Fehlers {} mm", "{} mm off": "{} mm daneben",
    "It lies in slice {}": "Sie liegt in Schicht {}",
    "{} mm beyond the slices, towards the {}": "{} mm außerhalb der Schichten, Richtung {}",
    "Not in these slices: {}": "Nicht in diesen Schichten: {}",
    "Learning curve": "Lernkurve", "median error, mm": "Median des Fehlers, mm",
    "No round is kept yet.": "Noch ist keine Runde aufbewahrt.", "{} rounds": "{} Runden", "1 round": "1 Runde",
    "last {} mm": "zuletzt {} mm", "tip": "Spitze", "The round is over": "Die Runde ist vorbei",
    "the picture is being computed": "das Bild wird berechnet", "Move the cross": "Kreuz bewegen",
    "Slice {}": "Schicht {}", "In none of them": "In keiner davon",
    "The tip lies in none of the three slices": "Die Spitze liegt in keiner der drei Schichten",
    "No picture waits for an answer": "Kein Bild wartet auf Antwort",
    "Click on the tip, or choose a slice with 1 to 3 and move the cross":
        "Auf die Spitze klicken, oder mit 1 bis 3 eine Schicht wählen und das Kreuz bewegen",
    "Next picture": "Nächstes Bild", "The tip is at the cross": "Spitze ist am Kreuz",
    "Another round": "Noch eine Runde", "This round is not over": "Diese Runde ist nicht vorbei",
    "Back to the cases": "Zu den Fällen",
    "A round that is not over is not kept": "Eine offene Runde wird nicht behalten",
    "Nobody is chosen by name, so that no round is kept.":
        "Niemand ist mit Namen gewählt, daher wird keine Runde behalten.",
    "Where does the bevel's tip lie? Click on it. An oblique shaft that leaves the slices ends too early.":
        "Wo liegt die Spitze? Darauf klicken. Ein schräger Schaft, der die Schichten verlässt, endet zu früh.",
    "Sound: on": "Ton: an", "Sound: off": "Ton: aus",
    "A tone while the beam is on, and the patient's words":
        "Ein Ton, solange der Strahl an ist, und die Worte des Patienten",
    "This machine plays no sound; everything is shown as well.":
        "Dieser Rechner spielt keinen Ton; alles steht auch auf dem Schirm.",
    "Press {}, {}": "Aufnahme {}, {}",
}  # fmt: skip
