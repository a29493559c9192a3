"""A command that is written wrong, said in Dutch: what click says of it in English."""

from typing import IO, Any

import click


class WrongUse(click.UsageError):
    """A command that is written wrong; its message is a Dutch sentence."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Say how it is written, where more is told, and what is wrong."""
        if self.ctx is not None:
            written = self.ctx.make_formatter()
            pieces = " ".join(self.ctx.command.collect_usage_pieces(self.ctx)).replace("OPTIONS", "OPTIES")
            written.write_usage(self.ctx.command_path, pieces.replace("COMMAND [ARGS]", "OPDRACHT [REST]"), "Gebruik: ")
            click.echo(written.getvalue().rstrip("\n"), file=file, err=True)
            click.echo(f"Uitleg: {self.ctx.command_path} --help\n", file=file, err=True)
        click.echo(f"Fout: {self.message}", file=file, err=True)


def in_dutch(error: click.UsageError) -> click.UsageError:
    """The same error, to be shown in Dutch; help that somebody asked for stays as it is."""
    if isinstance(error, WrongUse | click.exceptions.NoArgsIsHelpError):
        return error
    return WrongUse(_sentence(error), error.ctx)


def _sentence(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        meant = f" Bedoelt u {' of '.join(error.possibilities)}?" if error.possibilities else ""
        return f"{error.option_name} is er niet.{meant}"
    if name := getattr(error, "command_name", ""):
        return f"De opdracht {name} is er niet."
    if isinstance(error, click.MissingParameter):
        return f"Vul ook {_called(error)} in."
    if isinstance(error, click.BadOptionUsage):
        return f"Achter {error.option_name} staat te weinig of te veel. Met --help leest u wat erbij hoort."
    if isinstance(error, click.BadParameter):
        return f"{_called(error)}: {_wrong_value(error)}" if error.param else error.message
    return "Er staat te veel, te weinig of iets anders dan kan. Zet tekst met spaties tussen aanhalingstekens."


def _called(error: click.BadParameter) -> str:
    param = error.param
    if isinstance(param, click.Option):
        return param.opts[0]
    return param.make_metavar(error.ctx) if param and error.ctx else "alles"


def _wrong_value(error: click.BadParameter) -> str:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.Choice):
        return f"kies uit {', '.join(map(str, kind.choices))}."
    if isinstance(kind, click.IntRange):
        return f"vul een getal in van {kind.min} tot en met {kind.max}."
    if isinstance(kind, click.DateTime):
        return "schrijf een dag als 2026-12-31."
    if isinstance(kind, click.Path):
        return "dit bestand is er niet, of is niet te lezen."
    return error.message
