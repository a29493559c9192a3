"""The command `kaarten`: every door of the program from a terminal."""

from app.cli.accounts import account, organisation
from app.cli.agreed import agreed
from app.cli.backup import backup, restore
from app.cli.bell import bell, follow, unfollow
from app.cli.cards import change_form, list_cards, new, put, show, step, validate_file
from app.cli.confirm import confirm
from app.cli.destroy import destroy
from app.cli.group import Openers, kaarten
from app.cli.handover import handover
from app.cli.history import diff, history
from app.cli.installations import installation
from app.cli.keep import keep
from app.cli.log import log
from app.cli.mail import mail
from app.cli.packages import package
from app.cli.papers import family, paper
from app.cli.proposals import proposal
from app.cli.review import review
from app.cli.roles import role
from app.cli.serving import demo, serve
from app.cli.talk import talk
from app.cli.upkeep import check, pack, reindex

for command in (serve, demo, new, list_cards, show, put, step, change_form, history, diff, validate_file):
    kaarten.add_command(command)
for command in (agreed, bell, follow, unfollow, role, review, talk, proposal, confirm, keep, destroy, handover):
    kaarten.add_command(command)
for command in (package, paper, family, check, reindex, pack, backup, restore):
    kaarten.add_command(command)
for command in (account, organisation, installation, mail, log):
    kaarten.add_command(command)

__all__ = ["Openers", "kaarten"]
