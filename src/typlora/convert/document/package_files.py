"""Classes and packages that lie beside the document: what they declare for it."""

import re

from typlora.convert.document.context import Context
from typlora.convert.document.natbib import natbib
from typlora.convert.document.printed_names import read_names
from typlora.tex.project import Project


def read_packages(context: Context, project: Project) -> None:
    """Theorem declarations in classes and packages that lie beside the document."""
    from typlora.convert.document.theorems import declare, declare_options

    for package in project.packages:
        names_in(context, package.text)
        for found in re.finditer(
            r"\\(?:RequirePackage|usepackage)\s*\[([^\]]*)\]\s*\{natbib\}", package.text
        ):
            natbib(context, [option.strip() for option in found[1].split(",")])
        if "{natbib}" in package.text:
            context.packages.add("natbib")
        for found in re.finditer(r"\\PassOptionsToPackage\s*\{([^{}]*)\}\s*\{natbib\}", package.text):
            natbib(context, [option.strip() for option in found[1].split(",")])
        for found in re.finditer(r"\\declaretheorem\s*(?:\[([^\]]*)\])?\s*\{([^{}#]+)\}", package.text):
            declare_options(context, found[2], found[1] or "")
        if _without_indent(package.text):
            context.options["no-indent"] = "yes"
        if "\\twocolumn" in package.text and "\\ProvidesClass" not in package.text:
            context.options["package-two-columns"] = "yes"
        for found in re.finditer(
            r"\\newtheorem(\*?)\s*\{([^{}]+)\}(?:\[([^\]]*)\])?\s*\{([^{}]+)\}(?:\[([^\]]*)\])?", package.text
        ):
            star, name, shared, title, within = (part or "" for part in found.groups())
            if "#" in name or "#" in title:
                continue
            counter = (
                ""
                if star
                else (context.theorems[shared].counter if shared in context.theorems else shared or name)
            )
            declare(context, name, title, counter=counter, within=within, style="definition")


def _without_indent(text: str) -> bool:
    """Whether a class or package sets ``\\parindent`` to nothing, outside of any definition."""
    text = re.sub(r"(?<!\\)%[^\n]*", "", text)
    for found in re.finditer(
        r"^\s*\\(?:setlength\s*\{?\\parindent\}?\s*\{?|parindent\s*=?\s*)(?:0|\\z@)", text, re.M
    ):
        before = text[: found.start()]
        if before.count("{") == before.count("}"):
            return True
    return False


def names_in(context: Context, text: str) -> None:
    """Words and signs that a piece of LaTeX gives to what is printed by itself."""
    read_names(context, text)
    if found := re.search(r"\\renewcommand\*?\s*\{?\s*\\qedsymbol\s*\}?\s*\{((?:[^{}]|\{[^{}]*\})*)\}", text):
        context.options["qed"] = found[1]
