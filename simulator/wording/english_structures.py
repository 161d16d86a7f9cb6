"""English words of the structures that a report draws."""

from __future__ import annotations

from simulator.vocabulary.structures import Structure
from simulator.wording.entries import StructureWords

STRUCTURES: dict[Structure, StructureWords] = {
    Structure.SKIN: StructureWords(legend="body", short="skin and fat"),
    Structure.MUSCLE: StructureWords(legend="muscle", short="muscle"),
    Structure.BONE: StructureWords(legend="bone", short="bone"),
    Structure.DISC: StructureWords(legend="disc", short="disc"),
    Structure.LIGAMENT: StructureWords(legend="ligaments", short="ligament"),
    Structure.FLAVUM: StructureWords(legend="ligamentum flavum", short="flavum"),
    Structure.EPIDURAL: StructureWords(legend="epidural fat and veins, foramen", short="epidural fat"),
    Structure.FORAMEN: StructureWords(legend="foramen", short="foramen"),
    Structure.COLLECTION: StructureWords(legend="CSF outside the dura", short="CSF outside"),
    Structure.DURA: StructureWords(legend="dura, CSF inside", short="dura, CSF"),
    Structure.NEURAL: StructureWords(legend="nerve roots, cord", short="nerve"),
    Structure.VESSEL: StructureWords(legend="vessels", short="vessel"),
    Structure.BLOOD: StructureWords(legend="injected blood", short="blood"),
}
