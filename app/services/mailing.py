"""Telling people by e-mail: gather what is new, and hand it to the server, once.

Each mail is handed over at least once, and at most twice: again only where the server took in all of it and then said
nothing. The second copy has the same Message-ID. Rather twice than not at all: a question about a child waits for it.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from app.services import rights
from app.services.actors import Actor, actor_of
from app.services.desk import ZONE, Desk
from app.services.mail_news import News
from app.services.mail_text import Post, compose
from app.services.smtp import Line, NoAnswer, NotNow, Refused, ServerFailed
from app.storage.accounts import AT_ONCE, DAILY, NO_MAIL, Account
from app.storage.mail_queue import DROPPED, REFUSED, SENT, Mail, Status

_log = logging.getLogger("kaarten.mail")
BUNDLE = timedelta(minutes=1)
"""What happens so shortly after each other goes in one mail, also to who is told at once."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))
"""How long is waited after the first failure in a row, the second, and so on; the last for all further ones."""
DOUBT = timedelta(hours=1)
"""After so long a mail that was handed over without an answer is handed over once more."""
MOST_SENDS = 2
STOPPED, UNWANTED, SEEN, NO_ADDRESS, UNSURE = "account stopped", "not wanted", "seen or settled", "address", "no answer"
"""Why something was not mailed, or is not known to be."""


def status(desk: Desk, actor: Actor) -> Status:
    """How it goes with the mail.

    Raises:
        NotAllowed: this person does not look after the server.
        StoreError: the queue cannot be read.
    """
    desk.require(actor, rights.MAINTAIN)
    return desk.mail.status()


def send_now(desk: Desk, actor: Actor, post: Post, news: News) -> int:
    """One round, also where the server failed a moment ago; gives how many mails were sent.

    Raises:
        NotAllowed: this person does not look after the server.
        Busy: another process is sending.
        StoreError: the queue, the accounts or the catalogue fail.
    """
    desk.require(actor, rights.MAINTAIN)
    return send_round(desk, post, news, patient=False)


def send_round(
    desk: Desk, post: Post, news: News, stopped: Callable[[], bool] = lambda: False, *, patient: bool = True
) -> int:
    """Gather what is new, and send what is due; gives how many mails were sent.

    Args:
        desk: what with.
        post: how this installation sends.
        news: what is new to an account.
        stopped: whether to leave off; asked before each mail.
        patient: whether a server that failed is left alone for its time.

    Raises:
        Busy: another process is sending.
        StoreError: the queue, the accounts or the catalogue fail.
    """
    with desk.mail.alone():
        desk.mail.recover(desk.clock())
        gather(desk, post, news)
        until = desk.mail.status().trouble.until
        if patient and until is not None and until > desk.clock():
            return 0
        return _Round(desk, post, news).send(stopped)


def gather(desk: Desk, post: Post, news: News) -> None:
    """Put what is new into the queue: for who is told at once always, for the others once a day, from the hour on.

    Raises:
        StoreError: the queue, the accounts or the catalogue fail.
    """
    now = desk.clock()
    here, today = now.astimezone(ZONE), now.astimezone(ZONE).date().isoformat()
    daily = here.hour >= post.hour and desk.mail.day() < today
    for account in desk.accounts.known().accounts.values():
        if account.mail == AT_ONCE and _reachable(desk, account):
            desk.mail.put(news(desk, account), now + BUNDLE, now)
        elif account.mail == DAILY and daily and _reachable(desk, account):
            desk.mail.put(news(desk, account), now, now)
    if daily:
        desk.mail.day(today)


def _reachable(desk: Desk, account: Account) -> bool:
    """Whether this is somebody who may sign in; an invented person of a demonstration is nobody's mailbox."""
    return bool(actor_of(account, desk.accounts.known()).id) and not account.demonstration


class _Round:
    """One round of sending, over one connection; the caller is the only one who sends."""

    def __init__(self, desk: Desk, post: Post, news: News) -> None:
        self._desk, self._post, self._news = desk, post, news
        self._line: Line | None = None
        self._now: datetime = desk.clock()

    def send(self, stopped: Callable[[], bool]) -> int:
        """Send what is due, until there is no more, the server fails, or it is time to stop."""
        count = 0
        try:
            while not stopped() and (mail := self._desk.mail.take(self._now, uuid4().hex)):
                ready = self._ready(mail)
                if ready is not None:
                    count += self._hand_over(ready[0], ready[1])
        except (ServerFailed, NoAnswer) as failure:
            self._wait_for_server(str(failure))
        finally:
            if self._line is not None:
                self._line.close()
        return count

    def _ready(self, mail: Mail) -> tuple[Mail, Account] | None:
        """The mail as it stands now, and for whom; None where there is nothing to send any more."""
        queue, account = self._desk.mail, self._desk.accounts.known().accounts.get(mail.account)
        if mail.sends >= MOST_SENDS:
            queue.end(mail, REFUSED, UNSURE, self._now)
            return None
        if account is None or not _reachable(self._desk, account) or account.mail == NO_MAIL:
            why = UNWANTED if account is not None and account.mail == NO_MAIL else STOPPED
            queue.end(mail, DROPPED, why, self._now)
            return None
        new = {one.key for one in self._news(self._desk, account)}
        told = tuple(one for one in mail.messages if one.key in new)
        queue.drop([one.key for one in mail.messages if one.key not in new], SEEN, self._now)
        if not told:
            queue.end(mail, DROPPED, SEEN, self._now)
            return None
        return replace(mail, messages=told), account

    def _hand_over(self, mail: Mail, account: Account) -> int:
        queue, post = self._desk.mail, self._post
        try:
            text = compose(post, mail, account.email, self._desk.types.review.notices)
        except ValueError:
            queue.end(mail, DROPPED, NO_ADDRESS, self._now)
            return 0
        try:
            self._line = self._line or Line(post.relay, post.patience)
            self._line.send(post.sender, account.email, text, lambda: queue.handing(mail, self._now + DOUBT))
        except ServerFailed:
            queue.back(mail, self._now)
            raise
        except NotNow:
            queue.back(mail, self._now, self._now + later(max(one.tries for one in mail.messages)))
        except Refused as refusal:
            queue.end(mail, REFUSED, str(refusal), self._now)
        else:
            queue.end(mail, SENT, "", self._now)
            self._works()
            return 1
        self._works()  # it answered: it does its work, but not for this one
        return 0

    def _wait_for_server(self, words: str) -> None:
        now, found = self._desk.clock(), self._desk.mail.status()
        until = now + later(found.trouble.failures)
        self._desk.mail.failed(words, until, now)
        again = f"{found.waiting} wait, it is asked again at {until.astimezone(ZONE):%Y-%m-%d %H:%M}"
        _log.warning("mail: the server does not do it: %s; %s", words, again)

    def _works(self) -> None:
        if self._desk.mail.recovered():
            _log.warning("mail: the server does its work again")


def later(failures: int) -> timedelta:
    """How long to wait after so many failures before this one; never all installations at the same moment."""
    return WAITS[min(failures, len(WAITS) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311 - spreads, no secret
