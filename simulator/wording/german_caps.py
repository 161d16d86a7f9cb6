"""German words of the caps: why the score is limited, what that means, what to do otherwise."""

from __future__ import annotations

from simulator.vocabulary.scoring import CapId
from simulator.wording.entries import CapWords

CAPS: dict[CapId, CapWords] = {
    CapId.NOT_TREATED: CapWords(
        reason="nicht behandelt: kein Blut gegeben",
        meaning="Wo ohne Grund, der es verbot, kein Blut gegeben wurde, gibt es 0 Punkte.",
        fix="Zu Ende führen: sehen, wo der Schliff steht, das Blut abnehmen und geben.",
    ),
    CapId.INTRATHECAL_BLOOD: CapWords(
        reason="Blut intrathekal gegeben",
        meaning="Blut im Duralsack behandelt nichts und kann eine Arachnoiditis auslösen: 0 Punkte, was sonst auch "
        "gelang.",
        fix="Nichts geben, solange klare Flüssigkeit am Ansatz kommt; zurückziehen, bis Testkontrast außerhalb der "
        "Dura bleibt.",
    ),
    CapId.CORD_CONTACT: CapWords(
        reason="Rückenmark berührt",
        meaning="Eine Berührung des Rückenmarks setzt die Punkte auf 0, was sonst auch gelang.",
        fix="Wo das Rückenmark vor der Nadel liegt, einzelne Millimeter vorschieben und nach jedem ein Bild nehmen.",
    ),
    CapId.TOKEN_VOLUME: CapWords(
        reason="nicht behandelt: ein Volumen nur zum Schein",
        meaning="Im Epiduralraum blieb weniger Blut, als je ein publizierter Patch gab: nichts ist behandelt, und "
        "Lage, Dosis und Sparsamkeit zählen nicht.",
        fix="Blut geben, bis der Patient Druck spürt, oder das verordnete Volumen: publizierte Patches gaben 6 bis "
        "20 mL.",
    ),
    CapId.UNSEEN_NEEDLE: CapWords(
        reason="Blut durch eine Nadel, die niemand angesehen hat",
        meaning="Niemand sah die Spitze dort, wo sie stand, als das Blut gegeben wurde; was gelang, gelang zufällig.",
        fix="Noch eine Aufnahme, wo der Schliff steht, und die Spitze in ihrer Schicht ansehen, vor dem ersten Blut.",
    ),
    CapId.DURAL_PUNCTURE: CapWords(
        reason="Durapunktion",
        meaning="Eine Durapunktion macht ein zweites Leck. Die Grenze steigt mit jedem der vier Dinge, die folgen "
        "sollen: sie wird gesehen, die Nadel zurückgezogen, der Patient aufgeklärt, und Blut deckt das Loch. Sie "
        "steigt nicht für Blut, das durch den Sack gegeben wird, und nicht für Heimgehen ohne Patch.",
        fix="Anhalten, wenn das Lig. flavum nachgibt, und vor jedem weiteren Millimeter hinsehen; zeigt Liquor oder "
        "Bild eine Punktion, zurückziehen, den Patienten aufklären und auch dieses Loch decken.",
    ),
    CapId.SUBDURAL_BLOOD: CapWords(
        reason="Blut unter die Dura gegeben",
        meaning="Blut unter der Dura erreicht das Leck nicht.",
        fix="Liegt Testkontrast als dünne Linie unter der Dura, vor dem Blut zurückziehen.",
    ),
    CapId.LEAK_NOT_COVERED: CapWords(
        reason="Nadel in anderer Höhe, und das Leck nicht gedeckt",
        meaning="Eine Höhe wird daran gemessen, was das Blut tat, und es deckte das Leck nicht.",
        fix="Höhen auf dem Planungsscan zählen, die Haut am verlangten Zwischenraum markieren, dem Blut folgen.",
    ),
    CapId.FACT_IGNORED: CapWords(
        reason="begonnen, obwohl eine Tatsache der Akte es verbot",
        meaning="Was eine Punktion verbietet, stand in der Akte, und die Haut wurde durchstochen.",
        fix="Das ganze Team-Time-out halten, hören, was es bringt, und aufhören, wo es den Eingriff verbietet.",
    ),
    CapId.STEPS_SKIPPED: CapWords(
        reason="Haut ohne Team-Time-out oder ohne Desinfektion durchstochen",
        meaning="Eine Aufsicht hätte es an der Tür angehalten.",
        fix="Vor der Haut: das ganze Team-Time-out, dann desinfizieren und abdecken.",
    ),
    CapId.SEVERE_REACTION_IGNORED: CapWords(
        reason="nach einer schweren Reaktion weitergemacht",
        meaning="Eine schwere Reaktion beendet den Eingriff: die Nadel kommt heraus, der Patient wird behandelt.",
        fix="Aufhören, die Nadel herausziehen, Adrenalin geben und mit dem Grund beenden.",
    ),
    CapId.BLOOD_AT_TENTED_DURA: CapWords(
        reason="Blut gegeben, während die Spitze die Dura drückte",
        meaning="Die Dura war eingedrückt und gab fast nach, als das Blut gegeben wurde.",
        fix="Zurückziehen, bis die Spitze von der Dura frei ist, hinsehen, und dann das Blut geben.",
    ),
    CapId.BLIND_ADVANCE: CapWords(
        reason="ohne Blick zur Dura vorgeschoben",
        meaning="Nahe der Dura wurde die Nadel weiter vorgeschoben, als es zwischen zwei Blicken auf die Spitze sein "
        "darf.",
        fix="Ab 4 mm vor dem Lig. flavum (3 mm am Hals und am Foramen) nach je 3 mm (2 mm) die Spitze ansehen.",
    ),
    CapId.BLOOD_IN_VEIN: CapWords(
        reason="Blut in eine Vene gegeben",
        meaning="Blut, das in eine Vene läuft, ist nicht am Leck.",
        fix="Erst aspirieren und Testkontrast geben; was der Strom fortträgt, liegt in einer Vene: den Schliff "
        "versetzen.",
    ),
    CapId.NERVE_COMPRESSION: CapWords(
        reason="weiter gegeben, bis die Wurzeln gedrückt waren",
        meaning="Druck, der die Durchblutung der Wurzeln anhält, kann die Beine schwächen; Schmerz kam davor.",
        fix="Aufhören, wo der Patient Schmerz spürt: er kommt vor der Schwäche.",
    ),
    CapId.PLUNGER_ALONE: CapWords(
        reason="der Kolben als einziges Zeichen neben einer Ansammlung",
        meaning="Wo Liquor den Raum füllt, sagt ein Widerstandsverlust wenig; vor dem Blut sah niemand hin.",
        fix="Neben einer Ansammlung dem Bild glauben: nach dem Widerstandsverlust und vor dem Blut die Spitze ansehen.",
    ),
    CapId.TENTED_DURA: CapWords(
        reason="die Dura um einen Millimeter oder mehr eingedrückt",
        meaning="Eine so weit eingedrückte Dura gibt bald nach.",
        fix="Anhalten, wenn das Lig. flavum nachgibt; von da an einzelne Millimeter mit je einem Blick.",
    ),
    CapId.REACTION_IGNORED: CapWords(
        reason="eine Reaktion des Patienten, die niemand rechtzeitig beantwortete",
        meaning="Der Patient sagte, was er spürte, und niemand tat, was hilft.",
        fix="Ohnmacht: Beine hoch. Jucken nach Kontrastmittel: ein Antihistaminikum. Beides vor allem anderen.",
    ),
}
