"""`huiying documents`: take the texts that ship to start from, and check a folder of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.console import out, plain_faults
from handlers.documents.kinds import KINDS
from handlers.documents.templates import load_templates, shipped_text

documents = typer.Typer(help="The documents (文书): their texts as data.", no_args_is_help=True)


@documents.command("export")
@plain_faults
def export(
    folder: Annotated[Path, typer.Argument(help="Where to; files that are there already are left alone.")],
    kind: Annotated[list[str] | None, typer.Option(help=f"Only these: {', '.join(KINDS)}.")] = None,
) -> None:
    """Write the shipped texts into a folder, one TOML file per document, to be changed there."""
    folder.mkdir(parents=True, exist_ok=True)
    for code in kind or KINDS:
        if code not in KINDS:
            raise typer.BadParameter(f"no document {code!r}; there are {', '.join(KINDS)}", param_hint="--kind")
        file = folder / f"{code}.toml"
        if file.exists():
            out.print(f"· {file} 已有，没有改动")
            continue
        file.write_text(shipped_text(code), encoding="utf-8")
        out.print(f"✓ {file}（{KINDS[code].name}）")
    out.print("改好后运行 huiying documents check，再把这个文件夹写进 HUIYING_DOCUMENT_TEMPLATES。")


@documents.command("check")
@plain_faults
def check(folder: Annotated[Path, typer.Argument(help="A folder of texts.")]) -> None:
    """Say what is wrong in a folder of texts."""
    templates = load_templates(folder)
    own = [KINDS[code].name for code in templates if (folder / f"{code}.toml").exists()]
    out.print(f"✓ 没有发现问题；由本单位自定的：{'、'.join(own) or '无'}")
