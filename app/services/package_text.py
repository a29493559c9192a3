"""The words in a package for who opens it without this program."""

from app.content.letters import HANDOVER, Letter, Letters
from app.storage.signing import NAMESPACE

_PARTS = {
    "kaart.pdf": "de kaart om te lezen en te printen",
    "kaart.json, kaart.md": "dezelfde kaart, als gegevens en als tekst",
    "*.csv": "de afspraken als tabel",
    "geschiedenis.bundle": "de hele geschiedenis van de kaart (voor git)",
    "overleg": "wat mensen over de kaart zeiden: oordelen, vragen, voorstellen",
    "overdracht.json": "wie de kaart overdraagt, aan wie en waarom",
    "mdto.xml": "gegevens voor het archief",
}


def read_me(letter: Letter, letters: Letters) -> bytes:
    """What is in a package, what is not, and how anybody can check it; in Dutch."""
    labels = letters.labels(HANDOVER, "weggelaten")
    left_out = [f"- {labels[one]}" for one in letter["weggelaten"]] or ["- Niets. Dit is de hele kaart."]
    width = max(map(len, _PARTS))
    lines = [
        "Veiligheidskaart: pakket voor een overdracht",
        "",
        f"Van: {letter['van']['door']}, {letter['van']['naam']}",
        f"Aan: {letter['aan']['naam']}",
        f"Nummer van de overdracht: {letter['id']}",
        f"Nummer van de kaart: {letter['kaart']}",
        "",
        "Dit pakket is vertrouwelijk. Is het niet voor u? Bel dan de afzender, en verwijder het.",
        "",
        "Wat zit erin (in de map data):",
        *(f"  {name.ljust(width)}  {words}" for name, words in _PARTS.items()),
        "",
        "Wat zit er niet bij:",
        *left_out,
        "",
        "Is het pakket heel, en is het echt van de afzender? Dat kunt u nagaan zonder ons programma:",
        "  bagit.py --validate .",
        f"  ssh-keygen -Y verify -f ALLOWED_SIGNERS -I {letter['van']['installatie']} -n {NAMESPACE} \\",
        "      -s tagmanifest-sha512.txt.sig < tagmanifest-sha512.txt",
        "  git bundle verify data/geschiedenis.bundle",
        "In ALLOWED_SIGNERS staat de sleutel van de afzender. Uw beheerder heeft die; zij zit niet in het pakket.",
        "",
    ]
    return "\n".join(lines).encode()
