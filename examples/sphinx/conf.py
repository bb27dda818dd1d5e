project = "Consensus in our store"
extensions = ["myst_parser"]
html_theme = "alabaster"
html_js_files = [("https://playground.example/pkg/embed/auto.js", {"type": "module"})]
exclude_patterns = ["_build"]
# Sphinx colours no scenarios; the blocks are runs anyway.
suppress_warnings = ["misc.highlighting_failure"]


def setup(app):
    from pygments.lexers.special import TextLexer

    app.add_lexer("consensus", TextLexer)
