"""LaTeX in: read a project, expand its macros, parse it, cut it into units; spans lead to the user's files.

project = read_project(Path("paper/main.tex"))      # project.py: files, encodings, what could not be read
expanded = expand_project(project)                  # macros.py: user macros applied, problems
nodes = parse(expanded.source).nodes                # parse.py: a tree, whatever the text is like
units = cut(expanded.source, "formula")             # segment.py: what can be judged alone
"""
