"""German words of the patient, by their English; a side stands after the place."""

from __future__ import annotations

PATIENT: dict[str, str] = {
    "“{}”": "„{}“", "I am all right.": "Mir geht es gut.",
    "I feel a pressure in my back, just there.": "Ich spüre einen Druck im Rücken, genau da.",
    "I feel a pressure in my neck, just there.": "Ich spüre einen Druck im Nacken, genau da.",
    "That is beginning to hurt.": "Das fängt an wehzutun.", "I felt the prick.": "Den Stich habe ich gespürt.",
    "Stop! It shoots into both legs.": "Halt! Es schießt in beide Beine.",
    "Stop! It shoots into both arms.": "Halt! Es schießt in beide Arme.",
    "Stop! It shoots round my chest on both sides.": "Halt! Es schießt beidseits um die Brust.",
    "Ow! That shot {}.": "Au! Das schoss {}.",
    "Ow. That is a dull ache, deep down.": "Au. Das schmerzt dumpf, tief drin.", "I feel faint.": "Mir wird schwach.",
    "My skin itches all over.": "Mich juckt es am ganzen Körper.",
    "I cannot breathe well.": "Ich bekomme schlecht Luft.",
    "I have to cough, and it stabs when I breathe.": "Ich muss husten, und beim Atmen sticht es.",
    "My legs and my bladder are as before.": "Beine und Blase sind wie zuvor.",
    "My legs feel numb and heavy.": "Meine Beine sind taub und schwer.", "away from my back": "vom Rücken weg",
    "away from my neck": "vom Nacken weg", "down my {} arm": "den Arm hinab, {}",
    "behind my {} ear": "hinter das Ohr, {}", "in the {} of my neck": "in den Hals, {}",
    "over my {} shoulder": "über die Schulter, {}", "down my {} upper arm": "den Oberarm hinab, {}",
    "into my {} thumb": "in den Daumen, {}", "into my {} middle finger": "in den Mittelfinger, {}",
    "into my {} little finger": "in den kleinen Finger, {}", "round my {} chest": "um die Brust, {}",
    "round to my navel on the {}": "bis zum Nabel, {}", "round my {} flank": "um die Flanke, {}",
    "into my {} groin": "in die Leiste, {}", "down my {} leg": "das Bein hinab, {}",
    "into my {} thigh": "in den Oberschenkel, {}", "to my {} knee": "bis zum Knie, {}",
    "down my {} shin": "das Schienbein hinab, {}", "to my {} big toe": "bis in die große Zehe, {}",
    "to my {} heel": "bis zur Ferse, {}", "down the back of my {} leg": "hinten das Bein hinab, {}",
}  # fmt: skip
