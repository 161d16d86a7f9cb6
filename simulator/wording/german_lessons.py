"""German words of the lessons: what to do where a scored metric was poor, and what was done well where it was not."""

from __future__ import annotations

from simulator.vocabulary.scoring import MetricId
from simulator.wording.entries import LessonWords

LESSONS: dict[MetricId, LessonWords] = {
    MetricId.LEAK_LOCALISED: LessonWords(
        fix="Höhe und Seite des Lecks auf dem Myelogramm aufschreiben, ehe die Haut durchstochen ist.",
        keep="Das Leck war gefunden, ehe die Nadel hineinging.",
    ),
    MetricId.BEVEL_IN_TARGET_ZONE: LessonWords(
        fix="Die Spitze im hinteren Fett oder in der Ansammlung sehen, in ihrer eigenen Schicht, vor dem Blut.",
        keep="Das Blut wurde gegeben, wo es verlangt war.",
    ),
    MetricId.DURAL_MARGIN: LessonWords(
        fix="Die letzten Millimeter einzeln, mit einem Bild dazwischen, und anhalten, wenn das Lig. flavum nachgibt.",
        keep="Die Spitze hielt Abstand zur Dura.",
    ),
    MetricId.DURA_CONTACTS: LessonWords(
        fix="Beim ersten Widerstandsverlust anhalten und hinsehen; nicht schieben, um die Dura zu fühlen.",
        keep="Die Dura wurde nie berührt.",
    ),
    MetricId.CRITICAL_DWELL: LessonWords(
        fix="Einen Weg planen, der an Knochen und Wurzeln vorbeiführt, und sofort zurückziehen, wo sie getroffen sind.",
        keep="An Nerv, Gefäß und Knochen wurde nicht verweilt.",
    ),
    MetricId.DLP_GUIDANCE: LessonWords(
        fix="Den Röhrenstrom senken, solange die Nadel im Muskel ist, und erst aufnehmen, wenn sie bewegt wurde.",
        keep="Die Führung kostete nicht mehr als die eines Experten.",
    ),
    MetricId.DLP_PLANNING: LessonWords(
        fix="Auf einem Scan der verlangten Höhe allein planen, mit so viel Ladung, wie der Weg braucht.",
        keep="Der Planungsscan war so kurz und schwach, wie er sein darf.",
    ),
    MetricId.REDIRECTIONS: LessonWords(
        fix="Den Winkel unter der Haut korrigieren, nach dem ersten Bild, wo eine Drehung die Spitze noch erreicht.",
        keep="Die erste Richtung stimmte beinahe.",
    ),
    MetricId.SKIN_PUNCTURES: LessonWords(
        fix="Winkel und Hautpunkt mit dem Plan vergleichen, ehe die Haut durchstochen ist.",
        keep="Eine Punktion genügte.",
    ),
    MetricId.PATH_RATIO: LessonWords(
        fix="Vor einem neuen Kurs weit genug zurückziehen, damit eine Drehung genügt, wo es mehrere waren.",
        keep="Die Nadel nahm den geraden Weg.",
    ),
    MetricId.TIME_WITH_NEEDLE: LessonWords(
        fix="Den Armzugang legen und alles bereit haben, ehe die Nadel an ihrem Ort ist.",
        keep="Die Nadel war nicht länger im Patienten als nötig.",
    ),
    MetricId.LEAK_COVERAGE: LessonWords(
        fix="Den Schliff neben das Leck bringen und langsam weitergeben, bis der Patient Druck spürt.",
        keep="Das Blut erreichte das Leck.",
    ),
    MetricId.BLOOD_AFTER_CUE: LessonWords(
        fix="Einen Milliliter nach dem anderen geben, fragen, und beim ersten Wort von Druck aufhören.",
        keep="Die Injektion endete, als der Patient sprach.",
    ),
    MetricId.DLP_CONFIRMATION: LessonWords(
        fix="Nach dem Blut nur die Zone des Lecks scannen, mit wenig Ladung.",
        keep="Der Blick auf das Blut kostete wenig.",
    ),
    MetricId.DEMANDED_IMAGES: LessonWords(
        fix="Ein Bild zum Planen ansehen, die Spitze vor dem Blut, und danach das Blut.",
        keep="Jedes verlangte Bild wurde angesehen.",
    ),
    MetricId.EPIDURAL_VOLUME: LessonWords(
        fix="Blut geben, bis der Patient Druck spürt, oder das verordnete Volumen; sehen, dass es im Kanal bleibt.",
        keep="Genug Blut blieb im Epiduralraum.",
    ),
    MetricId.SEAL: LessonWords(
        fix="Das Loch und eine Höhe beiderseits decken und den Patienten flach liegen lassen.",
        keep="Der Patch hat gute Aussicht zu halten.",
    ),
    MetricId.PLAN_SOUND: LessonWords(
        fix="Den Weg vor der Punktion zeichnen: von der Haut auf zulässigem Weg in den Raum, nicht in die Dura.",
        keep="Der Plan führte in den Raum.",
    ),
    MetricId.BLIND_ADVANCE: LessonWords(
        fix="Nahe der Dura nach je 3 mm die Spitze ansehen, am Hals und am Foramen nach je 2 mm.",
        keep="Nahe der Dura folgte jedem Vorschub ein Blick.",
    ),
    MetricId.DURA_TENTING: LessonWords(
        fix="Anhalten, wenn das Lig. flavum nachgibt; ist die Dura eingedrückt, vor allem anderen zurückziehen.",
        keep="Die Dura wurde nicht eingedrückt.",
    ),
    MetricId.REACTIONS_ANSWERED: LessonWords(
        fix="Sofort beantworten, was der Patient sagt: Beine hoch bei Ohnmacht, Antihistaminikum bei Jucken.",
        keep="Die Reaktion des Patienten wurde rechtzeitig beantwortet.",
    ),
    MetricId.TIME_OUT_HELD: LessonWords(
        fix="Das ganze Team-Time-out halten, ehe die Haut durchstochen ist.", keep="Das Team-Time-out wurde gehalten."
    ),
    MetricId.PATIENT_POSITIONED: LessonWords(
        fix="Den Patienten vor allem anderen lagern.", keep="Der Patient wurde gelagert."
    ),
    MetricId.SKIN_PREPARED: LessonWords(
        fix="Desinfizieren und abdecken, ehe die Haut durchstochen ist.", keep="Die Haut war vorbereitet."
    ),
    MetricId.ANAESTHETIC_GIVEN: LessonWords(
        fix="Haut und Weg betäuben und warten, bis es wirkt.", keep="Der Weg war betäubt."
    ),
    MetricId.ARM_LINE_FIRST: LessonWords(
        fix="Den Armzugang legen lassen, ehe die Nadel hineingeht.", keep="Der Armzugang lag bereit."
    ),
    MetricId.STYLET_IN: LessonWords(
        fix="Mit Stilett vorschieben: ohne es stanzt die Nadel Gewebe aus und ist verlegt.",
        keep="Das Stilett blieb darin.",
    ),
    MetricId.ASPIRATED: LessonWords(
        fix="Aspirieren, wo die Nadel steht, ehe das Blut gegeben wird.", keep="Vor dem Blut wurde aspiriert."
    ),
    MetricId.BLOOD_FRESH: LessonWords(
        fix="Das Blut abnehmen, wenn der Ort der Nadel bestätigt ist, und binnen vier Minuten geben.",
        keep="Das Blut war frisch.",
    ),
    MetricId.AFTERCARE: LessonWords(
        fix="Nach Beinen und Blase fragen, einige Stunden flach, Rat und einen Anruf am nächsten Tag anordnen.",
        keep="Der Patient ging mit allem, was einem Patch folgt.",
    ),
    MetricId.ROOM_TIME: LessonWords(
        fix="Den Patienten nicht warten lassen: das Nächste vorbereiten, während anderes läuft.",
        keep="Der Patient lag nicht länger auf dem Tisch als nötig.",
    ),
}
