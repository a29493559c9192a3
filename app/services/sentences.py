"""What goes wrong below, in one Dutch sentence for a person; what the machine said goes to the log."""

from app.services.errors import NO_CARD
from app.storage.access_log import LogUnavailable
from app.storage.backup_folder import NotABackup, Occupied
from app.storage.backup_restore import BackupDamaged, NotEmpty, RestoreUnfinished
from app.storage.errors import (
    Busy,
    GitMissing,
    Moved,
    RepositoryNotFound,
    RevisionNotFound,
    SaveInDoubt,
    SshMissing,
    StoreDamaged,
    StoreError,
)

NOT_A_CARD = "De nieuwste versie van deze kaart is buiten het programma om gemaakt en klopt niet."

_SENTENCES: list[tuple[type[StoreError], str]] = [
    (
        LogUnavailable,
        "Het logboek lukt nu niet. Daarom is er niets getoond en niets veranderd. Waarschuw de beheerder.",
    ),
    (RepositoryNotFound, NO_CARD),
    (RevisionNotFound, "Deze versie van de kaart is er niet."),
    (GitMissing, "Het programma git ontbreekt. Op Debian of Ubuntu: sudo apt-get install git."),
    (SshMissing, "Het programma ssh-keygen ontbreekt. Op Debian of Ubuntu: sudo apt-get install openssh-client."),
    (
        NotABackup,
        "In deze map staat geen reservekopie van deze installatie. Er is niets veranderd. "
        "Kies een lege map, of de map van eerder.",
    ),
    (
        NotEmpty,
        "Hier staan al gegevens. Er is niets veranderd. Terugzetten kan alleen op een lege plek: kies met KAARTEN_DATA "
        "een nieuwe map.",
    ),
    (
        BackupDamaged,
        "Deze reservekopie is beschadigd. Er is niets teruggezet. Gebruik een andere. Of draai ‘kaarten backup’, als "
        "de kaarten er nog staan: dat maakt opnieuw wat hieronder staat.",
    ),
    (
        RestoreUnfinished,
        "Een reservekopie is hier half teruggezet. Draai ‘kaarten restore’ opnieuw; dat begint van voren.",
    ),
    (Occupied, "Iemand anders maakt hier op dit moment een reservekopie, of zet er een terug. Wacht tot dat klaar is."),
    (Busy, "Iemand anders bewaart deze kaart op dit moment. Probeer het zo nog eens."),
    (Moved, "Deze kaart verandert op dit moment steeds. Probeer het zo nog eens."),
    (SaveInDoubt, "Het is niet zeker of uw wijziging is bewaard. Kijk dat eerst na op de kaart."),
    (StoreDamaged, "Er is een bestand beschadigd op de schijf. Er is niets veranderd. Waarschuw de beheerder."),
    (StoreError, "Bewaren of lezen lukt nu niet. Er is niets veranderd. Waarschuw de beheerder."),
]


def sentence(error: StoreError) -> str:
    """The Dutch sentence for an error of the store."""
    return next(text for kind, text in _SENTENCES if isinstance(error, kind))
