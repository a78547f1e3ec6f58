"""Charts of KPIs as SVG documents, for `<img>` elements and for people who read them aloud."""
